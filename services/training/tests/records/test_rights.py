"""Who may send, change and see which records."""

from datetime import date

import pytest

from common.answers import Done
from common.ids import new_id
from common.refused import Refused
from contracts.acting import SENDERS
from jejak_local.harness import told


async def test_an_agency_answers_for_people_who_were_its_own_on_the_end_date(world, line):
    moved = [(world.there, date(2020, 1, 1), date(2026, 3, 1)), (world.here, date(2026, 3, 1), None)]
    person = await world.person(assignments=moved)
    days = [{"start_date": day, "end_date": day} for day in ("2026-02-28", "2026-03-01")]
    lines = [line(person, **day) for day in days]
    assert told(await world.store(*lines, role="agency_hr", agency=world.here)) == ["agency-mismatch", "stored"]
    lines = [line(person, **day) for day in days]
    assert told(await world.store(*lines, role="agency_hr", agency=world.there)) == ["stored", "agency-mismatch"]


async def test_a_repeat_is_told_only_to_who_might_have_sent_it(world, line):
    person = await world.person()
    given = line(person)
    [first] = await world.store(given, role="agency_hr", agency=world.here)
    assert told(await world.store(given, role="agency_hr", agency=world.there)) == ["agency-mismatch"]
    assert await world.store(given, role="agency_hr", agency=world.here) == [Done("duplicate", first.id)]


async def test_the_same_reference_from_five_senders_is_five_records(world, line):
    """Who sends `moodle-a / A-1` first takes it from no other sender, and no sender learns of the others' records."""
    await world.provider([("KL03", date(2020, 1, 1), None)])
    me, other = await world.person(), await world.person(agency=world.there)
    same = {"source_name": "moodle-a", "reference": "A-1"}
    senders = [
        ("agency", str(world.there), other, "agency_hr", {"agency": world.there}),
        ("agency", str(world.here), me, "agency_hr", {"agency": world.here}),
        ("provider", str(world.school), me, "provider", {"provider": world.school}),
        ("person", str(me), me, "person", {"person": me}),
        ("connection", "service", me, "service", {}),
    ]
    first = [
        answer
        for _, _, person, role, claims in senders
        for answer in await world.store(line(person, **same), role=role, **claims)
    ]
    assert told(first) == ["stored"] * 5
    again = [
        answer
        for _, _, person, role, claims in senders
        for answer in await world.store(line(person, **same), role=role, **claims)
    ]
    assert again == [Done("duplicate", answer.id) for answer in first]
    rows = await world.rows("SELECT sender_kind, sender_id, person_id FROM records ORDER BY id")
    assert [tuple(row) for row in rows] == [(kind, identity, person) for kind, identity, person, *_ in senders]


@pytest.mark.parametrize("kind", ["agency", "provider", "person", "connection"])
async def test_a_service_sends_for_whom_its_token_names(world, line, kind):
    person, named = await world.person(), new_id()
    given = line(person)
    [first] = await world.store(given, **{kind: named})
    assert await world.store(given, **{kind: named}) == [Done("duplicate", first.id)]
    [other] = await world.store(given)
    assert other.status == "stored"
    rows = await world.rows("SELECT sender_kind, sender_id FROM records ORDER BY id")
    assert [tuple(row) for row in rows] == [(kind, str(named)), ("connection", "service")]


async def test_a_token_of_several_roles_sends_in_the_widest_role_it_has_the_claims_for(world, line):
    person = await world.person()
    given = line(person)
    claims = {"agency": world.here, "person": person}
    for roles in (("person", "agency_hr"), ("agency_hr", "person")):
        await world.store(given | {"reference": str(roles)}, role=roles, **claims)
    await world.store(given, role=("person", "agency_hr"), person=person)
    rows = await world.rows("SELECT sender_kind FROM records ORDER BY id")
    assert [row.sender_kind for row in rows] == ["agency", "agency", "person"]


async def test_a_provider_sends_its_own_trainings_for_anyone(world, line):
    own = await world.provider([("KL03", date(2020, 1, 1), None)])
    other = await world.provider([("KL03", date(2020, 1, 1), None)], world.other_school)
    people = [await world.person(agency=agency) for agency in (world.here, world.there)]
    answers = await world.store(
        *(line(person) for person in people),
        line(people[0], provider_code=own),
        line(people[0], provider_code=other),
        line(people[0], provider_code="NOBODY"),
        line(people[0], form="NKL01", jp=None),
        role="provider",
        provider=world.school,
    )
    assert told(answers) == [*["stored"] * 3, "not-yours", "provider-unknown", "stored"]
    rows = await world.rows("SELECT DISTINCT provider_id, source_kind, verified FROM records WHERE form = 'KL03'")
    assert [tuple(row) for row in rows] == [(world.school, "provider", True)]


async def test_a_person_declares_only_for_themselves_and_unverified(world, line):
    me, other = await world.person(), await world.person()
    answers = await world.store(line(me), line(other), role="person", person=me)
    assert told(answers) == ["stored", "not-yours"]
    assert await world.ledger(me) == ("0.000", "8.000")


@pytest.mark.parametrize(
    ("role", "source", "expected"),
    [
        ("service", None, ("system", True)),
        ("service", "provider", ("provider", True)),
        ("service", "self", ("self", False)),
        ("agency_hr", None, ("system", True)),
        ("agency_hr", "self", ("self", False)),
        ("agency_hr", "provider", "source-not-allowed"),
        ("provider", None, ("provider", True)),
        ("provider", "self", "source-not-allowed"),
        ("provider", "system", "source-not-allowed"),
        ("person", None, ("self", False)),
        ("person", "system", "source-not-allowed"),
    ],
)
async def test_the_source_follows_from_the_role(world, line, role, source, expected):
    await world.provider([("KL03", date(2020, 1, 1), None)])
    me = await world.person()
    claims = {"agency_hr": {"agency": world.here}, "provider": {"provider": world.school}, "person": {"person": me}}
    [answer] = await world.store(line(me, source=source), role=role, **claims.get(role, {}))
    if isinstance(answer, Refused):
        assert answer.code == expected
    else:
        assert tuple((await world.rows("SELECT source_kind, verified FROM records"))[0]) == expected


@pytest.mark.parametrize("role", ["agency_hr", "provider", "person"])
async def test_a_token_that_speaks_for_nobody_may_send_nothing(world, line, role):
    person = await world.person()
    with pytest.raises(Refused) as refused:
        await world.store(line(person), role=role)
    assert refused.value.code == "forbidden"


async def test_who_sees_a_record(world, api, line):
    await world.provider([("KL03", date(2020, 1, 1), None)])
    moved = [(world.there, date(2020, 1, 1), date(2026, 5, 1)), (world.here, date(2026, 5, 1), None)]
    person = await world.person(assignments=moved)
    [answer] = await world.store(line(person), role="provider", provider=world.school)
    path = f"/trainings/{answer.id}"
    await world.agency(world.here, region="Papua")
    await world.agency(world.school, region="Bali")
    seen = [
        ("lan", {}),
        ("analis", {"region": "Papua"}),
        ("service", {}),
        ("agency_hr", {"agency": world.here}),
        ("agency_hr", {"agency": world.there}),
        ("inspector", {"agency": world.here}),
        ("provider", {"provider": world.school}),
        ("person", {"person": person}),
    ]
    hidden = [
        ("analis", {"region": "Bali"}),
        ("platform_admin", {}),
        ("agency_hr", {"agency": new_id()}),
        ("inspector", {"agency": new_id()}),
        ("provider", {"provider": world.other_school}),
        ("person", {"person": new_id(), "agency": world.here}),
    ]
    for role, claims in seen:
        for suffix in ("", "/history"):
            assert (await api.call(role, "GET", path + suffix, **claims)).status_code == 200, role
        assert len((await api.get(f"/trainings?person_id={person}", role, **claims))["items"]) == 1
    for role, claims in hidden:
        for suffix in ("", "/history"):
            assert (await api.refused(role, "GET", path + suffix, **claims))[:2] == (404, "not-found"), role
        assert (await api.get(f"/trainings?person_id={person}", role, **claims))["items"] == []


async def test_an_agency_sees_nothing_of_a_person_who_will_only_come_to_it_later(world, api, line):
    """The registry tells of a move beforehand. The new agency is that of the person only from the day of the move."""
    planned = [(world.here, date(2020, 1, 1), date(2027, 1, 1)), (world.there, date(2027, 1, 1), None)]
    person = await world.person(agency=world.here, assignments=planned)
    [stored] = await world.store(line(person))
    for role in ("agency_hr", "inspector"):
        there = {"agency": world.there}
        for path in (f"/trainings/{stored.id}", f"/trainings/{stored.id}/history", f"/people/{person}/jp?year=2026"):
            assert (await api.refused(role, "GET", path, **there))[:2] == (404, "not-found"), path
        assert (await api.get(f"/trainings?person_id={person}", role, **there))["items"] == []
        summary = await api.get(f"/agencies/{world.there}/jp-summary?year=2026", role, **there)
        assert summary["people"] == 0
    assert told(await world.store(line(person), role="agency_hr", agency=world.there)) == ["agency-mismatch"]
    moved = world.state(person_id=person, agency=world.there, assignments=planned)
    await world.people(moved, sequence=2)
    assert (await api.get(f"/trainings/{stored.id}", "agency_hr", agency=world.there))["id"] == str(stored.id)


async def test_who_may_change_a_record(world, api, line):
    await world.provider([("KL03", date(2020, 1, 1), None)])
    moved = [(world.there, date(2020, 1, 1), date(2026, 5, 1)), (world.here, date(2026, 5, 1), None)]
    person = await world.person(assignments=moved)
    [declared] = await world.store(line(person), role="person", person=person)
    [given] = await world.store(line(person), role="provider", provider=world.school)
    [system] = await world.store(line(person))
    allowed = {
        ("service", declared.id, 200),
        ("service", given.id, 200),
        ("agency_hr there", declared.id, 200),
        ("agency_hr here", system.id, 403),
        ("agency_hr elsewhere", system.id, 404),
        ("provider", given.id, 200),
        ("provider", system.id, 404),
        ("other provider", given.id, 404),
        ("person", declared.id, 200),
        ("person", given.id, 403),
        ("person", system.id, 403),
        ("other person", declared.id, 404),
        ("lan", system.id, 403),
    }
    claims = {
        "service": {},
        "lan": {},
        "agency_hr there": {"agency": world.there},
        "agency_hr here": {"agency": world.here},
        "agency_hr elsewhere": {"agency": new_id()},
        "provider": {"provider": world.school},
        "other provider": {"provider": world.other_school},
        "person": {"person": person},
        "other person": {"person": new_id()},
    }
    for who, record_id, status in sorted(allowed, key=str):
        role = next((role for role in (*SENDERS, "lan") if role in who.split()), "")
        body = {"form": "KL03", "title": f"oleh {who}", "start_date": "2026-03-02", "end_date": "2026-03-03", "jp": "8"}
        body |= {"reason": "uji"}
        answer = await api.call(role, "PUT", f"/trainings/{record_id}", body, **claims[who])
        assert answer.status_code == status, (who, answer.text)


async def test_a_person_cannot_change_what_was_verified(world, api, line):
    person = await world.person()
    [declared] = await world.store(line(person), role="person", person=person)
    path = f"/trainings/{declared.id}"
    assert (await api.call("agency_hr", "POST", f"{path}/verify")).status_code == 200
    refused = await api.refused("person", "POST", f"{path}/revoke", {"reason": "salah"}, person=person)
    assert refused[:2] == (409, "already-verified")


@pytest.mark.parametrize(
    ("role", "source"),
    [
        ("agency_hr", None),
        ("agency_hr", "system"),
        ("provider", None),
        ("provider", "provider"),
        ("service", None),
        ("service", "system"),
        ("service", "provider"),
    ],
)
async def test_what_people_send_of_themselves_is_unverified_in_whichever_role_they_send_it(
    world, api, line, role, source
):
    await world.provider([("KL03", date(2020, 1, 1), None)])
    me, colleague = await world.person(), await world.person()
    one, many, theirs = line(me, source=source), line(me, source=source), line(colleague, source=source)
    assert (await api.call(role, "POST", "/trainings", one, person=me)).status_code == 201
    answers = await api.bulk("/trainings:batch", [many, theirs], role, person=me)
    assert {answer["status"] for answer in answers} == {"stored"}
    rows = await world.rows("SELECT person_id, source_kind, verified FROM records ORDER BY id")
    kind = "provider" if "provider" in {role, source} else "system"
    assert [tuple(row) for row in rows] == [*[(me, "self", False)] * 2, (colleague, kind, True)]
    assert await world.ledger(me) == ("0.000", "16.000")


async def test_nobody_changes_a_verified_record_of_their_own(world, api, line):
    await world.provider([("KL03", date(2020, 1, 1), None)])
    me = await world.person()
    body = {"form": "KL03", "title": "x", "start_date": "2026-03-02", "end_date": "2026-03-03", "jp": "80"}
    body |= {"reason": "lebih lama"}
    for role in ("agency_hr", "provider", "service"):
        [record] = await world.store(line(me), role="provider", provider=world.school)
        path = f"/trainings/{record.id}"
        assert (await api.refused(role, "PUT", path, body, person=me))[:2] == (403, "own-record")
        refused = await api.refused(role, "POST", f"{path}/revoke", {"reason": "salah"}, person=me)
        assert refused[:2] == (403, "own-record")
        assert (await api.call(role, "PUT", path, body, person=new_id())).status_code == 200


async def test_a_correction_of_an_own_unverified_record_leaves_it_unverified(world, api, line):
    me = await world.person()
    [record] = await world.store(line(me), role="agency_hr", agency=world.here, person=me)
    body = {"form": "KL03", "title": "x", "start_date": "2026-03-02", "end_date": "2026-03-03", "jp": "9"}
    answer = await api.call("agency_hr", "PUT", f"/trainings/{record.id}", body | {"reason": "salah ketik"}, person=me)
    assert (answer.status_code, answer.json()["verified"], answer.json()["jp_counted"]) == (200, False, "9.000")


async def test_nobody_verifies_their_own_record(world, api, line):
    person = await world.person()
    [declared] = await world.store(line(person), role="person", person=person)
    path = f"/trainings/{declared.id}/verify"
    assert (await api.refused("agency_hr", "POST", path, person=person))[:2] == (403, "own-record")
    assert (await api.refused("service", "POST", path, person=person))[:2] == (403, "own-record")
    assert (await api.refused("person", "POST", path, person=person))[:2] == (403, "forbidden")
    assert (await api.refused("agency_hr", "POST", path, agency=world.there))[:2] == (404, "not-found")
    assert (await api.call("agency_hr", "POST", path)).json()["verified"] is True


async def test_a_correction_cannot_move_a_record_to_another_agency(world, api, line):
    moved = [(world.there, date(2020, 1, 1), date(2026, 3, 1)), (world.here, date(2026, 3, 1), None)]
    person = await world.person(assignments=moved)
    [record] = await world.store(line(person))
    body = {
        "form": "KL03",
        "title": "x",
        "start_date": "2026-02-02",
        "end_date": "2026-02-03",
        "jp": "8",
        "reason": "y",
    }
    refused = await api.refused("agency_hr", "PUT", f"/trainings/{record.id}", body)
    assert refused[:2] == (403, "agency-mismatch")


async def test_a_record_of_a_degree_tells_who_had_a_hand_in_it(world, api, line):
    """The event names all who sent, corrected or verified the record: credit does not let them judge it."""
    me, clerk, officer = [await world.person() for _ in range(3)]
    degree = line(me, form="PD01", degree="S2", jp=None, title="Magister")
    sent = await api.call("person", "POST", "/trainings", degree, subject="saya", person=me)
    path = f"/trainings/{sent.json()['id']}"
    body = {name: degree[name] for name in ("form", "degree", "start_date", "end_date")}
    body |= {"title": "Magister Hukum", "reason": "salah ketik"}
    for subject in ("dewi", "hanya-melihat"):
        claims = {"subject": subject, "person": clerk}
        assert (await api.call("agency_hr", "PUT", path, body, **claims)).status_code == 200
    for subject in ("siti", "terlambat"):
        claims = {"subject": subject, "person": officer}
        assert (await api.call("agency_hr", "POST", f"{path}/verify", **claims)).status_code == 200
    told = [(name, body["hands"]) for name, _, body in await world.emitted()]
    assert told == [
        ("TrainingCompleted", sorted(["saya", str(me)])),
        ("TrainingCorrected", sorted(["dewi", "saya", str(me), str(clerk)])),
        ("TrainingCorrected", sorted(["dewi", "saya", "siti", str(me), str(clerk), str(officer)])),
    ]
    for version in (await api.get(f"{path}/history"))["items"]:
        assert "hands" not in version["state"]


async def test_a_record_tells_who_had_a_hand_in_it_only_once_it_names_a_degree(world, api, line):
    person = await world.person()
    [record] = await world.store(line(person))
    body = {"form": "PD01", "degree": "S2", "title": "x", "start_date": "2026-03-02", "end_date": "2026-03-03"}
    claims = {"subject": "dewi", "person": await world.person()}
    answer = await api.call("agency_hr", "PUT", f"/trainings/{record.id}", body | {"reason": "y"}, **claims)
    assert answer.status_code == 200
    assert [body["hands"] for _, _, body in await world.emitted()] == [
        [],
        sorted(["dewi", "service", str(claims["person"])]),
    ]
