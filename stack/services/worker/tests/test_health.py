"""The HTTP answers of a worker that runs, over real sockets."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from conftest import StartWorker

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
MARKER = "marker-5f1c"
UNSET = (
    "warning: no mode is set: expected ROS_MODE or GOVERNANCE_MODE; "
    "the mode is DEMO and the network is blocked"
)


def without_timestamp(response: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    assert TIMESTAMP.fullmatch(body.pop("timestamp"))
    return body


def test_health_says_who_answers_and_in_which_mode(start_worker: StartWorker) -> None:
    response = start_worker(ROS_MODE="LIVE", MOCK_ONLY="yes").get("/health")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert without_timestamp(response) == {
        "status": "healthy",
        "service": "ros-worker",
        "version": "1.0.0",
        "mode": {"ros_mode": "LIVE", "no_network": False, "mock_only": True},
    }


def test_ready_gives_each_check_and_all_flags(start_worker: StartWorker) -> None:
    response = start_worker(ROS_MODE="LIVE", ALLOW_UPLOADS="true").get("/health/ready")
    assert response.status_code == 200
    assert without_timestamp(response) == {
        "status": "ready",
        "checks": {"config": "ok", "artifacts": "ok", "python_path": "ok"},
        "mode": {
            "ros_mode": "LIVE",
            "no_network": False,
            "mock_only": False,
            "allow_uploads": True,
            "strict_phi_on_upload": True,
        },
    }


def test_the_endpoints_of_before_keep_their_shapes(start_worker: StartWorker) -> None:
    worker = start_worker(GOVERNANCE_MODE="LIVE", NO_NETWORK="1")
    assert worker.get("/").json() == {
        "service": "Research Operating System",
        "version": "1.0.0",
        "mode": "LIVE",
        "status": "active",
    }
    assert worker.get("/api/ros/status").json() == {
        "mode": "LIVE",
        "mock_only": False,
        "no_network": True,
        "allow_uploads": False,
        "status": "active",
    }


def test_a_mode_other_than_live_is_shown_as_standby_activity(start_worker: StartWorker) -> None:
    worker = start_worker(ROS_MODE="DEMO")
    assert worker.get("/").json()["status"] == "standby"
    assert worker.get("/api/ros/status").json()["status"] == "standby"


def test_standby_is_ready_so_that_a_rolling_update_can_end(start_worker: StartWorker) -> None:
    response = start_worker(ROS_MODE="STANDBY").get("/health/ready")
    assert response.status_code == 200
    assert response.json()["mode"]["ros_mode"] == "STANDBY"
    assert response.json()["checks"]["config"] == "ok"


def test_an_unset_mode_is_a_warning_and_ready(start_worker: StartWorker) -> None:
    response = start_worker().get("/health/ready")
    assert response.status_code == 200
    assert response.json()["status"] == "ready"
    assert response.json()["checks"]["config"] == UNSET


def test_odd_flags_are_a_warning_and_ready(start_worker: StartWorker) -> None:
    response = start_worker(ROS_MODE="LIVE", NO_NETWORK="maybe").get("/health/ready")
    assert response.status_code == 200
    assert response.json()["checks"]["config"] == (
        "warning: NO_NETWORK: expected one of 1 true t yes y on 0 false f no n off; "
        "another value is taken as on"
    )


def test_the_mode_is_read_anew_on_each_request(start_worker: StartWorker, tmp_path: Path) -> None:
    path, next_path = tmp_path / "mode", tmp_path / "mode.next"
    path.write_text("LIVE\n")
    worker = start_worker(ROS_MODE_FILE=str(path))
    for word in ("LIVE", "STANDBY", "DEMO", "LIVE", "STANDBY"):
        next_path.write_text(f"{word}\n")
        next_path.rename(path)
        assert worker.get("/health").json()["mode"]["ros_mode"] == word
        assert worker.get("/health/ready").json()["mode"]["ros_mode"] == word
        assert worker.get("/").json()["mode"] == word
        assert worker.get("/api/ros/status").json()["mode"] == word


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
def test_head_answers_as_get_does_without_a_body(start_worker: StartWorker, path: str) -> None:
    worker = start_worker(ROS_MODE="LIVE")
    got, headed = worker.client.get(path), worker.client.head(path)
    assert headed.status_code == got.status_code == 200
    assert headed.content == b""
    assert headed.headers["content-type"] == got.headers["content-type"]
    assert headed.headers["content-length"] == got.headers["content-length"]
    assert headed.headers["cache-control"] == "no-store"


def test_head_tells_that_an_invariant_fails(start_worker: StartWorker) -> None:
    assert start_worker(ROS_MODE="oops").client.head("/health/ready").status_code == 503


def test_a_post_to_a_health_route_is_refused(start_worker: StartWorker) -> None:
    worker = start_worker(ROS_MODE="LIVE")
    assert worker.client.post("/health").status_code == 405
    assert worker.client.post("/health/ready").status_code == 405


@pytest.mark.parametrize("mode", ["LIVE", "oops"])
def test_no_answer_may_be_stored(start_worker: StartWorker, mode: str) -> None:
    worker = start_worker(ROS_MODE=mode)
    for path in ("/", "/api/ros/status", "/health", "/health/ready"):
        assert worker.get(path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("with_file", [False, True])
def test_no_value_of_any_variable_is_in_an_answer_or_in_the_log(
    start_worker: StartWorker, tmp_path: Path, with_file: bool
) -> None:
    mode_file, artifacts = tmp_path / f"{MARKER}.mode", tmp_path / f"{MARKER}.artifacts"
    mode_file.write_text(MARKER)
    artifacts.write_text(MARKER)
    names = (
        "ROS_MODE GOVERNANCE_MODE NO_NETWORK MOCK_ONLY ALLOW_UPLOADS STRICT_PHI_ON_UPLOAD "
        "DATABASE_URL REDIS_URL EGRESS_ALLOW ANTHROPIC_API_KEY"
    )
    env = dict.fromkeys(names.split(), MARKER) | {"ARTIFACT_PATH": str(artifacts)}
    if with_file:
        env["ROS_MODE_FILE"] = str(mode_file)
    worker = start_worker(**env)
    ready = worker.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json()["checks"]["config"].startswith("failed: ROS_MODE")
    assert ready.json()["checks"]["artifacts"] == "failed: not a directory"
    for path in ("/", "/api/ros/status", "/health", "/health/ready", "/openapi.json", "/absent"):
        response = worker.get(path)
        assert MARKER not in response.text + str(response.headers)
        assert str(tmp_path) not in response.text
    assert MARKER not in worker.log()
    assert str(tmp_path) not in worker.log()


def test_fifty_callers_at_once_are_all_answered(start_worker: StartWorker, artifacts: Path) -> None:
    worker = start_worker(ROS_MODE="LIVE")

    def call(number: int) -> int:
        return worker.get("/health/ready" if number % 2 else "/health").status_code

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(call, range(50))) == [200] * 50
    assert list(artifacts.iterdir()) == []
