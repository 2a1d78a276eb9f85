"""Starting, stopping and being mounted elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from conftest import StartWorker
from running_worker import PYTHON_API_SERVER, WORKER_DIRECTORY

# An existing worker that takes the routes over: one line, before its own.
MOUNTED = """
import sys
sys.path.insert(0, "src")
import uvicorn
from fastapi import FastAPI
from health_routes import create_health_router
app = FastAPI()
app.include_router(create_health_router(service="another-worker", version="7.8.9"))
@app.get("/health")
def health_of_before():
    return {"status": "old"}
@app.get("/api/other")
def other():
    return {"other": True}
uvicorn.run(app, host="127.0.0.1", port=0)
"""
UVICORN = [sys.executable, "-m", "uvicorn", "api_server:app", "--host", "127.0.0.1", "--port", "0"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_worker_quickly_with_exit_code_0(
    start_worker: StartWorker, number: signal.Signals
) -> None:
    worker = start_worker(ROS_MODE="LIVE")
    # Leaves an idle keep-alive connection behind, as a probe or a pool does.
    assert worker.get("/health").status_code == 200
    start = time.monotonic()
    assert worker.stop(number) == 0
    assert time.monotonic() - start < 3


def test_uvicorn_serves_the_app_by_its_name(start_worker: StartWorker) -> None:
    worker = start_worker(UVICORN, ROS_MODE="LIVE")
    assert worker.get("/health/ready").json()["checks"]["python_path"] == "ok"
    start = time.monotonic()
    # Recent releases end by the signal itself once they have shut down.
    assert worker.stop() in (0, -signal.SIGTERM)
    assert time.monotonic() - start < 3


def test_two_processes_serve_and_end_together(start_worker: StartWorker) -> None:
    worker = start_worker(UVICORN_WORKERS="2", ROS_MODE="LIVE")
    assert worker.get("/health/ready").status_code == 200
    assert worker.stop() == 0
    assert not worker.leaves_processes()


def test_another_app_mounts_the_router_with_one_line(start_worker: StartWorker) -> None:
    worker = start_worker([sys.executable, "-c", MOUNTED], ROS_MODE="DEMO")
    health = worker.get("/health").json()
    assert (health["service"], health["version"]) == ("another-worker", "7.8.9")
    assert health["mode"] == {"ros_mode": "DEMO", "no_network": False, "mock_only": False}
    assert worker.get("/health/ready").status_code == 200
    assert worker.get("/api/other").json() == {"other": True}
    paths = worker.get("/openapi.json").json()["paths"]
    assert set(paths["/health/ready"]) == {"get"}
    assert "Duplicate" not in worker.log()


def test_the_log_says_the_mode_and_its_warnings_once_at_the_start(
    start_worker: StartWorker,
) -> None:
    worker = start_worker(ROS_MODE="live")
    for _ in range(3):
        worker.get("/health/ready")
    log = worker.log()
    assert log.count("mode STANDBY from ROS_MODE") == 1
    assert log.count("another value is taken as STANDBY") == 1


@pytest.mark.parametrize("value", ["abc", "-1", "65536", "8000 ", "80_00", "99999999999", "1e3"])
def test_a_wrong_port_ends_the_start_with_what_was_expected(value: str) -> None:
    result = subprocess.run(
        PYTHON_API_SERVER,
        cwd=WORKER_DIRECTORY,
        env=os.environ | {"PORT": value, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr == "PORT: expected a whole number from 0 to 65535\n"
