"""What connectors reports becomes one record a report, with the rights of whoever reports it, and is answered."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from common.ids import new_id
from common.store.database import counted_statements
from contracts.events.connectors import ActivityReported, ActivityWithdrawn, Behalf
from jejak_local.harness import AGENCY, OTHER_AGENCY, PROVIDER, bare

OF_AGENCY = Behalf(kind="agency", id=AGENCY, by="connection:moodle")
FINISHED = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)


@pytest.fixture
def told() -> Callable[..., ActivityReported]:
    """A report: a technical training of eight hours."""

    def made(person: UUID, report: UUID | None = None, **said: Any) -> ActivityReported:
        usual: dict[str, Any] = {
            "report_id": report or new_id(),
            "person_id": person,
            "connection_id": new_id(),
            "behalf": OF_AGENCY,
            "source_name": "moodle",
            "reference": "A-1",
            "form": "KL03",
            "title": "Pelatihan teknis",
            "happened_at": FINISHED,
            "jp": "8",
        }
        return bare(ActivityReported, **usual | said)

    return made


def withdrawn(told: ActivityReported, reason: str = "Dibatalkan platform") -> ActivityWithdrawn:
    named = {name: getattr(told, name) for name in ("report_id", "person_id", "connection_id", "behalf")}
    return ActivityWithdrawn(**named, reason=reason)


async def answers(world) -> list[tuple[int, bool, str | None]]:
    """Version, whether a record stands, and why what was told does not."""
    return [
        (sequence, body["record_id"] is not None, body.get("code"))
        for name, sequence, body in await world.emitted()
        if name in {"ActivityTaken", "ActivityRefused"}
    ]


async def records(world) -> list[Any]:
    return await world.rows("SELECT * FROM records ORDER BY id")


async def test_a_report_is_one_record_of_the_day_where_the_person_served(world, told) -> None:
    person = await world.person()
    new_year = told(person, happened_at=datetime(2025, 12, 31, 17, 30, tzinfo=UTC))  # half an hour into 2026 in Jakarta
    for _ in range(2):
        await world.hear(world.received(new_year), world.received(new_year))
    [record] = await records(world)
    assert (record.end_date, record.sender_kind, record.sender_id) == (date(2026, 1, 1), "agency", str(AGENCY))
    assert (record.submitted_by, record.source_kind, await world.ledger(person)) == (
        "connection:moodle",
        "system",
        ("8.000", "0.000"),
    )
    assert await answers(world) == [(1, True, None)]


async def test_the_course_says_form_title_and_hours(api, world, told) -> None:
    person = await world.person()
    await world.provider([("KL03", date(2020, 1, 1), None)])
    made = {"code": "C-1", "provider_code": "P-aa", "title": "Analisis data", "form": "KL03", "jp": "12"}
    course = (await api.call("lan", "POST", "/courses", made | {"valid_from": "2025-01-01"})).json()["id"]
    mapped = told(person, course_id=UUID(course), form=None, title=None, jp=None)
    unknown = told(person, course_id=new_id(), reference="A-2", form=None, title=None, jp=None)
    await world.hear(world.received(mapped), world.received(unknown))
    [record] = await records(world)
    assert (record.title, record.form, str(record.jp_counted)) == ("Analisis data", "KL03", "12.000")
    assert sorted(await answers(world), key=str) == [(1, False, "course-unknown"), (1, True, None)]


async def test_who_reports_may_what_they_may_by_the_api_and_no_more(world, told) -> None:
    ours, theirs = await world.person(), await world.person(agency=OTHER_AGENCY)
    provider = Behalf(kind="provider", id=PROVIDER, by="connection:canvas")
    await world.provider([("KL03", date(2020, 1, 1), None)])
    await world.provider([("KL03", date(2020, 1, 1), None)], world.other_school)
    own_case = Behalf(kind="agency", id=AGENCY, by="hr", by_person=ours)
    lines = {
        "of another agency": (told(theirs), "agency-mismatch"),
        "by its provider": (told(theirs, behalf=provider), None),
        "by another": (told(ours, behalf=provider, provider_code="P-bb", reference="A-2"), "not-yours"),
        "of somebody else": (told(theirs, behalf=Behalf(kind="person", id=ours, by="ani")), "not-yours"),
        "of oneself": (told(ours, behalf=own_case, reference="A-3"), None),
        "no day": (told(ours, end_date=date(2100, 1, 1), reference="A-4"), "date-in-future"),
        "too long": (told(ours, title="x" * 2000, reference="A-5"), "field-invalid"),
    }
    await world.hear(*(world.received(event) for event, _ in lines.values()))
    refused = {
        body["report_id"]: (body["code"], body["words"].keys())
        for name, _, body in await world.emitted()
        if name == "ActivityRefused"
    }
    assert refused == {str(event.report_id): (code, {"id", "en"}) for event, code in lines.values() if code}
    assert await world.ledger(ours) == ("0.000", "8.000")  # self-declared, whoever sends it


async def test_in_whatever_order_versions_come_the_newest_counts(world, told) -> None:
    versions = [told, lambda person, report, **said: withdrawn(told(person, report, **said)), told]
    for number, order in enumerate(permutations([1, 2, 3])):
        person, report = await world.person(), new_id()
        for version in order:
            event = versions[version - 1](person, report, reference=f"R-{number}")
            await world.hear(world.received(event, version))
        assert await world.ledger(person) == ("8.000", "0.000"), order
        gone = versions[1](person, report, reference=f"R-{number}")
        await world.hear(world.received(gone, 4))
        await world.hear(world.received(told(person, report, reference=f"R-{number}"), 3))
        assert await world.ledger(person) == ("0.000", "0.000"), order


async def test_a_void_before_its_report_ends_as_one_after_it(world, told) -> None:
    person = await world.person()
    reported = told(person)
    await world.hear(world.received(withdrawn(reported), 2))
    await world.hear(world.received(reported, 1))
    assert (await records(world), await answers(world)) == ([], [(2, False, None)])


async def test_told_anew_it_is_corrected_and_what_was_revoked_by_hand_stays_so(api, world, told) -> None:
    person, report = await world.person(), new_id()
    await world.hear(world.received(told(person, report)))
    await world.hear(world.received(told(person, report, jp="6"), 2))
    [record] = await records(world)
    assert (record.version, await world.ledger(person)) == (2, ("6.000", "0.000"))
    await api.call("agency_hr", "POST", f"/trainings/{record.id}/revoke", {"reason": "Tidak hadir"})
    await world.hear(world.received(told(person, report, jp="7"), 3))
    assert (await answers(world))[1:] == [(2, True, None), (3, True, "record-revoked")]
    assert await world.ledger(person) == ("0.000", "0.000")


async def test_what_is_told_of_somebody_not_known_yet_waits_for_them(world, told) -> None:
    person = new_id()
    await world.hear(world.received(told(person)))
    assert (await records(world), await answers(world)) == ([], [])
    await world.people(world.state(person_id=person))
    assert (await world.ledger(person), await answers(world)) == (("8.000", "0.000"), [(1, True, None)])


async def test_many_are_taken_by_as_many_statements_as_a_few(world, told) -> None:
    async def counted(many: int) -> int:
        people = [await world.person() for _ in range(many)]
        with counted_statements(world.database) as statements:
            await world.hear(*[world.received(told(each, reference=str(each))) for each in people])
        return len(statements)

    assert await counted(3) == await counted(30)


async def test_the_catalogue_tells_of_each_change_whole(api, world) -> None:
    accredited = [{"form": "KL03", "valid_from": "2025-01-01"}]
    made = await api.call("lan", "POST", "/providers", {"code": "P-1", "name": "Balai", "accreditations": accredited})
    course = {"code": "C-1", "provider_code": "P-1", "title": "Data", "form": "KL03", "valid_from": "2025-01-01"}
    for _ in range(2):
        assert (await api.bulk("/courses:batch", [course], "lan"))[0]["status"] in {"stored", "unchanged"}
    await api.call("lan", "PUT", f"/providers/{made.json()['id']}", {"code": "P-1", "name": "Balai Besar"})
    told = [(name, sequence, body) for name, sequence, body in await world.emitted()]
    assert [each[:2] for each in told] == [("ProviderChanged", 1), ("CourseChanged", 1), ("ProviderChanged", 2)]
    assert told[2][2]["accreditations"] == [{"form": "KL03", "valid_from": "2025-01-01", "valid_to": None}]
    assert told[1][2]["provider_id"] == told[2][2]["provider_id"] == made.json()["id"]
