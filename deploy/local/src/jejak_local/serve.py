"""The helper process of a stack: mail, tokens and traces on two loopback ports."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from jejak_local.collector import collector
from jejak_local.issuer import Issuer
from jejak_local.mail import MailServer, inbox
from jejak_local.processes import CHECKOUT

EVENT_DOCS = CHECKOUT / "docs" / "events"


def create_app(issuer: Issuer, mail: MailServer, root: Path) -> FastAPI:
    """Issuer at the root, inbox under /mail, OTLP under /v1, the documents of the events under /events."""
    app = FastAPI(title="Jejak local helper", telemetry={"tracing": False, "metrics": False, "logs": False})
    app.include_router(issuer.routes())
    app.include_router(inbox(mail))
    app.include_router(collector(root / "traces.jsonl", root / "metrics.jsonl"))
    app.mount("/events", StaticFiles(directory=EVENT_DOCS, html=True, check_dir=False))

    @app.get("/readyz")
    def ready() -> dict[str, str]:
        return {"status": "ready"}

    return app


class _QuietServer(uvicorn.Server):
    """Leaves the signals to whoever runs the event loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(app: FastAPI, port: int) -> AsyncIterator[None]:
    """Serves the app on 127.0.0.1, in this event loop, while the block runs."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="off")
    server = _QuietServer(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task


async def serve(root: Path, port: int, smtp_port: int) -> None:
    """Runs until SIGTERM or SIGINT; mails, traces and metrics go under `root`."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    for name in ("traces.jsonl", "metrics.jsonl"):
        (root / name).write_text("")
    mail = MailServer(root / "mail", smtp_port)
    mail.start()
    try:
        async with serving(create_app(Issuer(f"http://127.0.0.1:{port}"), mail, root), port):
            await stop.wait()
    finally:
        mail.stop()
