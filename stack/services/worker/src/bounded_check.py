"""Runs what may block where it can harm nobody: one at a time, in a thread of its own.

A stuck network mount blocks the thread that touches it, for hours and past any signal. Were that
a thread of the server's pool, a few probes would use the pool up and ``/health`` would fall silent
with them; and a thread that is not a daemon would keep the process from ending.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(slots=True)
class _Run(Generic[T]):
    started_at: float = field(default_factory=time.monotonic)
    result: Future[T] = field(default_factory=Future)


class BoundedCheck(Generic[T]):
    """A check under a deadline; calls that come while one runs share it.

    ``timeout`` is in seconds and counts from the start of the run that is waited for: behind a
    check that is stuck, later calls fail at once and start no thread. ``late`` is the result of a
    run that is out of time, ``broken`` that of a check that raised.
    """

    def __init__(self, check: Callable[[], T], timeout: float, *, late: T, broken: T) -> None:
        self._check = check
        self._timeout = timeout
        self._late = late
        self._broken = broken
        self._lock = threading.Lock()
        self._current: _Run[T] | None = None

    def __call__(self) -> T:
        run = self._join()
        try:
            return run.result.result(timeout=self._left(run))
        except FutureTimeoutError:
            return self._late

    async def on_the_loop(self) -> T:
        """The same for an event loop, which goes on meanwhile; no thread of a pool waits."""
        run = self._join()
        left = self._left(run)
        if left > 0.0 and not run.result.done():
            # Not `wait_for`, which would cancel the run for everybody who shares it.
            await asyncio.wait({asyncio.wrap_future(run.result)}, timeout=left)
        return run.result.result() if run.result.done() else self._late

    def _left(self, run: _Run[T]) -> float:
        return max(0.0, run.started_at + self._timeout - time.monotonic())

    def _join(self) -> _Run[T]:
        with self._lock:
            run = self._current
            if run is None or run.result.done():
                run = _Run()
                threading.Thread(
                    target=self._perform, args=(run,), name="bounded-check", daemon=True
                ).start()
                self._current = run
            return run

    def _perform(self, run: _Run[T]) -> None:
        try:
            run.result.set_result(self._check())
        except Exception as error:  # noqa: BLE001 - else the callers wait for a result in vain
            # Whatever the check did not foresee: its text may name a path, its type does not.
            logger.error("a check raised %s", type(error).__name__)
            run.result.set_result(self._broken)
