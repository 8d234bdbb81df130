"""Reports: told training once, whatever comes again; what waits, may be a double or is refused is shown as that."""

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest

from common.answers import Done
from common.ids import new_id
from common.refused import Refused
from common.store.database import counted_statements
from connectors.reports.commands import Activity, SentBy, note
from contracts.events.training import CourseChanged, ProviderChanged
from contracts.nip import nip_hash
from jejak_local.harness import AGENCY, NIP_KEY, bare, told

FINISHED = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)


def activity(reference: str = "A-1", **said: Any) -> Activity:
    usual: dict[str, Any] = {"source_name": "berkas", "happened_at": FINISHED, "form": "KL03", "title": "Data"}
    return Activity(reference=reference, **usual | said)


@pytest.fixture
def course(world):
    """A course of the catalogue, by its code."""

    async def made(code: str) -> str:
        known = bare(CourseChanged, course_id=new_id(), code=code, provider_id=new_id(), title="Data", form="KL03",
                     valid_from=date(2020, 1, 1))  # fmt: skip
        provider = bare(ProviderChanged, provider_id=known.provider_id, code="P", name="Balai")
        await world.hear(world.received(known), world.received(provider))
        return code

    return made


async def test_a_report_is_told_once_and_what_came_again_is_counted(api, world, platform) -> None:
    person = await world.person()
    told_by = SentBy("ani", new_id())
    assert told(await world.report(platform.connection_id, activity(person_id=person, jp="8"), by=told_by)) == [
        "stored"
    ]
    again = [
        activity(person_id=person, jp="8"),
        activity(person_id=person, jp="9"),
        activity("A-2"),
        activity("A-2", jp=1),
    ]
    answers = told(await world.report(platform.connection_id, *again))
    assert answers == ["duplicate", "reference-conflict", "stored", "reference-conflict"]
    [(name, version, body)] = await world.told_training()
    assert (name, version, body["behalf"]) == (
        "ActivityReported",
        1,
        {"kind": "agency", "id": str(AGENCY), "by": "ani", "by_person": str(told_by.person_id)},
    )
    assert (body["person_id"], body["jp"], body["course_code"]) == (str(person), "8", None)
    path = f"/connections/{platform.connection_id}"
    assert (await api.get(path, "agency_hr"))["counts"] | {"sent": 1, "accepted": 0} == {
        "accepted": 0, "duplicate": 1, "sent": 1, "waiting": 1, "refused": 0, "withdrawn": 0, "in_review": 0,
    }  # fmt: skip
    await world.answer()
    shown = await api.get(path, "agency_hr")
    assert (shown["counts"]["accepted"], shown["counts"]["sent"], shown["last_error"]) == (1, 0, None)
    [found] = (await api.get(f"{path}/reports?state=taken", "agency_hr"))["items"]
    assert (found["record_id"], found["day"], found["title"]) == (body["report_id"], "2026-03-03", "Data")


async def test_what_is_refused_is_shown_in_words_and_may_be_told_otherwise(api, world, platform) -> None:
    person = await world.person()
    await world.report(platform.connection_id, activity(person_id=person, form="XX"))
    await world.answer(lambda body: "form-unknown" if body["form"] == "XX" else None)
    path = f"/connections/{platform.connection_id}/reports?state=refused"
    [shown] = (await api.get(path, "agency_hr"))["items"]
    assert (shown["refused"], shown["refused_words"]) == ("form-unknown", "Ditolak: form-unknown")
    assert told(await world.report(platform.connection_id, activity(person_id=person))) == ["updated"]
    assert [(version, body["form"]) for _, version, body in await world.told_training()] == [(1, "XX"), (2, "KL03")]
    await world.answer()
    assert await world.states("refused", "version") == [("A-1", "taken", None, 2)]


async def test_whoever_is_not_known_is_waited_for_and_never_told(world, platform) -> None:
    nip = world.nip()
    hashed = nip_hash(nip, NIP_KEY)
    rows = [activity(f"A-{number}", nip_hash=hashed) for number in range(3)]
    await world.report(platform.connection_id, *rows, activity("A-9", nip_hash="nobody's"))
    assert (await world.told_training(), {state for _, state in await world.states()}) == ([], {"waiting_person"})
    person = await world.person(nip=nip)
    assert [body["person_id"] for _, _, body in await world.told_training()] == [str(person)] * 3
    assert {body["happened_at"] for _, _, body in await world.told_training()} == {"2026-03-03T04:00:00Z"}
    assert [state for _, state in await world.states()] == ["sent", "sent", "sent", "waiting_person"]


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3])
async def test_a_course_finished_on_two_platforms_counts_by_the_first_whatever_comes_first(
    world, connect, course, order
) -> None:
    """Twice on one platform and once on another in a year, and once more the year after: three count until somebody decides."""
    person, code = await world.person(), await course("C-1")
    ours, theirs = await connect(), await connect()
    days = [(ours, date(2026, 2, 1)), (theirs, date(2026, 3, 1)), (ours, date(2026, 4, 1)), (theirs, date(2025, 12, 1))]
    for each in order:
        place, day = days[each]
        await world.report(place.connection_id, activity(f"A-{each}", person_id=person, course_code=code, end_date=day))
        await world.answer()
    await world.answer()
    assert await world.states() == [("A-0", "taken"), ("A-1", "possible_double"), ("A-2", "taken"), ("A-3", "taken")]
    stands: dict[str, bool] = {}
    for name, _, body in await world.told_training():
        stands[body["report_id"]] = name == "ActivityReported"
    assert sum(stands.values()) == 3


async def test_a_person_decides_whether_a_double_counts(api, world, connect, course) -> None:
    person, code = await world.person(), await course("C-1")
    ours, theirs = await connect(), await connect()
    for number, place in enumerate((ours, theirs, theirs)):
        day = date(2026, 2, 1 + number)
        await world.report(
            place.connection_id, activity(f"A-{number}", person_id=person, course_code=code, end_date=day)
        )
    path = f"/connections/{theirs.connection_id}/reports"
    one, other = (await api.get(f"{path}?state=possible_double", "agency_hr"))["items"]
    own = await api.refused(
        "agency_hr", "POST", f"{path}/{one['id']}/decide", {"counts": True, "reason": "Lain"}, person=person
    )
    assert own[:2] == (403, "own-report")
    for report, counts in ((one, True), (other, False)):
        decided = await api.call(
            "agency_hr", "POST", f"{path}/{report['id']}/decide", {"counts": counts, "reason": "Dilihat"}
        )
        assert (decided.status_code, decided.json()["state"]) == (200, "sent" if counts else "withdrawn")
    again = await api.refused("agency_hr", "POST", f"{path}/{one['id']}/decide", {"counts": True, "reason": "Lagi"})
    assert again[:2] == (409, "nothing-to-decide")
    names = [name for name, _, _ in await world.told_training()]
    assert names == ["ActivityReported"] * 2


async def test_the_first_is_refused_so_the_other_counts(world, connect, course) -> None:
    person, code = await world.person(), await course("C-1")
    ours, theirs = await connect(), await connect()
    for number, place in enumerate((ours, theirs)):
        given = activity(f"A-{number}", person_id=person, course_code=code, end_date=date(2026, 2, 1 + number))
        await world.report(place.connection_id, given)
    await world.answer(lambda body: "not-in-service" if body["reference"] == "A-0" else None)
    await world.answer(lambda body: "not-in-service" if body["reference"] == "A-0" else None)
    assert await world.states() == [("A-0", "refused"), ("A-1", "taken")]


async def test_what_was_wrong_last_is_told_in_the_readers_language(api, world, platform) -> None:
    async with world.database.transaction() as session:
        await note(session, platform.connection_id, world.clock.now(), error=Refused("body-too-large"))
        await note(session, platform.connection_id, world.clock.now())
    path = f"/connections/{platform.connection_id}"
    texts = {
        language: (await api.call("agency_hr", "GET", path, headers={"accept-language": language})).json()["last_error"]
        for language in ("id", "en")
    }
    assert texts["id"]["code"] == texts["en"]["code"] == "body-too-large"
    assert texts["id"]["words"] != texts["en"]["words"]


async def test_many_are_reported_by_as_many_statements_as_a_few(world, platform) -> None:
    async def counted(many: int) -> int:
        people = [await world.person() for _ in range(many)]
        rows = [activity(str(each), person_id=each) for each in people]
        with counted_statements(world.database) as statements:
            answers = await world.report(platform.connection_id, *rows)
        assert all(isinstance(each, Done) for each in answers)
        return len(statements)

    assert await counted(3) == await counted(30)
