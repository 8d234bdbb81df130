"""K10 over HTTP: five conditions, each with its reason and its rule, of one person and of an agency at once."""

from datetime import date

import pytest

from common.fields import FIRST_DAY
from common.ids import new_id
from common.store.database import counted_statements
from contracts.events.registry import Holding, PostChanged, PostState
from jejak_local.harness import AGENCY, OTHER_AGENCY, bare

SINCE = date(2020, 1, 1)


@pytest.fixture
def seats(world):
    """Lets credit know of posts of a position and jenjang, with so many seats."""

    async def seats(number: int, jenjang: str = "ahli_muda", name: str = "Analis", agency=AGENCY):
        post_id = new_id()
        state = bare(
            PostState,
            type="JF",
            name=name,
            jenjang=jenjang,
            unit_id=post_id,
            seats=number,
            valid_from=FIRST_DAY,
        )
        told = PostChanged(post_id=post_id, agency_id=agency, code=str(post_id)[-6:], states=[state])
        await world.hear(world.received(told))
        return post_id

    return seats


def holding(state, post):
    held = bare(Holding, post_id=post, kind="definitive", valid_from=SINCE)
    return state.model_copy(update={"holdings": [held]})


@pytest.fixture
def rated(api, predicate):
    """Two good years, attested."""

    async def rated(*people, **said) -> None:
        lines = [
            predicate(person, period_start=f"{year}-01-01", period_end=f"{year}-12-31", **said)
            for person in people
            for year in (2024, 2025)
        ]
        ids = [{"id": answer["id"]} for answer in await api.bulk("/predicates:batch", lines, "service")]
        await api.bulk("/cases:check", ids, "verifier")
        await api.bulk("/cases:attest", ids, "validator")

    return rated


async def states(api, person) -> dict[str, dict[str, str]]:
    answer = await api.get(f"/people/{person}/credit/promotion", role="person", person=str(person))
    return {
        act["act"]: {each["code"]: each["state"] for each in act["conditions"]} | {"": act["state"]}
        for act in answer["acts"]
    }


async def test_what_is_missing_is_named_with_its_rule_until_all_is_met(world, api, seats, rated) -> None:
    [person] = await world.people(world.state())
    assert await states(api, person) == {
        "rank": {
            "credit-for-rank": "not-met",
            "years-in-rank": "met",
            "predicate": "unknown",
            "discipline": "unknown",
            "": "not-met",
        },
        "level": {
            "credit-for-level": "not-met",
            "open-post": "unknown",
            "test-passed": "not-met",
            "predicate": "unknown",
            "": "not-met",
        },
    }
    await rated(person, predikat="sangat_baik")
    pak = {"way": "balance", "method": "conversion", "stated": "62.5", "day": "2023-12-31", "paper": "P"}
    opening = pak | {"person_id": str(person), "paper_date": "2024-01-15"}
    case = (await api.call("agency_hr", "POST", "/openings", opening)).json()["id"]
    for role, act in (("verifier", "check"), ("validator", "attest")):
        assert (await api.call(role, "POST", f"/cases/{case}/{act}")).status_code == 200
    post = await seats(1, name="analis  Ahli Muda")
    facts = [
        {"kind": "test", "jenjang": "ahli_muda", "paper": "U"},
        {"kind": "discipline", "level": "none", "paper": "D"},
    ]
    said = {"person_id": str(person), "day": "2026-06-30"}
    await api.bulk("/facts:batch", [fact | said for fact in facts], "agency_hr")
    answer = await api.get(f"/people/{person}/credit/promotion")
    assert [(act["to"], act["state"]) for act in answer["acts"]] == [("III/b", "met"), ("ahli_muda", "met")]
    assert answer["first"] == "level", "where both can be, KJ comes first"
    conditions = {each["code"]: each for act in answer["acts"] for each in act["conditions"]}
    assert conditions["credit-for-level"]["explanation"].startswith("Angka kredit 100 sudah mencapai 100")
    assert (conditions["credit-for-level"]["rule_pack"], conditions["credit-for-level"]["status"]) == (
        "PermenPANRB-1-2023",
        "verified",
    )
    assert conditions["years-in-rank"]["status"] == "secondary"
    assert all(each["sources"] for each in conditions.values())
    english = await api.call("lan", "GET", f"/people/{person}/credit/promotion", headers={"accept-language": "en"})
    assert "can be proposed" in english.json()["acts"][0]["explanation"]
    assert {each["status"] for act in answer["acts"] for each in act["readings"]} == {"belum dikonfirmasi"}
    await world.people(holding(world.state(jenjang="ahli_muda"), post))
    assert (await states(api, person))["level"]["open-post"] == "not-met", "somebody holds the seat now"


async def test_a_seat_is_open_only_when_it_is_known_who_holds_the_others(world, api, seats) -> None:
    """People known before the registry told who holds what: of as many seats as there are of them, nothing is known."""
    [person] = await world.people(world.state())
    await seats(3, name="Dokter")
    assert (await states(api, person))["level"]["open-post"] == "not-met", "of another position"
    post = await seats(3)
    assert (await states(api, person))["level"]["open-post"] == "met"
    await world.people(holding(world.state(jenjang="ahli_muda"), post), world.state(jenjang="ahli_muda"))
    assert (await states(api, person))["level"]["open-post"] == "met", "two free, one of them perhaps not"
    await world.people(world.state(jenjang="ahli_muda"))
    assert (await states(api, person))["level"]["open-post"] == "unknown"
    gone = world.state(jenjang="ahli_muda", left_on=date(2026, 1, 1))
    await world.people(holding(gone, post))
    assert (await states(api, person))["level"]["open-post"] == "unknown", "who has left holds nothing"


async def test_an_agency_is_answered_at_once_in_as_many_statements_as_one_person(world, api, seats, rated) -> None:
    people = await world.people(*(world.state() for _ in range(12)))
    [outside] = await world.people(world.state(agency=OTHER_AGENCY))
    await world.people(world.state(jenjang=None), world.state(left_on=date(2026, 1, 1)))
    await seats(1)
    await rated(*people[:2])
    counts = []
    for limit in (1, 5, 100):
        with counted_statements(world.database) as statements:
            page = await api.get(f"/promotions?limit={limit}", role="agency_hr")
        counts.append(len(statements))
        assert len(page["items"]) == min(limit, 12)
    assert len(set(counts)) == 1, counts
    assert {line["person_id"] for line in page["items"]} == {str(person) for person in people}
    lines = {line["person_id"]: line for line in page["items"]}
    assert lines[str(people[0])]["rank_open"] == ["credit-for-rank", "discipline"]
    assert lines[str(people[5])]["level_open"] == ["credit-for-level", "test-passed", "predicate"]
    other = await api.get(f"/promotions?agency_id={OTHER_AGENCY}")
    assert [line["person_id"] for line in other["items"]] == [str(outside)]
