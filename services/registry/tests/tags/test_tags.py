"""What is said of people for a time: who is the result of an equalisation, and since when."""

import pytest

from common.store.database import counted_statements
from common.web.bulk import CHUNK
from contracts.tags import TAGS

TAG, DAY, PAPER = "hasil-penyetaraan", "2022-06-01", "SK Bupati 821.2/30/2022"


@pytest.fixture
def given(a_person):
    def given(number: int = 1, **changes) -> dict:
        return {"nip": a_person(number)["nip"], "tag": TAG, "valid_from": DAY, "paper": PAPER} | changes

    return given


async def test_before_and_after_the_equalisation_the_old_and_the_new_post_are_read(api, nation, world, a_person, given):
    """001.2: a pengawas of the regency Banyuasin becomes an ahli muda on a day of 2022, and is tagged (001.1)."""

    def post(code: str, name: str, post_type: str, level: str) -> dict:
        place = {"agency_code": "K-001", "unit_code": "K-001-U01"}
        return {"code": code, "name": name, "type": post_type, "jenjang": level, **place}

    posts = [
        post("ES4", "Kepala Seksi Data", "JA", "pengawas"),
        post("JF1", "Analis Kebijakan Ahli Muda", "JF", "ahli_muda"),
    ]
    assert {answer["status"] for answer in await api.bulk("/posts:batch", posts)} == {"stored"}
    before = a_person(jenjang=None, position="Kepala Seksi Data")
    person_id = (await api.call("service", "POST", "/people", before)).json()["id"]
    assert (await api.bulk("/people:batch", [a_person(valid_from=DAY)]))[0]["status"] == "updated"
    held = {"nip": a_person()["nip"], "agency_code": "K-001"}
    given_posts = [
        held | {"post_code": "ES4", "valid_from": "2018-01-01"},
        held | {"post_code": "JF1", "valid_from": DAY},
    ]
    assert {answer["status"] for answer in await api.bulk("/holdings:batch", given_posts)} == {"stored"}
    await world.emitted()
    tag = given()
    del tag["nip"]
    answer = await api.call("agency_hr", "POST", f"/people/{person_id}/tags", tag)
    assert (answer.status_code, answer.json()["tags"], answer.json()["as_of"]) == (200, [TAG], DAY)
    for day, position, jenjang, tags, held_post in (
        ("2022-05-31", "Kepala Seksi Data", None, [], "ES4"),
        (DAY, "Analis Kebijakan Ahli Muda", "ahli_muda", [TAG], "JF1"),
    ):
        found = await api.get(f"/people/{person_id}?as_of={day}")
        assert (found["position"], found["jenjang"], found["tags"]) == (position, jenjang, tags)
        place = await api.get(f"/people/{person_id}/place?as_of={day}")
        assert (place["post"]["code"], place["post"]["type"]) == (held_post, "JA" if held_post == "ES4" else "JF")
        listed = (await api.get(f"/people?tag={TAG}&as_of={day}"))["items"]
        assert [each["id"] for each in listed] == ([person_id] if tags else [])
    [told] = await world.emitted()
    assert [(each.tag, str(each.valid_from), each.valid_to) for each in told.event.tags] == [(TAG, DAY, None)]
    assert "paper" not in told.event.model_dump_json()
    history = await api.get(f"/people/{person_id}/history")
    assert history["tags"] == [{"valid_from": DAY, "valid_to": None, "tag": TAG, "paper": PAPER}]
    assert history["changes"][-1]["parts"] == ["tags"]


async def test_a_tag_is_ended_said_again_or_taken_back_and_never_held_twice(api, nation, given, a_person):
    await api.bulk("/people:batch", [a_person(1), a_person(2)])
    answers = await api.bulk(
        "/tags:batch",
        [
            given(until="2024-01-01"),
            given(until="2024-01-01"),
            given(valid_from="2023-06-01"),
            given(valid_from="2024-01-01"),
            given(until="2024-02-01"),
            given(valid_from="2024-01-01", until="2024-01-01"),
            given(until="2022-01-01"),
            given(valid_from="2014-12-31"),
            given(valid_from="2028-01-01"),
            given(9),
            given(tag="manager"),
            given(paper=" "),
        ],
    )
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "stored",
        "unchanged",
        "tag-twice",
        "stored",
        "tag-twice",
        "stored",
        "dates-reversed",
        "before-joining",
        "too-far-ahead",
        "person-unknown",
        "tag-unknown",
        "field-invalid",
    ]


async def test_hr_tags_whoever_serves_in_its_agency_and_nobody_themselves(api, nation, given, a_person):
    mine, theirs = (
        answer["id"]
        for answer in await api.bulk(
            "/people:batch", [a_person(1), a_person(2, agency_code="D-001", unit_code="D-001-U01")]
        )
    )
    answers = await api.bulk("/tags:batch", [given(1), given(2)], "agency_hr")
    assert [answer.get("code", answer["status"]) for answer in answers] == ["stored", "agency-mismatch"]
    tag = given()
    del tag["nip"]
    assert (await api.refused("agency_hr", "POST", f"/people/{theirs}/tags", tag))[:2] == (404, "not-found")
    own = await api.call("agency_hr", "POST", f"/people/{mine}/tags", tag, person=mine)
    assert (own.status_code, own.json()["code"]) == (403, "own-record")


async def test_the_list_is_closed_and_says_by_which_rule_each_is_given(api, nation):
    listed = (await api.get("/tags"))["tags"]
    assert [each["tag"] for each in listed] == list(TAGS)
    assert all(each["source"] and each["name"] for each in listed)


async def test_tags_for_many_need_no_more_statements_than_for_one(api, nation, given, a_person, database):
    await api.bulk("/people:batch", [a_person(each) for each in range(1, CHUNK + 1)])
    with counted_statements(database) as few:
        await api.bulk("/tags:batch", [given(1)])
    with counted_statements(database) as many:
        answers = await api.bulk("/tags:batch", [given(each) for each in range(1, CHUNK + 1)])
    assert [answer["status"] for answer in answers][:2] == ["unchanged", "stored"]
    assert len(many) == len(few)
