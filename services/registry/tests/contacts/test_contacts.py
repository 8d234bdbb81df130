"""How people are written to: who may say it, and how an address is shown to be somebody's."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from common.store.database import counted_statements
from contracts.events.registry import ContactChanged, PersonChanged
from jejak_local.harness import OTHER_AGENCY

MINE = "siti@agency.example"


@pytest.fixture
async def people(api, nation, world, a_person):
    """Ten people of K-001, by their places."""
    answers = await api.bulk("/people:batch", [a_person(number, name=f"Pegawai {number}") for number in range(1, 11)])
    await world.emitted()
    return [answer["id"] for answer in answers]


async def told(world):
    """The contacts that the registry has told of since it was last asked."""
    return [received.event for received in await world.emitted() if received.event.topic.name == "registry.contact.v1"]


async def checked(api, world, person, email):
    """Somebody whose address is checked."""
    assert (await api.call("person", "PUT", "/people/me/contact", {"email": email}, person=person)).status_code == 200
    [event] = await told(world)
    answer = await follow(api, person, event.check.token)
    assert answer.status_code == 200, answer.text
    await world.emitted()
    return event.check.token


def follow(api, person, token):
    return api.call("person", "POST", "/people/me/contact/check", {"token": token}, person=person)


async def test_an_address_counts_once_the_link_to_it_was_followed(api, people, world, parts) -> None:
    me = partial(api.call, "person", person=people[0])
    nothing = (await me("GET", "/people/me/contact")).json()
    assert (nothing["email"], nothing["check"], nothing["version"], nothing["zone"]) == (None, None, 0, "WIB")
    said = {"email": "Siti@Agency.Example", "language": "en", "zone": "WIT"}
    answer = await me("PUT", "/people/me/contact", said)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    shown = answer.json()
    assert (shown["email"], shown["check"]["email"]) == (None, "Siti@agency.example")
    assert shown["check"]["expires_at"] == "2026-11-22T03:00:00Z"
    [event] = await told(world)
    assert (event.email, event.check.email, event.zone, event.name) == (None, "Siti@agency.example", "WIT", "Pegawai 1")
    assert "token" not in shown["check"], "only the mail has it"

    parts.clock.moment += timedelta(hours=1)
    answer = await follow(api, people[0], event.check.token)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["email"], shown["check"], shown["checked_at"]) == (
        "Siti@agency.example",
        None,
        "2026-11-20T04:00:00Z",
    )
    [event] = await told(world)
    assert (event.email, event.check, event.language) == ("Siti@agency.example", None, "en")


async def test_a_link_is_good_once_for_a_time_and_for_one_person(api, people, world, parts) -> None:
    me, token = people[0], await checked(api, world, people[0], MINE)
    refused = partial(api.refused, "person", "POST", "/people/me/contact/check")
    assert await refused({"token": token}, person=me) == (410, "link-used", "token")
    assert (
        await api.call("person", "PUT", "/people/me/contact", {"email": "new@agency.example"}, person=me)
    ).is_success
    [older] = await told(world)
    assert (
        await api.call("person", "PUT", "/people/me/contact", {"email": "last@agency.example"}, person=me)
    ).is_success
    [newer] = await told(world)
    assert await refused({"token": older.check.token}, person=me) == (410, "link-used", "token"), "replaced"
    assert await refused({"token": newer.check.token}, person=people[1]) == (403, "link-not-yours", "token")
    head, body, signature = newer.check.token.split(".")
    forged = f"{head}.{older.check.token.split('.')[1]}.{signature}"
    for wrong in (forged, "none", f"{head}.{body}.", newer.check.token[:-2]):
        assert await refused({"token": wrong}, person=me) == (422, "link-invalid", "token")
    parts.clock.moment = newer.check.expires_at
    assert await refused({"token": newer.check.token}, person=me) == (410, "link-expired", "token")
    shown = (await api.call("person", "GET", "/people/me/contact", person=me)).json()
    assert shown["email"] == MINE, "the address from before counts on"
    assert await told(world) == []
    again = await api.call("person", "PUT", "/people/me/contact", {"email": "last@agency.example"}, person=me)
    assert again.json()["check"]["expires_at"] > shown["check"]["expires_at"], "asked for again, there is a new link"
    await world.emitted()


async def test_an_address_of_somebody_else_is_refused_and_nothing_tells_whose(api, people, world) -> None:
    await checked(api, world, people[0], MINE)
    for document in ({"email": MINE}, {"email": "SITI@agency.example"}):
        answer = await api.call(
            "person", "PUT", "/people/me/contact", document, {"accept-language": "en"}, person=people[1]
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "email-taken")
        assert answer.json()["errors"][0]["field"] == "email"
        assert not [told for told in (*people, "siti", "Pegawai", "K-001") if told in answer.text]
    assert (await api.get("/people/me/contact", "person", person=people[1]))["version"] == 0
    assert await told(world) == []


async def test_of_two_who_claim_an_address_it_is_whose_link_is_followed_first(api, people, world) -> None:
    for person in people[:2]:
        answer = await api.call("person", "PUT", "/people/me/contact", {"email": MINE}, person=person)
        assert answer.status_code == 200, "an address that nobody has shown to be theirs is nobody's"
    tokens = [event.check.token for event in await told(world)]
    assert (await follow(api, people[1], tokens[1])).status_code == 200
    late = await follow(api, people[0], tokens[0])
    assert (late.status_code, late.json()["code"]) == (409, "email-taken")
    assert [event.email for event in await told(world)] == [MINE]


async def test_hr_keeps_the_contacts_of_its_people_alone(api, people, nation, world, a_person) -> None:
    theirs = (
        await api.call("service", "POST", "/people", a_person(50, agency_code="D-001", unit_code="D-001-U01"))
    ).json()["id"]
    await world.emitted()
    path = "/people/{}/contact"
    assert (await api.call("agency_hr", "PUT", path.format(people[0]), {"email": MINE})).status_code == 200
    assert (await api.get(path.format(people[0]), "agency_hr"))["check"]["email"] == MINE
    for method, body in (("GET", None), ("PUT", {"email": MINE})):
        for person in (theirs, uuid4()):
            assert (await api.refused("agency_hr", method, path.format(person), body))[:2] == (404, "not-found")
        assert (await api.call("lan", method, path.format(people[0]), body)).status_code == 403
    assert (await api.call("agency_hr", "GET", path.format(theirs), agency=OTHER_AGENCY)).status_code == 200
    [event] = await told(world)
    assert str(event.person_id) == people[0]


async def test_an_upload_answers_line_by_line_in_a_fixed_number_of_statements(
    api, people, nation, world, a_person
) -> None:
    await checked(api, world, people[0], MINE)
    theirs = a_person(50, agency_code="D-001", unit_code="D-001-U01")
    await api.call("service", "POST", "/people", theirs)
    await world.emitted()
    lines = [
        {"person_id": people[1], "email": "one@agency.example"},
        {"nip": a_person(3)["nip"], "email": "two@agency.example", "zone": "WITA"},
        {"nip": a_person(3)["nip"], "email": "two@agency.example"},
        {"person_id": people[3], "email": MINE},
        {"nip": theirs["nip"], "email": "three@agency.example"},
        {"person_id": str(uuid4()), "email": "three@agency.example"},
        {"email": "three@agency.example"},
        {"person_id": people[4], "email": "no address"},
        {"person_id": people[4], "zone": "GMT"},
        {"person_id": people[5], "nip": a_person(6)["nip"]},
        b"{",
    ]
    answers = await api.bulk("/contacts:batch", lines, "agency_hr")
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "stored", "stored", "unchanged", "email-taken", "not-found", "not-found", "field-missing", "email-invalid",
        "field-invalid", "field-missing", "invalid-json",
    ]  # fmt: skip
    assert sorted(event.check.email for event in await told(world)) == ["one@agency.example", "two@agency.example"]

    async def statements(*persons: str) -> int:
        with counted_statements(world.database) as counted:
            answers = await api.bulk(
                "/contacts:batch", [{"person_id": each, "email": f"{each}@agency.example"} for each in persons]
            )
        assert {answer["status"] for answer in answers} == {"stored"}
        return len(counted)

    assert await statements(people[6]) == await statements(*people[7:])
    await world.emitted()


async def test_sex_is_what_the_nip_tells_until_it_is_corrected(api, people, world, a_person) -> None:
    path = f"/people/{people[0]}/contact"
    assert (await api.get(path, "agency_hr"))["sex"] == "male"
    await api.call("agency_hr", "PUT", path, {"sex": "female"})
    shown = await api.get(path, "agency_hr")
    assert (shown["sex"], shown["sex_corrected"]) == ("female", True)
    await api.call("agency_hr", "PUT", path, {"sex": None, "language": "en"})
    await api.call("agency_hr", "PUT", path, {"language": "id"})
    events = [received.event for received in await world.emitted()]
    assert [event.sex for event in events if isinstance(event, ContactChanged)] == ["female", "male", "male"]
    assert [event.sex for event in events if isinstance(event, PersonChanged)] == ["female", "male"], (
        "once a correction"
    )
    await api.call("agency_hr", "PUT", path, {"sex": "female"})
    await world.emitted()
    await api.call("agency_hr", "PUT", f"/people/{people[0]}", a_person(1, name="Nama Baru"))
    [event] = [received.event for received in await world.emitted() if isinstance(received.event, PersonChanged)]
    assert event.sex == "female", "what was corrected is told with every later change"


async def test_a_new_name_is_told_with_the_contact_of_who_has_one(api, people, world, a_person) -> None:
    await checked(api, world, people[0], MINE)
    for number in (1, 2):
        answer = await api.call("agency_hr", "PUT", f"/people/{people[number - 1]}", a_person(number, name="Nama Baru"))
        assert answer.status_code == 200
    [event] = await told(world)
    assert (event.name, event.email) == ("Nama Baru", MINE)
    await api.call("agency_hr", "PUT", f"/people/{people[0]}", a_person(1, name="Nama Baru", golongan="III/d"))
    assert await told(world) == [], "nothing of it is in the event"


async def test_what_is_left_out_stays_and_null_takes_the_address_away(api, people, world) -> None:
    await checked(api, world, people[0], MINE)
    me = partial(api.call, "person", "PUT", "/people/me/contact", person=people[0])
    assert (await me({"language": "en"}, {"if-match": '"1"'})).status_code == 412
    kept = (await me({"language": "en"}, {"if-match": '"2"'})).json()
    assert (kept["email"], kept["language"]) == (MINE, "en")
    assert (await me({"email": "other@agency.example"})).json()["email"] == MINE
    back = (await me({"email": MINE})).json()
    assert (back["email"], back["check"]) == (MINE, None), "the other one is not wanted any more"
    gone = (await me({"email": None})).json()
    assert (gone["email"], gone["checked_at"], gone["language"]) == (None, None, "en")
    assert [event.email for event in await told(world)] == [MINE, MINE, MINE, None]
    await checked(api, world, people[1], MINE)


async def test_no_mail_token_or_name_is_logged(api, people, world, capfd, caplog) -> None:
    token = await checked(api, world, people[0], MINE)
    await follow(api, people[0], token)
    said = "".join(capfd.readouterr()) + caplog.text
    assert not [word for word in (token, MINE, "Pegawai 1") if word in said]
