"""Each invariant behind /health/ready, failing and holding again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import StartWorker
from health_checks import check_artifacts, check_python_path
from running_worker import (
    OBEYING_PERMISSION_BITS,
    PYTHON_API_SERVER,
    WORKER_DIRECTORY,
    RunningWorker,
)

# A worker whose artifact directory never answers, as on a network mount that has gone away.
STUCK = """
import sys, time
sys.path.insert(0, "src")
import uvicorn
import health_routes
from fastapi import FastAPI
health_routes.check_artifacts = lambda path: time.sleep(3600)
app = FastAPI()
app.include_router(health_routes.create_health_router(timeout=0.5))
uvicorn.run(app, host="127.0.0.1", port=0)
"""


def check(worker: RunningWorker, name: str) -> tuple[int, str]:
    response = worker.get("/health/ready")
    assert response.json()["status"] == ("ready" if response.status_code == 200 else "not_ready")
    return response.status_code, response.json()["checks"][name]


@pytest.mark.parametrize("name", ["ROS_MODE", "GOVERNANCE_MODE"])
@pytest.mark.parametrize("value", ["live", " LIVE", "OFFLINE"])
def test_a_mode_value_that_had_to_be_closed_fails(
    start_worker: StartWorker, name: str, value: str
) -> None:
    worker = start_worker(**{name: value})
    expected = f"{name}: expected DEMO, LIVE or STANDBY; another value is taken as STANDBY"
    assert check(worker, "config") == (503, f"failed: {expected}")
    assert worker.get("/health").status_code == 200
    assert worker.get("/health").json()["mode"]["ros_mode"] == "STANDBY"


def test_the_mode_file_fails_and_holds_with_its_content(
    start_worker: StartWorker, tmp_path: Path
) -> None:
    path = tmp_path / "mode"
    worker = start_worker(ROS_MODE_FILE=str(path), ROS_MODE="LIVE")
    missing = "failed: ROS_MODE_FILE: the file cannot be read; taken as STANDBY"
    assert check(worker, "config") == (503, missing)
    path.write_text("STANDBY\n")
    assert check(worker, "config") == (200, "ok")
    path.write_text("")
    assert check(worker, "config") == (
        503,
        "failed: ROS_MODE_FILE: the file is empty; taken as STANDBY",
    )
    path.unlink()
    os.mkfifo(path)
    assert check(worker, "config") == (503, missing)
    path.unlink()
    path.write_text("LIVE\n")
    assert check(worker, "config") == (200, "ok")


def test_the_artifact_directory_is_tried_anew_on_each_request(
    start_worker: StartWorker, artifacts: Path
) -> None:
    worker = start_worker(ROS_MODE="LIVE")
    assert check(worker, "artifacts") == (200, "ok")
    artifacts.rmdir()
    assert check(worker, "artifacts") == (200, "warning: directory not found")
    artifacts.write_text("a file in its place")
    assert check(worker, "artifacts") == (503, "failed: not a directory")
    artifacts.unlink()
    artifacts.mkdir()
    assert check(worker, "artifacts") == (200, "ok")
    assert list(artifacts.iterdir()) == []


def test_an_artifact_directory_without_write_permission_fails(
    start_worker: StartWorker, artifacts: Path
) -> None:
    worker = start_worker(OBEYING_PERMISSION_BITS + PYTHON_API_SERVER, ROS_MODE="LIVE")
    artifacts.chmod(0o500)
    assert check(worker, "artifacts") == (503, "failed: permission denied")
    artifacts.chmod(0o700)
    assert check(worker, "artifacts") == (200, "ok")


def test_a_file_system_that_takes_no_files_fails() -> None:
    assert check_artifacts("/proc") == "failed: not writable"


def test_a_disk_that_takes_no_byte_fails_although_a_file_can_be_made(artifacts: Path) -> None:
    code = (
        "import resource, sys, health_checks; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); "
        "print(health_checks.check_artifacts(sys.argv[1]))"
    )
    result = subprocess.run(
        [sys.executable, "-B", "-c", code, str(artifacts)],
        cwd=WORKER_DIRECTORY,
        env=os.environ | {"PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert result.stdout == "failed: not writable\n"
    assert list(artifacts.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/dev/null", "failed: not a directory"),
        ("/dev/null/artifacts", "failed: not a directory"),
        ("/" + "x" * 300, "failed: not accessible"),
        ("/absent/\0", "failed: not a directory"),
        ("/absent/artifacts", "warning: directory not found"),
    ],
)
def test_a_path_that_is_no_directory_is_told_from_a_missing_one(path: str, expected: str) -> None:
    assert check_artifacts(path) == expected


def test_a_module_that_is_gone_fails_although_it_is_still_loaded(
    start_worker: StartWorker, tmp_path: Path
) -> None:
    copy = tmp_path / "worker"
    shutil.copytree(WORKER_DIRECTORY / "src", copy / "src")
    shutil.copy(WORKER_DIRECTORY / "api_server.py", copy)
    worker = start_worker([sys.executable, str(copy / "api_server.py")], ROS_MODE="LIVE")
    assert check(worker, "python_path") == (200, "ok")
    module = copy / "src" / "ros_mode.py"
    module.rename(module.with_suffix(".away"))
    assert check(worker, "python_path") == (503, "failed: ros_mode cannot be imported")
    module.with_suffix(".away").rename(module)
    assert check(worker, "python_path") == (200, "ok")


def test_a_module_hidden_by_a_namesake_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check_python_path() == "ok"
    (tmp_path / "ros_mode.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    assert check_python_path() == "failed: ros_mode is hidden by another module of that name"


def test_a_stuck_artifact_directory_fails_in_time_and_silences_nothing(
    start_worker: StartWorker,
) -> None:
    worker = start_worker([sys.executable, "-c", STUCK], ROS_MODE="LIVE")

    def ready(_: int) -> object:
        return worker.get("/health/ready").json()["checks"]["artifacts"]

    start = time.monotonic()
    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(ready, range(100))) == {"failed: timeout"}
    assert time.monotonic() - start < 8
    start = time.monotonic()
    assert check(worker, "artifacts") == (503, "failed: timeout")
    assert worker.get("/health").status_code == 200
    assert time.monotonic() - start < 0.5, "a run that is known to be stuck is not waited for"
    threads = len(os.listdir(f"/proc/{worker.process.pid}/task"))
    ready(0)
    assert len(os.listdir(f"/proc/{worker.process.pid}/task")) == threads
    start = time.monotonic()
    worker.stop()
    assert time.monotonic() - start < 3, "a stuck check does not keep the process from ending"
