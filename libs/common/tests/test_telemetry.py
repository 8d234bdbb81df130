"""What leaves a service in its logs and traces: never what a caller typed."""

import json
import subprocess
import sys

import httpx2
import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import INVALID_SPAN, NonRecordingSpan
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.store.database import Database
from common.telemetry import ForgetTyped, links, traced, traceparent

NIP = "199001012015051001"


async def test_a_trace_names_the_route_and_not_what_was_typed() -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(ForgetTyped())
    provider.add_span_processor(SimpleSpanProcessor(spans))
    app = FastAPI(telemetry={"operation_spans": False, "tracer_provider": provider})

    @app.get("/v1/people/{person}")
    async def read(person: str) -> str:
        return person

    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=f"http://{NIP}.example") as client:
        for path in (f"/v1/people/{NIP}?access_token={NIP}", f"/nowhere/{NIP}"):
            await client.get(path)
    found, lost = spans.get_finished_spans()
    assert found.attributes is not None
    assert found.attributes["http.route"] == "/v1/people/{person}"
    assert NIP not in found.to_json() + lost.to_json()


async def test_what_the_driver_says_of_an_argument_leaves_in_no_span(
    blank: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncpg quotes what it could not encode; a span would carry that as an event, and in its status."""
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    for module in ("telemetry", "store.database"):
        monkeypatch.setattr(f"common.{module}.tracer", provider.get_tracer("kit"))
    with pytest.raises(DBAPIError) as failed, traced("use case"):
        async with blank.transaction() as session:
            await session.execute(text("SELECT CAST(:nip AS int)"), {"nip": NIP})
    assert NIP in str(failed.value.orig), "else there would be nothing to hide"
    told = "".join(span.to_json() for span in spans.get_finished_spans())
    assert "DBAPIError" in told
    assert NIP not in told


SAYS = f"""
import asyncio, logging, sys, threading, warnings
from common import telemetry
telemetry.set_up("kit", otlp_endpoint="", trace_ratio=0)
error = ValueError("{NIP}")
logging.getLogger("uvicorn.error").info("started")
logging.getLogger("aiokafka").error("no answer: %s", error)
logging.getLogger("any").error("it failed", exc_info=error)
logging.getLogger("any").warning("of %(who)s", {{"who": error}})
warnings.warn("a warning", stacklevel=1)

async def fails():
    raise error

async def forgets():
    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task

asyncio.run(forgets())
def in_a_thread():
    raise error
thread = threading.Thread(target=in_a_thread)
thread.start()
thread.join()
class Broken:
    def __del__(self):
        raise error
Broken()
raise error
"""


def test_every_line_is_json_and_quotes_no_exception() -> None:
    """Whoever writes it: uvicorn, aiokafka, asyncio, a warning, a thread, a destructor, the end of the process."""
    ended = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert NIP not in ended.stderr + ended.stdout
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert {"process failed", "thread failed", "destructor failed"} < {line["event"] for line in lines}
    assert len(lines) == 9, lines
    assert all(line["service"] == "kit" for line in lines)


def test_what_names_no_span_leads_to_no_link() -> None:
    good = f"00-{11:032x}-{12:016x}-01"
    [link] = links(["", None, "-", "00-x-y-01", f"00-{0:032x}-{12:016x}-01", "ff" + good[2:], good, good])
    assert traceparent(NonRecordingSpan(link.context)) == good
    assert traceparent(INVALID_SPAN) is None
