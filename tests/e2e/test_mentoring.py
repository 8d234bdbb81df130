"""Mentoring, black box: a cohort is matched and published, and each of its people gets one mail over real SMTP."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdf
from icalendar import Calendar

from contracts.events.mentoring import MentorRecognised
from contracts.zone import JAKARTA
from jejak_local.books import records, rows
from jejak_local.past import service_at
from mentoring.service import SERVICE


async def cohort(jejak, mentors: int, mentees: int, **rules) -> tuple[dict[str, Any], str, list[dict[str, Any]]]:
    """Who manages a programme, the programme, and its people: mentors first, all of whom take part."""
    agency = await jejak.agency()
    desk = {"role": "programme_manager", "agency": agency["id"]}
    people = [
        *await jejak.people(agency, mentors, jenjang="ahli_madya", golongan="IV/a"),
        *await jejak.people(agency, mentees, jenjang="ahli_muda", golongan="III/c"),
    ]
    today = datetime.now(JAKARTA).date().isoformat()
    opened = {"title": "Mentoring lintas jenjang", "opens_on": today, "closes_on": today, "rules": rules}
    programme = await jejak.post("mentoring", "/programmes", opened, **desk)
    for number, person in enumerate(people):
        side = {"side": "mentor" if number < mentors else "mentee"}
        path = f"/programmes/{programme['id']}/applications/me"

        async def joins(path=path, side=side, person=person):
            answer = await jejak.call("mentoring", "PUT", path, json=side, role="person", person=person["id"])
            return answer.status_code == 200

        await jejak.until(joins)
    return desk, programme["id"], people


async def matched(jejak, run: dict[str, Any], desk: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """What a run found, once it has matched as many."""

    async def done():
        return (await jejak.get("mentoring", f"/runs/{run['id']}", **desk))["matched"] == number

    await jejak.until(done)
    return (await jejak.get("mentoring", f"/runs/{run['id']}/results", **desk))["items"]


async def test_each_person_gets_one_mail_and_a_decline_goes_to_the_next_best(jejak) -> None:
    """M06 and M07, counted at the SMTP server."""
    desk, programme, found = await cohort(jejak, 1, 3, seats=2)
    mentor, *_ = found
    people = {person["id"]: person for person in found}
    run = await jejak.post("mentoring", f"/programmes/{programme}/runs", {}, **desk)
    found = await matched(jejak, run, desk, 2)
    first, second = (each["person_id"] for each in found if each["mentor_id"])
    [waiting] = (each["person_id"] for each in found if each["mentor_id"] is None)
    addresses = {each: await jejak.checked_address(people[each]) for each in (mentor["id"], first, waiting)}
    assert await jejak.post("mentoring", f"/runs/{run['id']}/draft", **desk) == {"drafts": 2}
    published = await jejak.post("mentoring", f"/programmes/{programme}/publish", **desk)
    assert published == {"offered": 2, "review": 0}

    async def unreached():
        return (await jejak.get("notification", "/messages/unreached", **desk))["items"]

    [unread] = await jejak.until(unreached)
    assert (unread["person_id"], unread["template"]) == (second, "match")

    def mails(person_id):
        """What somebody got beside the mail that checked their address."""
        return [mail for mail in jejak.stack.mail.mails() if addresses[person_id] in mail.recipients][1:]

    await jejak.at_rest()
    assert {each: len(mails(each)) for each in addresses} == {mentor["id"]: 1, first: 1, waiting: 0}
    assert "mengusulkan 2 mentee" in mails(mentor["id"])[0].body()
    [pair] = (await jejak.get("mentoring", "/pairs/me", role="person", person=first))["items"]
    declined = {"reason": "Jadwal tidak cocok"}
    await jejak.post("mentoring", f"/pairs/{pair['id']}/decline", declined, role="person", person=first)

    async def offered():
        return (await jejak.get("mentoring", "/pairs/me", role="person", person=waiting))["items"]

    [offer] = await jejak.until(offered, 60)
    assert (offer["mentor_id"], offer["state"]) == (mentor["id"], "offered")
    await jejak.at_rest()
    assert {each: len(mails(each)) for each in addresses} == {mentor["id"]: 2, first: 1, waiting: 1}
    assert (await jejak.run("mentoring", "check"))[0] == 0


async def test_a_run_whose_process_is_killed_is_done_by_the_next_and_the_api_answers_meanwhile(jejak) -> None:
    """Killed in mid-run: all is matched, and nothing of it is stored."""
    desk, programme, _ = await cohort(jejak, 2, 5, seats=2)
    order = f"/programmes/{programme}/runs"
    found = await matched(jejak, await jejak.post("mentoring", order, {"seed": 7}, **desk), desk, 4)
    process = jejak.stack.process("mentoring", "jobs")
    async with jejak.held("mentoring", "matching_pairs") as is_waited_for:
        run = await jejak.post("mentoring", order, {"seed": 7}, **desk)
        await jejak.until(is_waited_for)
        assert (await jejak.get("mentoring", f"/runs/{run['id']}", **desk))["matched"] is None
        process.kill()
        assert (await jejak.get("mentoring", order, **desk))["items"][-1] == run
    assert (await jejak.get("mentoring", f"/runs/{run['id']}", **desk))["matched"] is None, "nobody is there to do it"
    await process.start()
    assert await matched(jejak, run, desk, 4) == found


async def calendar(jejak, address: str, method: str) -> Calendar:
    """What the calendar at an address was told by the one mail of this method, as it arrived."""

    async def came():
        found = []
        for mail in jejak.stack.mail.mails():
            parts = mail.message.walk() if address in mail.recipients else ()
            found += [part for part in parts if part.get_content_type() == "text/calendar"]
        return [part for part in found if part.get_param("method") == method]

    [part] = await jejak.until(came)
    return Calendar.from_ical(part.get_payload(decode=True))


LEDGER = """
    SELECT count(*), count(DISTINCT mentee_id), CAST(sum(extract(epoch FROM ends_at - starts_at)) / 60 AS int)
    FROM mentoring_sessions s JOIN pairs p ON p.id = s.pair_id WHERE mentor_id = '{mentor}' AND s.state = 'confirmed' AND extract(year FROM ends_at) = {year}
"""


async def test_a_cohort_is_matched_meets_six_times_and_both_have_what_it_gives(jejak, chair) -> None:
    """000.12: hours for the mentee, recognition for the mentor; and M10 over real SMTP: one entry, planned and called off.

    What the mentee has told of this year the mentor confirms at a browser, and the mentee ends the pair there.
    """
    desk, programme, [mentor, mentee] = await cohort(jejak, 1, 1)
    now = datetime.now(UTC)
    year = (now - timedelta(days=2)).year - 1  # not that of yesterday, also in the first days of a year
    address = await jejak.checked_address(mentee)
    run = await jejak.post("mentoring", f"/programmes/{programme}/runs", {}, **desk)
    await matched(jejak, run, desk, 1)
    await jejak.post("mentoring", f"/runs/{run['id']}/draft", **desk)
    await jejak.post("mentoring", f"/programmes/{programme}/publish", **desk)
    [pair] = (await jejak.get("mentoring", f"/programmes/{programme}/pairs", **desk))["items"]
    both = [{"role": "person", "person": person["id"]} for person in (mentee, mentor)]
    for one in both:
        await jejak.post("mentoring", f"/pairs/{pair['id']}/accept", **one)
    path = f"/pairs/{pair['id']}"

    async with service_at(jejak.stack, SERVICE, datetime(year, 1, 5, 2, tzinfo=UTC)) as (then, clock):

        async def call(one: dict[str, Any], method: str, path: str, body: Any = None) -> Any:
            token = await jejak.stack.token(**one)
            answer = await then.request(method, f"/v1{path}", json=body, headers={"authorization": f"Bearer {token}"})
            assert answer.is_success, answer.text
            return answer.json()

        agreed = {
            "goals": [{"competency": "menulis", "start": 2, "wanted": 4}],
            "plan": "Enam pertemuan",
            "confidentiality": "Tetap di antara kita",
        }
        await call(both[0], "PUT", f"{path}/agreement", agreed)
        await call(both[1], "POST", f"{path}/agreement/sign", {"version": 1})
        for month in range(1, 7):
            clock.moment = datetime(year, month, 10, 2, tzinfo=UTC)
            session = await call(both[0], "POST", f"{path}/sessions", {"starts_at": clock.moment.isoformat()})
            clock.moment = datetime(year, month, 10, 4, tzinfo=UTC)
            for one in both:
                await call(one, "POST", f"/sessions/{session['id']}/confirm")
        clock.moment = now - timedelta(days=1)
        held_at = clock.moment.astimezone(JAKARTA) - timedelta(hours=3)
        await call(both[0], "POST", f"{path}/sessions", {"starts_at": held_at.isoformat()})

    next_week = {"starts_at": (now + timedelta(days=7)).isoformat()}
    planned = await jejak.post("mentoring", f"{path}/sessions", next_week, **both[0])
    invited = (await calendar(jejak, address, "REQUEST")).walk("VEVENT")[0]
    await chair.sit("person", "/mentoring", person=mentor["id"])
    await chair.press("button", "Sudah terlaksana")
    await chair.sit("person", f"/mentoring{path}", person=mentee["id"])
    await chair.reads(f"{held_at:%H.%M} WIB – daring: terlaksana, dihitung")
    await chair.main.get_by_text("Akhiri pasangan ini sebelum waktunya").first.press("Enter")
    await chair.page.get_by_label("Alasan, dibaca yang lain juga").fill("Pindah tugas")
    await chair.press("button", "Akhiri pasangan ini sebelum waktunya")
    await chair.reads("Pindah tugas")
    off = (await calendar(jejak, address, "CANCEL")).walk("VEVENT")[0]
    assert str(invited["UID"]) == str(off["UID"])
    assert str(off["UID"]).startswith(planned["id"])
    assert (int(invited["SEQUENCE"]), int(off["SEQUENCE"])) == (0, 1)

    await chair.sit("person", f"/card?year={held_at.year}", person=mentee["id"])
    await chair.reads("2 dari 20 JP")
    completed = (await jejak.get("mentoring", f"{path}/completions", **desk))["items"]
    assert [each["state"] for each in completed] == ["recorded", "recorded"]
    [told] = [each for each in completed if each["year"] == year]
    hours = await jejak.get("training", f"/people/{mentee['id']}/jp?year={year}")
    assert (told["year"], len(told["days"]), float(hours["verified"])) == (year, 6, 12)
    record = await jejak.get("training", f"/trainings/{told['record_id']}")
    assert (record["form"], record["session_dates"]) == ("NKL02", told["days"])
    assert (await jejak.run("mentoring", "recognise"))[0] == 0
    await jejak.at_rest()
    mine = [json.loads(body) async for _, body in records(jejak.stack.kafka.bootstrap, MentorRecognised.topic.name)]
    [recognised] = [each for each in mine if (each["mentor_id"], each["year"]) == (mentor["id"], year)]
    [(sessions, mentees, minutes)] = await rows(jejak.stack, "mentoring", LEDGER.format(mentor=mentor["id"], year=year))
    figures = {name: recognised[name] for name in ("year", "sessions", "mentees", "minutes", "corrections")}
    ledger = {"year": year, "sessions": sessions, "mentees": mentees, "minutes": minutes, "corrections": 0}
    assert (figures, sessions) == (ledger, 6)
    years = (await jejak.get("mentoring", "/recognitions/me", **both[1]))["years"]
    [seen] = [each for each in years if each["year"] == year]
    assert (seen["year"], seen["sessions"], float(seen["hours"])) == (year, sessions, minutes / 60)
    paper = await jejak.call("mentoring", "GET", f"/recognitions/me/{year}/certificate", **both[1])
    written = " ".join(pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text().split())
    assert f"Tahun {year}: 6 pertemuan, {minutes // 60} jam, 1 mentee" in written
    assert (await jejak.run("mentoring", "check"))[0] == 0
    assert (await jejak.run("training", "check"))[0] == 0
