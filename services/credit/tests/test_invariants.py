"""`python -m credit check` finds what is planted, and nothing in honest books."""

import pytest
from sqlalchemy import text

from common.invariants import find_broken
from credit.service import SERVICE
from jejak_local.harness import AGENCY, owning

# What breaks each invariant; with the guards off, as an operator with a psql prompt could do it.
BREAKS = {
    "a history is of somebody who is known": "UPDATE posts SET person_id = gen_random_uuid()",
    "a balance is the sum of its entries": "UPDATE balances SET twelfths = twelfths + 1",
    "every entry has an attested case": (
        "UPDATE cases SET state = 'checked', attested_by = NULL WHERE state = 'attested'"
    ),
    "what is law by a draft was made so by others than loaded it, and what makes points was replayed before": (
        "WITH draft AS (INSERT INTO drafts (id, subject, pack, title, source, valid_from, content, loaded_by, hands, loaded_at)"
        " VALUES (gen_random_uuid(), 'waiting', 'x', 'x', 'x', '2027-01-01', 'x', 'ani', '{ani}', now()) RETURNING id)"
        " INSERT INTO activations (draft_id, law_from, activated_by, hands, activated_at)"
        " SELECT id, '2027-01-01', 'ani', '{ani}', now() FROM draft"
    ),
    "an entry is as it was made, and so is who decided it": "UPDATE entries SET number = number + 100",
    "a rise in level leaves nothing in the jenjang it left, and what it took is of one on record": (
        "UPDATE entries SET rise_on = period_start, case_id = NULL, segment = NULL, kind = 'level-lost', twelfths = -twelfths"
    ),
    "every attested case has its entries, segment by segment": "DELETE FROM entries",
    "the booked months are those of live cases": "DELETE FROM booked_months WHERE extract(month FROM month) = 5",
    "the cases in the queue are those that wait, each for its decision and in the agency of its person": (
        "UPDATE queue SET agency_id = gen_random_uuid()"
    ),
    "every case has been judged": "UPDATE cases SET version = version + 1, judged = version + 1",
    "a segment has as many months as its period": "UPDATE segments SET period_end = '2025-11-30' WHERE months > 0",
    "a case is submitted, checked and attested by three people, and is about none of them": "UPDATE case_history SET by = 'palsu' WHERE to_state = 'checked'",
    "nobody for whom a deputy attests has submitted or checked the case, or is the one it is about": (
        "UPDATE case_history told SET acting_for = cases.person_id FROM cases"
        " WHERE cases.id = told.case_id AND told.to_state = 'attested'"
    ),
    "the history of a case leads to its state": "DELETE FROM case_history WHERE to_state = 'submitted'",
    "a live education case rests on an active, verified record, or its reversal is due": "UPDATE evidence SET verified = false",
    "a case is reversed by one attested reversal, which takes back each of its entries": (
        "UPDATE cases SET state = 'reversed' WHERE state = 'attested'"
    ),
    "what an appeal was issued is attested, by two people who had not decided it before": (
        "INSERT INTO appeals (id, case_id, case_version, person_id, level, state, version, grounds, rule_pack, filed_on, answer_by,"
        " moved_at) SELECT gen_random_uuid(), id, version, person_id, 'objection', 'issued', 3, 'x', 'UU-30-2014', '2026-07-01',"
        " '2026-07-15', now() FROM cases LIMIT 1"
    ),
    "the papers of an agency and year are numbered from 1 on without a gap": "UPDATE paper_series SET last = last + 1",
    "a paper says the sum of the entries that there were when it was issued": "UPDATE papers SET twelfths = twelfths + 1",
    "a move of a case is as it was made": "UPDATE case_history SET at = at + interval '1 day'",
    "no event waits for longer than a minute": "UPDATE outbox SET created_at = now() - interval '61 seconds'",
}


@pytest.fixture
async def books(world, api, predicate) -> None:
    """A little of everything: attested, checked, returned, a bonus of each, a paper."""
    await world.agency(AGENCY)
    people = await world.people(*(world.state() for _ in range(6)))
    answers = await api.bulk("/predicates:batch", [predicate(person) for person in people], "service")
    records = [world.completed(person, degree="S2") for person in people[:3]]
    await world.hear(*(world.received(record) for record in records))
    bonuses = [str(row.id) for row in await world.rows("SELECT id FROM cases WHERE kind = 'education' ORDER BY id")]
    ids = [{"id": answer["id"]} for answer in answers]
    await api.bulk("/cases:check", [*ids[:4], {"id": bonuses[0]}, {"id": bonuses[1]}], "verifier")
    await api.bulk("/cases:attest", [*ids[:3], {"id": bonuses[0]}], "validator")
    await api.call("verifier", "POST", f"/cases/{ids[4]['id']}/return", {"reason": "x"})
    paper = {"kind": "determination", "person_id": str(people[0]), "name": "Sari Contoh", "official": "Budi Contoh"}
    assert (await api.call("validator", "POST", "/papers", paper)).status_code == 201
    attested, checked = await world.rows(
        "SELECT record_id FROM cases WHERE id = ANY(:ids) ORDER BY id", ids=bonuses[:2]
    )
    for row in (attested, checked):
        record = next(found for found in records if found.record_id == row.record_id)
        await world.hear(world.received(world.revoked(record), 2))


async def test_honest_books_balance(run, books, capsys) -> None:
    assert await run("check") == 0
    told = capsys.readouterr().out
    assert told.count("holds") == len(SERVICE.invariants)
    assert "The books balance." in told


@pytest.mark.breaks_invariants
@pytest.mark.parametrize("invariant", [invariant.name for invariant in SERVICE.invariants])
async def test_each_invariant_is_found_broken(world, run, books, capsys, invariant: str) -> None:
    tables = ("cases", "entries", "segments", "case_history", "appeals", "papers")
    async with owning(world.database) as connection:
        for table in tables:
            await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        await connection.execute(text(BREAKS[invariant]))
        for table in tables:
            await connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    broken = {finding.invariant: finding for finding in await find_broken(world.parts, SERVICE.invariants)}
    assert invariant in broken
    assert broken[invariant].examples
    assert await run("check") == 1
    assert "BROKEN" in capsys.readouterr().out
