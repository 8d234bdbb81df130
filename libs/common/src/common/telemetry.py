"""Traces, metrics and logs. Every name that leaves a service stands here."""

import logging
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Iterable, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from opentelemetry import metrics, propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes

OUTBOX_DEPTH = "jejak.outbox.depth"
OUTBOX_OLDEST_AGE = "jejak.outbox.oldest.age"
RELAY_PUBLISHED = "jejak.relay.published"
INBOX_PROCESSED = "jejak.inbox.processed"
INBOX_DUPLICATES = "jejak.inbox.duplicates"
INBOX_DEAD_LETTERS = "jejak.inbox.dead_letters"
INBOX_LAG = "jejak.inbox.lag"
WAITING_COUNT = "jejak.waiting.count"
WAITING_OLDEST_AGE = "jejak.waiting.oldest.age"
BULK_LINES = "jejak.bulk.lines"
MAIL_SENT = "jejak.mail.sent"

TOPIC = "messaging.destination.name"
EVENT_ID = "jejak.event.id"
MESSAGE_ID = "jejak.message.id"
EVENT_COUNT = "messaging.batch.message_count"
STATUS = "status"
RESULT = "result"
REASON = "reason"

tracer = trace.get_tracer("jejak")
_meter = metrics.get_meter("jejak")
_w3c = TraceContextTextMapPropagator()

published = _meter.create_counter(RELAY_PUBLISHED, "{event}", "events acknowledged by Kafka")
processed = _meter.create_counter(INBOX_PROCESSED, "{event}", "events whose effect was committed")
duplicates = _meter.create_counter(INBOX_DUPLICATES, "{event}", "events seen before and skipped")
dead_letters = _meter.create_counter(INBOX_DEAD_LETTERS, "{event}", "events buried in a dead-letter topic")
bulk_lines = _meter.create_counter(BULK_LINES, "{line}", "lines of bulk uploads by answer")
mail_sent = _meter.create_counter(MAIL_SENT, "{mail}", "attempts to hand over a mail, by result")

log: structlog.stdlib.BoundLogger = structlog.get_logger("jejak")


@contextmanager
def traced(name: str, **options: Any) -> Generator[trace.Span]:
    """A span around a block; what fails in it is told by its type, for a message may quote a row."""
    with tracer.start_as_current_span(
        name, record_exception=False, set_status_on_exception=False, **options
    ) as started:
        try:
            yield started
        except Exception as error:
            started.set_status(trace.StatusCode.ERROR, type(error).__name__)
            raise


def observe(name: str, unit: str, read: Callable[[], Iterable[tuple[float, dict[str, str]]]]) -> None:
    """Registers a gauge whose values are read when metrics are exported."""

    def callback(_: CallbackOptions) -> Iterable[Observation]:
        return [Observation(value, attributes) for value, attributes in read()]

    _meter.create_observable_gauge(name, [callback], unit)


def traceparent(span: trace.Span) -> str | None:
    """The W3C form of a span's identity; None when there is no trace."""
    carrier: dict[str, str] = {}
    _w3c.inject(carrier, trace.set_span_in_context(span))
    return carrier.get("traceparent")


def links(parents: Iterable[str | None], most: int = 128) -> list[Link]:
    """Links to the distinct spans that these `traceparent` name; at most `most`, which is what an exporter keeps anyway."""
    distinct = list(dict.fromkeys(parent for parent in parents if parent))[:most]
    contexts = [_w3c.extract({"traceparent": parent}, Context()) for parent in distinct]
    named = [trace.get_current_span(context).get_span_context() for context in contexts]
    return [Link(span) for span in named if span.is_valid]


class FollowLinks(Sampler):
    """Keeps a share of new traces, and every span that links to a kept one, so that no chain is cut at a batch."""

    def __init__(self, ratio: float) -> None:
        self._ratio = TraceIdRatioBased(ratio)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        followed = any(found.context.trace_flags.sampled for found in links or ())
        sampler = ALWAYS_ON if followed else self._ratio
        return sampler.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        return f"FollowLinks{{{self._ratio.get_description()}}}"


TYPED = frozenset({"url.path", "url.query", "server.address", "http.request.method_original"})
"""Attributes that a caller fills with whatever they like: a name, a token. `http.route` tells what was called."""


class ForgetTyped(SpanProcessor):
    """Takes what a caller typed out of the spans of requests; FastAPI has no setting for it."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        del parent_context
        for name in TYPED.intersection(span.attributes or ()):
            span.set_attribute(name, "-")


def set_up(service: str, *, otlp_endpoint: str, trace_ratio: float) -> Callable[[], None]:
    """Starts logging and, when there is somewhere to send it, tracing and metrics. Returns the stop."""
    set_up_logs(service)
    logging.captureWarnings(capture=True)
    # Without W3C baggage: nothing here reads it, and its reader logs what a caller wrote.
    propagate.set_global_textmap(_w3c)
    sys.excepthook = lambda _, error, __: log.critical("process failed", exc_info=error)
    threading.excepthook = lambda failed: log.critical("thread failed", exc_info=failed.exc_value)
    sys.unraisablehook = lambda failed: log.critical("destructor failed", exc_info=failed.exc_value)
    if not otlp_endpoint:
        return lambda: None
    resource = Resource.create({"service.name": service})
    traces = TracerProvider(resource=resource, sampler=ParentBased(FollowLinks(trace_ratio)))
    traces.add_span_processor(ForgetTyped())
    traces.add_span_processor(
        BatchSpanProcessor(OTLPSpanExporter(f"{otlp_endpoint}/v1/traces"), schedule_delay_millis=500)
    )
    trace.set_tracer_provider(traces)
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(f"{otlp_endpoint}/v1/metrics"), 5000)
    measures = MeterProvider([reader], resource=resource)
    metrics.set_meter_provider(measures)

    def stop() -> None:
        traces.shutdown()
        measures.shutdown()

    return stop


def _add_trace(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid and "trace_id" not in event:
        event["trace_id"] = f"{context.trace_id:032x}"
    return event


def _where_it_failed(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The frames and the type of an exception without its message, which may quote a row and so tell of somebody."""
    info: object = event.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else sys.exc_info()[1] if info else None
    if isinstance(error, BaseException):
        event["exception"] = type(error).__name__
        event["stack"] = "".join(traceback.format_tb(error.__traceback__))
    return event


def _named(arg: object) -> object:
    return type(arg).__name__ if isinstance(arg, BaseException) else arg


def _without_quotes(record: logging.LogRecord) -> bool:
    """Takes what may quote input out of other libraries' lines, and lets the line pass.

    That is an exception among a line's values, and asyncio's picture of a failed task on its further lines.
    """
    if isinstance(record.args, tuple):
        record.args = tuple(map(_named, record.args))
    elif record.args:
        record.args = {name: _named(arg) for name, arg in record.args.items()}
    if record.name == "asyncio":
        record.msg, record.args = record.getMessage().partition("\n")[0], ()
    return True


def set_up_logs(service: str) -> None:
    """Logs as JSON lines on standard error, each with its trace, none with the text of an exception."""

    def add_service(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"] = service
        return event

    shared: list[Any] = [
        add_service,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.addFilter(_without_quotes)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _where_it_failed,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    # Access logs repeat what the request spans say; aiokafka's INFO is one line a heartbeat in a rebalance.
    for noisy in ("uvicorn.access", "aiokafka", "httpx2"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
