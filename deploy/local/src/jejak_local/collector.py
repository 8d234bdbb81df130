"""Receives OTLP over HTTP, keeps the spans as JSON lines, and draws the trace of one thing across all services."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from rich.text import Text
from rich.tree import Tree

ALIKE = 3
"""How many siblings of one name a tree shows before it counts the rest."""


def collector(traces: Path, metrics: Path) -> APIRouter:
    """POST /v1/traces and /v1/metrics (protobuf, gzip or plain); appends to the two files."""
    routes = APIRouter(prefix="/v1")

    @routes.post("/traces")
    async def take_traces(request: Request) -> Response:
        export = ExportTraceServiceRequest.FromString(await _body(request))
        with traces.open("a") as file:
            file.writelines(json.dumps(span) + "\n" for span in spans_of(export))
        return _answer(ExportTraceServiceResponse().SerializeToString())

    @routes.post("/metrics")
    async def take_metrics(request: Request) -> Response:
        export = ExportMetricsServiceRequest.FromString(await _body(request))
        with metrics.open("a") as file:
            file.writelines(json.dumps(point) + "\n" for point in points_of(export))
        return _answer(ExportMetricsServiceResponse().SerializeToString())

    return routes


async def _body(request: Request) -> bytes:
    body = await request.body()
    return gzip.decompress(body) if request.headers.get("Content-Encoding") == "gzip" else body


def _answer(content: bytes) -> Response:
    return Response(content, media_type="application/x-protobuf")


def spans_of(export: ExportTraceServiceRequest) -> Iterator[dict[str, Any]]:
    """Flat spans: ids in hex, times in nanoseconds since 1970, `parent` null for a root."""
    for resource in export.resource_spans:
        service = _attributes(resource.resource.attributes).get("service.name", "")
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield {
                    "trace": span.trace_id.hex(),
                    "span": span.span_id.hex(),
                    "parent": span.parent_span_id.hex() or None,
                    "name": span.name,
                    "kind": Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
                    "service": service,
                    "start": span.start_time_unix_nano,
                    "end": span.end_time_unix_nano,
                    "status": Status.StatusCode.Name(span.status.code).removeprefix("STATUS_CODE_").lower(),
                    "attributes": _attributes(span.attributes),
                    "links": [{"trace": link.trace_id.hex(), "span": link.span_id.hex()} for link in span.links],
                }


def points_of(export: ExportMetricsServiceRequest) -> Iterator[dict[str, Any]]:
    """Flat measurements: the value of a counter or gauge, or count and sum of a histogram."""
    for resource in export.resource_metrics:
        service = _attributes(resource.resource.attributes).get("service.name", "")
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in _points(metric):
                    yield {"service": service, "name": metric.name, "unit": metric.unit, **point}


def _points(metric: Metric) -> Iterator[dict[str, Any]]:
    if metric.HasField("histogram"):
        for point in metric.histogram.data_points:
            at = {"time": point.time_unix_nano, "attributes": _attributes(point.attributes)}
            yield {**at, "count": point.count, "sum": point.sum}
    else:
        data = metric.sum if metric.HasField("sum") else metric.gauge
        for point in data.data_points:
            at = {"time": point.time_unix_nano, "attributes": _attributes(point.attributes)}
            yield {**at, "value": point.as_int if point.HasField("as_int") else point.as_double}


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Any:
    match value.WhichOneof("value"):
        case None:
            return None
        case "array_value":
            return [_value(item) for item in value.array_value.values]
        case "kvlist_value":
            return _attributes(value.kvlist_value.values)
        case "bytes_value":
            return value.bytes_value.hex()
        case kind:
            return getattr(value, kind)


def read_jsonl(file: Path) -> list[dict[str, Any]]:
    """The complete lines of a file that another process may be appending to."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]


def trace_tree(spans: Iterable[dict[str, Any]], trace: str) -> Tree:
    """Draws one trace and, through links, what came of it in other traces.

    A batch (one `send` or `process` span for many events) has a trace of its own with a link to the span that created
    each event: it hangs under that span, marked with an arrow. The times are milliseconds after the first span.
    """
    spans = sorted(spans, key=lambda span: span["start"])
    known = {span["span"] for span in spans}
    children: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    followers: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for span in spans:
        if span["parent"]:
            children[span["parent"]].append(span)
        for link in span["links"]:
            followers[link["span"]].append(span)
    roots = [span for span in spans if span["trace"] == trace and span["parent"] not in known]
    if not roots:
        return Tree(Text(f"no span of trace {trace} has arrived"))
    origin = roots[0]["start"]
    drawn: set[str] = set()

    def draw(branch: Tree, span: dict[str, Any], arrow: str) -> None:
        drawn.add(span["span"])
        twig = branch.add(_label(span, origin, arrow))
        alike: defaultdict[str, int] = defaultdict(int)
        family = [(child, "") for child in children[span["span"]]]
        family += [(follower, "⇢ ") for follower in followers[span["span"]]]
        for relative, sign in sorted(family, key=lambda pair: pair[0]["start"]):
            if relative["span"] in drawn:
                continue
            alike[relative["name"]] += 1
            if alike[relative["name"]] <= ALIKE:
                draw(twig, relative, sign)
        for name, number in alike.items():
            if number > ALIKE:
                twig.add(Text(f"… {number - ALIKE} more: {name}", style="dim"))

    tree = Tree(Text(f"trace {trace}", style="bold"))
    for root in roots:
        draw(tree, root, "")
    return tree


def _label(span: dict[str, Any], origin: int, arrow: str) -> Text:
    after, took = (span["start"] - origin) / 1e6, (span["end"] - span["start"]) / 1e6
    label = (
        Text(arrow, style="yellow").append(span["service"], style="cyan").append(f"  {span['name']}", style="default")
    )
    label.append(f"  +{after:,.1f} ms, took {took:,.1f} ms", style="dim")
    if len(span["links"]) > 1:
        label.append(f", {len(span['links'])} events", style="dim")
    if span["status"] == "error":
        label.append("  error", style="bold red")
    return label
