"""``/health`` and ``/health/ready`` as a router that any FastAPI worker includes with one line::

    app.include_router(create_health_router(version="1.0.0"))

FastAPI serves the first route that matches: include it before, or in place of, routes of the
same paths.

``/health`` is for liveness and touches nothing outside the process but the mode file.
``/health/ready`` is 503 when an invariant fails. STANDBY is no failure: were it 503, a rolling
update into STANDBY would wait for ever and leave the old processes serving.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from bounded_check import BoundedCheck
from current_mode import CurrentMode
from health_checks import (
    OWN_MODULES,
    artifact_path,
    check_artifacts,
    check_config,
    check_python_path,
    failed,
)
from ros_mode import ModeSnapshot

NO_STORE: Final = {"Cache-Control": "no-store"}


def create_health_router(
    *,
    service: str = "ros-worker",
    version: str = "1.0.0",
    env: Mapping[str, str] = os.environ,
    mode: CurrentMode | None = None,
    modules: Iterable[str] = OWN_MODULES,
    timeout: float = 2.0,
) -> APIRouter:
    """Build the router.

    Args:
        service: the name in ``/health``.
        version: the version in ``/health``.
        env: where the mode, the flags and ``ARTIFACT_PATH`` are read from, anew on each request.
        mode: what decides the mode, where the server has one already; else one that reads ``env``.
        modules: the modules that ``python_path`` looks for beside this file.
        timeout: the longest that the artifact directory may take to answer, in seconds.
    """
    router = APIRouter(tags=["health"])
    required = tuple(modules)
    current_mode = mode or CurrentMode(env)
    artifacts = BoundedCheck(
        lambda: check_artifacts(artifact_path(env)),
        timeout,
        late="failed: timeout",
        broken="failed: error",
    )

    # On the event loop: liveness must be answered while long work holds every thread of the pool.
    @router.get("/health")
    @router.head("/health", include_in_schema=False)
    async def health() -> JSONResponse:
        """Liveness: the process serves."""
        return JSONResponse(
            {
                "status": "healthy",
                "service": service,
                "version": version,
                "timestamp": _timestamp(),
                "mode": _mode(await current_mode.on_the_loop()),
            },
            headers=NO_STORE,
        )

    # A plain function: FastAPI runs it in its thread pool, since it tries the disk.
    @router.get("/health/ready", responses={503: {"description": "An invariant fails."}})
    @router.head("/health/ready", include_in_schema=False)
    def ready() -> JSONResponse:
        """Readiness: the worker's own invariants hold."""
        snapshot = current_mode()
        checks = {
            "config": check_config(snapshot),
            "artifacts": artifacts(),
            "python_path": check_python_path(required),
        }
        holds = not any(failed(result) for result in checks.values())
        return JSONResponse(
            {
                "status": "ready" if holds else "not_ready",
                "checks": checks,
                "mode": _mode(snapshot)
                | {
                    "allow_uploads": snapshot.allow_uploads,
                    "strict_phi_on_upload": snapshot.strict_phi_on_upload,
                },
                "timestamp": _timestamp(),
            },
            status_code=200 if holds else 503,
            headers=NO_STORE,
        )

    return router


def _mode(snapshot: ModeSnapshot) -> dict[str, Any]:
    return {
        "ros_mode": snapshot.mode,
        "no_network": snapshot.no_network,
        "mock_only": snapshot.mock_only,
    }


def _timestamp() -> str:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return now.replace("+00:00", "Z")
