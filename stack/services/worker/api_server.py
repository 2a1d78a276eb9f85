"""The ResearchFlow worker's HTTP server.

Starts with ``python api_server.py`` or ``uvicorn api_server:app``. The first reads:

- ``HOST``: the address to listen on, default ``0.0.0.0``.
- ``PORT``: the port, 0 to 65535, default 8000; 0 takes a free one and logs it.
- ``UVICORN_WORKERS``: the number of processes, 1 or more, default 1.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))

import uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel

from current_mode import CurrentMode
from health_routes import create_health_router
from ros_mode import Mode

VERSION = "1.0.0"

logger = logging.getLogger("ros-worker")
current_mode = CurrentMode()


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    snapshot = current_mode()
    logger.info("mode %s from %s", snapshot.mode, snapshot.source)
    for warning in snapshot.warnings:
        logger.warning("%s", warning)
    yield


app = FastAPI(
    title="Research Operating System API",
    description="Backend API for ROS pipeline stages",
    version=VERSION,
    lifespan=lifespan,
)
app.include_router(create_health_router(version=VERSION, mode=current_mode))


class ServiceInfo(BaseModel):
    service: str
    version: str
    mode: Mode
    status: str


class SystemStatus(BaseModel):
    mode: Mode
    mock_only: bool
    no_network: bool
    allow_uploads: bool
    status: str


@app.get("/")
def root(response: Response) -> ServiceInfo:
    """What this service is."""
    response.headers["Cache-Control"] = "no-store"
    mode = current_mode().mode
    return ServiceInfo(
        service="Research Operating System", version=VERSION, mode=mode, status=_activity(mode)
    )


@app.get("/api/ros/status")
def system_status(response: Response) -> SystemStatus:
    """The mode and its flags as they are now."""
    response.headers["Cache-Control"] = "no-store"
    snapshot = current_mode()
    return SystemStatus(
        mode=snapshot.mode,
        mock_only=snapshot.mock_only,
        no_network=snapshot.no_network,
        allow_uploads=snapshot.allow_uploads,
        status=_activity(snapshot.mode),
    )


def main() -> None:
    """Serve until SIGTERM or SIGINT, then finish what is under way and exit with 0."""
    host = os.environ.get("HOST") or "0.0.0.0"
    port = _whole_number("PORT", default=8000, least=0, most=65535)
    workers = _whole_number("UVICORN_WORKERS", default=1, least=1, most=64)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(name)s: %(message)s")
    # Recent releases of uvicorn raise the signal again once they have shut down, for whoever
    # started them: a stop that was asked for is no failure.
    signal.signal(signal.SIGTERM, _exit_cleanly)
    signal.signal(signal.SIGINT, _exit_cleanly)
    uvicorn.run(
        "api_server:app" if workers > 1 else app,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        timeout_graceful_shutdown=10,
    )


def _activity(mode: Mode) -> str:
    return "active" if mode == "LIVE" else "standby"


def _exit_cleanly(*_: object) -> None:
    raise SystemExit(0)


def _whole_number(name: str, *, default: int, least: int, most: int) -> int:
    text = os.environ.get(name)
    if not text:
        return default
    # `int` alone would also take blanks, signs, underscores and digits of other scripts.
    if len(text) <= 5 and text.isascii() and text.isdecimal() and least <= int(text) <= most:
        return int(text)
    raise SystemExit(f"{name}: expected a whole number from {least} to {most}")


if __name__ == "__main__":
    main()
