"""Reports of problems: to a named person outside, hidden from whoever they are about."""

from datetime import timedelta
from uuid import UUID

import pytest

from contracts import topics
from contracts.events.notification import MessageRequested
from contracts.events.registry import Holding
from roster.outside import first_outside
from services.mentoring.tests.notes.test_notes import held_of
from services.mentoring.tests.sessions.test_letters import asked

SAID = {"about": "conduct", "words": "Nada bicaranya tidak pantas"}


@pytest.fixture
async def reported(api, world, active_pair):
    """A pair of which the mentee has reported the mentor, and the person whom it went to."""
    pair, trusted = await active_pair(), await world.person("ahli_utama")
    await named(api, pair.programme_id, trusted)
    sent = await api.call("person", "POST", f"/pairs/{pair.id}/reports", SAID, person=pair.mentee_id)
    assert sent.status_code == 201, sent.text
    return pair, trusted


async def named(api, programme_id, *person_ids: UUID) -> None:
    body = {"person_ids": [str(each) for each in person_ids]}
    answer = await api.call("programme_manager", "PUT", f"/programmes/{programme_id}/confidants", body)
    assert answer.json() == {"person_ids": sorted(body["person_ids"])}, answer.text


async def test_a_report_goes_to_a_named_person_outside_the_pair_and_both_lines(api, world, active_pair) -> None:
    """M16."""
    top = await world.post()
    middle = await world.post(top)
    low = await world.post(middle)
    chief, own_chief = await world.person("ahli_utama", top), await world.person("ahli_madya", middle)
    mentor = await world.person("ahli_madya", await world.post(top))
    below = await world.person("ahli_madya", await world.post(low))
    pair = await active_pair(mentor_id=mentor)
    mentee = world.state(person_id=pair.mentee_id, jenjang="ahli_muda")
    holding = Holding(post_id=low, kind="definitive", valid_from=world.clock.today(), valid_to=None)
    await world.people(mentee.model_copy(update={"holdings": [holding]}), sequence=2)
    path = f"/pairs/{pair.id}/reports"
    await named(api, pair.programme_id, chief, own_chief, below, mentor, pair.mentee_id)
    for person in (pair.mentee_id, mentor):
        assert (await api.get(path, "person", person=person))["goes_to"] is None
        assert (await api.refused("person", "POST", path, SAID, person=person))[:2] == (409, "confidant-missing")
    outside = await world.person("ahli_utama")
    await named(api, pair.programme_id, chief, outside)
    before = await api.get(path, "person", person=pair.mentee_id)
    assert (before["goes_to"], before["items"]) == (str(outside), [])
    assert "tidak diberi tahu" in before["private"]
    sent = await api.call("person", "POST", path, SAID, person=pair.mentee_id)
    assert [each["words"] for each in sent.json()["items"]] == [SAID["words"]]
    [report] = (await api.get("/reports", "person", person=outside))["items"]
    assert (report["reporter_id"], report["concerns_id"]) == (str(pair.mentee_id), str(mentor))
    [asked] = [each.event for each in await world.told() if isinstance(each.event, MessageRequested)]
    assert (asked.recipient_id, asked.values) == (outside, {"sent_on": world.clock.today().isoformat()})


async def test_whom_a_report_concerns_learns_nothing_of_it_before_it_is_handled(api, world, reported) -> None:
    """M16: no view, no file and no entry of the access log tells of it; handled, they read what they are told alone."""
    pair, trusted = reported
    [report] = (await api.get("/reports", "person", person=trusted))["items"]

    async def learnt() -> str:
        looked = [each for each in await world.told() if each.event.topic is topics.ACCESS]
        seen = [each.event for each in looked if pair.mentor_id in each.event.person_ids]
        read = [
            (await api.call("person", "GET", path, person=pair.mentor_id)).text
            for path in (f"/pairs/{pair.id}/reports", "/reports", "/pairs/me", "/reports/notices")
        ]
        return str([seen, read, {n: s.rows for n, s in (await held_of(world, pair.mentor_id)).items()}])

    for name in (SAID["words"], report["id"], "Sudah dibicarakan"):
        assert name not in await learnt()
    path = f"/reports/{report['id']}/handle"
    body = {"outcome": "Sudah dibicarakan", "told": "Jaga nada bicara dalam pertemuan."}
    assert (await api.refused("person", "POST", path, body, person=pair.mentor_id))[0] == 404
    assert (await api.refused("person", "POST", path, body, person=pair.mentee_id))[0] == 404
    assert (await api.call("person", "POST", path, body, person=trusted)).status_code == 200
    assert (await api.refused("person", "POST", path, body, person=trusted))[:2] == (409, "report-handled")
    after = await learnt()
    assert body["told"] in after
    for name in (SAID["words"], report["id"], body["outcome"]):
        assert name not in after
    [own] = (await api.get(f"/pairs/{pair.id}/reports", "person", person=pair.mentee_id))["items"]
    assert own["outcome"] == body["outcome"]


async def test_whoever_handles_a_report_ends_the_pair_and_nobody_is_blamed(api, world, both, clock) -> None:
    """M16: the sessions that were held count, both get the same mail, and no view of either or of the desk tells of a report."""
    two, trusted = await both(), await world.person("ahli_utama")
    await named(api, two.pair.programme_id, trusted)
    held = await two.plan(clock.now())
    clock.moment += timedelta(hours=2)
    await two.confirm(held)
    planned = await two.plan(clock.now() + timedelta(days=3))
    await two.call("mentee", "POST", f"{two.path}/reports", SAID)
    [report] = (await api.get("/reports", "person", person=trusted))["items"]
    path, body = f"/reports/{report['id']}/handle", {"outcome": "Pasangan diakhiri", "ends_pair": True}
    assert (await api.refused("person", "POST", path, body, person=two.pair.mentor_id))[0] == 404
    assert (await api.get("/pairs/me", "person", person=two.pair.mentor_id))["items"][0]["state"] == "active"
    assert (await api.call("person", "POST", path, body, person=trusted)).status_code == 200
    assert (await api.refused("person", "POST", path, body, person=trusted))[:2] == (409, "report-handled")
    shown = [(await api.get("/pairs/me", "person", person=each))["items"][0] for each in two.people.values()]
    assert [(each["state"], each["ended_reason"]) for each in shown] == [
        ("ended", "Pasangan ini diakhiri oleh program.")
    ] * 2
    off = await two.get(f"/sessions/{planned['id']}")
    assert (off["cancelled_by"], off["cancel_reason"]) == ("desk", "Pasangan ini diakhiri oleh program.")
    assert (await two.get(f"/sessions/{held['id']}"))["state"] == "confirmed"
    [told] = [each.event for each in await world.told() if hasattr(each.event, "completion_id")]
    assert (told.reason, told.session_dates) == ("left", [clock.today()])
    letters = await asked(world, "pair-ended")
    assert {each["recipient_id"] for each in letters} == {str(each) for each in two.people.values()}
    assert len({str(each["values"]) for each in letters}) == 1
    seen = (await api.call("programme_manager", "GET", f"/programmes/{two.pair.programme_id}/pairs")).text
    assert SAID["words"] not in seen
    assert body["outcome"] not in seen
    assert await api.get(f"/pairs/{two.pair.id}/changes", "programme_manager") == []
    again = await both()
    await named(api, again.pair.programme_id, trusted)
    await again.call("mentee", "POST", f"{again.path}/reports", SAID)
    await again.call("mentor", "POST", f"{again.path}/end", {"reason": "Pindah tugas"})
    [report] = [
        each for each in (await api.get("/reports", "person", person=trusted))["items"] if not each["handled_at"]
    ]
    refused = await api.refused("person", "POST", f"/reports/{report['id']}/handle", body, person=trusted)
    assert refused[:2] == (409, "pair-not-active")


async def test_a_report_is_in_no_view_of_desk_or_superior_and_private_in_its_senders_file(api, world, reported) -> None:
    pair, _ = reported
    for role in ("programme_manager", "lan", "agency_hr", "agency_head"):
        for path in ("/reports", f"/pairs/{pair.id}/reports"):
            assert (await api.call(role, "GET", path)).status_code == 403
        assert SAID["words"] not in (await api.call(role, "GET", f"/programmes/{pair.programme_id}/pairs")).text
    own = (await held_of(world, pair.mentee_id))["problem_reports"]
    assert own.private
    assert [SAID["words"] in row for row in own.rows] == [True]


async def test_reports_that_wait_have_a_number_and_whoever_is_named_serves(api, world, reported, monkeypatch) -> None:
    pair, trusted = reported
    monkeypatch.setattr("mentoring.reports.commands.MOST_OPEN", 1)
    again = ("POST", f"/pairs/{pair.id}/reports", SAID)
    assert (await api.refused("person", *again, person=pair.mentee_id))[:2] == (409, "reports-over")
    gone = await world.person(left_on=world.clock.today())
    body = {"person_ids": [str(trusted), str(gone)]}
    path = f"/programmes/{pair.programme_id}/confidants"
    assert (await api.refused("programme_manager", "PUT", path, body))[1:] == ("not-in-service", "person_ids.1")


def test_the_first_outside_both_lines_gets_it() -> None:
    one, two, chief, staff, other = (UUID(int=each) for each in range(5))
    above = {one: {chief}, staff: {two, chief}}
    assert first_outside([one, chief, staff, other], {one, two}, above) == other
    assert first_outside([one, chief, staff], {one, two}, above) is None
