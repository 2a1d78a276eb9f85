"""Reads the file that ``ROS_MODE_FILE`` names, at a small and bounded cost.

The file is opened by its path on every read, so that an atomic rename and the symlink swap by
which Kubernetes updates a mounted ConfigMap count from the next read on.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import Final

MAX_BYTES: Final = 4096
"""The most a mode file may hold, in bytes."""

_OPEN_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


def read_mode_file(path: str) -> bytes:
    """Return the first bytes of a regular file: all of it, or ``MAX_BYTES + 1`` of a longer one.

    Never waits for a writer: what is not a regular file is refused.

    Raises:
        OSError: the file is missing, unreadable or not a regular file.
        ValueError: the path holds what no path can.
    """
    # Opening a device may act on it, so the type is asked for first; and asked for again, because
    # another file may have taken the name by then. O_NONBLOCK covers a FIFO put in between.
    _require_regular(os.stat(path))
    descriptor = os.open(path, _OPEN_FLAGS)
    try:
        _require_regular(os.fstat(descriptor))
        return _read_up_to(descriptor, MAX_BYTES + 1)
    finally:
        os.close(descriptor)


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "expected a regular file")


def _read_up_to(descriptor: int, limit: int) -> bytes:
    content = bytearray()
    while len(content) < limit:
        part = os.read(descriptor, limit - len(content))
        if not part:
            break
        content += part
    return bytes(content)
