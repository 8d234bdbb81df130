"""The file of somebody's data: asked for, gathered from all services, made, fetched, and erased."""

import argparse
import asyncio
import io
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pypdf
import pytest
from sqlalchemy import text

from common.runner import Runner
from common.store.database import counted_statements
from contracts.events.data_files import Column, DataFilePart, DataFileRequested, Section
from contracts.events.notification import MessageRequested
from contracts.holders import HOLDERS
from jejak_local.harness import owning, received
from registry.data_files.documents import as_json, as_pdf
from registry.data_files.schemas import PersonalData
from registry.service import SERVICE

OTHERS = [name for name in HOLDERS if name != "training"]


@pytest.fixture
async def siti(api, nation, world, a_person) -> str:
    made = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    await world.emitted()
    return made


@pytest.fixture
def me(api, siti):
    return partial(api.call, "person", person=siti)


async def asked(call, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = await call("POST", "/data-files", body or {})
    assert answer.status_code == 202, answer.text
    return answer.json()


def trainings(*rows: list[Any]) -> Section:
    columns = [
        Column(name="title", label="Judul", kind="text"),
        Column(name="end_date", label="Tanggal selesai", kind="day"),
        Column(name="jp_counted", label="JP dihitung", kind="number"),
        Column(name="verified", label="Terverifikasi", kind="flag"),
    ]
    return Section(name="records", title="Pelatihan", columns=columns, rows=list(rows))


ONE = trainings(["Pelatihan <b>teknis</b> #1 \\ [x]", "2026-03-03", "1234.5", True])


def part_of(
    file: dict[str, Any], service: str, sections: list[Section], asking: int = 1, number: int = 1, of: int = 1
) -> DataFilePart:
    return DataFilePart(
        file_id=file["id"],
        person_id=file["person_id"],
        asking=asking,
        service=service,
        number=number,
        of=of,
        sections=sections,
    )


async def answer(world, file: dict[str, Any], *services: str, asking: int = 1, parts=([ONE],)) -> None:
    """What these services answer, as Kafka would hand it to the registry."""
    [heard] = [each for each in world.service.subscriptions(world.parts) if each.name == "registry.data-files"]
    for service in services:
        batch = [
            received(part_of(file, service, sections, asking, number, len(parts)))
            for number, sections in enumerate(parts, 1)
        ]
        async with world.database.transaction() as session:
            await heard.handler(session, batch)


async def made(world) -> None:
    runner = Runner(world.parts, SERVICE.jobs)
    while await runner.turn():
        pass


async def test_all_services_are_asked_and_the_file_is_made_when_all_have_answered(api, world, siti, me):
    file = await asked(me)
    [told] = await world.emitted()
    assert told.event == DataFileRequested(file_id=file["id"], person_id=UUID(siti), language="id", asking=1)
    assert (file["state"], file["missing"]) == ("gathering", list(HOLDERS))
    await answer(world, file, *OTHERS, parts=([],))
    shown = (await me("GET", f"/data-files/{file['id']}")).json()
    assert (shown["state"], shown["missing"]) == ("gathering", ["training"])
    early = await me("GET", f"/data-files/{file['id']}/json")
    assert (early.status_code, early.json()["code"]) == (409, "data-file-not-ready")
    await answer(world, file, "training")
    assert (await me("GET", f"/data-files/{file['id']}")).json()["state"] == "making"
    await made(world)

    shown = (await me("GET", f"/data-files/{file['id']}")).json()
    assert (shown["state"], shown["missing"], shown["last_day"]) == ("ready", [], "2026-12-19")
    fetched = await me("GET", f"/data-files/{file['id']}/json")
    assert (fetched.headers["content-type"], fetched.headers["cache-control"]) == ("application/json", "no-store")
    assert len(fetched.content) == shown["json_size"]
    data = PersonalData.model_validate_json(fetched.content)
    found = {(service.service, each.name): each.rows for service in data.services for each in service.sections}
    assert [service.service for service in data.services] == ["registry", *HOLDERS]
    assert found["registry", "nips"] == [{"nip": "199001012015011001", "replaced_on": None}]
    assert found["registry", "people"][0]["name"] == "Siti Rahma"
    assert found["registry", "data_files"][0]["state"] == "making"
    assert found["training", "records"][0]["jp_counted"] == "1234.5"
    [told] = await world.emitted()
    assert told.event == MessageRequested(
        request_id=told.event.request_id,
        recipient="person",
        recipient_id=UUID(siti),
        template="data-file",
        values={"last_day": "2026-12-19"},
        reason="own-data",
        expires_at=told.event.expires_at,
    )
    assert await world.value("SELECT count(*) FROM data_parts") == 0
    assert await world.looks() == []


async def test_answers_for_many_files_are_taken_in_by_as_many_statements_as_for_one(api, nation, world, a_person):
    [heard] = [each for each in world.service.subscriptions(world.parts) if each.name == "registry.data-files"]
    counts = []
    for numbers in ([1], range(2, 22)):
        batch = []
        for number in numbers:
            person = (await api.call("service", "POST", "/people", a_person(number))).json()["id"]
            file = await asked(partial(api.call, "person", person=person))
            batch.append(received(part_of(file, "training", [ONE])))
        with counted_statements(world.database) as statements:
            async with world.database.transaction() as session:
                await heard.handler(session, batch)
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "id",
            [
                "Data pribadi Anda di Jejak",
                "Siti Rahma",
                "1 Januari 2015",
                "3 Maret 2026",
                "1.234,5",
                "ya",
                "Kementerian",
            ],
        ),
        (
            "en",
            [
                "Your personal data in Jejak",
                "Siti Rahma",
                "1 January 2015",
                "3 March 2026",
                "1,234.5",
                "yes",
                "Nothing is held",
            ],
        ),
    ],
)
async def test_the_pdf_is_read_in_the_language_asked_for(api, nation, world, siti, me, language, words):
    agency = {"code": "K-001", "name": "Kementerian Uji", "kind": "K", "region": "Jawa Barat"}
    await api.call("service", "PUT", f"/agencies/{nation.agencies['K-001']}", agency)
    await world.emitted()
    file = await asked(me, {"language": language})
    await answer(world, file, *HOLDERS)
    await made(world)
    fetched = await me("GET", f"/data-files/{file['id']}/pdf")
    assert fetched.headers["content-type"] == "application/pdf"
    document = pypdf.PdfReader(io.BytesIO(fetched.content))
    read = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    assert [word for word in [*words, "Pelatihan <b>teknis</b> #1 \\ [x]"] if word not in read] == []


async def test_asked_for_twice_it_is_one_file(api, world, me):
    first, second = await asyncio.gather(asked(me), asked(me))
    assert first["id"] == second["id"]
    assert len(await world.emitted()) == 1
    await answer(world, first, *HOLDERS)
    assert (await asked(me))["state"] == "making"
    await made(world)
    assert (await asked(me))["id"] == first["id"]
    assert [each["id"] for each in (await me("GET", "/data-files")).json()["items"]] == [first["id"]]


async def test_after_a_while_who_has_not_answered_is_asked_again_and_an_old_answer_is_let_go(api, world, me, clock):
    file = await asked(me)
    await answer(world, file, *OTHERS)
    clock.moment += timedelta(hours=2)
    again = await asked(me)
    assert (again["id"], again["missing"]) == (file["id"], list(HOLDERS))
    assert [told.event.asking for told in await world.emitted()] == [1, 2]
    await answer(world, file, "training")  # to the first asking
    assert (await me("GET", f"/data-files/{file['id']}")).json()["missing"] == list(HOLDERS)
    await answer(world, file, *HOLDERS, asking=2)
    await made(world)
    assert (await me("GET", f"/data-files/{file['id']}")).json()["state"] == "ready"
    await answer(world, file, "training", asking=2)  # once more, and too late
    assert await world.value("SELECT count(*) FROM data_parts") == 0
    clock.moment += timedelta(hours=2)
    assert (await asked(me))["id"] != file["id"]


async def test_what_is_told_of_somebody_else_is_not_in_the_file(world, me):
    file = await asked(me)
    await answer(world, file | {"person_id": str(uuid4())}, *HOLDERS)
    assert await world.value("SELECT count(*) FROM data_parts") == 0
    assert (await me("GET", f"/data-files/{file['id']}")).json()["missing"] == list(HOLDERS)


async def test_a_service_answers_in_parts_and_the_last_one_completes_it(world, me):
    file = await asked(me)
    await answer(world, file, *OTHERS)
    rows = [[f"Pelatihan {number}", "2026-03-03", "1", True] for number in range(6)]
    parts = [[trainings(*rows[:2])], [trainings(*rows[2:4])], [trainings(*rows[4:])]]
    [heard] = [each for each in world.service.subscriptions(world.parts) if each.name == "registry.data-files"]
    for number in (3, 1, 2):
        part = DataFilePart(
            file_id=file["id"], person_id=file["person_id"], asking=1, service="training",
            number=number, of=3, sections=parts[number - 1],
        )  # fmt: skip
        assert (await me("GET", f"/data-files/{file['id']}")).json()["missing"] == ["training"]
        async with world.database.transaction() as session:
            await heard.handler(session, [received(part)])
    await made(world)
    data = PersonalData.model_validate_json((await me("GET", f"/data-files/{file['id']}/json")).content)
    [records] = [each for service in data.services for each in service.sections if service.service == "training"]
    assert [row["title"] for row in records.rows] == [row[0] for row in rows]


async def test_hr_asks_for_somebody_of_theirs_by_a_reason_which_the_person_is_told_and_leaves_a_look(api, world, siti):
    hr = partial(api.call, "agency_hr", person=uuid4())
    body = {"person_id": siti}
    for call, refused in (
        (hr("POST", "/data-files", body), (422, "field-missing")),
        (hr("POST", "/data-files", body | {"reason": "x"}, agency=uuid4()), (422, "person-unknown")),
        (hr("POST", "/data-files", {"reason": "x"}), (422, "field-missing")),
        (hr("POST", "/data-files", {"person_id": str(uuid4()), "reason": "x"}), (422, "person-unknown")),
        (api.call("person", "POST", "/data-files", body | {"reason": "x"}, person=uuid4()), (422, "person-unknown")),
    ):
        given = await call
        assert (given.status_code, given.json()["code"]) == refused
    assert await world.emitted() == []
    file = await asked(hr, body | {"reason": "Surat kuasa 12/2026"})
    await answer(world, file, *HOLDERS)
    await made(world)
    await world.looks()
    assert (await hr("GET", f"/data-files/{file['id']}/pdf")).status_code == 200
    [look] = await world.looks()
    assert (look.event.part, look.event.person_ids) == ("everything", [UUID(siti)])
    other = await hr("GET", f"/data-files/{file['id']}/pdf", agency=uuid4())
    assert (other.status_code, other.json()["code"]) == (404, "not-found")


async def test_what_is_private_is_in_the_file_that_the_person_asks_for_and_in_no_other(api, world, siti, me):
    secret = ONE.model_copy(update={"name": "private_notes", "private": True})
    hr = partial(api.call, "agency_hr", person=uuid4())
    for call, body, names in ((hr, {"person_id": siti, "reason": "Ahli waris"}, ["records"]), (me, {}, None)):
        file = await asked(call, body)
        await answer(world, file, *HOLDERS, parts=([ONE, secret],))
        await made(world)
        data = PersonalData.model_validate_json((await call("GET", f"/data-files/{file['id']}/json")).content)
        [found] = [service for service in data.services if service.service == "training"]
        assert [section.name for section in found.sections] == (names or ["records", "private_notes"])


@pytest.mark.parametrize("first", ["person", "hr"])
async def test_while_one_of_them_waits_for_a_file_the_other_gets_one_of_their_own(api, world, siti, me, first):
    """Else HR would learn that the person has asked, and the person would get HR's file, without what is private."""
    hr = partial(api.call, "agency_hr", person=uuid4())
    asking = {"person": (me, None), "hr": (hr, {"person_id": siti, "reason": "Ahli waris"})}
    files = {who: await asked(*asking[who]) for who in sorted(asking, key=lambda who: who != first)}
    assert files["person"]["id"] != files["hr"]["id"]
    assert (files["person"]["reason"], files["hr"]["reason"]) == (None, "Ahli waris")
    secret = ONE.model_copy(update={"name": "private_notes", "private": True})
    for file in files.values():
        await answer(world, file, *HOLDERS, parts=([ONE, secret],))
    await made(world)
    await made(world)
    for who, private in (("person", True), ("hr", False)):
        told = (await asking[who][0]("GET", f"/data-files/{files[who]['id']}/json")).text
        assert ("private_notes" in told) == private
    assert {who: (await asked(*asking[who]))["id"] for who in asking} == {who: files[who]["id"] for who in asking}


async def test_the_person_is_told_of_a_file_that_hr_asked_for(api, world, siti):
    file = await asked(partial(api.call, "agency_hr"), {"person_id": siti, "reason": "Ahli waris"})
    await answer(world, file, *HOLDERS)
    await made(world)
    reasons = [each.event.reason for each in await world.emitted() if isinstance(each.event, MessageRequested)]
    assert reasons == ["data-for-you"]


async def test_that_somebody_asked_for_their_own_is_not_the_business_of_their_hr(api, world, me):
    file = await asked(me)
    assert (await api.get("/data-files", "agency_hr"))["items"] == []
    assert (await api.call("agency_hr", "GET", f"/data-files/{file['id']}")).status_code == 404


async def test_who_has_left_gets_their_data_too(api, world, siti, me):
    gone = {"status": "retired", "from": "2026-11-01", "decree": "SK 1"}
    assert (await api.call("agency_hr", "POST", f"/people/{siti}/status", gone)).status_code == 200
    await world.emitted()
    file = await asked(me)
    await answer(world, file, *HOLDERS)
    await made(world)
    data = PersonalData.model_validate_json((await me("GET", f"/data-files/{file['id']}/json")).content)
    [statuses] = [each for each in data.services[0].sections if each.name == "statuses"]
    assert [row["status"] for row in statuses.rows] == ["active", "retired"]


async def test_a_file_is_erased_when_its_time_is_over(api, world, me, clock, settings, capsys):
    file = await asked(me)
    await answer(world, file, *HOLDERS)
    await made(world)
    erase = SERVICE.commands["erase-data-files"].run
    clock.moment += timedelta(days=29)
    assert await erase(argparse.Namespace(), world.parts) == 0
    assert (await me("GET", f"/data-files/{file['id']}/pdf")).status_code == 200
    clock.moment += timedelta(days=1)
    over = await me("GET", f"/data-files/{file['id']}/pdf")
    assert (over.status_code, over.json()["code"]) == (410, "data-file-erased")
    kept = [path for path in settings.files.rglob("*") if path.is_file()]
    assert await erase(argparse.Namespace(), world.parts) == 0
    assert "1 file of data erased" in capsys.readouterr().out
    assert len([path for path in settings.files.rglob("*") if path.is_file()]) == len(kept) - 2
    over = await me("GET", f"/data-files/{file['id']}/pdf")
    assert (over.status_code, over.json()["code"]) == (410, "data-file-erased")
    assert (await me("GET", f"/data-files/{file['id']}")).json()["state"] == "erased"


async def test_a_file_that_could_not_be_made_is_made_when_it_is_asked_for_again(world, me):
    file = await asked(me)
    await answer(world, file, *HOLDERS)
    async with owning(world.database) as connection:
        await connection.execute(text("UPDATE data_parts SET sections = '[{}]' WHERE service = 'credit'"))
    await made(world)
    assert await world.value("SELECT state FROM jobs") == "failed"
    async with owning(world.database) as connection:
        await connection.execute(text("UPDATE data_parts SET sections = '[]' WHERE service = 'credit'"))
    assert (await asked(me))["id"] == file["id"]
    await made(world)
    assert (await me("GET", f"/data-files/{file['id']}")).json()["state"] == "ready"


async def test_ten_thousand_trainings_come_whole_and_the_same_data_give_the_same_bytes(world, me):
    file = await asked(me)
    rows = [[f"Pelatihan {number}", "2026-03-03", "1", True] for number in range(10_000)]
    await answer(
        world, file, "training", parts=[[trainings(*rows[start : start + 2_000])] for start in range(0, 10_000, 2_000)]
    )
    await answer(world, file, *OTHERS, parts=([],))
    await made(world)
    read = (await me("GET", f"/data-files/{file['id']}/json")).content
    data = PersonalData.model_validate_json(read)
    assert sum(len(each.rows) for each in data.services[1].sections) == 10_000
    assert as_json(data) == read
    document = await me("GET", f"/data-files/{file['id']}/pdf")
    last = pypdf.PdfReader(io.BytesIO(document.content)).pages[-2:]
    assert "Pelatihan 9999" in "".join(page.extract_text() for page in last)
    few = data.model_copy(update={"services": data.services[:1]})
    assert as_pdf(few, {}) == as_pdf(few, {})
