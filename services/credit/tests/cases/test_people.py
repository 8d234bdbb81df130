"""Who may act in a case: three people, none of whom it is about, by whichever door they come."""

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from jejak_local.harness import AGENCY, OTHER_AGENCY, PROVIDER

ROLES = {"check": "verifier", "attest": "validator", "return": "validator", "resubmit": "agency_hr"}
BEFORE = {"check": (), "attest": ("check",), "return": ("check",), "resubmit": ("return",)}


async def act(api, case_id: str, name: str, **claims):
    body = {"reason": "bukti belum lengkap"} if name == "return" else None
    return await api.call(ROLES[name], "POST", f"/cases/{case_id}/{name}", body, **claims)


@pytest.fixture
def case_of(world, api, predicate):
    """A case of a person, of either kind, brought so far that an act is next."""

    async def make(person, kind: str, name: str) -> str:
        if kind == "conversion":
            case_id = (await api.call("agency_hr", "POST", "/predicates", predicate(person))).json()["id"]
        else:
            await world.hear(world.received(world.completed(person, degree="S2", form="PD01")))
            case_id = str(await world.value("SELECT id FROM cases WHERE person_id = :id", id=person))
        for step in BEFORE[name]:
            assert (await act(api, case_id, step, subject=f"dulu-{step}")).status_code == 200
        return case_id

    return make


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize("kind", ["conversion", "education"])
async def test_nobody_acts_in_a_case_of_their_own(world, api, case_of, kind: str, name: str) -> None:
    [person] = await world.people(world.state())
    case_id = await case_of(person, kind, name)
    refused = await act(api, case_id, name, person=person)
    assert (refused.status_code, refused.json()["code"]) == (403, "own-case")
    assert (await act(api, case_id, name, person=uuid4())).status_code == 200, "a colleague does"


@pytest.mark.parametrize("name", ["check", "attest"])
@pytest.mark.parametrize("kind", ["conversion", "education"])
async def test_the_own_line_of_a_bulk_is_refused_and_the_others_go_on(world, api, case_of, kind: str, name) -> None:
    mine, other = await world.people(world.state(), world.state())
    lines = [{"id": await case_of(person, kind, name)} for person in (mine, other)]
    answers = await api.bulk(f"/cases:{name}", lines, ROLES[name], person=mine)
    assert [answer.get("code", answer["status"]) for answer in answers] == ["own-case", "updated"]


async def test_nobody_submits_a_predikat_of_their_own(world, api, predicate) -> None:
    mine, other = await world.people(world.state(), world.state())
    for role in ("agency_hr", "service"):
        assert await api.refused(role, "POST", "/predicates", predicate(mine), person=mine) == (403, "own-case", None)
        lines = [predicate(mine), predicate(other, reference=f"lain-{role}", period_end="2025-03-31")]
        lines[1] |= {} if role == "agency_hr" else {"period_start": "2025-04-01", "period_end": "2025-06-30"}
        answers = await api.bulk("/predicates:batch", lines, role, person=mine)
        assert [answer.get("code", answer["status"]) for answer in answers] == ["own-case", "stored"]
    assert (await api.call("agency_hr", "POST", "/predicates", predicate(mine))).status_code == 201


async def test_whoever_submits_neither_checks_nor_attests(world, api, predicate) -> None:
    """By single and by bulk, and with all the roles in one token."""
    [person] = await world.people(world.state())
    everything = api.issuer.mint("agency_hr", "verifier", "validator", agency=AGENCY, subject="siti")
    headers = {"authorization": f"Bearer {everything}"}
    sent = await api.http.post("/v1/predicates", json=predicate(person), headers=headers)
    case = sent.json()["id"]
    refused = await api.http.post(f"/v1/cases/{case}/check", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "same-person")
    [line] = await api.bulk("/cases:check", [{"id": case}], "verifier", subject="siti")
    assert line["code"] == "same-person"
    assert (await act(api, case, "check", subject="budi")).status_code == 200
    refused = await api.http.post(f"/v1/cases/{case}/attest", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "same-person")
    [line] = await api.bulk("/cases:attest", [{"id": case}], "validator", subject="siti")
    assert line["code"] == "same-person"
    assert (await api.get(f"/cases/{case}"))["state"] == "checked"
    assert (await act(api, case, "attest", subject="tono")).status_code == 200


async def test_whoever_had_a_hand_in_a_degree_neither_checks_nor_attests_its_case(world, api) -> None:
    """By single and by bulk, known by subject and by person, whatever became of the record since."""
    person, officer = await world.people(world.state(), world.state())
    told = {"degree": "S2", "form": "PD01"}
    sent = world.completed(person, **told, hands=["siti", str(officer)])
    await world.hear(world.received(sent))
    corrected = world.corrected(person, **told, record_id=sent.record_id, hands=["dewi", "siti", str(officer)])
    await world.hear(world.received(corrected, 2))
    [case] = [str(row.id) for row in await world.rows("SELECT id FROM cases")]
    hands = [{"subject": "siti"}, {"subject": "siti-2", "person": officer}, {"subject": "dewi"}]
    for name, colleague in (("check", "budi"), ("attest", "tono")):
        for claims in hands:
            refused = await act(api, case, name, **claims)
            assert (refused.status_code, refused.json()["code"]) == (409, "same-person"), (name, claims)
            [line] = await api.bulk(f"/cases:{name}", [{"id": case}], ROLES[name], **claims)
            assert line["code"] == "same-person", (name, claims)
        assert (await act(api, case, name, subject=colleague)).status_code == 200


@pytest.mark.breaks_invariants
async def test_the_database_refuses_the_hands_of_a_degree_too(world, api) -> None:
    [person] = await world.people(world.state())
    await world.hear(world.received(world.completed(person, degree="S2", form="PD01", hands=["siti"])))
    checked = "UPDATE cases SET state = 'checked', version = 2, checked_by = :by, checkers = ARRAY[:by]"
    attested = "UPDATE cases SET state = 'attested', version = 3, attested_by = :by"

    async def do(statement: str, by: str) -> None:
        async with world.database.transaction() as session:
            await session.execute(text(statement), {"by": by})

    for statement, colleague in ((checked, "budi"), (attested, "tono")):
        with pytest.raises(IntegrityError, match="corrected or verified a degree"):
            await do(statement, by="siti")
        await do(statement, by=colleague)


async def test_whoever_corrects_a_degree_they_have_checked_has_not_checked_it(world, api) -> None:
    """It is submitted anew and waits for somebody else; a correction by others leaves it where it is."""
    [person] = await world.people(world.state())
    sent = world.completed(person, degree="S2", form="PD01", hands=["siti"])
    await world.hear(world.received(sent))
    [case] = [str(row.id) for row in await world.rows("SELECT id FROM cases")]
    assert (await act(api, case, "check", subject="budi")).status_code == 200
    told = {"record_id": sent.record_id, "degree": "S2", "form": "PD01"}
    await world.hear(world.received(world.corrected(person, **told, hands=["siti", "wati"]), 2))
    assert (await api.get(f"/cases/{case}"))["state"] == "checked"
    await world.hear(world.received(world.corrected(person, **told, hands=["budi", "siti", "wati"]), 3))
    seen = await api.get(f"/cases/{case}")
    assert (seen["state"], seen["checked_by"]) == ("submitted", None)
    assert [(line["to_state"], line["by"]) for line in seen["history"][-2:]] == [
        ("returned", "system"), ("submitted", "system"),
    ]  # fmt: skip
    assert (await act(api, case, "check", subject="budi")).json()["code"] == "same-person"
    for name, colleague in (("check", "tono"), ("attest", "rina")):
        assert (await act(api, case, name, subject=colleague)).status_code == 200
    await world.hear(world.received(world.corrected(person, **told, hands=["rina", "siti", "tono"]), 4))
    assert (await api.get(f"/cases/{case}"))["state"] == "attested", "what was decided stays"


async def test_one_person_with_two_accounts_is_one(world, api, predicate) -> None:
    person, officer = await world.people(world.state(), world.state())
    sent = await api.call("agency_hr", "POST", "/predicates", predicate(person), subject="siti", person=officer)
    case = sent.json()["id"]
    refused = await act(api, case, "check", subject="siti-2", person=officer)
    assert (refused.status_code, refused.json()["code"]) == (409, "same-person")
    assert (await act(api, case, "check", subject="budi")).status_code == 200
    refused = await act(api, case, "attest", subject="siti-2", person=officer)
    assert (refused.status_code, refused.json()["code"]) == (409, "same-person")


async def test_whoever_submitted_before_a_return_is_not_free_to_check(world, api, predicate) -> None:
    """Somebody else has submitted it again: what is checked is still what the first had sent."""
    [person] = await world.people(world.state())
    sent = await api.call("agency_hr", "POST", "/predicates", predicate(person), subject="siti")
    case = sent.json()["id"]
    assert (await act(api, case, "return", subject="budi")).status_code == 200
    assert (await act(api, case, "resubmit", subject="tono")).json()["submitted_by"] == "tono"
    for subject in ("siti", "tono"):
        refused = await act(api, case, "check", subject=subject)
        assert (refused.status_code, refused.json()["code"]) == (409, "same-person")
    assert (await act(api, case, "check", subject="budi")).status_code == 200


SENDERS = [
    ("agency_hr", {"agency": AGENCY}),
    ("service", {"agency": OTHER_AGENCY}),
    ("service", {"provider": PROVIDER}),
    ("service", {"person": "0199a000-0000-7000-8000-0000000000ee"}),
    ("service", {"subject": "e-kinerja-pusat"}),
]


@pytest.mark.parametrize("bulk", [False, True], ids=["single", "bulk"])
async def test_one_reference_from_five_senders_is_five_cases(world, api, predicate, bulk: bool) -> None:
    """Nobody takes the reference of somebody else beforehand; each sender's second is its own duplicate."""
    people = await world.people(*(world.state() for _ in SENDERS))
    ids = []
    for person, (role, claims) in zip(people, SENDERS, strict=True):
        line = predicate(person, source_name="e-kinerja", reference="P-1")
        if bulk:
            answers = await api.bulk("/predicates:batch", [line, line], role, **claims)
            assert [answer["status"] for answer in answers] == ["stored", "duplicate"]
            ids.append(answers[0]["id"])
            [again] = await api.bulk("/predicates:batch", [line | {"predikat": "kurang"}], role, **claims)
            assert again["code"] == "reference-conflict"
        else:
            first, again = [await api.call(role, "POST", "/predicates", line, **claims) for _ in range(2)]
            assert (first.status_code, again.status_code) == (201, 200)
            ids.append(first.json()["id"])
            other = await api.call(role, "POST", "/predicates", line | {"predikat": "kurang"}, **claims)
            assert other.json()["code"] == "reference-conflict"
    assert len(set(ids)) == 5


async def test_an_agencys_reference_is_its_own_whoever_of_its_people_sends(world, api, predicate) -> None:
    """A service that names the agency sends for it too."""
    [person] = await world.people(world.state())
    line = predicate(person)
    first = await api.call("agency_hr", "POST", "/predicates", line, subject="siti")
    for role, claims in (("agency_hr", {"subject": "budi"}), ("service", {"agency": AGENCY})):
        again = await api.call(role, "POST", "/predicates", line, **claims)
        assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
