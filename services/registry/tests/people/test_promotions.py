"""Rises in rank (KP) and in level (KJ), by decree: dated, told with the person, corrected and taken back."""

import pytest

from common.store.database import counted_statements

DAY = "2026-04-01"


@pytest.fixture
def decree(a_person):
    def decree(number: int = 1, **changes) -> dict:
        said = {"kind": "rank", "valid_from": DAY, "decree": "SK 823.3/15/2026", "decree_date": "2026-03-20"}
        return {"nip": a_person(number)["nip"]} | said | changes

    return decree


async def grades(api, person: str) -> list[tuple[str, str, str]]:
    history = await api.get(f"/people/{person}/history")
    return [(each["valid_from"], each["jenjang"], each["golongan"]) for each in history["grades"]]


async def test_a_rank_by_decree_is_dated_and_told(api, nation, world, a_person, decree) -> None:
    [answer] = await api.bulk("/people:batch", [a_person()])
    person = answer["id"]
    await world.emitted()
    line = decree()
    del line["nip"]
    risen = await api.call("agency_hr", "POST", f"/people/{person}/promotions", line)
    assert (risen.status_code, risen.json()["golongan"], risen.json()["as_of"]) == (200, "III/d", DAY)
    assert await grades(api, person) == [("2015-01-01", "ahli_muda", "III/c"), (DAY, "ahli_muda", "III/d")]
    [told] = await world.emitted()
    [act] = told.event.promotions
    assert (act.kind, str(act.valid_from), act.golongan_before, act.golongan) == ("rank", DAY, "III/c", "III/d")
    assert "SK 823" not in told.event.model_dump_json()
    history = await api.get(f"/people/{person}/history")
    assert [(each["decree"], each["decree_date"]) for each in history["promotions"]] == [(line["decree"], "2026-03-20")]
    assert history["changes"][-1]["parts"] == ["grades", "promotions"]
    await api.call("agency_hr", "POST", f"/people/{person}/promotions", line)
    assert await world.emitted() == [], "said again, nothing has changed"


async def test_a_level_before_the_rank_of_one_day_and_one_rank_above_without_a_vacancy(
    api, nation, a_person, decree
) -> None:
    """PAN1-KP; in whichever order the two decrees of a day are recorded."""
    start = {"jenjang": "ahli_pertama", "golongan": "III/b", "position": "Analis Ahli Pertama"}
    answers = await api.bulk("/people:batch", [a_person(number, **start) for number in (1, 2, 3)])
    one, two, three = (answer["id"] for answer in answers)
    level = {"kind": "level", "position": "Analis Ahli Muda"}
    lines = [
        decree(1),
        decree(1, **level),
        decree(2, **level),
        decree(2),
        decree(3),
        decree(3, valid_from="2026-08-01"),
    ]
    answers = await api.bulk("/promotions:batch", lines)
    assert [answer.get("code", answer["status"]) for answer in answers] == [*["stored"] * 5, "promotion-out-of-turn"]
    for person in (one, two):
        assert await grades(api, person) == [("2015-01-01", "ahli_pertama", "III/b"), (DAY, "ahli_muda", "III/c")]
    assert (await grades(api, three))[-1] == (DAY, "ahli_pertama", "III/c"), "a rank above those of the jenjang"
    again = a_person(3, **start | {"golongan": "III/c", "position": "Analis"}, valid_from="2026-05-01")
    assert (await api.bulk("/people:batch", [again]))[0]["status"] == "updated", "what a decree brought is on record"


async def test_a_decree_told_late_leaves_what_came_after_and_a_wrong_one_is_taken_back(
    api, nation, a_person, decree
) -> None:
    [answer] = await api.bulk("/people:batch", [a_person(jenjang="ahli_pertama", golongan="III/a")])
    person = answer["id"]
    await api.bulk("/promotions:batch", [decree(valid_from="2026-06-01"), decree(valid_from="2022-04-01")])
    known = await grades(api, person)
    assert known == [
        ("2015-01-01", "ahli_pertama", "III/a"),
        ("2022-04-01", "ahli_pertama", "III/b"),
    ], "the later one has been told already as III/b"
    withdrawn = [decree(valid_from="2022-04-01", withdrawn=True), decree(valid_from="2022-04-01", withdrawn=True)]
    answers = await api.bulk("/promotions:batch", withdrawn)
    assert [answer.get("code", answer["status"]) for answer in answers] == ["stored", "no-such-promotion"]
    assert [each["valid_from"] for each in (await api.get(f"/people/{person}/history"))["promotions"]] == ["2026-06-01"]


async def test_bad_decrees_are_answered_one_by_one_in_as_many_statements(api, nation, world, a_person, decree) -> None:
    people = [
        a_person(1),
        a_person(2, jenjang="ahli_utama", golongan="IV/e"),
        a_person(3, agency_code="D-001", unit_code=None),
    ]
    assert {answer["status"] for answer in await api.bulk("/people:batch", people)} == {"stored"}
    lines = [
        decree(9),
        decree(3),
        decree(2),
        decree(2, kind="level"),
        decree(1, valid_from="2015-01-01"),
        decree(1, valid_from="2014-01-01"),
        decree(1, decree_date="2027-01-01"),
        decree(1, kind="level", decree=" "),
        decree(1),
    ]
    with counted_statements(world.database) as many:
        answers = await api.bulk("/promotions:batch", lines, role="agency_hr")
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "person-unknown",
        "agency-mismatch",
        "no-rank-above",
        "no-level-above",
        "promotion-needs-before",
        "before-joining",
        "decree-in-future",
        "field-invalid",
        "stored",
    ]
    with counted_statements(world.database) as few:
        await api.bulk("/promotions:batch", [decree(1, valid_from="2026-09-01", withdrawn=True)], role="agency_hr")
    assert len(many) <= len(few) + 8
