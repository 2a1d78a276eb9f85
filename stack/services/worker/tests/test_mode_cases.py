"""The case table that the Rust, the JavaScript and the Python tests share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ros_mode import ModeSnapshot, resolve

TABLE = Path(__file__).resolve().parents[4] / "__test__" / "cases" / "mode.json"
CASES: list[dict[str, Any]] = json.loads(TABLE.read_text(encoding="utf-8"))
MARKER = "marker-5f1c"


def as_expected(snapshot: ModeSnapshot) -> dict[str, Any]:
    """The snapshot in the shape of the table's `expect`."""
    return {
        "mode": snapshot.mode,
        "source": snapshot.source,
        "networkAllowed": snapshot.network_allowed,
        "blockReason": snapshot.block_reason,
        "noNetwork": snapshot.no_network,
        "mockOnly": snapshot.mock_only,
        "allowUploads": snapshot.allow_uploads,
        "strictPhiOnUpload": snapshot.strict_phi_on_upload,
        "warnings": list(snapshot.warnings),
    }


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_table_row_holds(case: dict[str, Any], tmp_path: Path) -> None:
    env = dict(case["env"])
    if "file" in case:
        path = tmp_path / "mode"
        if "content" in case["file"]:
            path.write_bytes(case["file"]["content"].encode("utf-8"))
        env["ROS_MODE_FILE"] = str(path)
    assert as_expected(resolve(env)) == case["expect"]


def test_the_table_has_its_rows_each_under_a_name_of_its_own() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) >= 70
    assert len(set(names)) == len(names)


def test_the_closing_warning_is_apart_from_those_of_the_default_and_the_flags() -> None:
    closed = resolve({"ROS_MODE": "live", "NO_NETWORK": "x"})
    assert closed.closed_by == closed.warnings[0]
    assert len(closed.warnings) == 2
    assert resolve({}).closed_by is None
    assert resolve({"ROS_MODE": "STANDBY", "NO_NETWORK": "x"}).closed_by is None


def test_a_snapshot_cannot_be_changed() -> None:
    snapshot = resolve({"ROS_MODE": "STANDBY"})
    with pytest.raises(AttributeError):
        snapshot.mode = "LIVE"  # type: ignore[misc]


def test_no_warning_holds_the_value_it_is_about() -> None:
    names = "ROS_MODE GOVERNANCE_MODE NO_NETWORK MOCK_ONLY ALLOW_UPLOADS STRICT_PHI_ON_UPLOAD"
    env = dict.fromkeys(names.split(), MARKER)
    for snapshot in (
        resolve(env),
        resolve(env | {"ROS_MODE_FILE": f"/{MARKER}"}),
        resolve(env, lambda _: MARKER.encode()),
        resolve(env | {"ROS_MODE_FILE": "x"}, lambda _: MARKER.encode()),
    ):
        assert len(snapshot.warnings) == 5
        assert MARKER not in " ".join(snapshot.warnings)


def test_the_file_is_not_read_when_no_file_is_named() -> None:
    def read_file(path: str) -> bytes:
        raise AssertionError("read")

    assert resolve({"ROS_MODE": "LIVE"}, read_file).mode == "LIVE"
    assert resolve({"ROS_MODE": "LIVE", "ROS_MODE_FILE": ""}, read_file).mode == "LIVE"
