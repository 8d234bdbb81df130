"""After any sequence of storing, correcting, verifying and revoking, the books agree with a count from scratch."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlmodel import col

from common.invariants import find_broken
from jejak_local.harness import owning
from training.domain.counting import Activity, count, counting_years, share, shared
from training.records.commands import correct, revoke, verify
from training.records.schemas import Correction
from training.records.tables import Record, by_year
from training.service import SERVICE

FORMS = ["NKL01", "NKL02", "NKL09", "NKL10", "KL06", "NKL12"]
SESSIONS = {"NKL01", "NKL02"}
activities = st.fixed_dictionaries(
    {
        "form": st.sampled_from(FORMS),
        # Around the turn of a year and of a month, so that caps and years meet.
        "end_date": st.sampled_from([date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 3), date(2026, 2, 1)]),
        "days": st.integers(1, 40),
        "jp": st.sampled_from(["0.5", "1", "3", "8.25"]),
        "sessions": st.integers(1, 3),
        # How many days before the end each session was, where they are told.
        "before": st.none() | st.lists(st.integers(0, 39), min_size=1, max_size=4),
    }
)
stores = st.tuples(st.just("store"), st.lists(st.tuples(activities, st.booleans()), min_size=3, max_size=8))
changes = st.one_of(
    st.tuples(st.just("correct"), st.tuples(st.integers(0, 30), activities)),
    st.tuples(st.just("verify"), st.integers(0, 30)),
    st.tuples(st.just("revoke"), st.integers(0, 30)),
)
sequences = st.tuples(stores, st.lists(st.one_of(changes, changes, stores), min_size=2, max_size=12)).map(
    lambda drawn: [drawn[0], *drawn[1]]
)


def told(activity):
    start = activity["end_date"] - timedelta(days=activity["days"] - 1)
    content = {name: activity[name] for name in ("form", "jp", "sessions")}
    if activity["before"] and activity["form"] in SESSIONS:
        dates = [max(activity["end_date"] - timedelta(days=days), start) for days in activity["before"]]
        content |= {"sessions": len(dates), "session_dates": [day.isoformat() for day in dates]}
    return content | {"title": "x", "start_date": start.isoformat(), "end_date": activity["end_date"].isoformat()}


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(sequence=sequences)
async def test_the_books_agree_with_a_count_from_scratch(world, line, sequence):
    person = await world.person()
    caller = world.caller()
    ids = []
    for step, what in sequence:
        if step == "store":
            lines = [line(person, **told(each), source="self" if own else "system") for each, own in what]
            ids += [answer.id for answer in await world.store(*lines)]
            continue
        record_id = ids[(what[0] if step == "correct" else what) % len(ids)]
        state = await world.value("SELECT state FROM records WHERE id = :id", id=record_id)
        async with world.database.transaction() as session:
            if step == "revoke":
                await revoke(session, record_id, "uji", caller)
            elif state == "valid" and step == "verify":
                await verify(session, record_id, caller)
            elif state == "valid":
                await correct(session, record_id, Correction(reason="uji", **told(what[1])), caller, seen=None)
    await check_books(world, person)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    records=st.lists(st.tuples(activities, st.booleans(), st.none() | activities), min_size=2, max_size=6),
    chance=st.randoms(use_true_random=False),
)
async def test_the_order_in_which_records_and_corrections_come_changes_no_ledger(world, line, records, chance):
    ledgers = []
    for _ in range(2):
        person = await world.person()
        steps = [
            (n, kind) for n, (_, _, new) in enumerate(records) for kind in (["store", "correct"] if new else ["store"])
        ]
        chance.shuffle(steps)
        steps.sort(key=lambda step: step[1] == "correct" and chance.random() < 0.5)
        await _take(world, line, person, records, steps)
        await check_books(world, person)
        rows = await world.rows("SELECT * FROM jp_ledger WHERE person_id = :person ORDER BY year", person=person)
        ledgers.append([(row.year, row.verified, row.unverified) for row in rows if row.verified or row.unverified])
    assert ledgers[0] == ledgers[1]


async def _take(world, line, person, records, steps):
    """Takes the steps in their order, a correction no earlier than its record is stored; then sends all records again."""
    lines = [line(person, **told(each), source="self" if own else "system") for each, own, _ in records]
    ids, waiting = {}, set()
    for number, kind in steps:
        if kind == "store":
            [answer] = await world.store(lines[number])
            ids[number] = answer.id
        if kind == "correct" and number not in ids:
            waiting.add(number)
        elif kind == "correct" or number in waiting:
            correction = Correction(reason="uji", **told(records[number][2]))
            async with world.database.transaction() as session:
                await correct(session, ids[number], correction, world.caller(), seen=None)
    assert {answer.status for answer in await world.store(*lines)} == {"duplicate"}


async def check_books(world, person):
    async with world.database.reading() as session:
        asked = select(Record).where(col(Record.person_id) == person)
        rows = (await session.scalars(asked)).all()
    rules = world.book.packs[0].tables.forms
    valid = {
        row.id: (
            rules[row.form],
            Activity(
                row.id,
                row.form,
                row.start_date,
                row.end_date,
                row.jp_stated,
                row.sessions,
                tuple(row.session_dates),
                row.international,
                row.degree,
                row.verified,
            ),
        )
        for row in rows
        if row.state == "valid"
    }
    groups, parts, expected, totals = defaultdict(list), defaultdict(dict), {}, defaultdict(Decimal)
    for rule, each in valid.values():
        for year in counting_years(rule, each) if rule.cap else ():
            groups[year, rule.cap].append((rule, each))
    for (year, _), members in groups.items():
        for identity, jp in share(year, members).items():
            parts[identity][year] = jp
    for identity, (rule, each) in valid.items():
        result = shared(rule, each, parts[identity]) if rule.cap else count(rule, each)
        expected[identity] = (result.jp, result.why, result.by_year)
        for year, jp in result.by_year.items():
            totals[year, each.verified] += jp
    assert {row.id: (row.jp_counted, row.why, by_year(row)) for row in rows if row.state == "valid"} == expected
    for row in await world.rows("SELECT * FROM jp_ledger WHERE person_id = :person", person=person):
        assert (row.verified, row.unverified) == (totals[row.year, True], totals[row.year, False])

    newest = {}
    for name, sequence, body in await world.emitted():
        if body["person_id"] == str(person):
            before = newest.get(body["record_id"], (None, 0, None))
            assert sequence == before[1] + 1
            newest[body["record_id"]] = (name, sequence, body)
    assert {record_id: event[1] for record_id, event in newest.items()} == {str(row.id): row.version for row in rows}
    for row in rows:
        name, _, body = newest[str(row.id)]
        assert (name == "TrainingRevoked") == (row.state == "revoked")
        if row.state == "valid":
            split = {int(year): Decimal(jp) for year, jp in (body["jp_by_year"] or {}).items()}
            assert (Decimal(body["jp_counted"]), body["verified"]) == (row.jp_counted, row.verified)
            assert (split or {row.year: row.jp_counted}) == by_year(row)

    async with owning(world.database) as connection:
        await connection.execute(text("UPDATE outbox SET created_at = now()"))
    assert await find_broken(world.parts, SERVICE.invariants) == []
