"""Whatever happens, in whatever order: the books balance."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.invariants import find_broken
from credit.service import SERVICE

ROLES = {"check": "verifier", "attest": "validator", "return": "validator", "resubmit": "agency_hr"}
PERIODS = [("2025-01-01", "2025-12-31"), ("2025-01-01", "2025-03-31"), ("2025-03-01", "2025-08-31")]

happenings = st.one_of(
    st.tuples(st.just("record"), st.integers(0, 2), st.sampled_from(["S2", "S3", None])),
    st.tuples(st.just("declare"), st.integers(0, 2), st.sampled_from(["S2", "S3"])),
    st.tuples(st.just("person"), st.integers(0, 3), st.none()),
    st.tuples(st.just("revoke"), st.integers(0, 2), st.none()),
    st.tuples(st.just("deliver"), st.integers(0, 5), st.none()),
    st.tuples(st.just("predikat"), st.integers(0, 2), st.none()),
    st.tuples(st.sampled_from(sorted(ROLES)), st.integers(0, 4), st.none()),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(happenings, min_size=4, max_size=18))
async def test_the_books_balance_after_any_history(world, api, predicate, history) -> None:
    [person] = await world.people(world.state())
    records = [world.completed(person) for _ in range(3)]
    versions, told = [0, 0, 0], 1
    states = (
        {"learned": [("S2", date(2026, 4, 1))]},
        {"education": "S2"},
        {"away": [("retired", date(2026, 1, 1), None)]},
        {"jenjang": None},
    )
    under_way: list = []
    cases: list[str] = []
    for what, which, degree in history:
        if what in {"record", "declare"}:
            versions[which] += 1
            verified = what == "record"
            event = world.corrected(person, record_id=records[which].record_id, degree=degree, verified=verified)
            under_way.append(world.received(event, versions[which]))
        elif what == "person":
            told += 1
            under_way.append(world.received(world.state(person_id=person, **states[which]), told))
        elif what == "revoke":
            versions[which] += 1
            under_way.append(world.received(world.revoked(records[which]), versions[which]))
        elif what == "deliver":
            if under_way:
                await world.hear(under_way.pop(which % len(under_way)))
        elif what == "predikat":
            start, end = PERIODS[which]
            await api.call("agency_hr", "POST", "/predicates", predicate(person, period_start=start, period_end=end))
        elif cases:
            body = {"reason": "x"} if what == "return" else None
            path = f"/cases/{cases[which % len(cases)]}"
            answer = await api.call(ROLES[what], "POST", f"{path}/{what}", body)
            if answer.status_code == 428:
                seen = {"if-match": f'"{(await api.get(path))["version"]}"'}
                answer = await api.call(ROLES[what], "POST", f"{path}/{what}", body, seen)
            without_post = answer.status_code == 422 and answer.json()["code"] == "no-functional-post"
            assert answer.status_code in {200, 409} or without_post, answer.text
        cases = [str(row.id) for row in await world.rows("SELECT id FROM cases WHERE person_id = :id", id=person)]
    for received in under_way:
        await world.hear(received)
    assert await find_broken(world.parts, SERVICE.invariants) == []
    live = await world.rows(
        "SELECT record_id, case_id FROM evidence WHERE person_id = :id AND outcome = 'education-case'", id=person
    )
    bonuses = await world.rows(
        "SELECT id, state FROM cases WHERE person_id = :id AND kind = 'education' AND state NOT IN ('returned', 'reversed')",
        id=person,
    )
    overdue = await world.rows(
        "SELECT case_id FROM evidence WHERE person_id = :id AND state = 'reversal-due'", id=person
    )
    assert {row.id for row in bonuses} <= {row.case_id for row in [*live, *overdue]}, "each live case is explained"
