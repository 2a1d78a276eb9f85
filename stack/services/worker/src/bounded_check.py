"""Runs a blocking check where it can harm nobody: one at a time, in a thread of its own.

A stuck network mount blocks the thread that touches it, for hours and past any signal. Were that
a thread of the server's pool, a few probes would use the pool up and ``/health`` would fall silent
with them; and a thread that is not a daemon would keep the process from ending.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Run:
    started_at: float = field(default_factory=time.monotonic)
    result: Future[str] = field(default_factory=Future)


class BoundedCheck:
    """A check under a deadline; calls that come while one runs share it.

    ``timeout`` is in seconds and counts from the start of the run that is waited for: behind a
    check that is stuck, later calls fail at once and start no thread.
    """

    def __init__(self, check: Callable[[], str], timeout: float) -> None:
        self._check = check
        self._timeout = timeout
        self._lock = threading.Lock()
        self._current: _Run | None = None

    def __call__(self) -> str:
        run = self._join()
        left = max(0.0, run.started_at + self._timeout - time.monotonic())
        try:
            return run.result.result(timeout=left)
        except FutureTimeoutError:
            return "failed: timeout"

    def _join(self) -> _Run:
        with self._lock:
            run = self._current
            if run is None or run.result.done():
                run = _Run()
                threading.Thread(
                    target=self._perform, args=(run,), name="bounded-check", daemon=True
                ).start()
                self._current = run
            return run

    def _perform(self, run: _Run) -> None:
        try:
            run.result.set_result(self._check())
        except Exception as error:  # noqa: BLE001 - else the callers wait for a result in vain
            # Whatever the check did not foresee: its text may name a path, its type does not.
            logger.error("a check raised %s", type(error).__name__)
            run.result.set_result("failed: error")
