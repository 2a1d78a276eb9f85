"""Fixtures of all tests; the worker they start is a real process that listens on 127.0.0.1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import pytest

INSTALL = "python -m pip install -r stack/services/worker/requirements-dev.txt"

for needed in ("fastapi", "httpx", "uvicorn"):
    if find_spec(needed) is None:
        raise pytest.UsageError(f"{needed} is missing; install it with: {INSTALL}")

from running_worker import RunningWorker, running_worker


class StartWorker(Protocol):
    def __call__(self, command: list[str] | None = None, /, **env: str) -> RunningWorker: ...


@pytest.fixture
def artifacts(tmp_path: Path) -> Path:
    """An artifact directory that holds."""
    directory = tmp_path / "artifacts"
    directory.mkdir()
    return directory


@pytest.fixture
def start_worker(tmp_path: Path, artifacts: Path) -> Iterator[StartWorker]:
    """Starts workers that end with the test, over a good artifact directory unless told otherwise."""
    with ExitStack() as stack:

        def start(command: list[str] | None = None, /, **env: str) -> RunningWorker:
            environment = {"ARTIFACT_PATH": str(artifacts)} | env
            return stack.enter_context(running_worker(tmp_path / "log", environment, command))

        yield start
