"""Deputies check and attest with the rights of the one they stand in for, and are never somebody else than they and that one."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from common.ids import new_id
from common.invariants import find_broken
from contracts.events.registry import DutyDelegated
from credit.service import SERVICE
from jejak_local.harness import AGENCY, OTHER_AGENCY

DUTY = {"check": "verifier", "attest": "validator", "return": "verifier"}


@pytest.fixture
def delegate(world):
    """Lets credit hear that somebody stands in for another in a duty in July 2026."""

    async def tell(person: UUID, deputy: UUID, *duties: str, named_by: str = "hr-siti", until=date(2026, 8, 1)) -> None:
        for duty in duties:
            event = DutyDelegated(
                delegation_id=new_id(),
                person_id=person,
                deputy_id=deputy,
                duty=duty,
                valid_from=date(2026, 7, 1),
                valid_to=until,
                named_by=[named_by],
            )
            await world.hear(world.received(event))

    return tell


@pytest.fixture
def acts(api):
    """What a deputy is answered, who has no role but that of a person."""

    async def act(case: str, name: str, deputy: UUID, person: UUID, role: str = "person", **claims):
        body = {"reason": "bukti belum lengkap"} if name == "return" else None
        said = {"person": deputy, "subject": f"akun-{deputy}"} | claims
        return await api.call(role, "POST", f"/cases/{case}/{name}", body, {"acting-for": str(person)}, **said)

    return act


@pytest.fixture
async def cast(world):
    """Somebody a case is about, and three of their agency."""
    return await world.people(*(world.state() for _ in range(4)))


@pytest.fixture
def submitted(api, predicate):
    async def make(person: UUID, **claims) -> str:
        return (await api.call("agency_hr", "POST", "/predicates", predicate(person), **claims)).json()["id"]

    return make


async def test_a_deputy_does_what_the_one_could_and_the_record_names_both(api, cast, delegate, acts, submitted) -> None:
    person, a, b, c = cast
    await delegate(a, b, "verifier")
    await delegate(b, c, "validator")
    case = await submitted(person)
    assert (await acts(case, "check", b, a)).status_code == 200
    # The deputy of a deputy acts for them alone, in what is theirs.
    assert (await acts(case, "attest", c, a)).json()["code"] == "not-deputy"
    seen = await api.get(f"/cases/{case}")
    assert [(line["to_state"], line["acting_for"]) for line in seen["history"]] == [
        ("submitted", None), ("checked", str(a)),
    ]  # fmt: skip
    assert seen["history"][1]["by"] == seen["checked_by"] == f"akun-{b}"


@pytest.mark.parametrize("bulk", [False, True], ids=["single", "bulk"])
async def test_a_checker_does_not_attest_by_their_deputy_nor_for_the_one_who_checked(
    api, cast, delegate, acts, submitted, *, bulk: bool
) -> None:
    """A has checked: neither A, nor B for A. B has checked for A: neither of the two, by whichever account."""
    person, a, b, c = cast
    await delegate(a, b, "verifier", "validator")

    async def attests(case: str, deputy: UUID, for_whom: UUID | None, **claims) -> tuple[int | str, str]:
        headers = {"acting-for": str(for_whom)} if for_whom else {}
        role = "person" if for_whom else "validator"
        if bulk:
            [line] = await api.bulk("/cases:attest", [{"id": case}], role, headers, person=deputy, **claims)
            return line.get("code", line["status"])
        answer = await api.call(role, "POST", f"/cases/{case}/attest", headers=headers, person=deputy, **claims)
        return answer.json().get("code", "updated")

    first = await submitted(person)
    assert (await api.call("verifier", "POST", f"/cases/{first}/check", person=a, subject="a")).status_code == 200
    assert await attests(first, a, None, subject="a") == "same-person"
    assert await attests(first, b, a, subject="b") == "same-person"
    second = await submitted(c)
    assert (await acts(second, "check", b, a)).status_code == 200
    for deputy, for_whom in ((a, None), (b, None), (b, a)):
        assert await attests(second, deputy, for_whom, subject=f"lain-{deputy}") == "same-person"
    for case in (first, second):
        assert await attests(case, uuid4(), None, subject="tono") == "updated"


async def test_nobody_decides_in_their_own_case_by_a_deputy(cast, delegate, acts, submitted) -> None:
    person, a, b, _ = cast
    await delegate(person, b, "verifier")
    await delegate(a, person, "verifier")
    case = await submitted(person)
    for deputy, for_whom in ((b, person), (person, a)):
        assert (await acts(case, "check", deputy, for_whom)).json()["code"] == "own-case"


async def test_whoever_submitted_a_case_does_not_name_who_checks_it(cast, delegate, acts, submitted) -> None:
    """Else the office that submits would make its own checkers."""
    person, a, b, officer = cast
    await delegate(a, b, "verifier", named_by="hr-siti")
    case = await submitted(person, subject="hr-siti")
    assert (await acts(case, "check", b, a)).json()["code"] == "same-person"
    about_them = await submitted(officer, subject="hr-tono")
    await delegate(b, a, "verifier", named_by=str(officer))
    assert (await acts(about_them, "check", a, b)).json()["code"] == "own-case"


async def test_only_the_deputy_of_the_day_in_the_duty_acts(world, cast, delegate, acts, submitted, clock) -> None:
    person, a, b, c = cast
    await delegate(a, b, "validator")
    case = await submitted(person)
    for deputy, for_whom in ((c, a), (a, b), (b, c), (b, a)):
        refused = await acts(case, "check", deputy, for_whom)
        said = refused.json()
        assert (refused.status_code, said["code"], said["errors"][0]["field"]) == (403, "not-deputy", "Acting-For")
    await delegate(a, c, "verifier", until=date(2026, 7, 2))
    clock.moment = clock.moment.replace(day=2)
    assert (await acts(case, "check", c, a)).json()["code"] == "not-deputy", "it is over"
    clock.moment = clock.moment.replace(day=1)
    await world.hear(world.received(world.state(person_id=a, agency=OTHER_AGENCY), 2))
    assert (await acts(case, "check", c, a)).json()["code"] == "not-deputy", "of another agency by now"


async def test_a_deputy_reaches_the_agency_of_the_one_and_no_other(world, api, cast, delegate, acts, submitted) -> None:
    """Whatever their own token would reach."""
    _, a, b, _ = cast
    [theirs] = await world.people(world.state(agency=OTHER_AGENCY))
    await delegate(a, b, "verifier")
    case = await submitted(theirs, agency=OTHER_AGENCY)
    assert (await acts(case, "check", b, a)).status_code == 404
    assert (await acts(case, "check", b, a, "verifier", agency=OTHER_AGENCY)).status_code == 404
    said = api.issuer.claims("verifier", agency=AGENCY)
    del said["person"]
    headers = {"authorization": f"Bearer {api.issuer.sign(said)}", "acting-for": str(a)}
    nobody = await api.http.post(f"/v1/cases/{case}/check", headers=headers)
    assert (nobody.status_code, nobody.json()["code"]) == (403, "forbidden"), "a token that does not say whose it is"


@pytest.mark.breaks_invariants
async def test_an_attestation_for_the_one_who_checked_would_be_found(world, parts, api, cast, submitted) -> None:
    person, a, *_ = cast
    case = await submitted(person)
    assert (await api.call("verifier", "POST", f"/cases/{case}/check", person=a, subject="a")).status_code == 200
    assert (await api.call("validator", "POST", f"/cases/{case}/attest", subject="b")).status_code == 200
    assert await find_broken(parts, SERVICE.invariants) == []
    async with world.database.owner.begin() as connection:
        await connection.execute(text("ALTER TABLE case_history DISABLE TRIGGER USER"))
        await connection.execute(text("UPDATE case_history SET acting_for = :a WHERE to_state = 'attested'"), {"a": a})
        await connection.execute(text("ALTER TABLE case_history ENABLE TRIGGER USER"))
    found = {each.invariant for each in await find_broken(parts, SERVICE.invariants)}
    assert found == {
        "nobody for whom a deputy attests has submitted or checked the case, or is the one it is about",
        "a move of a case is as it was made",
    }
