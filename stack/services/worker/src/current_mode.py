"""The mode of this moment, for a server: a mode file that does not answer silences nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from bounded_check import BoundedCheck
from mode_file import read_mode_file
from ros_mode import ModeSnapshot, resolve

TIMEOUT: Final = 0.5
"""Seconds: half of what Kubernetes gives a probe unless it is told otherwise."""


class CurrentMode:
    """Decides the mode from ``env``, anew on each call.

    A mode file that is not read within ``timeout`` seconds, as on a network mount that has gone
    away, is one that cannot be read: the mode is ``STANDBY``. One thread waits for it, however
    many ask.
    """

    def __init__(self, env: Mapping[str, str] = os.environ, *, timeout: float = TIMEOUT) -> None:
        self._env = env
        self._content = BoundedCheck(self._read, timeout, late=None, broken=None)

    def __call__(self) -> ModeSnapshot:
        return self._resolve(self._content() if self._has_file() else None)

    async def on_the_loop(self) -> ModeSnapshot:
        """The same for an event loop, which goes on meanwhile; no thread of a pool waits."""
        return self._resolve(await self._content.on_the_loop() if self._has_file() else None)

    def _has_file(self) -> bool:
        return bool(self._env.get("ROS_MODE_FILE"))

    def _read(self) -> bytes | None:
        try:
            return read_mode_file(self._env["ROS_MODE_FILE"])
        except (KeyError, OSError, ValueError):
            return None

    def _resolve(self, content: bytes | None) -> ModeSnapshot:
        def read_file(_: str) -> bytes:
            if content is None:
                raise OSError("the file cannot be read")
            return content

        return resolve(self._env, read_file)
