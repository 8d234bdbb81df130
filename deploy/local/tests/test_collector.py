import json

import httpx2
import pytest
from fastapi import FastAPI
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Link, SpanKind, Status, StatusCode
from rich.console import Console

from jejak_local.collector import collector, read_jsonl, trace_tree
from jejak_local.processes import free_port
from jejak_local.serve import serving


def drawn(tree) -> list[str]:
    console = Console(width=200, color_system=None, force_terminal=False)
    with console.capture() as capture:
        console.print(tree)
    return capture.get().splitlines()


def span(name: str, number: int, *, trace="a", parent=None, links=(), start=0, service="training", status="unset"):
    return {
        "trace": trace,
        "span": str(number),
        "parent": parent and str(parent),
        "name": name,
        "kind": "internal",
        "service": service,
        "start": start * 1_000_000,
        "end": (start + 2) * 1_000_000,
        "status": status,
        "attributes": {},
        "links": [{"trace": "a", "span": str(link)} for link in links],
    }


def test_a_tree_follows_links_into_the_traces_of_batches_and_on():
    spans = [
        span("POST /v1/trainings", 1),
        span("create training.record.v1", 2, parent=1, start=1),
        span("send training.record.v1", 3, trace="b", links=[2, 90, 91], start=5),
        span("process training.record.v1", 4, trace="c", links=[2, 90], start=9, service="credit"),
        span("create credit.decision.v1", 5, trace="c", parent=4, start=10, service="credit"),
        span("process credit.decision.v1", 6, trace="d", links=[5], start=20, service="notification", status="error"),
        span("POST /v1/other", 7, trace="z"),
    ]
    assert drawn(trace_tree(reversed(spans), "a")) == [
        "trace a",
        "└── training  POST /v1/trainings  +0.0 ms, took 2.0 ms",
        "    └── training  create training.record.v1  +1.0 ms, took 2.0 ms",
        "        ├── ⇢ training  send training.record.v1  +5.0 ms, took 2.0 ms, 3 events",
        "        └── ⇢ credit  process training.record.v1  +9.0 ms, took 2.0 ms, 2 events",
        "            └── credit  create credit.decision.v1  +10.0 ms, took 2.0 ms",
        "                └── ⇢ notification  process credit.decision.v1  +20.0 ms, took 2.0 ms  error",
    ]


def test_many_of_one_kind_are_counted_rather_than_drawn():
    spans = [span("POST", 1), *(span("create", number, parent=1, start=number) for number in range(2, 502))]
    lines = drawn(trace_tree(spans, "a"))
    assert len(lines) == 6
    assert lines[-1].endswith("… 497 more: create")


def test_spans_that_link_in_a_circle_are_drawn_once():
    spans = [span("one", 1, links=[2]), span("two", 2, parent=1, links=[1], start=1)]
    assert len(drawn(trace_tree(spans, "a"))) == 3


def test_a_trace_nobody_sent_says_so():
    assert drawn(trace_tree([], "ab")) == ["no span of trace ab has arrived"]


def test_a_line_that_is_still_being_written_is_left_for_later(tmp_path):
    file = tmp_path / "traces.jsonl"
    assert read_jsonl(file) == []
    file.write_text('{"span": "1"}\n{"span": ')
    assert read_jsonl(file) == [{"span": "1"}]


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
async def test_spans_of_the_real_exporter_arrive_with_links_and_attributes(tmp_path, compression):
    import asyncio

    port = free_port()
    app = FastAPI()
    app.include_router(collector(tmp_path / "traces.jsonl", tmp_path / "metrics.jsonl"))
    provider = TracerProvider(resource=Resource({"service.name": "training"}), id_generator=RandomIdGenerator())
    exporter = OTLPSpanExporter(endpoint=f"http://127.0.0.1:{port}/v1/traces", compression=compression)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("test")

    def work():
        with (
            tracer.start_as_current_span("request", kind=SpanKind.SERVER) as request,
            tracer.start_as_current_span("batch", links=[Link(request.get_span_context())]) as batch,
        ):
            batch.set_attributes({"count": 3, "tags": ["a", "b"], "share": 0.5, "ok": True})
            batch.set_status(Status(StatusCode.ERROR))
        provider.shutdown()

    async with serving(app, port):
        await asyncio.to_thread(work)
        async with httpx2.AsyncClient() as client:
            assert (await client.post(f"http://127.0.0.1:{port}/v1/metrics", content=b"")).status_code == 200
    batch, request = read_jsonl(tmp_path / "traces.jsonl")
    assert (request["name"], request["kind"], request["parent"]) == ("request", "server", None)
    assert batch["parent"] == request["span"]
    assert batch["links"] == [{"trace": request["trace"], "span": request["span"]}]
    assert batch["attributes"] == {"count": 3, "tags": ["a", "b"], "share": 0.5, "ok": True}
    assert (batch["status"], batch["service"]) == ("error", "training")
    assert json.dumps(batch)
