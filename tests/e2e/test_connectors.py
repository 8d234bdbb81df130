"""Learning platforms, black box: a statement becomes a record with its hours, one of a course that is mapped later too, a void a review."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

HEADERS = {"x-experience-api-version": "1.0.3"}
SITE = "https://lms.uji.example"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"


class Moodle:
    """A Moodle of an agency, with the key of its connection."""

    def __init__(self, jejak, agency: dict[str, Any]) -> None:
        self.jejak = jejak
        self.hr = {"role": "agency_hr", "agency": agency["id"]}

    async def connect(self) -> None:
        made = await self.jejak.post("connectors", "/connections", {"name": "LMS", "platform": "moodle"}, **self.hr)
        self.path = f"/connections/{made['id']}"
        key = await self.jejak.post("connectors", f"{self.path}/credentials", **self.hr)
        self.auth = (key["id"], key["secret"])

    async def send(self, *statements: dict[str, Any]) -> list[str]:
        url = f"{self.jejak.stack.url('connectors')}/xapi/1.0.3/statements"
        answer = await self.jejak.http.post(url, json=list(statements), headers=HEADERS, auth=self.auth)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def completed(self, nip: str, course: int, at: datetime) -> dict[str, Any]:
        return {
            "actor": {"account": {"homePage": SITE, "name": nip}},
            "verb": {"id": COMPLETED},
            "object": {
                "id": f"{SITE}/course/view.php?id={course}",
                "definition": {"type": "https://w3id.org/xapi/cmi5/activitytype/course"},
            },
            "timestamp": at.isoformat(),
        }

    async def map(self, course: int, code: str) -> None:
        body = {"course": f"{SITE}/course/view.php?id={course}", "course_code": code}

        async def known():
            path = f"{self.path}/course-mappings"
            return (await self.jejak.call("connectors", "POST", path, json=body, **self.hr)).status_code == 201

        await self.jejak.until(known)  # the catalogue is told a moment later

    async def reports(self, state: str) -> list[dict[str, Any]]:
        return (await self.jejak.get("connectors", f"{self.path}/reports?state={state}", **self.hr))["items"]


@pytest.fixture
async def moodle(jejak) -> Moodle:
    agency = await jejak.agency()
    made = Moodle(jejak, agency)
    made.agency = agency
    await made.connect()
    return made


async def test_a_statement_becomes_hours_one_mapped_later_too_and_a_void_a_review(jejak, moodle, chair) -> None:
    """T07: from what a platform says to somebody's hours, with nobody typing in more than which course one of theirs is."""
    code = uuid4().hex[:8]
    accredited = [{"form": "KL03", "valid_from": "2015-01-01"}]
    provider = {"code": f"P-{code}", "name": "Balai Uji", "accreditations": accredited}
    await jejak.post("training", "/providers", provider, role="lan")
    for name, jp in (("A", "4"), ("B", "6")):
        course = {
            "code": f"{name}-{code}",
            "provider_code": f"P-{code}",
            "title": f"Kursus {name}",
            "form": "KL03",
            "jp": jp,
        }
        await jejak.post("training", "/courses", course | {"valid_from": "2015-01-01"})
    [person] = await jejak.people(moodle.agency, 1)
    year = datetime.now(UTC).year - 1
    at = datetime(year, 5, 5, 3, tzinfo=UTC)

    async def hours(jp: str) -> bool:
        told = await jejak.get("training", f"/people/{person['id']}/jp?year={year}")
        return float(told["verified"]) == float(jp)

    await moodle.map(7, f"A-{code}")
    first = moodle.completed(person["nip"], 7, at)
    [sent] = await moodle.send(first)
    await moodle.send(first, moodle.completed(person["nip"], 8, at + timedelta(days=1)))
    await jejak.until(lambda: hours("4"))

    async def waiting():
        return (await jejak.get("connectors", f"{moodle.path}/unmapped-courses", **moodle.hr))["items"]

    [queued] = await jejak.until(waiting)
    assert (queued["course"], queued["count"]) == (f"{SITE}/course/view.php?id=8", 1)
    await jejak.at_rest()  # the catalogue is told a moment later
    await chair.sit("agency_hr", moodle.path, agency=moodle.agency["id"])
    await chair.main.get_by_text("Petakan kursus ini").first.press("Enter")
    await chair.main.get_by_label("Kode kursus di katalog").fill(f"B-{code}")
    await chair.press("button", "Petakan kursus ini")
    await chair.reads("Terpetakan")
    await jejak.until(lambda: hours("10"))
    records = (await jejak.get("training", f"/trainings?person_id={person['id']}"))["items"]
    assert [(each["title"], each["end_date"]) for each in records] == [
        ("Kursus A", f"{year}-05-05"),
        ("Kursus B", f"{year}-05-06"),
    ]

    reference = {"objectType": "StatementRef", "id": sent}
    await moodle.send({"actor": first["actor"], "verb": {"id": VOIDED}, "object": reference})
    await jejak.at_rest()
    assert await moodle.reports("in_review") == []
    [last] = await moodle.send(moodle.completed(person["nip"], 7, at + timedelta(days=30)))
    await jejak.until(lambda: hours("14"))
    await moodle.send({"actor": first["actor"], "verb": {"id": VOIDED}, "object": reference | {"id": last}})
    [disputed] = await jejak.until(lambda: moodle.reports("in_review"))
    assert (disputed["dispute"], await hours("14")) == ("voided", True)
    decision = {"counts": False, "reason": "Dibatalkan penyelenggara"}
    await jejak.post("connectors", f"{moodle.path}/reports/{disputed['id']}/decide", decision, **moodle.hr)
    await jejak.until(lambda: hours("10"))
    await jejak.at_rest()
    await jejak.books_balance()
