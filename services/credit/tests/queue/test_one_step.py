"""Cases that one person decides alone: a policy that is off as it is shipped; complete, of an accredited source, and not drawn by lot."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.app import create_app
from common.parts import Law
from common.rules import RuleBook
from credit.service import SERVICE

WHOLE = {"evidence": "SKP 2025", "hasil_kerja": "sesuai_ekspektasi", "perilaku": "sesuai_ekspektasi"}


@pytest.fixture
def app(parts, request):
    """The service where the policy is on."""
    [pack] = parts.rules.one_step.packs
    policy = RuleBook((replace(pack, tables=replace(pack.tables, enabled=request.param)),))
    return create_app(SERVICE, replace(parts, law=Law(replace(parts.rules, one_step=policy))))


@pytest.fixture
async def sent(world, api, predicate):
    """The cases of so many people, of which the line may say something else; by the decision they wait for."""

    async def send(count: int, **changes):
        people = await world.people(*(world.state() for _ in range(count)))
        await api.bulk(
            "/predicates:batch",
            [predicate(person, **WHOLE | changes) for person in people],
            "agency_hr",
            subject="hr-siti",
        )
        rows = await world.rows(
            "SELECT CAST(case_id AS text) AS id, awaits FROM queue WHERE person_id = ANY(:p) ORDER BY 1", p=people
        )
        return [[row.id for row in rows if row.awaits == awaits] for awaits in ("attest", "check")]

    return send


@pytest.mark.parametrize("app", [True], indirect=True)
async def test_one_person_decides_what_the_policy_takes_and_two_what_is_drawn_or_lacks_something(
    world, api, sent, take
):
    direct, drawn = await sent(300)
    assert 5 < len(drawn) < 80, "one in ten goes the full way all the same"
    for lacking in ({"evidence": None}, {"source_name": "simpeg"}, {"hasil_kerja": None, "perilaku": None}):
        alone, full = await sent(12, **lacking)
        assert (alone, len(full)) == ([], 12)
    assert await take(1, role="validator", subject="sah") == direct[:1]
    answer = await api.call("validator", "POST", f"/cases/{direct[0]}/attest", subject="sah")
    assert (answer.json()["state"], answer.json()["checked_by"]) == ("attested", None)
    assert await world.value("SELECT count(*) FROM entries") == 1
    for case, who, refused in ((direct[1], "hr-siti", "same-person"), (drawn[0], "rudi", "illegal-transition")):
        answer = await api.call("validator", "POST", f"/cases/{case}/attest", subject=who)
        assert answer.json()["code"] == refused
    for change in ("state = 'attested', attested_by = 'rudi'", "state = 'submitted', judged = 2, one_step = true"):
        with pytest.raises(DBAPIError, match="cannot move"):
            async with world.database.transaction() as session:
                await session.execute(text(f"UPDATE cases SET version = 2, {change} WHERE id = '{drawn[0]}'"))
    # Returned, it has lost its way: two people decide it from then on.
    await api.call("validator", "POST", f"/cases/{direct[2]}/return", {"reason": "periksa"}, subject="rudi")
    await api.call("agency_hr", "POST", f"/cases/{direct[2]}/resubmit", subject="hr-siti")
    again = await api.call("validator", "POST", f"/cases/{direct[2]}/attest", subject="rudi")
    assert again.json()["code"] == "illegal-transition"


@pytest.mark.parametrize("app", [False], indirect=True)
async def test_as_it_is_shipped_two_people_decide_every_case(sent, rules):
    assert rules.one_step.packs[-1].tables.enabled is False
    direct, checked = await sent(20)
    assert (direct, len(checked)) == ([], 20)
