"""A little of everything behind the portal: each page of it has something to show, and the longest of names to show it by.

A new page that shows something else is furnished here; one to which no page leads but a mail or a paper is named in `led`.
"""

import argparse
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx2

from common.ids import new_id
from common.process import commands_of
from common.runner import Runner
from contracts.events.registry import Holding
from contracts.events.training import CourseChanged, JPShortfallDetected
from contracts.roles import ROLES
from jejak_local.harness import AGENCY, NIP_KEY, PROVIDER, Api, FixedClock, World, bare, caller
from jejak_local.visitor import Read, Visitor
from mentoring.circles.commands import open_circle
from mentoring.circles.schemas import CircleIn
from mentoring.programmes.commands import open_programme
from mentoring.programmes.schemas import ProgrammeIn
from mentoring.reports.commands import name_confidants
from mentoring.reports.schemas import ConfidantsIn
from services.connectors.tests.shapes import moodle_completed
from services.portal.tests.test_connections import read, signed_in
from services.portal.tests.test_lan import DRAFT
from services.portal.tests.test_mentoring import Programme, pair_of, typed_at
from services.portal.tests.test_office import HEADINGS, SPOILT
from services.portal.tests.test_operations import reported
from training.catalogue.commands import save_providers
from training.catalogue.schemas import ProviderIn

LONG = "W" * 200
"""A name without a space, as long as one may be."""
UNIT = UUID("0199a000-0000-7000-8000-00000000d001")
REGION = "Bali"


@dataclass
class Furnished:
    """Whom there is, and where they come from outside."""

    beside: Callable[[str], Awaitable[World]]
    api_of: Callable[[str], Api]
    sit: Callable[[], Visitor]
    calls: Any
    clock: FixedClock
    worlds: dict[str, World] = field(default_factory=dict[str, World])
    people: Sequence[UUID] = ()
    nips: Sequence[str] = ()
    claims: dict[str, Any] = field(default_factory=dict[str, Any])
    programme: Programme | None = None
    led: dict[str, list[str]] = field(default_factory=lambda: {"": ["/", "/glossary", "/help/login"]})
    """Where mails and papers lead, by the hat they are for; "" for everybody."""

    async def begin(self, hat: str) -> Visitor:
        """Somebody who wears this hat alone; "" is nobody in particular."""
        visitor = self.sit()
        if hat:
            needed = {*ROLES[hat].needs, *ROLES[hat].either}
            await visitor.log_in(hat, **{name: self.claims[name] for name in needed if name in self.claims})
        return visitor

    async def pages(self) -> dict[str, tuple[Visitor, httpx2.Response]]:
        """Every kind of page by its shape, with one who has found it by links, and what it showed them."""
        found: dict[str, tuple[Visitor, httpx2.Response]] = {}
        for hat in ("", *ROLES):
            visitor = await self.begin(hat)
            first = [*self.led.get(hat, ()), *(["/home"] if hat else [])]
            for shape, answer in (await visitor.crawl(*first)).items():
                found.setdefault(shape, (visitor, answer))
        return found

    async def later(self, **time: float) -> None:
        for clock in (self.clock, *(world.clock for world in self.worlds.values())):
            clock.moment += timedelta(**time)


async def furnish(it: Furnished) -> Furnished:
    for name in ("registry", "training", "credit", "mentoring", "connectors", "notification"):
        it.worlds[name] = await it.beside(name)
    await _people(it)
    it.claims = {"person": it.people[0], "agency": AGENCY, "provider": PROVIDER, "region": REGION, "position": "Analis"}
    it.led["person"] = ["/contact/check?token=abc"]
    await _duties(it)
    await _points(it)
    await _connection(it)
    class_id = await _class(it)
    pair = await _pair(it)
    await it.later(days=2)
    await _certificate(it, class_id)
    await _desks(it)
    person = await it.begin("person")
    assert (await person.get(pair)).status_code == 200
    return it


async def _people(it: Furnished) -> None:
    """In the registry, which calls them by name; each other service hears of them."""
    registry, api = it.worlds["registry"], it.api_of("registry")
    it.nips = [registry.nip() for _ in range(4)]
    office = {"id": str(AGENCY), "code": "K-001", "name": LONG, "kind": "K"}
    for path, body in (
        ("/agencies", office),
        (f"/agencies/{AGENCY}/units", {"id": str(UNIT), "code": "U", "name": LONG}),
    ):
        made = await api.call("lan", "POST", path, body)
        assert made.status_code == 201, made.text
    lines = [
        {
            "nip": nip, "name": LONG, "staff_type": "PNS", "agency_id": str(AGENCY), "unit_id": str(UNIT), "status": "active",
            "jenjang": "ahli_muda", "golongan": "III/c", "position": "Analis", "education": "S1", "joined_on": "2010-03-01",
        }
        for nip in it.nips
    ]  # fmt: skip
    answers = await api.bulk("/people:batch", lines, "service")
    assert {answer["status"] for answer in answers} == {"stored"}, answers
    it.people = [UUID(answer["id"]) for answer in answers]
    levels = ("ahli_muda", "ahli_madya", "ahli_pertama", "ahli_utama")
    for name in ("training", "credit", "mentoring", "connectors"):
        world = it.worlds[name]
        if name == "training":
            await world.agency(AGENCY, kind="K", name=LONG)
            above = await world.post()
            posts = [above, await world.post(above)]
        states = [
            world.state(person_id=person, nip=nip, unit=(UNIT, LONG), jenjang=level)
            for person, nip, level in zip(it.people, it.nips, levels, strict=True)
        ]
        if name == "training":
            for number, post in enumerate(posts):
                held = bare(Holding, post_id=post, kind="definitive", valid_from=date(2020, 1, 1))
                states[number] = states[number].model_copy(update={"holdings": [held]})
        await world.people(*states)


async def _duties(it: Furnished) -> None:
    """Hours, an exemption that is asked for, and a round in which people were short."""
    training, api = it.worlds["training"], it.api_of("training")
    line = {
        "form": "KL03", "title": LONG, "start_date": "2026-03-02", "end_date": "2026-03-03", "jp": "7.5",
        "source_name": "lms", "reference": "1", "person_id": str(it.people[0]),
    }  # fmt: skip
    [stored] = await api.bulk("/trainings:batch", [line], "service")
    assert stored["status"] == "stored", stored
    it.led["agency_hr"] = [f"/corrections/{stored['id']}"]
    declared = line | {"reference": "2", "person_id": str(it.people[2]), "evidence": "https://contoh.go.id/sertifikat"}
    [own] = await api.bulk("/trainings:batch", [declared], "person", person=it.people[2])
    assert own["status"] == "stored", own
    body = {"person_id": str(it.people[1]), "ground": "cuti-besar", "paper": LONG, "valid_from": "2026-07-01"}
    asked = await api.call("person", "POST", "/exemptions", body | {"valid_to": "2026-07-09"}, person=it.people[1])
    assert asked.status_code == 201, asked.text
    sweep, options = commands_of(training.service)["sweep"], argparse.ArgumentParser()
    sweep.arguments(options)
    assert await sweep.run(options.parse_args([]), training.parts) == 0
    [found] = [each.event for each in await training.told() if isinstance(each.event, JPShortfallDetected)]
    notification = it.worlds["notification"]
    await notification.agency(AGENCY)
    await notification.hear(notification.received(found))
    it.led["pic"] = [f"/rounds/{found.sweep_id}?agency={AGENCY}"]


async def _points(it: Furnished) -> None:
    """A year that is attested, printed and objected to, one that has come back, and one that waits."""
    api = it.api_of("credit")
    lines = [
        {
            "reference": f"P-{year}", "source_name": "e-kinerja", "person_id": str(it.people[0]), "predikat": "baik",
            "period_start": f"{year}-01-01", "period_end": f"{year}-12-31", "evidence": f"https://contoh.go.id/{year}.pdf",
        }
        for year in (2023, 2024, 2025)
    ]  # fmt: skip
    attested, returned, _ = [answer["id"] for answer in await api.bulk("/predicates:batch", lines, "service")]
    await api.bulk("/cases:check", [{"id": attested}], "verifier", subject="wati")
    await api.bulk("/cases:attest", [{"id": attested}], "validator", subject="budi")
    wrong = {"reason": LONG, "parts": [{"part": "evidence", "code": "unreadable"}]}
    told = await api.call("verifier", "POST", f"/cases/{returned}/return", wrong, subject="wati")
    assert told.status_code == 200, told.text
    grounds = {"grounds": LONG, "predikat": "sangat_baik"}
    await it.worlds["credit"].agency(AGENCY)
    paper = {"kind": "determination", "name": LONG, "official": LONG, "person_id": str(it.people[0])}
    issued = await api.call("validator", "POST", "/papers", paper, agency=AGENCY)
    assert issued.status_code == 201, issued.text
    it.led[""].append(f"/papers/{issued.json()['check_url'].rpartition('/')[2]}")
    filed = await api.call("person", "POST", f"/cases/{attested}/appeals", grounds, person=it.people[0])
    assert filed.status_code == 201, filed.text


async def _connection(it: Furnished) -> None:
    """A platform that is connected, and has told of somebody whom nobody knows."""
    hr = await it.begin("agency_hr")
    assert (await hr.send("/connections", name=LONG[:100], platform="moodle")).status_code == 303
    [address] = re.findall(r'href="(/connections/[0-9a-f-]{36})"', (await hr.get("/connections")).text)
    it.claims["connection"] = address.rpartition("/")[2]
    platform = await signed_in(hr, it.calls, address)
    await platform.send(moodle_completed("4711", 7, "2026-03-03T02:00:00Z"))
    await platform.http.aclose()
    connectors = it.worlds["connectors"]
    await read(connectors)
    course = bare(
        CourseChanged,
        course_id=new_id(),
        provider_id=new_id(),
        code="C-7",
        title=LONG,
        form="KL03",
        valid_from=date(2020, 1, 1),
    )
    await connectors.hear(connectors.received(course))


async def _class(it: Furnished) -> str:
    """A class in which somebody has a seat."""
    training = it.worlds["training"]
    lan = caller("lan", clock=training.clock, rules=training.parts.rules, nip_key=NIP_KEY)
    school = {"id": str(PROVIDER), "code": "P", "name": LONG}
    school["accreditations"] = [{"form": "KL03", "valid_from": "2020-01-01", "valid_to": None}]
    async with training.database.transaction() as session:
        await save_providers(session, [ProviderIn.model_validate(school)], lan)
    giver = await it.begin("provider")
    course = {"do": "course", "code": "K-1", "title": LONG, "form": "KL03", "jp": "2,5", "valid_from": "2025-01-01"}
    assert (await giver.send("/teaching", **course)).status_code == 303
    class_id = await class_of_tomorrow(it)
    assert (await giver.send(f"/teaching/{class_id}", do="enrol", people=it.nips[0])).status_code == 303
    return class_id


async def class_of_tomorrow(it: Furnished) -> str:
    """One more class of the course, of one session; its id."""
    giver = await it.begin("provider")
    before = (await giver.get("/teaching")).text
    [course_id] = re.findall(rf'<option value="([0-9a-f-]+)">{LONG}', before)
    day = (it.clock.moment + timedelta(days=1)).date().isoformat()
    held = {"begins_on": day, "ends_on": day, "from-0": f"{day}T08:00", "to-0": f"{day}T10:00", "jp-0": "2,5"}
    made = await giver.send("/teaching", do="class", course_id=course_id, seats="5", **held)
    assert made.status_code == 303, made.text
    shown = re.findall(r'href="/teaching/([0-9a-f-]+)"', (await giver.get("/teaching")).text)
    [class_id] = [each for each in shown if each not in before]
    return class_id


async def _certificate(it: Furnished, class_id: str) -> None:
    """Whoever had the seat was there, has passed, and has the paper that shows it."""
    giver, path = await it.begin("provider"), f"/teaching/{class_id}"
    told: Sequence[Mapping[str, str]] = (
        {"do": "attendance", "session": "1", "people": it.nips[0]},
        {"do": "results", "people": f"{it.nips[0]}; Sari Contoh"},
        {"do": "certificates"},
    )
    for each in told:
        answer = await giver.send(path, **each)
        assert answer.status_code == 303, answer.text
    it.led[""].append(f"/certificates/{await it.worlds['training'].value('SELECT token FROM certificates')}")


async def _pair(it: Furnished) -> str:
    """A programme with its run, a pair with its agreement and its session, a circle and a talk; the address of the pair."""
    world, today = it.worlds["mentoring"], it.worlds["mentoring"].clock.today()
    keeper = caller("programme_manager", clock=world.clock, agency=AGENCY)
    until = (today + timedelta(days=30)).isoformat()
    document = {"title": LONG, "opens_on": today.isoformat(), "closes_on": until}
    async with world.database.transaction() as session:
        programme = Programme(world, await open_programme(session, ProgrammeIn.model_validate(document), keeper))
    it.programme = programme
    await programme.joins(it.people[1], side="mentor", seats=2)
    await programme.desk(name_confidants, programme.id, ConfidantsIn(person_ids=[it.people[3]]))
    mentee, mentor = await it.begin("person"), it.sit()
    await mentor.log_in("person", person=it.people[1])
    pair = await pair_of(programme, mentee, mentor, it.people[0])
    soon = typed_at(it.clock.moment + timedelta(hours=2))
    planned = await mentee.send(f"{pair}/plan", starts_at=soon, minutes="60", way="online", place=LONG)
    assert planned.status_code == 303, planned.text
    host = caller("person", clock=world.clock, person=it.people[1])
    async with world.database.transaction() as session:
        circle_id = await open_circle(session, programme.id, CircleIn(topic=LONG, seats=2), host)
    assert (await mentee.send("/mentoring/circles", circle=str(circle_id), do="join")).status_code == 303
    slot = typed_at(it.clock.moment + timedelta(days=5))
    assert (
        await mentor.send("/mentoring/talks", do="offer", starts_at=slot, minutes="30", way="online")
    ).status_code == 303
    return pair


async def _desks(it: Furnished) -> None:
    """What desks have in hand: a record to check, a draft that was tried, a spreadsheet, a view, a stakeholder, dead letters."""
    checker, lan, hr = [await it.begin(hat) for hat in ("verifier", "lan", "agency_hr")]
    assert (await checker.send("/checking", do="take")).status_code == 303
    assert (await lan.send("/drafts", subject="conversion", content=DRAFT)).status_code == 303
    [draft] = re.findall(r'href="(/drafts/[^"]+)"', (await lan.get("/drafts")).text)
    assert (await lan.send(draft, do="replay")).status_code == 303
    assert (await lan.send("/stakeholders", do="add", name=LONG, role=LONG, contribution="")).status_code == 303
    assert (await hr.send("/views?save=/agency", do="save", name=LONG[:100])).status_code == 303
    sheet = {"sheet": ("pegawai.csv", (HEADINGS + SPOILT).encode())}
    fields = {**Read((await hr.get("/uploads")).text).hidden, "kind": "people"}
    sent = await hr.http.post("/uploads", data=fields, files=sheet)
    assert sent.status_code == 303, sent.text
    it.led["agency_hr"].append(sent.headers["location"])
    for name in ("credit", "registry"):
        runner = Runner(it.worlds[name].parts, it.worlds[name].service.jobs)
        while await runner.turn():
            pass
    await reported(it.worlds["notification"])
