"""Deputies: who may name whom for which duty, what cannot be, and what is told of it."""

from functools import partial
from typing import get_args
from uuid import UUID, uuid4

import pytest

from common.store.database import counted_statements
from contracts.duties import DUTIES, DutyCode
from registry import texts

FROM, TO = "2026-11-20", "2026-12-20"


@pytest.fixture
async def people(api, nation, a_person) -> list[str]:
    """Five of K-001 and then one of D-001."""
    elsewhere = {"agency_code": "D-001", "unit_code": "D-001-U01"}
    lines = [*(a_person(number) for number in range(1, 6)), a_person(6, **elsewhere)]
    found = [answer["id"] for answer in await api.bulk("/people:batch", lines)]
    await nation.emitted()
    return found


def deputy(person: str, deputy: str, **changes) -> dict:
    return {"person_id": person, "deputy_id": deputy, "duty": "verifier", "valid_from": FROM, "valid_to": TO} | changes


async def test_hr_names_a_deputy_and_all_of_it_is_told(api, nation, people, world) -> None:
    a, b, *_ = people
    clerk = people[2]
    made = await api.call("agency_hr", "POST", "/deputies", deputy(a, b), subject="hr-siti", person=clerk)
    assert (made.status_code, made.json()["version"]) == (201, 1)
    [told] = await world.emitted()
    assert (told.event.topic.name, told.event.key(), told.sequence) == ("registry.duty.v1", UUID(made.json()["id"]), 1)
    assert (told.event.person_id, told.event.deputy_id, told.event.duty) == (UUID(a), UUID(b), "verifier")
    assert (str(told.event.valid_from), str(told.event.valid_to), told.event.named_by) == (
        FROM,
        TO,
        sorted([clerk, "hr-siti"]),
    )
    listed = f"/agencies/{nation.agencies['K-001']}/deputies"
    assert (await api.get(listed, "agency_head"))["items"] == [made.json()]
    for day, many in (("2026-11-19", 0), ("2026-12-19", 1), ("2026-12-20", 0)):
        assert len((await api.get(f"{listed}?as_of={day}", "agency_hr"))["items"]) == many
    for person in (a, b):
        assert (await api.get("/people/me/deputies", "person", person=person))["items"] == [made.json()]
    assert (await api.call("agency_hr", "GET", f"/agencies/{nation.agencies['D-001']}/deputies")).status_code == 404


async def test_it_ends_by_the_same_event(api, people, world) -> None:
    """Today at the earliest: what the deputy has done stays done. One that has not begun is taken back whole."""
    a, b, c, *_ = people
    hr = partial(api.call, "agency_hr", "POST")
    begun = (await hr("/deputies", deputy(a, b))).json()["id"]
    planned = (await hr("/deputies", deputy(c, b, valid_from="2026-12-01"))).json()["id"]
    await world.emitted()
    for on, code in (("2026-11-19", "end-outside"), ("2026-12-21", "end-outside")):
        assert await api.refused("agency_hr", "POST", f"/deputies/{begun}/end", {"on": on}) == (422, code, "on")
    assert (await hr(f"/deputies/{begun}/end", {"on": FROM})).json()["valid_to"] == FROM
    assert (await hr(f"/deputies/{planned}/end", {"on": FROM})).json()["valid_to"] == "2026-12-01"
    told = await world.emitted()
    assert [(str(each.event.delegation_id), str(each.event.valid_to), each.sequence) for each in told] == [
        (begun, FROM, 2), (planned, "2026-12-01", 2),
    ]  # fmt: skip
    assert await api.refused("agency_hr", "POST", f"/deputies/{begun}/end", {"on": FROM}) == (
        409,
        "delegation-over",
        "on",
    )
    other = await api.call("person", "POST", f"/deputies/{planned}/end", {"on": FROM}, person=b)
    assert other.status_code == 404, "the deputy does not end it"
    assert (await hr("/deputies", deputy(a, c))).status_code == 201, "the days are free again"


async def test_oneself_gives_away_only_what_ones_token_says_one_has(api, nation, people) -> None:
    a, b, *_, elsewhere = people
    own = {"person": a}
    assert await api.refused("person", "POST", "/deputies", deputy(a, b), **own) == (403, "duty-not-held", "duty")
    # A duty that follows from the post one holds needs no role.
    assert (await api.call("person", "POST", "/deputies", deputy(a, b, duty="superior"), **own)).status_code == 201
    for agency, status in ((nation.agencies["D-001"], 403), (nation.agencies["K-001"], 201)):
        token = api.issuer.mint("person", "verifier", person=a, agency=agency)
        made = await api.http.post("/v1/deputies", json=deputy(a, b), headers={"authorization": f"Bearer {token}"})
        assert made.status_code == status, made.text
    # Of somebody else, and of another agency, an office alone decides.
    assert (await api.call("person", "POST", "/deputies", deputy(b, a), **own)).json()["code"] == "not-found"
    assert (await api.call("agency_hr", "POST", "/deputies", deputy(elsewhere, b))).json()["code"] == "not-found"
    named = await api.refused("agency_hr", "POST", "/deputies", deputy(b, a, duty="digest"), person=a)
    assert named == (403, "own-record", "deputy_id")


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        ({"deputy": 0}, "deputy-oneself", "deputy_id"),
        ({"deputy": 5}, "deputy-elsewhere", "deputy_id"),
        ({"deputy": 6}, "deputy-elsewhere", "deputy_id"),
        ({"duty": "head"}, "duty-not-delegable", "duty"),
        ({"duty": "signing"}, "field-invalid", "duty"),
        ({"valid_to": FROM}, "dates-reversed", "valid_to"),
        ({"valid_to": "2026-11-01"}, "dates-reversed", "valid_to"),
        ({"valid_from": "2026-10-01", "valid_to": FROM}, "delegation-over", "valid_to"),
        ({"person": 3}, "not-in-service", "person_id"),
        ({"deputy": 3}, "not-in-service", "deputy_id"),
        ({"deputy": 4, "valid_from": "2026-12-19", "valid_to": "2027-01-31"}, "deputy-twice", "valid_from"),
        ({"deputy": 1}, "deputy-twice", "valid_from"),
    ],
    ids=str,
)
async def test_what_cannot_be_is_refused_and_nothing_is_done(api, people, world, line, code, field) -> None:
    hr = partial(api.call, "agency_hr", "POST")
    gone = {"status": "retired", "from": "2026-11-01", "decree": "SK 7"}
    assert (await hr(f"/people/{people[3]}/status", gone)).status_code == 200
    assert (await hr("/deputies", deputy(people[0], people[1]))).status_code == 201
    await world.emitted()
    ids = [*people, str(uuid4())]
    asked = deputy(ids[line.pop("person", 0)], ids[line.pop("deputy", 1)], **line)
    status, *said = await api.refused("agency_hr", "POST", "/deputies", asked)
    assert (status, *said) == (409 if code == "delegation-over" else 422, code, field)
    assert await world.emitted() == []


async def test_a_line_of_deputies_of_any_length_does_not_come_back(api, people) -> None:
    """With the way it would take; other days and other duties are other lines."""
    a, b, c, d, *_ = people
    lines = [deputy(a, b), deputy(b, c, valid_from="2026-12-01"), deputy(c, d), deputy(d, a)]
    answers = await api.bulk("/deputies:batch", lines, "agency_hr", {"accept-language": "en"})
    assert [answer.get("code", answer["status"]) for answer in answers] == ["stored"] * 3 + ["deputy-loop"]
    assert f"{d} > {a} > {b} > {c} > {d}" in answers[3]["message"]
    assert answers[3]["field"] == "deputy_id"
    free = [deputy(d, a, valid_to="2026-12-01"), deputy(d, a, duty="validator"), deputy(b, a)]
    answers = await api.bulk("/deputies:batch", free, "agency_hr")
    assert [answer.get("code", answer["status"]) for answer in answers] == ["stored", "stored", "deputy-twice"]


async def test_many_cost_as_many_statements_as_one(api, nation, people, a_person, database) -> None:
    numbers = range(100, 160)
    found = [answer["id"] for answer in await api.bulk("/people:batch", [a_person(number) for number in numbers])]
    costs = []
    for pairs in ([(0, 1)], list(zip(range(2, 59), range(3, 60), strict=True))):
        lines = [deputy(found[one], found[other]) for one, other in pairs]
        with counted_statements(database) as statements:
            answers = await api.bulk("/deputies:batch", lines, "agency_hr")
        assert {answer["status"] for answer in answers} == {"stored"}
        costs.append(len(statements))
    assert costs[0] == costs[1]
    by_nip = {"nip": a_person(100)["nip"], "deputy_nip": a_person(101)["nip"]}
    same = {name: value for name, value in deputy("", "").items() if not name.endswith("_id")} | by_nip
    [again, unclear] = await api.bulk("/deputies:batch", [same, same | {"person_id": found[0]}], "agency_hr")
    assert (again["status"], unclear["code"], unclear["field"]) == ("unchanged", "field-missing", "person_id")


async def test_the_list_of_duties_is_data_and_each_has_words(api) -> None:
    assert DUTIES.keys() == set(get_args(DutyCode)) == texts.DUTY.keys()
    shown = (await api.call("person", "GET", "/duties", person=uuid4(), headers={"accept-language": "en"})).json()
    told = {duty["code"]: (duty["by"], duty["role"], duty["delegable"]) for duty in shown}
    assert told["verifier"] == ("role", "verifier", True)
    assert told["superior"] == ("post", None, True)
    assert told["head"] == ("role", "agency_head", False)
    assert shown[0]["label"] == "Checking the papers of credit points"
