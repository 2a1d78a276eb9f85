"""The invariants behind ``/health/ready``: each check returns one short text and never raises.

``ok`` and ``warning: ...`` hold, ``failed: ...`` does not. The texts are a closed set: no value of
a variable, no path and no text of the operating system is in them.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterable, Mapping
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

from ros_mode import ModeSnapshot

DEFAULT_ARTIFACT_PATH: Final = "/data/artifacts"
SOURCE_DIRECTORY: Final = Path(__file__).resolve().parent
OWN_MODULES: Final = (
    "bounded_check",
    "current_mode",
    "health_checks",
    "health_routes",
    "mode_file",
    "ros_mode",
)


def failed(result: str) -> bool:
    """Whether a check's result means that its invariant does not hold."""
    return result.startswith("failed:")


def check_config(snapshot: ModeSnapshot) -> str:
    """A mode value that had to be closed fails; an unset mode and odd flags are a warning.

    The odd flags are already on their safe side, and an unset mode reaches no network, so the
    worker can do its work; a mistyped mode means that an operator's wish is not what happens.
    """
    if snapshot.closed_by is not None:
        return f"failed: {snapshot.closed_by}"
    if snapshot.warnings:
        return f"warning: {'; '.join(snapshot.warnings)}"
    return "ok"


def artifact_path(env: Mapping[str, str]) -> str:
    """The directory that artifacts are written to; an empty ``ARTIFACT_PATH`` counts as unset."""
    return env.get("ARTIFACT_PATH") or DEFAULT_ARTIFACT_PATH


def check_artifacts(path: str) -> str:
    """Try a real write: permission bits say nothing of read-only mounts and full disks.

    A missing directory is a warning, since a small deployment keeps no artifacts.
    """
    try:
        if not stat.S_ISDIR(os.stat(path).st_mode):
            return "failed: not a directory"
    except FileNotFoundError:
        return "warning: directory not found"
    except OSError as error:
        return f"failed: {_CAUSES.get(error.errno or 0, 'not accessible')}"
    except ValueError:  # a path no system call accepts
        return "failed: not a directory"
    try:
        # On Linux the file has no name at any time, so that nothing can be left behind.
        with tempfile.TemporaryFile(dir=path, prefix=".health-", buffering=0) as probe:
            probe.write(b"\0")
    except OSError as error:
        return f"failed: {_CAUSES.get(error.errno or 0, 'not writable')}"
    return "ok"


def check_python_path(
    modules: Iterable[str] = OWN_MODULES, source_directory: Path = SOURCE_DIRECTORY
) -> str:
    """Look for the worker's own modules on ``sys.path`` as it is now, past the import cache.

    What has been imported stays usable when its file is gone or hidden by a namesake, but the
    next process, and every import still to come, would fail: so the files are what is asked for.
    """
    for name in modules:
        spec = PathFinder.find_spec(name)
        if spec is None or spec.origin is None:
            return f"failed: {name} cannot be imported"
        if not Path(spec.origin).resolve().is_relative_to(source_directory):
            return f"failed: {name} is hidden by another module of that name"
    return "ok"


_CAUSES: Final = {
    errno.EACCES: "permission denied",
    errno.EDQUOT: "no space left",
    errno.ENOSPC: "no space left",
    errno.ENOTDIR: "not a directory",
    errno.EPERM: "permission denied",
    errno.EROFS: "read-only file system",
}
