"""Classes on the portal: whoever gives one tells of people line by line, whoever attends one takes a seat and says how it was."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from jejak_local.harness import NIP_KEY, OTHER_AGENCY, PROVIDER, World, caller
from training.catalogue.commands import save_providers
from training.catalogue.schemas import ProviderIn

LONG = "W" * 200
SCRIPT = '"><script>alert(1)</script>'
CLASS = {"do": "class", "begins_on": "2026-06-16", "ends_on": "2026-06-16", "seats": "1"}
SESSION = {"from-0": "2026-06-16T08:00", "to-0": "2026-06-16T10:00", "jp-0": "2,5"}


@pytest.fixture
async def training(beside, person_id) -> World:
    world = await beside("training")
    await world.people(world.state(person_id=person_id, nip=world.nip()))
    lan = caller("lan", clock=world.clock, rules=world.parts.rules, nip_key=NIP_KEY)
    school = {"id": str(PROVIDER), "code": "P", "name": "Sekolah"}
    school["accreditations"] = [{"form": "KL03", "valid_from": "2020-01-01", "valid_to": None}]
    async with world.database.transaction() as session:
        await save_providers(session, [ProviderIn.model_validate(school)], lan)
    return world


@pytest.fixture
async def giver(visitor, training):
    await visitor.log_in("provider", provider=PROVIDER)
    return visitor


@pytest.fixture
async def class_id(giver) -> str:
    """A class of one session and one seat, published by the page."""
    course = {"do": "course", "code": "K-1", "title": LONG, "form": "KL03", "jp": "2,5", "valid_from": "2025-01-01"}
    assert (await giver.send("/teaching", **course)).status_code == 303
    [course_id] = re.findall(rf'<option value="([0-9a-f-]+)">{LONG}', (await giver.get("/teaching")).text)
    made = await giver.send("/teaching", course_id=course_id, **CLASS, **SESSION)
    assert made.status_code == 303, made.text
    [found] = re.findall(r'href="/teaching/([0-9a-f-]+)"', (await giver.get("/teaching")).text)
    return found


@pytest.fixture
async def attendee(at_browser, training, person_id):
    other = at_browser()
    await other.log_in("person", person=person_id)
    return other


async def test_who_gives_a_class_reads_the_names_of_who_is_in_it_and_of_nobody_elses(
    giver, class_id, training, registered, at_browser
) -> None:
    nips = ["199001012015011001", "199001012015011002"]
    ids = [UUID(await registered(nip)) for nip in nips]
    await training.people(*(training.state(person_id=each, nip=nip) for each, nip in zip(ids, nips, strict=True)))
    assert (await giver.send(f"/teaching/{class_id}", do="enrol", people=nips[0])).status_code == 303
    page = await giver.see(f"/teaching/{class_id}")
    assert "Siti Rahma 1" in page
    assert "Siti Rahma 2" not in page
    other = at_browser()
    await other.log_in("provider", provider=ids[1])
    assert (await other.get(f"/teaching/{class_id}")).status_code == 404


async def test_a_class_goes_from_its_seat_to_its_record_and_what_is_said_of_it(
    giver, class_id, attendee, at_browser, training, clock, calls, person_id
) -> None:
    nip, other = training.nip(), training.nip()
    people = [training.state(nip=each) for each in (nip, other)]
    await training.people(*people)
    calls.calls.clear()
    assert LONG in await attendee.see("/classes")
    assert len(calls.calls) == 3, "a fixed number of calls"
    assert (await attendee.send(f"/classes/{class_id}", do="enrol")).status_code == 303
    assert (await giver.send(f"/teaching/{class_id}", do="enrol", people=f"{nip}\n{other}")).status_code == 303
    assert "1 dari 1 kursi terisi, 2 menunggu." in await giver.see(f"/teaching/{class_id}")
    assert (await attendee.send(f"/classes/{class_id}", do="withdraw")).status_code == 303
    for moment in (clock, training.clock):
        moment.moment += timedelta(days=2)
    await giver.log_in("provider", provider=PROVIDER)
    path = f"/teaching/{class_id}"
    typed = {"do": "attendance", "session": "1", "people": f"{nip}\n{other}\n123"}
    partly = await giver.send(path, **typed)
    assert partly.status_code == 422
    assert ">123</textarea>" in partly.text or f">{other}\n123</textarea>" in partly.text, "what was refused stays"
    assert f"{nip}: " not in partly.text
    results = await giver.send(path, do="results", people=f"{nip}; Sari Contoh")
    assert results.status_code == 303, results.text
    page = await giver.see(path)
    assert "lulus, 2,5 JP" in page
    assert await training.value("SELECT count(*) FROM records") == 1
    assert (await giver.send(path, do="certificates")).status_code == 303
    anybody, token = at_browser(), await training.value("SELECT token FROM certificates")
    read = await anybody.send("/check", address=f"https://jejak.example/v1/certificate-checks/{token}")
    assert read.headers["location"] == f"/certificates/{token}", "by what the code on it says"
    assert "Sertifikat ini sah." in await anybody.see(read.headers["location"])
    who = await training.value("SELECT person_id FROM records")
    await attendee.log_in("person", person=who)
    said = {"do": "evaluate", "content": "5", "teaching": "4", "organisation": "x", "words": SCRIPT}
    wrong = await attendee.send(f"/classes/{class_id}", **said)
    assert wrong.status_code == 422
    assert SCRIPT not in wrong.text
    assert "&lt;script&gt;" in wrong.text
    once = await attendee.send(f"/classes/{class_id}", **said | {"organisation": "3"})
    assert once.status_code == 303, once.text
    again = await attendee.send(f"/classes/{class_id}", **said | {"organisation": "3"})
    assert again.status_code == 422
    reflected = await attendee.send(f"/classes/{class_id}", do="reflect", thoughts="Data dulu", skill="yes")
    assert reflected.status_code == 303, reflected.text
    assert "Menengok kembali" not in await attendee.see(f"/classes/{class_id}"), "nobody has asked them yet"
    asked = "INSERT INTO class_uses (class_id, person_id, asked_on) VALUES (:id, :person, '2026-09-01')"
    async with training.database.transaction() as session:
        await session.execute(text(asked), {"id": class_id, "person": who})
    later = {"do": "evaluate-later", "content": "2", "teaching": "2", "organisation": "2"}
    assert (await attendee.send(f"/classes/{class_id}", **later)).status_code == 303
    page = await attendee.see(f"/classes/{class_id}")
    assert page.count("2/5") == 3
    assert "Beberapa minggu kemudian: 1 evaluasi dari 1 yang ditanya." in await giver.see(path)
    assert "Data dulu" in page
    assert SCRIPT not in page
    assert "Rangkuman tampil mulai lima jawaban." in await giver.see(path), "nobody's own words"


async def test_hr_sees_classes_of_their_people_seats_them_and_reads_what_came_of_it(
    giver, class_id, training, registered, at_browser, agency, calls, clock
) -> None:
    nips = ["199001012015011001", "199001012015011002"]
    mine, also = ids = [UUID(await registered(nip)) for nip in nips]
    there = training.nip()
    states = [training.state(person_id=each, nip=nip) for each, nip in zip(ids, nips, strict=True)]
    await training.people(*states, training.state(nip=there, agency=OTHER_AGENCY))
    hr, path = at_browser(), f"/agency-classes/{class_id}"
    await hr.log_in("agency_hr", agency=agency)
    assert "Tidak ada baris." in await hr.see("/agency-classes")
    upcoming = await hr.get("/agency-classes?upcoming=true")
    assert f'href="{path}">{LONG}' in upcoming.text
    assert f'href="/agencies/{agency}/people?state=short"' in upcoming.text, "for whom"
    wrong = await hr.send(path, do="enrol", people=f"{nips[0]}\n{there}")
    assert wrong.status_code == 422
    assert f">{there}</textarea>" in wrong.text, "not theirs to enrol"
    assert (await hr.send(path, do="enrol", people=nips[1])).headers["location"] == f"{path}?told=1"
    calls.calls.clear()
    page = await hr.see(path)
    assert "Siti Rahma 1 terdaftar" in page
    assert "Siti Rahma 2 menunggu kursi" in page
    assert len(calls.calls) == 3, "a fixed number of calls"
    assert (await hr.send(path, do="withdraw", person=str(mine))).status_code == 303
    assert "Siti Rahma 2 terdaftar" in await hr.see(path)
    for moment in (clock, training.clock):
        moment.moment += timedelta(days=2)
    await giver.log_in("provider", provider=PROVIDER)
    told = {"do": "attendance", "session": "1", "people": nips[1]}
    assert (await giver.send(f"/teaching/{class_id}", **told)).status_code == 303
    assert (await giver.send(f"/teaching/{class_id}", do="results", people=f"{nips[1]}; Siti")).status_code == 303
    await hr.log_in("agency_hr", agency=agency)
    assert "lulus, 2,5 JP" in await hr.see(path)
    rows = (await hr.get("/agency-classes?as=csv")).content.decode("utf-8-sig").splitlines()
    assert rows[1].split(";")[3:] == ["2,5", "0", "1", "0", "1", "0"]
    assert "Tidak ada baris." in await hr.see("/agency-classes?upcoming=true")
    other = at_browser()
    await other.log_in("agency_hr", agency=OTHER_AGENCY)
    assert "Siti Rahma" not in await other.see(path)
    assert (await other.send(path, do="withdraw", person=str(also))).status_code in {404, 422}


async def test_what_is_wrong_with_a_class_is_said_and_what_was_typed_stays(giver, class_id, training, calls) -> None:
    typed = CLASS | SESSION | {"seats": "banyak", "course_id": class_id}
    wrong = await giver.send("/teaching", **typed)
    assert wrong.status_code == 422
    assert 'value="banyak"' in wrong.text
    assert 'value="2026-06-16T08:00"' in wrong.text
    assert (await giver.get(f"/teaching/{PROVIDER}")).status_code == 404
    assert (await giver.get(f"/classes/{class_id}")).status_code == 403, "not of this hat"
    del calls.apps["training"]
    for path in ("/teaching", f"/teaching/{class_id}"):
        assert "Kelas tidak dapat dibaca." in await giver.see(path)
    lost = await giver.send(f"/teaching/{class_id}", do="enrol", people="123")
    assert lost.status_code == 409


async def test_another_school_tells_nothing_of_a_class(giver, class_id, at_browser, training) -> None:
    other = at_browser()
    await other.log_in("provider", provider=UUID("0199a000-0000-7000-8000-0000000000ff"))
    for do in ("enrol", "attendance", "results", "certificates", "cancel"):
        typed = {"do": do, "people": training.nip(), "session": "1", "reason": "x"}
        answer = await other.send("/teaching", f"/teaching/{class_id}", **typed)
        assert answer.status_code == 404, do
    assert await training.value("SELECT count(*) FROM enrolments") == 0


async def test_a_real_browser_uses_classes(
    page, log_in, accessible, giver, class_id, attendee, served, person_id
) -> None:
    await log_in("provider", provider=PROVIDER, to="/teaching")
    await accessible()
    await page.goto(f"{served}/teaching/{class_id}")
    await page.get_by_text("Catat kehadiran").first.click()
    await accessible()
    await page.context.clear_cookies()
    await log_in("person", person=person_id, to=f"/classes/{class_id}")
    await accessible()
    await page.get_by_role("button", name="Ambil kursi").click()
    await page.get_by_text("terdaftar").wait_for()
    await page.goto(f"{served}/classes")
    await accessible()
