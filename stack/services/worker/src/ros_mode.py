"""Which mode the worker is in, decided by the rules its orchestrator follows too.

Opening needs exactness, closing does not: only the exact words ``DEMO`` and ``LIVE`` open
anything, and every other value that is set means ``STANDBY``. An empty value counts as not set.
The first of ``ROS_MODE_FILE``, ``ROS_MODE`` and ``GOVERNANCE_MODE`` that is set decides alone.

No warning holds the value it is about, so that all of them may be logged and served.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from mode_file import MAX_BYTES, read_mode_file

Mode = Literal["DEMO", "LIVE", "STANDBY"]
Source = Literal["file", "ROS_MODE", "GOVERNANCE_MODE", "default"]
BlockReason = Literal["standby_mode", "no_network", "mock_only", "mode_unset"]
ReadFile = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class ModeSnapshot:
    """The mode and its flags as they were at one moment."""

    mode: Mode
    source: Source
    network_allowed: bool
    block_reason: BlockReason | None
    no_network: bool
    mock_only: bool
    allow_uploads: bool
    strict_phi_on_upload: bool
    warnings: tuple[str, ...]
    closed_by: str | None
    """The one of the warnings that says why a mode value had to be taken as STANDBY, if any."""


def resolve(env: Mapping[str, str], read_file: ReadFile = read_mode_file) -> ModeSnapshot:
    """Decide the mode from the environment given.

    ``read_file`` is called only when ``ROS_MODE_FILE`` is set. It returns the first bytes of the
    file named, at least ``MAX_BYTES + 1`` of them if the file has so many, and raises ``OSError``
    or ``ValueError`` when there is no regular file to read.
    """
    mode, source, warning = _resolve_mode(env, read_file)
    no_network, no_network_warning = _protective(env, "NO_NETWORK", unset=False)
    mock_only, mock_only_warning = _protective(env, "MOCK_ONLY", unset=False)
    allow_uploads, allow_uploads_warning = _permissive(env, "ALLOW_UPLOADS")
    strict_phi, strict_phi_warning = _protective(env, "STRICT_PHI_ON_UPLOAD", unset=True)
    warnings = (
        warning,
        no_network_warning,
        mock_only_warning,
        allow_uploads_warning,
        strict_phi_warning,
    )
    reason = _block_reason(mode, source, no_network=no_network, mock_only=mock_only)
    return ModeSnapshot(
        mode=mode,
        source=source,
        network_allowed=reason is None,
        block_reason=reason,
        no_network=no_network,
        mock_only=mock_only,
        allow_uploads=allow_uploads,
        strict_phi_on_upload=strict_phi,
        warnings=tuple(text for text in warnings if text is not None),
        closed_by=warning if mode == "STANDBY" else None,
    )


_NAMES: Final[tuple[Literal["ROS_MODE", "GOVERNANCE_MODE"], ...]] = ("ROS_MODE", "GOVERNANCE_MODE")
_WORDS: Final[dict[str, Mode]] = {"DEMO": "DEMO", "LIVE": "LIVE", "STANDBY": "STANDBY"}
_YES: Final = frozenset({"1", "true", "t", "yes", "y", "on"})
_NO: Final = frozenset({"0", "false", "f", "no", "n", "off"})
_FLAG_WORDS: Final = "1 true t yes y on 0 false f no n off"
# `bytes.rstrip()` without an argument would take a vertical tab too, which is no white space to
# the orchestrator (the WHATWG definition).
_WHITE_SPACE: Final = b" \t\n\f\r"
_UNSET_WARNING: Final = (
    "no mode is set: expected ROS_MODE or GOVERNANCE_MODE; "
    "the mode is DEMO and the network is blocked"
)


def _resolve_mode(env: Mapping[str, str], read_file: ReadFile) -> tuple[Mode, Source, str | None]:
    path = env.get("ROS_MODE_FILE")
    if path:
        mode, warning = _mode_in_file(path, read_file)
        return mode, "file", warning
    for name in _NAMES:
        value = env.get(name)
        if value:
            word = _WORDS.get(value)
            if word is not None:
                return word, name, None
            return "STANDBY", name, _closed(name, "another value is taken as STANDBY")
    return "DEMO", "default", _UNSET_WARNING


def _mode_in_file(path: str, read_file: ReadFile) -> tuple[Mode, str | None]:
    try:
        content = read_file(path)
    except (OSError, ValueError):  # ValueError: a path no system call accepts
        return "STANDBY", "ROS_MODE_FILE: the file cannot be read; taken as STANDBY"
    text = content.rstrip(_WHITE_SPACE)
    if not text:
        return "STANDBY", "ROS_MODE_FILE: the file is empty; taken as STANDBY"
    word = _WORDS.get(text.decode("utf-8", errors="replace"))
    if word is None or len(content) > MAX_BYTES:
        return "STANDBY", _closed("ROS_MODE_FILE", "other content is taken as STANDBY")
    return word, None


def _closed(name: str, consequence: str) -> str:
    return f"{name}: expected DEMO, LIVE or STANDBY; {consequence}"


def _protective(env: Mapping[str, str], name: str, *, unset: bool) -> tuple[bool, str | None]:
    """A flag that guards something: anything but a clear no turns it on."""
    value = env.get(name)
    if not value:
        return unset, None
    word = _ascii_lower(value)
    return word not in _NO, _flag_warning(name, word, taken_as="on")


def _permissive(env: Mapping[str, str], name: str) -> tuple[bool, str | None]:
    """A flag that lets something through: nothing but a clear yes turns it on."""
    value = env.get(name)
    if not value:
        return False, None
    word = _ascii_lower(value)
    return word in _YES, _flag_warning(name, word, taken_as="off")


def _ascii_lower(value: str) -> str:
    # `str.lower` maps some letters outside ASCII onto letters inside it.
    return value.lower() if value.isascii() else value


def _flag_warning(name: str, word: str, *, taken_as: Literal["on", "off"]) -> str | None:
    if word in _YES or word in _NO:
        return None
    return f"{name}: expected one of {_FLAG_WORDS}; another value is taken as {taken_as}"


def _block_reason(
    mode: Mode, source: Source, *, no_network: bool, mock_only: bool
) -> BlockReason | None:
    if mode == "STANDBY":
        return "standby_mode"
    if no_network:
        return "no_network"
    if mock_only:
        return "mock_only"
    if source == "default":
        return "mode_unset"
    return None
