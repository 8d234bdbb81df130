"""T05: records that nobody has confirmed are given out to verifiers, none twice, and confirmed or refused with a reason."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text

from common.ids import new_id
from common.store.database import counted_statements
from contracts.events.registry import DutyDelegated
from training.checking import commands
from training.checking.commands import TAKE
from training.domain.checking import BOOK

LEASE = BOOK.packs[-1].tables.lease


async def declared(world, line, count=1, person=None):
    """So many records that somebody has declared of themselves."""
    person = person or await world.person()
    answers = await world.store(*(line(person) for _ in range(count)), role="person", person=person)
    return person, [str(answer.id) for answer in answers]


async def take(api, most=20, **claims):
    answer = await api.call("verifier", "POST", "/checks:take", {"most": most}, **claims)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_what_is_declared_stays_unverified_in_the_totals_until_somebody_decides(api, world, line):
    person, _ = await declared(world, line, 2)
    assert await world.ledger(person) == ("0.000", "16.000")
    first, second = await take(api)
    assert (first["record"]["verified"], first["verdict"]) == (False, None)
    confirmed = await api.call("verifier", "POST", f"/checks/{first['id']}/confirm")
    assert (confirmed.json()["verdict"], confirmed.json()["record"]["verified"]) == ("confirmed", True)
    assert await world.ledger(person) == ("8.000", "8.000")
    reason = {"reason": "Sertifikat atas nama orang lain"}
    refused = await api.call("verifier", "POST", f"/checks/{second['id']}/refuse", reason)
    assert (refused.json()["verdict"], refused.json()["record"]["state"]) == ("refused", "revoked")
    assert await world.ledger(person) == ("8.000", "0.000")
    told = [(name, body) for name, _, body in await world.emitted()][2:]
    assert [name for name, _ in told] == ["TrainingCorrected", "TrainingRevoked", "MessageRequested"]
    assert (told[0][1]["verified"], told[1][1]["reason"]) == (True, reason["reason"])
    mail = told[2][1]
    assert (mail["template"], mail["recipient_id"], mail["values"]) == (
        "training-refused", str(person), {"number": second["record"]["id"], "end_date": "2026-03-03"},
    )  # fmt: skip
    [read] = (await api.get(f"/trainings/{second['record']['id']}/checks", "person", person=person))["items"]
    assert (read["verdict"], read["reason"]) == ("refused", reason["reason"])
    assert await take(api) == [], "what was decided does not come back"


async def test_two_verifiers_at_once_are_given_no_record_twice(api, world, line):
    for _ in range(5):
        await declared(world, line, 40)
    hands = [f"pemeriksa-{number}" for number in range(8)]
    taken = await asyncio.gather(*(take(api, 30, subject=subject) for subject in hands for _ in range(2)))
    ids = [each["record"]["id"] for some in taken for each in some]
    assert len(ids) == len(set(ids))
    # Whoever found rows taken by others at that moment passed them over; the next call gives what is left.
    while more := await take(api, 50, subject=f"sisa-{len(ids)}"):
        ids += [each["record"]["id"] for each in more]
    assert len(ids) == len(set(ids)) == 200


async def test_taking_passes_over_what_somebody_else_is_taking(world, line):
    await declared(world, line, 2)
    verifier = world.caller("verifier", agency=world.here)
    given = {
        "offices": [world.here], "hands": ["a"], "subject": "a", "acting_for": None,
        "now": verifier.now, "until": verifier.now + LEASE, "most": 1,
    }  # fmt: skip
    async with world.database.transaction() as one, world.database.transaction() as other:
        [first] = (await one.scalars(TAKE, given)).all()
        [second] = (await other.scalars(TAKE, given | {"subject": "b"})).all()
        assert first != second


async def test_the_statements_do_not_grow_with_the_records_taken(world, line):
    await declared(world, line, 60)
    counts = []
    for subject, most in (("a", 1), ("b", 40)):
        verifier = world.caller("verifier", agency=world.here)
        async with world.database.transaction() as session:
            with counted_statements(world.database) as seen:
                assert len(await commands.take(session, most, verifier)) == most, subject
            counts.append(len(seen))
            await session.execute(text("UPDATE checks SET held_by = :subject"), {"subject": subject})
    assert counts[0] == counts[1]


async def test_a_lease_that_ran_out_goes_to_somebody_else(api, world, line):
    await declared(world, line)
    [mine] = await take(api, subject="ani")
    assert await take(api, subject="budi") == []
    assert [each["id"] for each in (await api.get("/checks", "verifier", subject="ani"))["items"]] == [mine["id"]]
    world.clock.moment += LEASE
    path = f"/checks/{mine['id']}/confirm"
    assert await api.refused("verifier", "POST", path, subject="ani") == (409, "lease-over", None)
    assert await api.refused("verifier", "GET", f"/checks/{mine['id']}", subject="ani") == (409, "lease-over", None)
    assert (await api.get("/checks", "verifier", subject="ani"))["items"] == []
    [theirs] = await take(api, subject="budi")
    assert theirs["record"]["id"] == mine["record"]["id"]
    assert await api.get(f"/checks/{theirs['id']}", "verifier", subject="budi") == theirs
    assert await api.refused("verifier", "POST", path, subject="ani") == (409, "lease-over", None)
    assert (await api.call("verifier", "POST", path, subject="budi")).status_code == 200


async def test_confirmed_twice_at_once_is_decided_once(api, world, line):
    await declared(world, line)
    [mine] = await take(api)
    path = f"/checks/{mine['id']}"
    calls = [api.call("verifier", "POST", f"{path}/confirm") for _ in range(4)]
    calls += [api.call("verifier", "POST", f"{path}/refuse", {"reason": "Tanpa bukti"}) for _ in range(4)]
    answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"check-decided"}
    assert await world.value("SELECT count(*) FROM checks WHERE verdict IS NOT NULL") == 1


async def test_nobody_is_given_their_own_nor_what_they_have_sent(api, world, line):
    person, [own] = await declared(world, line)
    sender = await world.person()
    [sent] = await world.store(line(sender, source="self"), role="agency_hr", agency=world.here, person=person)
    assert await take(api, person=person) == []
    taken = await take(api, subject="lain", person=await world.person())
    assert {each["record"]["id"] for each in taken} == {own, str(sent.id)}
    # A lease that came into one's own hands by whatever way decides nothing.
    async with world.database.transaction() as session:
        await session.execute(text("UPDATE checks SET held_by = 'saya'"))
    for check in taken:
        refused = await api.refused("verifier", "POST", f"/checks/{check['id']}/confirm", subject="saya", person=person)
        assert refused == (403, "own-record", None)
    assert await take(api, subject="jauh", agency=world.there) == []
    elsewhere = await api.refused("verifier", "POST", f"/checks/{taken[0]['id']}/confirm", agency=world.there)
    assert elsewhere == (404, "not-found", None)


async def test_what_was_changed_meanwhile_is_answered_clearly(api, world, line):
    person, records = await declared(world, line, 2)
    taken = {each["record"]["id"]: each["id"] for each in await take(api)}
    assert (await api.call("agency_hr", "POST", f"/trainings/{records[0]}/verify")).status_code == 200
    gone = await api.call("person", "POST", f"/trainings/{records[1]}/revoke", {"reason": "Ganda"}, person=person)
    assert gone.status_code == 200
    for record, code in zip(records, ("already-verified", "record-revoked"), strict=True):
        assert await api.refused("verifier", "POST", f"/checks/{taken[record]}/confirm") == (409, code, None)


async def test_a_deputy_checks_in_the_verifiers_place_but_nobodys_own(api, world, line):
    verifier, deputy = await world.person(), await world.person()
    person, _ = await declared(world, line)
    await declared(world, line, person=verifier)
    named = DutyDelegated(
        delegation_id=new_id(), person_id=verifier, deputy_id=deputy, duty="verifier",
        valid_from=world.clock.today(), valid_to=date(2027, 1, 1), named_by=["hr"],
    )  # fmt: skip
    await world.hear(world.received(named))
    acting = {"headers": {"Acting-For": str(verifier)}, "person": deputy, "subject": "wakil"}
    [mine] = (await api.call("person", "POST", "/checks:take", {"most": 5}, **acting)).json()["items"]
    assert mine["record"]["person_id"] == str(person), "the verifier's own is nobody's to check for them"
    answer = await api.call("person", "POST", f"/checks/{mine['id']}/confirm", **acting)
    assert answer.status_code == 200, answer.text
    [row] = await world.rows("SELECT held_by, acting_for FROM checks")
    assert tuple(row) == ("wakil", verifier)
    [hands] = await world.rows("SELECT hands FROM records WHERE person_id = :person", person=person)
    assert {"wakil", str(verifier), str(deputy)} <= set(hands.hands)


async def test_what_is_shown_leaves_an_entry_and_rests_where_somebody_asked_for_it(api, world, line):
    person, _ = await declared(world, line)
    await take(api, subject="ani", person=await world.person())
    looks = [each.event for each in await world.told() if type(each.event).__name__ == "RecordViewed"]
    assert [(look.part, look.person_ids, look.viewer) for look in looks] == [("trainings", [UUID(str(person))], "ani")]
    assert timedelta(minutes=30) == LEASE
