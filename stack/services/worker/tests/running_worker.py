"""Starts the worker as its own process on a free port of 127.0.0.1, and ends it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

WORKER_DIRECTORY = Path(__file__).resolve().parents[1]
PYTHON_API_SERVER = [sys.executable, "api_server.py"]
OBEYING_PERMISSION_BITS = [
    sys.executable,
    str(Path(__file__).with_name("obey_permission_bits.py")),
]
START_DEADLINE_S = 30.0
STOP_DEADLINE_S = 15.0

# Nothing of the shell that runs the tests may decide what the worker sees.
_UNSET = {
    "ALLOW_UPLOADS",
    "ARTIFACT_PATH",
    "EGRESS_ALLOW",
    "GOVERNANCE_MODE",
    "HOST",
    "MOCK_ONLY",
    "NO_NETWORK",
    "PORT",
    "ROS_MODE",
    "ROS_MODE_FILE",
    "STRICT_PHI_ON_UPLOAD",
    "UVICORN_WORKERS",
    "WEB_CONCURRENCY",
}


class RunningWorker:
    """A worker that answers."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, log: Path) -> None:
        self.process = process
        self.url = url
        self._log = log
        # Proxies of the environment are not for 127.0.0.1.
        self.client = httpx.Client(base_url=url, trust_env=False, timeout=10.0)

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=STOP_DEADLINE_S)

    def leaves_processes(self, within_s: float = 5.0) -> bool:
        """Whether processes that the worker started outlive it by so many seconds."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return False
            time.sleep(0.02)
        return True


@contextmanager
def running_worker(
    log: Path, env: dict[str, str], command: list[str] | None = None
) -> Iterator[RunningWorker]:
    """Run ``command`` (by default ``python api_server.py``) until the block ends."""
    environment = {name: value for name, value in os.environ.items() if name not in _UNSET}
    environment |= {"HOST": "127.0.0.1", "PORT": "0", "PYTHONDONTWRITEBYTECODE": "1"} | env
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command or PYTHON_API_SERVER,
            cwd=WORKER_DIRECTORY,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    try:
        worker = RunningWorker(process, _url_once_up(process, log), log)
        with worker.client:
            yield worker
    finally:
        # The group, since the worker may have started processes of its own; and also after a stop,
        # since those may have outlived it.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _url_once_up(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < deadline:
        text = log.read_text(errors="replace")
        # Printed once the socket listens, with the port that was free.
        found = re.search(r"running on (http://[\d.]+:\d+)", text)
        if found and "startup complete" in text:
            return found[1]
        if process.poll() is not None:
            raise AssertionError(f"the worker ended with {process.returncode}:\n{text}")
        time.sleep(0.02)
    raise AssertionError(f"the worker was not up in {START_DEADLINE_S} s:\n{log.read_text()}")
