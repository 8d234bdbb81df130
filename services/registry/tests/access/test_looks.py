"""Who looked at whose record, and what the person concerned reads of it."""

from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import text

from common.store.database import counted_statements
from contracts.events.access import RecordViewed
from jejak_local.harness import AGENCY, owning

REASON = {"access-reason": "audit sampel"}


@pytest.fixture
async def siti(api, nation, a_person) -> str:
    return (await api.call("service", "POST", "/people", a_person())).json()["id"]


async def test_a_look_is_stored_before_the_answer_with_who_as_what_which_part_and_why(api, nation, world, siti):
    answer = await api.call("agency_hr", "GET", f"/people/{siti}", headers=REASON, person=uuid4())
    assert answer.status_code == 200
    [look] = await world.looks()
    assert look.event == RecordViewed(
        viewer_id=look.event.viewer_person_id,
        viewer=look.event.viewer,
        viewer_person_id=look.event.viewer_person_id,
        viewer_agency_id=AGENCY,
        client="agency_hr",
        roles=["agency_hr"],
        service="registry",
        part="identity",
        person_ids=[UUID(siti)],
        reason="audit sampel",
    )


async def test_a_list_is_one_event_with_all_whom_it_shows_and_asks_nothing_more(api, nation, world, a_person):
    await api.bulk("/people:batch", [a_person(number) for number in range(1, 101)])
    with counted_statements(world.database) as silent:
        await api.get("/people", role="service")
    assert await world.looks() == []
    with counted_statements(world.database) as heard:
        people = await api.get("/people", role="lan")
    [look] = await world.looks()
    assert {str(each) for each in look.event.person_ids} == {each["id"] for each in people["items"]}
    assert len(look.event.person_ids) == 100
    assert len(heard) == len(silent)


async def test_whoever_sees_only_themselves_or_nobody_leaves_nothing(api, nation, world, siti):
    await api.get("/people/me", role="person", person=siti)
    await api.get(f"/people/{siti}", role="lan", person=siti)
    assert (await api.call("lan", "GET", f"/people/{uuid4()}")).status_code == 404
    assert (await api.get("/people", role="agency_hr", agency=uuid4()))["items"] == []
    assert await world.looks() == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "contact", {"language": "en"}),
        ("POST", "status", {"status": "active", "decree": "SK-1", "from": "2015-01-01"}),
        ("POST", "transfer", {"agency_code": "K-001", "unit_code": "K-001-U01", "on": "2026-11-20"}),
    ],
)
async def test_an_answer_to_a_write_is_a_look_too_whatever_it_changes(api, nation, world, siti, method, path, body):
    """Writing what is there already shows the record, and leaves no other trace."""
    for _ in range(2):
        answer = await api.call("agency_hr", method, f"/people/{siti}/{path}", body, person=uuid4())
        assert answer.status_code == 200, answer.text
        assert [look.event.person_ids for look in await world.looks()] == [[UUID(siti)]]


@pytest.mark.parametrize("other", ["person", "provider", "bkn"])
async def test_whoever_has_another_role_too_is_no_program(api, nation, world, siti, other):
    """Also where that role counts for nothing."""
    token = api.issuer.mint("service", other, person=uuid4(), provider=uuid4())
    answer = await api.http.get(f"/v1/people/{siti}", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert len(await world.looks()) == 1


async def test_a_reason_that_is_no_line_is_refused(api, nation, siti):
    answer = await api.call("lan", "GET", f"/people/{siti}", headers={"access-reason": "x" * 201})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Access-Reason"


async def test_the_person_reads_who_looked_in_words_of_both_languages(api, nation, world, siti, a_person):
    officer = (await api.call("service", "POST", "/people", a_person(2, name="Budi Santoso"))).json()["id"]
    await api.call("agency_hr", "GET", f"/people/{siti}", headers=REASON, person=officer)
    await api.call("lan", "GET", f"/people/{siti}/history")
    await world.hear_looks()
    read = [
        (await api.call("person", "GET", "/people/me/looks", headers={"accept-language": language}, person=siti)).json()
        for language in ("id", "en")
    ]
    assert [[look["told"] for look in each["items"]] for each in read] == [
        [
            "Pada 20 November 2026 pukul 10.00 WIB, P3K Bangkom LAN melihat riwayat kepegawaian Anda.",
            (
                "Pada 20 November 2026 pukul 10.00 WIB, Budi Santoso, pengelola kepegawaian, Instansi K-001 melihat data diri Anda."
                " Alasannya: audit sampel."
            ),
        ],
        [
            "On 20 November 2026 at 10:00 WIB, LAN, P3K Bangkom looked at your employment history.",
            (
                "On 20 November 2026 at 10:00 WIB, Budi Santoso, agency HR, Instansi K-001 looked at your personal details."
                " The reason given: audit sampel."
            ),
        ],
    ]
    assert await api.get("/people/me/looks", role="person", person=officer) == {"items": [], "next": None}


async def test_the_log_comes_in_pages(api, nation, world, siti):
    for _ in range(5):
        await api.get(f"/people/{siti}")
    await world.hear_looks()
    first = await api.get("/people/me/looks?limit=3", role="person", person=siti)
    rest = await api.get(f"/people/me/looks?limit=3&after={first['next']}", role="person", person=siti)
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (3, 2, None)
    assert len({look["id"] for look in first["items"] + rest["items"]}) == 5


async def test_nothing_is_shown_that_cannot_be_noted(app, api, nation, siti, database):
    async with owning(database) as connection:
        await connection.execute(text("ALTER TABLE outbox RENAME TO lost"))
    try:
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://registry") as client:
            answer = await client.get(f"/v1/people/{siti}", headers=api.headers("lan"))
    finally:
        async with owning(database) as connection:
            await connection.execute(text("ALTER TABLE lost RENAME TO outbox"))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
