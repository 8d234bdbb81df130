"""The commands of the service: opening a year, and checking the books."""

import pytest
from sqlalchemy import text

from jejak_local.harness import owning


async def test_open_year_lays_everyone_and_says_for_how_many(world, run, capsys):
    await world.people(world.state(), world.state())
    assert await run("open-year", "2027") == 0
    assert capsys.readouterr().out == "2027 is open: the duty was laid for 2 people.\n"
    assert await run("open-year", "2018") == 2
    assert "No rule pack covers 2018" in capsys.readouterr().out


def lines(line, person):
    dates = ["2025-12-30", "2026-03-02", "2026-04-01"]
    mentoring = {"jp": None, "session_dates": dates, "start_date": dates[0], "end_date": dates[-1]}
    return [
        line(person),
        line(person, form="NKL01", jp=None, sessions=3),
        line(person, form="NKL02", **mentoring),
        line(person, form="NKL09", jp="9", start_date="2026-03-03"),
    ]


async def test_books_that_balance(world, line, run, capsys):
    person = await world.person()
    await world.store(*lines(line, person))
    assert await run("check") == 0
    out = capsys.readouterr().out
    assert "BROKEN" not in out
    assert out.endswith("The books balance.\n")


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    ("harm", "named"),
    [
        ("UPDATE jp_ledger SET verified = verified + 0.001", "each ledger holds what its valid records count"),
        ("UPDATE jp_ledger SET unverified = 1", "each ledger holds what its valid records count"),
        ("UPDATE records SET verified = false", "each ledger holds what its valid records count"),
        ("DELETE FROM jp_ledger", "everyone with a valid record in a year has a ledger"),
        ("DELETE FROM jp_ledger WHERE verified = 0", "everyone in service this year has a ledger"),
        ("UPDATE records SET version = 2", "the newest version kept of a changed record is the record"),
        ("UPDATE outbox SET created_at = now() - interval '61 seconds'", "no event waits for longer than a minute"),
        ("UPDATE records SET jp_counted = 5 WHERE form = 'NKL01'", "sessions of a month count no more than their cap"),
        ("UPDATE records SET jp_counted = 3 WHERE form = 'NKL09'", "days of a year count no more than their cap"),
        ("UPDATE records SET jp_by_year = '{\"2025\": \"2\"}' WHERE form = 'NKL02'", "each ledger holds"),
        (
            "UPDATE records SET jp_by_year = '{\"2025\": \"2\"}' WHERE form = 'NKL02'",
            "what a record counts by year adds up",
        ),
        (
            'UPDATE records SET jp_by_year = \'{"2025": "2", "2026": "6"}\' WHERE form = \'NKL02\'',
            "sessions of a month count no more than their cap",
        ),
    ],
)
async def test_what_does_not_balance_is_found_and_named(world, line, run, capsys, harm, named):
    person, _ = await world.person(), await world.person()
    await world.store(*lines(line, person))
    async with owning(world.database) as connection:
        await connection.execute(text(harm))
    assert await run("check") == 1
    broken = [row for row in capsys.readouterr().out.splitlines() if "BROKEN" in row]
    assert any(row.startswith(named) for row in broken), broken
