"""Whatever is stored, corrected, verified and revoked in whatever order: the books agree with a count from scratch."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from common.invariants import find_broken
from training.domain.counting import Activity, count, share
from training.invariants import invariants
from training.records.commands import correct, revoke, verify
from training.records.schemas import Correction

FORMS = ["NKL01", "NKL01", "NKL09", "NKL09", "KL06", "NKL12"]
activities = st.fixed_dictionaries(
    {
        "form": st.sampled_from(FORMS),
        # Around the turn of a year and of a month, so that caps and years meet.
        "end_date": st.sampled_from([date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 3), date(2026, 2, 1)]),
        "days": st.integers(1, 4),
        "jp": st.sampled_from(["0.5", "1", "3", "8.25"]),
        "sessions": st.integers(1, 3),
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
    return content | {"title": "x", "start_date": start.isoformat(), "end_date": activity["end_date"].isoformat()}


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(sequence=sequences)
async def test_the_books_agree_with_a_count_from_scratch(world, line, sequence):
    person = await world.person()
    desk = world.desk()
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
                await revoke(session, record_id, "uji", desk)
            elif state == "valid" and step == "verify":
                await verify(session, record_id, desk)
            elif state == "valid":
                await correct(session, record_id, Correction(reason="uji", **told(what[1])), desk, seen=None)
    await check_books(world, person)


async def check_books(world, person):
    rows = await world.rows("SELECT * FROM records WHERE person_id = :person", person=person)
    rules = world.book.packs[0].tables.forms
    groups = defaultdict(list)
    for row in rows:
        if row.state == "valid":
            activity = Activity(
                row.id,
                row.form,
                row.start_date,
                row.end_date,
                row.jp_stated,
                row.sessions,
                row.international,
                row.degree,
                row.verified,
            )
            groups[row.year, row.form].append((rules[row.form], activity))
    expected, totals = {}, defaultdict(Decimal)
    for (year, form), members in groups.items():
        result = share(members) if rules[form].shared else {each.id: count(rule, each) for rule, each in members}
        expected |= result
        for _, each in members:
            totals[year, each.verified] += result[each.id].jp
    assert {row.id: (row.jp_counted, row.why) for row in rows if row.state == "valid"} == expected
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
            assert (Decimal(body["jp_counted"]), body["verified"]) == (row.jp_counted, row.verified)

    async with world.database.transaction() as session:
        await session.execute(text("UPDATE outbox SET created_at = now()"))
        assert await find_broken(session, invariants(world.book, 2026)) == []
