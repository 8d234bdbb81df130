"""Predikat that connectors reports: the one use case, the same rights, and an answer to each."""

from typing import Any
from uuid import UUID

from common.ids import derived_id
from contracts.events.connectors import Behalf
from contracts.events.predicates import PredicateReported
from jejak_local.harness import AGENCY, OTHER_AGENCY, bare


def reported(person_id: UUID, agency: UUID = AGENCY, **said: Any) -> PredicateReported:
    """A good year."""
    report_id = derived_id("report", person_id, agency)
    usual: dict[str, Any] = {"source_name": "e-kinerja", "reference": str(report_id), "predikat": "baik"}
    period = {"period_start": "2025-01-01", "period_end": "2025-12-31"}
    behalf = Behalf(kind="agency", id=agency, by="hr")
    return bare(PredicateReported, report_id=report_id, person_id=person_id, behalf=behalf, **usual | period | said)


async def answers(world) -> list[tuple[str, int, dict[str, Any]]]:
    """Name, version and body of the answers to reports, in order."""
    return [
        (headers["ce_type"].split(".")[-2], int(headers["ce_sequence"]), body)
        for headers, body in await world.outbox()
        if headers["ce_type"].split(".")[-2].startswith("Predicate")
    ]


async def test_a_predikat_becomes_one_case_whatever_comes_again_or_late(api, world):
    [person_id] = await world.people(world.state())
    first, second = (
        world.received(reported(person_id, **said), version) for said, version in (({}, 1), ({"predikat": "kurang"}, 2))
    )
    await world.hear(first)
    await world.hear(first)
    [(name, version, body)] = await answers(world)
    assert (name, version) == ("PredicateTaken", 1)
    case = await api.get(f"/cases/{body['case_id']}", "agency_hr")
    assert (case["person_id"], case["state"]) == (str(person_id), "submitted")
    # What is decided does not change by itself; what was returned is repaired.
    await world.hear(second)
    name, version, body = (await answers(world))[-1]
    assert (name, version, body["code"], body["field"]) == ("PredicateRefused", 2, "reference-conflict", "reference")
    assert set(body["words"]) == {"id", "en"}
    assert all(body["words"].values())
    await api.call("verifier", "POST", f"/cases/{case['id']}/return", {"reason": "Berkas kurang"})
    await world.hear(world.received(reported(person_id, predikat="kurang"), 3))
    assert [each[:2] for each in await answers(world)][-1] == ("PredicateTaken", 3)
    await world.hear(second)
    assert len(await answers(world)) == 3
    assert await world.value("SELECT count(*) FROM cases") == 1


async def test_the_result_and_outcome_that_are_reported_stand_in_the_case(api, world):
    links = {"performance_result": "RHK-2025-0007", "performance_outcome": "SS-3"}
    before, after = await world.people(*(world.state() for _ in range(2)))
    named = world.received(reported(after, **links))
    await world.hear(world.received(reported(before)), named)
    cases = {body["person_id"]: body["case_id"] for _, _, body in await answers(world)}
    for person, said in ((before, dict.fromkeys(links)), (after, links)):
        case = await api.get(f"/cases/{cases[str(person)]}", "agency_hr")
        assert {name: case[name] for name in links} == said


async def test_each_fault_is_answered_and_an_agency_reaches_its_own_alone(world):
    people = await world.people(*(world.state() for _ in range(4)))
    batch = [
        reported(people[0], period_start="2025-01-02"),
        reported(people[1], predikat="sangat_baik", hasil_kerja="sesuai_ekspektasi"),
        reported(people[2], agency=OTHER_AGENCY),
        reported(people[3]),
    ]
    await world.hear(*(world.received(each) for each in batch))
    found = {body["person_id"]: (name, body.get("code")) for name, _, body in await answers(world)}
    assert [found[str(each)] for each in people] == [
        ("PredicateRefused", "period-not-whole-months"),
        ("PredicateRefused", "predikat-mismatch"),
        ("PredicateRefused", "person-unknown"),
        ("PredicateTaken", None),
    ]


async def test_who_is_not_known_yet_is_waited_for(world):
    state = world.state()
    await world.hear(world.received(reported(state.person_id)))
    assert await answers(world) == []
    await world.people(state)
    assert [name for name, _, _ in await answers(world)] == ["PredicateTaken"]
