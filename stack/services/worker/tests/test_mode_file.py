"""The file that ROS_MODE_FILE names, where a row of text cannot say what it is."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import StartWorker
from mode_file import MAX_BYTES, read_mode_file
from ros_mode import ModeSnapshot, resolve
from running_worker import OBEYING_PERMISSION_BITS, WORKER_DIRECTORY

UNREADABLE = "ROS_MODE_FILE: the file cannot be read; taken as STANDBY"
OTHER = "ROS_MODE_FILE: expected DEMO, LIVE or STANDBY; other content is taken as STANDBY"

# A worker whose mode file lies on a network mount that is gone, for as long as the file `gone` is
# there. The artifacts are where they were.
STUCK = """
import os, sys, time
sys.path.insert(0, "src")
import current_mode
read = current_mode.read_mode_file
def stuck(path):
    while os.path.exists(os.environ["GONE"]):
        time.sleep(0.05)
    return read(path)
current_mode.read_mode_file = stuck
import api_server
api_server.main()
"""


def mode_of(path: Path | str) -> ModeSnapshot:
    return resolve({"ROS_MODE_FILE": str(path), "ROS_MODE": "LIVE"})


def within(seconds: float, action: Callable[[], ModeSnapshot]) -> ModeSnapshot:
    """The result of an action that may hang, without hanging the test."""
    results: list[ModeSnapshot] = []
    thread = threading.Thread(target=lambda: results.append(action()), daemon=True)
    thread.start()
    thread.join(seconds)
    assert results, f"no result within {seconds} s"
    return results[0]


def assert_closed(snapshot: ModeSnapshot, warning: str) -> None:
    assert (snapshot.mode, snapshot.source, snapshot.block_reason) == (
        "STANDBY",
        "file",
        "standby_mode",
    )
    assert snapshot.warnings == (warning,)


def test_a_fifo_without_a_writer_is_standby_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mode"
    os.mkfifo(path)
    assert_closed(within(5, lambda: mode_of(path)), UNREADABLE)


def test_a_fifo_with_a_silent_writer_is_standby_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mode"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)
    try:
        assert_closed(within(5, lambda: mode_of(path)), UNREADABLE)
    finally:
        os.close(writer)


def test_a_directory_is_standby(tmp_path: Path) -> None:
    assert_closed(mode_of(tmp_path), UNREADABLE)


def test_a_device_is_standby() -> None:
    assert_closed(mode_of("/dev/null"), UNREADABLE)
    assert_closed(mode_of("/dev/zero"), UNREADABLE)


def test_a_unix_socket_is_standby(tmp_path: Path) -> None:
    path = tmp_path / "mode"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        assert_closed(mode_of(path), UNREADABLE)


def test_a_symlink_to_nothing_or_to_itself_is_standby(tmp_path: Path) -> None:
    dangling, loop = tmp_path / "dangling", tmp_path / "loop"
    dangling.symlink_to(tmp_path / "absent")
    loop.symlink_to(loop)
    assert_closed(mode_of(dangling), UNREADABLE)
    assert_closed(mode_of(loop), UNREADABLE)


@pytest.mark.parametrize("path", [" ", "\0", "LIVE\0", "x" * 5000, "\udcff", "file:///etc/mode"])
def test_a_path_that_names_nothing_is_standby(path: str) -> None:
    assert_closed(mode_of(path), UNREADABLE)


def test_a_regular_file_that_cannot_be_read_is_standby() -> None:
    # Its type is right and it opens; only the read fails.
    assert_closed(mode_of("/proc/self/mem"), UNREADABLE)


def test_a_file_without_permission_is_standby(tmp_path: Path) -> None:
    path = tmp_path / "mode"
    path.write_text("LIVE\n")
    path.chmod(0o000)
    code = "import os, ros_mode; print(ros_mode.resolve(os.environ).warnings)"
    result = subprocess.run(
        [*OBEYING_PERMISSION_BITS, sys.executable, "-B", "-c", code],
        cwd=WORKER_DIRECTORY,
        env=os.environ | {"PYTHONPATH": "src", "ROS_MODE_FILE": str(path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert UNREADABLE in result.stdout


def test_bytes_that_are_not_utf_8_are_standby(tmp_path: Path) -> None:
    path = tmp_path / "mode"
    for content in (b"LIVE\xff", b"\xff\xfeL\0I\0V\0E\0", b"LIVE\xc2"):
        path.write_bytes(content)
        assert_closed(mode_of(path), OTHER)


def test_a_file_of_one_mebibyte_is_standby_and_read_no_further_than_needed(tmp_path: Path) -> None:
    path = tmp_path / "mode"
    path.write_bytes(b"LIVE".ljust(1024 * 1024))
    assert_closed(mode_of(path), OTHER)
    assert len(read_mode_file(str(path))) == MAX_BYTES + 1


def test_a_file_renamed_into_place_counts_from_the_next_read_on(tmp_path: Path) -> None:
    path, next_path = tmp_path / "mode", tmp_path / "mode.next"
    for word in ("LIVE", "STANDBY", "DEMO", "LIVE"):
        next_path.write_text(f"{word}\n")
        next_path.rename(path)
        assert mode_of(path).mode == word


def test_a_mounted_configmap_never_shows_anything_but_its_words(tmp_path: Path) -> None:
    """Swaps `..data` as Kubernetes does, while the file is read through it."""
    words = ("LIVE", "STANDBY")
    for word in words:
        (tmp_path / f"..{word}").mkdir()
        (tmp_path / f"..{word}" / "mode").write_text(f"{word}\n")
    (tmp_path / "mode").symlink_to(Path("..data", "mode"))

    def publish(word: str) -> None:
        (tmp_path / "..data_tmp").symlink_to(f"..{word}")
        (tmp_path / "..data_tmp").rename(tmp_path / "..data")

    publish("LIVE")
    done = threading.Event()

    def swap() -> None:
        for turn in range(1, 1001):
            publish(words[turn % 2])
        done.set()

    swapping = threading.Thread(target=swap, daemon=True)
    swapping.start()
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while not done.is_set():
        snapshot = mode_of(tmp_path / "mode")
        seen.add((snapshot.mode, snapshot.warnings))
    swapping.join()
    assert seen <= {("LIVE", ()), ("STANDBY", ())}
    assert mode_of(tmp_path / "mode").mode == "LIVE"
    publish("STANDBY")
    assert mode_of(tmp_path / "mode").mode == "STANDBY"


def test_a_thousand_reads_leave_no_descriptor_open(tmp_path: Path) -> None:
    good, fifo = tmp_path / "good", tmp_path / "fifo"
    good.write_text("LIVE\n")
    os.mkfifo(fifo)
    paths = (good, fifo, tmp_path, tmp_path / "absent", "/proc/self/mem")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(1000):
        for path in paths:
            mode_of(path)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_mode_file_that_never_answers_is_standby_and_silences_nothing(
    start_worker: StartWorker, tmp_path: Path
) -> None:
    path, gone = tmp_path / "mode", tmp_path / "gone"
    path.write_text("LIVE\n")
    gone.touch()
    command = [sys.executable, "-c", STUCK]
    worker = start_worker(command, ROS_MODE_FILE=str(path), GONE=str(gone))
    assert UNREADABLE in worker.log()

    def threads() -> int:
        return len(os.listdir(f"/proc/{worker.process.pid}/task"))

    # More than the pool has threads, on each path that says the mode.
    paths = ("/health", "/health/ready", "/", "/api/ros/status")
    start = time.monotonic()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(worker.get, paths * 50))
    assert time.monotonic() - start < 8
    for index, answer in enumerate(answers):
        body = answer.json()
        if index % 4 < 2:
            assert body["mode"]["ros_mode"] == "STANDBY"
            assert answer.status_code == (200, 503)[index % 4]
        else:
            assert (answer.status_code, body["mode"]) == (200, "STANDBY")
    assert answers[1].json()["checks"]["config"] == f"failed: {UNREADABLE}"

    before = threads()
    for _ in range(20):
        start = time.monotonic()
        assert worker.get("/health").json()["mode"]["ros_mode"] == "STANDBY"
        assert time.monotonic() - start < 0.4, "a read that is known to be stuck is not waited for"
    assert threads() == before

    gone.unlink()
    deadline = time.monotonic() + 10
    while worker.get("/health").json()["mode"]["ros_mode"] != "LIVE":
        assert time.monotonic() < deadline, "the mode comes back with the mount"
        time.sleep(0.02)
    assert worker.get("/health/ready").json()["checks"]["config"] == "ok"


def test_a_worker_behind_a_stuck_mode_file_ends_when_told(
    start_worker: StartWorker, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.touch()
    worker = start_worker([sys.executable, "-c", STUCK], ROS_MODE_FILE="/mode", GONE=str(gone))
    worker.get("/health")
    start = time.monotonic()
    assert worker.stop() == 0
    assert time.monotonic() - start < 5
