"""The way of a case: every move there is, at the API and at the database."""

import asyncio
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from common.invariants import find_broken
from credit.domain.cases import MOVES, STATES
from credit.service import SERVICE
from jejak_local.harness import owning

ACTS = ("check", "attest", "return", "resubmit")
WAYS = {
    "submitted": (),
    "checked": ("check",),
    "attested": ("check", "attest"),
    "returned": ("return",),
    "reversed": ("check", "attest", "reverse"),
}
ROLES = {"check": "verifier", "attest": "validator", "return": "verifier", "resubmit": "agency_hr"}
REASON = {"reason": "bukti belum lengkap"}


async def act(api, case_id: str, name: str, **options):
    body = REASON if name == "return" else None
    return await api.call(ROLES[name], "POST", f"/cases/{case_id}/{name}", body, **options)


@pytest.fixture
def case_in(world, api, predicate, take_back):
    """A case of a new person, moved to a state by other people than the test's."""

    async def make(state: str = "submitted", **changes) -> str:
        [person] = await world.people(world.state())
        answer = await api.call("agency_hr", "POST", "/predicates", predicate(person, **changes))
        case_id = answer.json()["id"]
        for step in WAYS[state]:
            if step == "reverse":
                await take_back(case_id)
                continue
            moved = await act(api, case_id, step, subject=f"dulu-{step}")
            assert moved.status_code == 200, moved.text
        return case_id

    return make


@pytest.mark.parametrize(("state", "name"), [*product(STATES, ACTS)])
async def test_every_act_in_every_state_at_the_api(world, api, case_in, state: str, name: str) -> None:
    case_id = await case_in(state)
    answer = await act(api, case_id, name, subject="sekarang")
    seen = await api.get(f"/cases/{case_id}")
    if (state, name) in MOVES:
        assert answer.status_code == 200, answer.text
        assert seen["state"] == MOVES[state, name]
        assert (seen["history"][-1]["from_state"], seen["history"][-1]["by"]) == (state, "sekarang")
    else:
        assert (answer.status_code, answer.json()["code"]) == (409, "illegal-transition")
        assert (seen["state"], seen["version"]) == (state, len(seen["history"]))
    live = seen["state"] not in {"returned", "reversed"}
    assert await world.value("SELECT count(*) FROM booked_months") == (12 if live else 0)
    entries = {"attested": 1, "reversed": 2}
    assert await world.value("SELECT count(*) FROM entries") == entries.get(seen["state"], 0)


@pytest.mark.parametrize(("state", "name"), [("submitted", "check"), ("checked", "attest")])
async def test_every_act_in_every_state_in_bulk(api, case_in, state: str, name: str) -> None:
    ids = {found: await case_in(found, reference=f"B-{found}") for found in STATES}
    lines = [{"id": case_id} for case_id in ids.values()]
    answers = await api.bulk(f"/cases:{name}", lines, ROLES[name], subject="sekarang")
    assert [(found, answer["status"], answer.get("code")) for found, answer in zip(ids, answers, strict=True)] == [
        (found, "updated", None) if found == state else (found, "refused", "illegal-transition") for found in STATES
    ]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(["siti", "budi"])), min_size=3, max_size=12))
async def test_any_walk_follows_the_model(world, api, case_in, walk: list[tuple[str, str]]) -> None:
    """Two people who may do everything act at random on a case; a model says what each must be answered."""
    case_id = await case_in(reference=str(uuid4()))
    state, version, checker, last = "submitted", 1, None, ("submit", None)
    submitters: set[str] = set()
    for name, who in walk:
        answer = await act(api, case_id, name, subject=who)
        if last == (name, who):
            expected = 200, None
        elif (state, name) not in MOVES:
            expected = 409, "illegal-transition"
        elif (name == "attest" and who in {checker, *submitters}) or (name == "check" and who in submitters):
            expected = 409, "same-person"
        else:
            expected = 200, None
            state, version, last = MOVES[state, name], version + 1, (name, who)
            checker = who if name == "check" else checker
            submitters |= {who} if name == "resubmit" else set()
        assert (answer.status_code, answer.json().get("code")) == expected
        if answer.status_code == 200:
            assert (answer.json()["state"], answer.json()["version"]) == (state, version)
    assert await find_broken(world.parts, SERVICE.invariants) == []


SQL = {
    "submitted": "state = 'submitted', checked_by = NULL, checkers = NULL, attested_by = NULL, returned_by = NULL, return_reason = NULL",
    "checked": "state = 'checked', checked_by = coalesce(checked_by, 'x'), checkers = coalesce(checkers, '{x}'), attested_by = NULL, returned_by = NULL, return_reason = NULL",
    "attested": "state = 'attested', checked_by = coalesce(checked_by, 'x'), checkers = coalesce(checkers, '{x}'), attested_by = 'y', returned_by = NULL, return_reason = NULL",
    "reversed": "state = 'reversed', checked_by = coalesce(checked_by, 'x'), checkers = coalesce(checkers, '{x}'), attested_by = coalesce(attested_by, 'y'), returned_by = NULL, return_reason = NULL",
    "returned": "state = 'returned', checked_by = NULL, checkers = NULL, attested_by = NULL, returned_by = 'x', return_reason = 'x'",
}
LEGAL = {(state, after) for (state, _), after in MOVES.items()}


async def change(world, case_id: str, assignments: str) -> None:
    async with world.database.transaction() as session:
        await session.execute(text(f"UPDATE cases SET {assignments} WHERE id = :id"), {"id": case_id})


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(("state", "after"), [*product(STATES, STATES)])
async def test_every_move_at_the_database(world, case_in, state: str, after: str) -> None:
    case_id = await case_in(state)
    # Whatever is submitted again, or stays where it is, is judged.
    judged = ", judged = version + 1" if state in {"returned", after} else ""
    assignments = f"{SQL[after]}, version = version + 1{judged}"
    if (state, after) in LEGAL:
        await change(world, case_id, assignments)
        assert await world.value("SELECT state FROM cases WHERE id = :id", id=case_id) == after
        return
    with pytest.raises(IntegrityError, match="cannot move"):
        await change(world, case_id, assignments)
    assert await world.value("SELECT state FROM cases WHERE id = :id", id=case_id) == state


@pytest.mark.parametrize(
    ("assignments", "why"),
    [
        ("state = 'attested', attested_by = checked_by, version = version + 1", "ck_cases_three_people"),
        ("state = 'attested', attested_by = submitted_by, version = version + 1", "ck_cases_three_people"),
        ("state = 'attested', attested_by = 'y', version = version + 1, checked_by = 'lain'", "cannot move"),
        ("state = 'attested', attested_by = 'y', version = version + 1, checkers = '{dulu-check,z}'", "cannot move"),
        ("state = 'attested', attested_by = 'y', version = version + 1, submitters = '{}'", "cannot move"),
        ("state = 'attested', attested_by = 'y'", "cannot move"),
        ("state = 'attested', version = version + 1", "ck_cases_state"),
        ("state = 'kacau', version = version + 1", "cannot move"),
        (
            "state = 'returned', checked_by = NULL, checkers = NULL, returned_by = 'x', version = version + 1",
            "ck_cases_state",
        ),
        ("predikat = 'sangat_baik', state = 'attested', attested_by = 'y', version = version + 1", "never changes"),
        ("predikat = 'sangat_baik', version = version + 1, judged = version + 1", "never changes"),
        ("version = version + 1", "judged anew"),
        ("version = version + 1, judged = version + 1, checked_by = 'y', checkers = '{y}'", "cannot move"),
        ("state = 'attested', attested_by = 'y', version = version + 1, judged = version + 1", "judged anew"),
        ("state = 'attested', attested_by = 'y', version = version + 1, left_out = '[1]'", "judged anew"),
    ],
)
async def test_the_database_refuses_what_the_service_would_never_do(world, case_in, assignments: str, why: str) -> None:
    case_id = await case_in("checked")
    with pytest.raises(IntegrityError, match=why):
        await change(world, case_id, assignments)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET twelfths = twelfths",
        "DELETE FROM entries",
        "UPDATE segments SET twelfths = twelfths",
        "DELETE FROM segments",
        "UPDATE case_history SET by = 'x'",
        "DELETE FROM case_history",
        "DELETE FROM cases",
    ],
)
async def test_what_is_written_stays_written_by_whichever_role(world, case_in, statement: str) -> None:
    await case_in("attested")
    with pytest.raises(IntegrityError):
        async with owning(world.database) as connection:
            await connection.execute(text(statement))
    with pytest.raises(DBAPIError, match="permission denied"):
        async with world.database.transaction() as session:
            await session.execute(text(statement))


async def test_the_database_takes_no_entry_without_an_attested_case(world, case_in) -> None:
    case_id = await case_in("checked")
    with pytest.raises(IntegrityError, match="needs an attested case"):
        async with world.database.transaction() as session:
            await session.execute(
                text(
                    "INSERT INTO entries (id, case_id, segment, person_id, agency_id, kind, jenjang, period_start,"
                    " period_end, months, percent, base, twelfths, rule_pack, source, entered_at)"
                    " SELECT gen_random_uuid(), cases.id, 1, person_id, person_id, kind, 'ahli_pertama', period_start,"
                    " period_end, 12, 100, 12.5, 150, 'x', 'x', now() FROM cases WHERE id = :id"
                ),
                {"id": case_id},
            )


async def test_the_database_takes_no_case_that_starts_elsewhere(world, case_in) -> None:
    await case_in()
    with pytest.raises(IntegrityError, match="starts as submitted"):
        async with world.database.transaction() as session:
            await session.execute(
                text(
                    "INSERT INTO cases SELECT (jsonb_populate_record(cases, jsonb_build_object('id', gen_random_uuid(),"
                    " 'reference', 'lain', 'state', 'checked', 'checked_by', 'x'))).* FROM cases"
                )
            )


@pytest.mark.parametrize(
    ("assignments", "why"),
    [
        ("checked_by = submitted_by, checkers = submitters", "ck_cases_three_people"),
        ("checked_by = 'x', checkers = ARRAY['x', submitted_by]", "ck_cases_three_people"),
        ("checked_by = 'x', checkers = ARRAY['x', CAST(person_id AS text)]", "ck_cases_own_case"),
        ("checked_by = 'x', checkers = '{y}'", "ck_cases_hands"),
        ("checked_by = 'x'", "ck_cases_hands"),
    ],
)
async def test_the_database_refuses_a_check_by_who_may_not(world, case_in, assignments: str, why: str) -> None:
    case_id = await case_in()
    with pytest.raises(IntegrityError, match=why):
        await change(world, case_id, f"state = 'checked', version = version + 1, {assignments}")


async def test_one_person_cannot_check_and_attest(api, case_in) -> None:
    case_id = await case_in()
    both = {"agency": "0199a000-0000-7000-8000-00000000000a", "subject": "siti"}
    token = {"authorization": f"Bearer {api.issuer.mint('verifier', 'validator', **both)}"}
    assert (await api.http.post(f"/v1/cases/{case_id}/check", headers=token)).status_code == 200
    refused = await api.http.post(f"/v1/cases/{case_id}/attest", headers=token)
    assert (refused.status_code, refused.json()["code"]) == (409, "same-person")
    answers = await api.bulk("/cases:attest", [{"id": case_id}], "validator", subject="siti")
    assert answers[0]["code"] == "same-person"
    assert (await api.get(f"/cases/{case_id}"))["state"] == "checked"
    assert (await api.call("validator", "POST", f"/cases/{case_id}/attest", subject="budi")).status_code == 200


async def test_a_repeated_act_changes_nothing_for_its_own_author(api, case_in) -> None:
    case_id = await case_in()
    first = await act(api, case_id, "check", subject="siti")
    again = await act(api, case_id, "check", subject="siti")
    assert (again.status_code, again.json()) == (200, first.json())
    [line] = await api.bulk("/cases:check", [{"id": case_id}], "verifier", subject="siti")
    assert line["status"] == "unchanged"
    other = await act(api, case_id, "check", subject="budi")
    assert other.json()["code"] == "illegal-transition"


async def test_a_version_seen_too_early_is_refused(api, case_in) -> None:
    case_id = await case_in()
    seen = await api.call("lan", "GET", f"/cases/{case_id}")
    assert seen.headers["etag"] == '"1"'
    stale = await act(api, case_id, "check", headers={"if-match": '"7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed-meanwhile")
    right = await act(api, case_id, "check", headers={"if-match": '"1"'}, subject="siti")
    assert right.json()["version"] == 2
    retried = await act(api, case_id, "check", headers={"if-match": '"1"'}, subject="siti")
    assert (retried.status_code, retried.json()["version"]) == (200, 2), "the answer had got lost"
    [line] = await api.bulk("/cases:attest", [{"id": case_id, "version": 1}], "validator")
    assert line["code"] == "changed-meanwhile"


async def test_a_returned_case_frees_its_months_and_takes_them_again(world, api, predicate, case_in) -> None:
    case_id = await case_in("returned")
    seen = await api.get(f"/cases/{case_id}")
    assert (seen["state"], seen["return_reason"], seen["returned_by"]) == ("returned", REASON["reason"], "dulu-return")
    assert await world.value("SELECT count(*) FROM booked_months") == 0
    answer = await act(api, case_id, "resubmit")
    assert answer.json()["state"] == "submitted"
    assert await world.value("SELECT count(*) FROM booked_months WHERE case_id = :id", id=case_id) == 12


async def test_months_taken_meanwhile_are_left_out_of_a_resubmission(world, api, predicate, case_in) -> None:
    """As of any predikat that comes after another; when none is left it stays returned."""
    case_id = await case_in("returned")
    person = (await api.get(f"/cases/{case_id}"))["person_id"]
    june = predicate(person, period_start="2025-06-01", period_end="2025-06-30", reference="baru")
    other = (await api.call("agency_hr", "POST", "/predicates", june)).json()["id"]
    case = (await act(api, case_id, "resubmit")).json()
    assert (case["state"], case["months"]) == ("submitted", 11)
    assert [(out["month"], out["case_id"]) for out in case["left_out"]] == [("2025-06-01", other)]
    assert await world.value("SELECT count(*) FROM booked_months") == 12

    assert (await act(api, other, "return")).status_code == 200
    rest = predicate(person, period_start="2025-06-01", period_end="2025-06-30", reference="lagi")
    assert (await api.call("agency_hr", "POST", "/predicates", rest)).status_code == 201
    refused = await act(api, other, "resubmit")
    assert (refused.status_code, refused.json()["code"]) == (409, "months-already-booked")
    assert (await api.get(f"/cases/{other}"))["state"] == "returned"


@pytest.mark.parametrize("body", [{}, {"reason": "  "}, {"reason": "x", "lain": 1}, {"reason": "a\u0000b"}])
async def test_a_return_needs_a_reason(api, case_in, body) -> None:
    case_id = await case_in()
    assert (await api.call("verifier", "POST", f"/cases/{case_id}/return", body)).status_code == 422


async def test_a_line_twice_in_one_stream_counts_once(world, api, case_in) -> None:
    case_id = await case_in("checked")
    answers = await api.bulk("/cases:attest", [{"id": case_id}] * 3, "validator")
    assert [answer["status"] for answer in answers] == ["updated", "unchanged", "unchanged"]
    assert await world.value("SELECT count(*) FROM entries") == 1


async def test_bad_lines_do_not_hold_up_the_good_ones(api, case_in) -> None:
    case_id = await case_in()
    lines = [b"{", {"id": "x"}, {"id": str(uuid4())}, {"id": case_id}, {"id": case_id, "alasan": "x"}]
    answers = await api.bulk("/cases:check", lines, "verifier")
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "invalid-json", "field-invalid", "not-found", "updated", "field-unknown",
    ]  # fmt: skip


async def many(world, api, predicate, number: int) -> list[dict[str, str]]:
    people = await world.people(*(world.state() for _ in range(number)))
    answers = await api.bulk("/predicates:batch", [predicate(person) for person in people], "service")
    return [{"id": answer["id"]} for answer in answers]


async def test_bulk_acts_in_opposite_order_do_not_deadlock(world, api, predicate) -> None:
    lines = await many(world, api, predicate, 300)
    there = api.bulk("/cases:check", lines, "verifier", subject="siti")
    back = api.bulk("/cases:check", lines[::-1], "verifier", subject="budi")
    first, second = await asyncio.gather(there, back)
    statuses = [answer["status"] for answer in [*first, *second]]
    assert statuses.count("updated") == 300
    assert {answer.get("code") for answer in [*first, *second]} == {None, "illegal-transition"}
    third, fourth = await asyncio.gather(
        api.bulk("/cases:attest", lines, "validator", subject="tono"),
        api.bulk("/cases:attest", lines[::-1], "validator", subject="rina"),
    )
    assert [answer["status"] for answer in [*third, *fourth]].count("updated") == 300
    assert await world.value("SELECT count(*) FROM entries") == 300
    assert await world.value("SELECT sum(count) FROM outbox") == 2 * 300, "submitted, and verified"


async def test_bulk_acts_and_predikat_of_the_same_people_at_once(world, api, predicate) -> None:
    people = await world.people(*(world.state() for _ in range(150)))
    first = [predicate(person, period_end="2025-06-30") for person in people]
    ids = [{"id": answer["id"]} for answer in await api.bulk("/predicates:batch", first, "service")]
    second = [predicate(person, period_start="2025-07-01") for person in reversed(people)]
    degrees = [world.received(world.completed(person, degree="S2")) for person in people]
    newer = [world.received(world.state(person_id=person), 2) for person in people]
    checked, stored, _, _ = await asyncio.gather(
        api.bulk("/cases:check", ids[::-1], "verifier"),
        api.bulk("/predicates:batch", second, "service"),
        world.hear(*degrees),
        world.hear(*newer),
    )
    assert {answer["status"] for answer in checked} == {"updated"}
    assert {answer["status"] for answer in stored} == {"stored"}
    assert await world.value("SELECT count(*) FROM cases WHERE kind = 'education'") == 150
