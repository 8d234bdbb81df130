"""`python -m training sweep` as a person runs it."""

import argparse
from datetime import UTC, datetime

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from common import telemetry
from training.soundings import cli


async def test_prints_what_each_sweep_came_to(run, sounding, world, capsys):
    await sounding.many(1_200, world.state().agency_id)
    await sounding.many(34, world.state().agency_id, verified="9")
    assert await run("sweep", "--as-of", "2026-05-02") == 0
    printed = capsys.readouterr()
    [head, row] = [line.split() for line in printed.out.splitlines()]
    assert head == ["period", "as", "of", "people", "short", "agencies", "pages", "seconds"]
    assert row[:-1] == ["2026/1", "2026-05-02", "1,234", "1,200", "1", "2"]
    assert "2026/1: reading everybody's ledger" in printed.err
    assert await run("sweep", "--as-of", "2026-05-02") == 0
    assert capsys.readouterr().out == "Every closed period has been swept.\n"


async def test_without_a_date_it_is_today_in_jakarta(run, world, capsys):
    world.clock.moment = datetime(2026, 8, 31, 16, 59, tzinfo=UTC)
    await run("sweep")
    assert "2026/2" not in capsys.readouterr().out
    world.clock.moment = datetime(2026, 8, 31, 17, 0, tzinfo=UTC)
    await run("sweep")
    assert "2026/2  2026-09-01" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--as-of", "2030-01-01"), "1 January 2030 is in the future."),
        (("--again", "2026", "1"), "period 1 of 2026 was never swept. Leave out --again."),
        (("--again", "2026", "2"), "period 2 of 2026 is not over on 15 June 2026."),
        (("--again", "2026", "7"), "there is no such period, or no rule pack covers its year."),
    ],
)
async def test_says_why_nothing_was_swept(run, capsys, arguments, why):
    assert await run("sweep", *arguments) == 2
    assert capsys.readouterr().err == f"Nothing was swept: {why}\n"


@pytest.mark.parametrize("written", ["20260502", "2026-W18-6", "2026-5-2", "1777680000", "kemarin"])
def test_a_date_is_written_one_way(written, capsys):
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--as-of", written])
    assert f"not YYYY-MM-DD: {written}" in capsys.readouterr().err


async def test_each_transaction_is_a_trace_of_its_own_linked_to_the_run(run, sounding, world, monkeypatch):
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer("test"))
    await world.person()
    await run("sweep", "--as-of", "2026-05-02")
    finished = [span for span in spans.get_finished_spans() if span.name.startswith("sweep")]
    [root] = [span for span in finished if span.name == "sweep"]
    steps = [span for span in finished if span.name != "sweep"]
    assert [span.name for span in steps] == [
        "sweep open year",
        "sweep open year",
        "sweep begin",
        "sweep announce",
        "sweep announce",
        "sweep finish",
    ]
    assert len({span.context.trace_id for span in finished}) == 7
    assert all(span.parent is None and [link.context for link in span.links] == [root.context] for span in steps)
    assert trace.get_current_span().get_span_context().is_valid is False
