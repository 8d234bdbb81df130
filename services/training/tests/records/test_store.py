"""Storing records: what is answered, counted and announced."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from common.answers import Done
from common.ids import new_id
from common.parts import Law
from common.store.database import counted_statements
from common.store.outbox import unpack
from contracts.events.training import TrainingCompleted
from jejak_local.harness import told
from training.records.writing import SENT


async def test_a_record_is_stored_counted_and_announced(world, line):
    person = await world.person()
    [answer] = await world.store(line(person, competencies=["data", "tata kelola"], evidence="https://bukti.example/1"))
    assert answer == Done("stored", answer.id)
    assert await world.ledger(person) == ("8.000", "0.000")
    [record] = await world.rows("SELECT * FROM records")
    assert (record.agency_id, record.year, record.rule_pack, record.why) == (world.here, 2026, "jp-2018", "stated")
    assert (record.competencies, record.evidence, record.version, record.state) == (
        ["data", "tata kelola"],
        "https://bukti.example/1",
        1,
        "valid",
    )
    [(name, sequence, body)] = await world.emitted()
    assert (name, sequence) == ("TrainingCompleted", 1)
    assert body == {
        "record_id": str(answer.id),
        "person_id": str(person),
        "agency_id": str(world.here),
        "year": 2026,
        "form": "KL03",
        "title": "Pelatihan teknis",
        "provider_id": None,
        "course_id": None,
        "start_date": "2026-03-02",
        "end_date": "2026-03-03",
        "jp_stated": "8.000",
        "jp_counted": "8.000",
        "jp_by_year": None,
        "verified": True,
        "source_kind": "system",
        "degree": None,
        "international": False,
        "competencies": ["data", "tata kelola"],
        "rule_pack": "jp-2018",
        "hands": [],
    }


async def test_a_person_is_found_by_nip_or_id_and_both_must_agree(world, line):
    nip, other = world.nip(), world.nip()
    person = await world.person(nip=nip)
    await world.person(nip=other)
    written = f"{nip[:8]} {nip[8:14]}.{nip[14]} {nip[15:]}"
    answers = await world.store(
        line(nip=written), line(person), line(person, nip=nip), line(person, nip=other), line(new_id()), line()
    )
    assert told(answers) == ["stored", "stored", "stored", "person-unknown", "person-unknown", "field-missing"]
    assert [answer.field for answer in answers[3:]] == ["nip", "person_id", "nip"]


@pytest.mark.parametrize("how", ["one chunk", "chunk after chunk"])
async def test_a_repeated_reference_names_the_first_record_and_has_no_effect(world, line, how):
    person = await world.person()
    first, second = line(person), line(person)
    same_hours = first | {"jp": "8.00"}
    another_body = first | {"title": "Judul lain"}
    lines = [first, second, first, same_hours, another_body, first]
    if how == "one chunk":
        answers = await world.store(*lines)
    else:
        answers = [answer for each in lines for answer in await world.store(each)]
    assert told(answers) == ["stored", "stored", "duplicate", "duplicate", "reference-conflict", "duplicate"]
    assert {answers[n].id for n in (0, 2, 3, 5)} == {answers[0].id}
    assert answers[4].field == "reference"
    assert await world.ledger(person) == ("16.000", "0.000")
    assert len(await world.emitted()) == 2


async def test_a_refused_line_takes_no_reference(world, line):
    person = await world.person()
    wrong = line(person, jp="0")
    assert told(await world.store(wrong, wrong | {"jp": "8"}, wrong)) == [
        "jp-out-of-range",
        "stored",
        "reference-conflict",
    ]


async def test_a_repeat_is_a_duplicate_even_where_it_would_not_be_verified_today(world, line):
    person = await world.person()
    code = await world.provider([("KL03", date(2020, 1, 1), None)])
    given = line(person, provider_code=code)
    [first] = await world.store(given)
    async with world.database.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM accreditations")
    assert await world.store(given) == [Done("duplicate", first.id)]
    await world.store(line(person, provider_code=code))
    rows = await world.rows("SELECT verified, accredited FROM records ORDER BY id")
    assert [tuple(row) for row in rows] == [(True, True), (False, False)]


@pytest.mark.parametrize("how", ["one chunk", "chunk after chunk"])
async def test_the_same_body_is_a_duplicate_whether_it_names_the_person_by_nip_or_by_id(world, line, how):
    nip = world.nip()
    person = await world.person(nip=nip)
    by_nip = line(nip=nip)
    by_id = {**by_nip, "nip": None, "person_id": str(person)}
    lines = [by_nip, by_id, by_id | {"nip": nip}, by_nip]
    if how == "one chunk":
        answers = await world.store(*lines)
    else:
        answers = [answer for each in lines for answer in await world.store(each)]
    assert answers == [Done("stored", answers[0].id), *[Done("duplicate", answers[0].id)] * 3]
    assert await world.ledger(person) == ("8.000", "0.000")


async def test_what_a_corrected_record_says_now_is_a_duplicate_too(world, api, line):
    person = await world.person()
    code = await world.provider([("KL03", date(2020, 1, 1), None)])
    first = line(person, provider_code=code, competencies=["data"])
    [record] = await world.store(first)
    new = {name: value for name, value in first.items() if name not in {"reference", "source_name", "person_id"}}
    new |= {"title": "Judul yang benar", "jp": "12", "end_date": "2026-03-04"}
    answer = await api.call("service", "PUT", f"/trainings/{record.id}", new | {"reason": "salah ketik"})
    assert answer.status_code == 200
    corrected = first | {"title": "Judul yang benar", "jp": "12.0", "end_date": "2026-03-04"}
    other = await world.person()
    # By another name of the person, what was sent first is known as well.
    nip = world.nip()
    await world.people(world.state(person_id=person, nip=nip), sequence=2)
    by_nip = {**first, "person_id": None, "nip": nip}
    assert await world.store(by_nip, by_nip | {"person_id": str(person)}) == [Done("duplicate", record.id)] * 2
    told_now = await world.store(
        corrected,
        first,
        corrected | {"source": "system"},
        corrected | {"source": "self"},
        corrected | {"title": "Judul yang lain"},
        corrected | {"person_id": str(other)},
        corrected | {"jp": "0"},
        corrected | {"competencies": []},
    )
    assert told_now[:3] == [Done("duplicate", record.id)] * 3
    assert told(told_now[3:]) == ["reference-conflict"] * 5
    single = await api.call("service", "POST", "/trainings", corrected)
    assert (single.status_code, single.json()["id"], single.json()["title"]) == (
        200,
        str(record.id),
        "Judul yang benar",
    )
    assert await world.ledger(person) == ("12.000", "0.000")


async def test_a_body_that_says_the_same_in_other_words_is_a_duplicate(world, line):
    """Hours that are left out are those of the course; a source that is left out follows from the sender's role."""
    person = await world.person()
    await world.provider([("KL03", date(2020, 1, 1), None)])
    async with world.database.engine.begin() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO courses VALUES ($1, 'C-1', $2, 'Data', 'KL03', 12, '{}', '2026-03-01', '2026-04-01', 1, '{}', NULL, NULL, NULL, '[]')",
            (new_id(), world.school),
        )
    given = line(person, course_code="C-1", jp=None)
    [first] = await world.store(given)
    assert await world.store(given | {"jp": "12"}, given | {"source": "system"}) == [Done("duplicate", first.id)] * 2


async def test_references_that_conflict_take_four_statements_however_many_they_are(world, line):
    people = await world.people(*(world.state() for _ in range(50)))
    lines = [line(people[n % 50]) for n in range(250)]
    await world.store(*lines)
    for size in (1, 250):
        with counted_statements(world.database) as run:
            answers = await world.store(*(each | {"title": "Judul lain"} for each in lines[:size]))
        assert told(answers) == ["reference-conflict"] * size
        assert len(run) == 4


async def test_of_several_who_send_a_reference_at_once_one_wins_and_the_others_are_refused(world, line):
    nips = [world.nip() for _ in range(3)]
    people = [await world.person(nip=nip) for nip in nips]
    same = line(people[0])
    conflicting = [same | {"person_id": str(people[1])}, same | {"person_id": str(people[2])}]
    answers = await asyncio.gather(*(world.store(each, each) for each in [same, *conflicting]))
    flat = [told(each) for each in answers]
    assert sorted(flat) == [["reference-conflict"] * 2, ["reference-conflict"] * 2, ["stored", "duplicate"]]
    assert await world.value("SELECT count(*) FROM records") == 1
    assert await world.value("SELECT sum(verified) FROM jp_ledger") == 8
    assert len(await world.emitted()) == 1


async def test_the_same_upload_twice_at_once_stores_each_line_once(world, line):
    people = await world.people(*(world.state() for _ in range(20)))
    lines = [line(person, form="NKL01", jp=None) for person in people]
    answers = await asyncio.gather(world.store(*lines), world.store(*lines))
    for one, other in zip(*answers, strict=True):
        assert sorted([one.status, other.status]) == ["duplicate", "stored"]
        assert one.id == other.id
    assert await world.value("SELECT sum(verified) FROM jp_ledger") == 40
    assert len(await world.emitted()) == 20


async def test_uploads_and_news_of_the_same_people_in_opposite_order_do_not_block_each_other(world, line):
    states = [world.state() for _ in range(400)]
    people = await world.people(*states)
    news = [world.received(state, 2) for state in reversed(states)]
    forms = [{"form": "NKL09", "jp": None}, {}]
    uploads = []
    for n, order in enumerate([people, people[::-1]] * 3):
        # In a year nobody has opened, so that its ledgers are laid on the way.
        day = {"start_date": f"2025-03-{1 + n:02}", "end_date": f"2025-03-{1 + n:02}"}
        uploads.append([line(person, **forms[n % 2], **day) for person in order])
    async with asyncio.timeout(60):
        *answers, _ = await asyncio.gather(*(world.store(*upload) for upload in uploads), world.hear(*news))
    assert {answer.status for each in answers for answer in each} == {"stored"}
    rows = await world.rows("SELECT DISTINCT verified FROM jp_ledger WHERE year = 2025")
    assert [row.verified for row in rows] == [3 * 2 + 3 * 8]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"start_date": "2026-03-04"}, "dates-reversed", "end_date"),
        ({"end_date": "2026-06-16"}, "date-in-future", "end_date"),
        ({"end_date": "2036-06-16", "start_date": "2036-06-16"}, "date-in-future", "end_date"),
        ({"end_date": "2009-12-31", "start_date": "2009-12-31"}, "not-in-service", "end_date"),
        ({"end_date": "2018-12-31", "start_date": "2018-12-31"}, "rule-missing", "end_date"),
        ({"jp": "0"}, "jp-out-of-range", "jp"),
        ({"jp": "-4"}, "jp-out-of-range", "jp"),
        ({"jp": "10000"}, "jp-out-of-range", "jp"),
        ({"jp": "4.125"}, "jp-decimals", "jp"),
        ({"jp": None}, "jp-missing", "jp"),
        ({"form": "XX99"}, "form-unknown", "form"),
        ({"form": "PD01"}, "degree-missing", "degree"),
        ({"form": "PD01", "degree": "S9"}, "degree-unknown", "degree"),
        ({"degree": "S2"}, "degree-unexpected", "degree"),
        ({"provider_code": "NOBODY"}, "provider-unknown", "provider_code"),
        ({"course_code": "NONE"}, "course-unknown", "course_code"),
    ],
)
async def test_a_broken_rule_is_named_with_its_field(world, line, changes, code, field):
    person = await world.person()
    [refused, good] = await world.store(line(person, **{"jp": "8"} | changes), line(person))
    assert (refused.code, refused.field, good.status) == (code, field, "stored")
    assert await world.ledger(person) == ("8.000", "0.000")


async def test_a_record_counts_from_the_day_of_joining_until_the_day_before_leaving(world, line):
    person = await world.person(joined_on=date(2026, 2, 2), left_on=date(2026, 5, 5))
    days = ["2026-02-01", "2026-02-02", "2026-05-04", "2026-05-05"]
    answers = await world.store(*(line(person, start_date=day, end_date=day) for day in days))
    assert told(answers) == ["not-in-service", "stored", "stored", "not-in-service"]


async def test_the_year_is_that_of_the_end_date_however_late_it_arrives(world, line):
    person = await world.person()
    await world.store(
        line(person, start_date="2025-12-30", end_date="2025-12-31", jp="3"),
        line(person, start_date="2025-12-30", end_date="2026-01-01", jp="5"),
        line(person, start_date="2019-01-01", end_date="2019-01-01", jp="7"),
    )
    rows = await world.rows("SELECT year, target, duty_months, verified FROM jp_ledger ORDER BY year")
    assert [(row.year, row.target, row.duty_months, row.verified) for row in rows] == [
        (2019, 20, 0b1111_1111_1111, 7),
        (2025, 20, 0b1111_1111_1111, 3),
        (2026, 20, 0b1111_1111_1111, 5),
    ]


@pytest.mark.parametrize(
    ("moment", "answers"),
    [
        (datetime(2025, 12, 31, 16, 59, tzinfo=UTC), ["stored", "date-in-future"]),
        (datetime(2025, 12, 31, 17, 0, tzinfo=UTC), ["stored", "stored"]),
    ],
)
async def test_today_is_today_in_jakarta(world, line, moment, answers):
    person = await world.person()
    world.clock.moment = moment
    days = ["2025-12-31", "2026-01-01"]
    assert told(await world.store(*(line(person, start_date=day, end_date=day) for day in days))) == answers


async def test_hours_stay_where_the_person_served_on_the_end_date(world, line):
    moved = [(world.there, date(2020, 1, 1), date(2026, 3, 1)), (world.here, date(2026, 3, 1), None)]
    person = await world.person(assignments=moved)
    days = ["2026-02-28", "2026-03-01", "2019-06-01"]
    answers = await world.store(*(line(person, start_date=day, end_date=day) for day in days))
    found = {row.id: row.agency_id for row in await world.rows("SELECT id, agency_id FROM records")}
    assert [found[answer.id] for answer in answers] == [world.there, world.here, world.there]


async def test_a_course_gives_its_hours_form_provider_and_competencies(world, line):
    person = await world.person()
    await world.provider([("KL03", date(2020, 1, 1), None), ("KL06", date(2020, 1, 1), None)])
    other = await world.provider([("KL03", date(2020, 1, 1), None)], world.other_school)
    course = new_id()
    async with world.database.engine.begin() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO courses VALUES ($1, 'C-1', $2, 'Data', 'KL03', 12, '{data}', '2026-03-01', '2026-04-01', 1, '{}', NULL, NULL, NULL, '[]')",
            (course, world.school),
        )
    given = line(person, course_code="C-1", jp=None)
    answers = await world.store(
        given,
        line(person, course_code="C-1", jp="10", competencies=["statistik"]),
        line(person, course_code="C-1", form="KL06"),
        line(person, course_code="C-1", provider_code=other),
        line(person, course_code="C-1", start_date="2026-02-28"),
        line(person, course_code="C-1", start_date="2026-04-01", end_date="2026-04-01"),
    )
    assert told(answers) == ["stored", "stored", *["course-mismatch"] * 2, *["course-not-valid"] * 2]
    first, second = await world.rows("SELECT * FROM records ORDER BY id")
    assert (first.course_id, first.provider_id, first.jp_stated, first.competencies) == (
        course,
        world.school,
        12,
        ["data"],
    )
    assert (second.jp_counted, second.competencies) == (10, ["statistik"])


@pytest.mark.parametrize("role", ["service", "agency_hr", "provider"])
async def test_whoever_sends_it_without_accreditation_on_both_dates_it_is_taken_unverified_and_flagged(
    world, line, role
):
    person = await world.person()
    code = await world.provider(
        [("KL03", date(2026, 3, 1), date(2026, 3, 11)), ("KL03", date(2026, 3, 11), date(2026, 3, 21))]
    )
    claims = {"agency": world.here} if role == "agency_hr" else {"provider": world.school} if role == "provider" else {}
    answers = await world.store(
        line(person, provider_code=code, start_date="2026-02-28", end_date="2026-03-02"),
        line(person, provider_code=code, start_date="2026-03-01", end_date="2026-03-20"),
        line(person, provider_code=code, start_date="2026-03-20", end_date="2026-03-21"),
        line(person, provider_code=code, form="KL04", start_date="2026-03-02"),
        role=role,
        **claims,
    )
    assert told(answers) == ["stored"] * 4
    rows = await world.rows("SELECT verified, accredited FROM records ORDER BY reference")
    assert [tuple(row) for row in rows] == [(False, False), (True, True), (False, False), (False, False)]
    assert await world.ledger(person) == ("8.000", "24.000")


async def test_a_cap_is_shared_across_chunks_by_date_not_by_order_of_arrival(world, line):
    person = await world.person()
    coaching = {"form": "NKL01", "jp": None}
    await world.store(
        line(person, **coaching, start_date="2026-03-20", end_date="2026-03-20"),
        line(person, **coaching, start_date="2026-03-10", end_date="2026-03-10"),
        line(person, **coaching, start_date="2026-03-15", end_date="2026-03-15"),
    )
    assert await world.ledger(person) == ("4.000", "0.000")
    await world.store(line(person, **coaching, start_date="2026-03-01", end_date="2026-03-01"))
    rows = await world.rows("SELECT end_date, jp_counted, why, version FROM records ORDER BY end_date")
    assert [(row.end_date.day, row.jp_counted, row.why, row.version) for row in rows] == [
        (1, 2, "sessions", 1),
        (10, 2, "sessions", 1),
        (15, 0, "sessions-capped", 2),
        (20, 0, "sessions-capped", 1),
    ]
    assert await world.ledger(person) == ("4.000", "0.000")
    assert [(name, sequence, body["jp_counted"]) for name, sequence, body in await world.emitted()] == [
        ("TrainingCompleted", 1, "0.000"),
        ("TrainingCompleted", 1, "2.000"),
        ("TrainingCompleted", 1, "2.000"),
        ("TrainingCorrected", 2, "0.000"),
        ("TrainingCompleted", 1, "2.000"),
    ]
    versions = await world.rows(
        "SELECT version, state ->> 'jp_counted' AS jp, reason FROM record_versions ORDER BY version"
    )
    assert [(row.version, row.jp, row.reason is None) for row in versions] == [(1, "2.000", True), (2, "0.000", False)]


async def test_verified_hours_take_the_cap_from_declared_ones(world, line):
    person = await world.person()
    await world.store(line(person, form="NKL09", jp=None, source="self"))
    assert await world.ledger(person) == ("0.000", "4.000")
    await world.store(line(person, form="NKL09", jp=None, start_date="2026-03-03"))
    assert await world.ledger(person) == ("2.000", "2.000")


async def test_each_record_is_judged_by_the_rule_of_its_end_date(world, line, changed_rules):
    world.parts = replace(world.parts, law=Law(changed_rules))
    person = await world.person()
    workshop, coaching = {"form": "KL07", "jp": None}, {"form": "NKL01", "jp": None, "sessions": 2}
    days = [{"start_date": day, "end_date": day} for day in ("2026-03-15", "2026-03-16")]
    await world.store(*(line(person, **form, **day) for form in (workshop, coaching) for day in days))
    rows = await world.rows("SELECT rule_pack, jp_counted FROM records ORDER BY form, end_date")
    assert [(row.rule_pack, row.jp_counted) for row in rows] == [
        ("jp-2018", 5),
        ("jp-2026", 7),
        ("jp-2018", 4),
        ("jp-2026", 2),
    ]


async def test_a_record_before_the_first_rules_is_refused_in_whichever_year_it_counts(world, line):
    person = await world.person()
    over_new_year = {"jp": None, "start_date": "2018-12-20", "end_date": "2019-01-10"}
    answers = await world.store(
        line(person, form="NKL09", **over_new_year),
        line(person, form="NKL01", **over_new_year, session_dates=["2018-12-20", "2019-01-10"]),
        line(person, form="NKL01", **over_new_year, session_dates=["2019-01-02", "2019-01-10"]),
    )
    assert told(answers) == ["rule-missing", "rule-missing", "stored"]


@pytest.mark.parametrize(
    ("start", "form", "told_code"),
    [
        ("2025-06-30", {"form": "KL03"}, "before-service"),
        ("2025-06-30", {"form": "NKL09"}, "before-service"),
        ("2025-06-30", {"form": "NKL01", "session_dates": ["2025-06-30"]}, "before-service"),
        ("2025-07-01", {"form": "KL03"}, "stored"),
        ("2022-07-01", {"form": "PD01", "degree": "S2"}, "stored"),
        ("1999-12-31", {"form": "PD01", "degree": "S2"}, "too-long"),
        ("1900-01-01", {"form": "PD01", "degree": "S2"}, "too-long"),
    ],
)
async def test_an_activity_begins_in_service_and_a_study_within_ten_years(world, line, start, form, told_code):
    person = await world.person(joined_on=date(2025, 7, 1))
    [answer] = await world.store(line(person, start_date=start, end_date="2025-08-01", **form))
    assert told([answer]) == [told_code]
    if told_code != "stored":
        assert answer.field == "start_date"


@pytest.mark.parametrize("name", ["start_date", "end_date", "session_dates"])
@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2201-01-01", 1430438400, 42125])
async def test_a_date_is_a_text_and_of_our_time(world, api, line, name, day):
    wrong = line(await world.person(), form="NKL01", jp=None) | {name: [day] if name == "session_dates" else day}
    status, code, field = await api.refused("service", "POST", "/trainings", wrong)
    assert (status, code, field.partition(".")[0]) == (422, "date-invalid", name)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"form": "KL03"}, "session-dates-unexpected", "session_dates"),
        ({"sessions": 3}, "sessions-differ", "session_dates"),
        ({"session_dates": ["2026-03-01", "2026-03-03"]}, "session-outside", "session_dates"),
        ({"session_dates": ["2026-03-02", "2026-03-04"]}, "session-outside", "session_dates"),
        ({"end_date": "2026-06-16"}, "date-in-future", "end_date"),
    ],
)
async def test_session_dates_are_checked_by_rule_and_field(world, api, line, changes, code, field):
    person = await world.person()
    told_sessions = line(person, form="NKL01", jp=None, session_dates=["2026-03-02", "2026-03-03"]) | changes
    if changes.get("form") == "KL03":
        told_sessions["jp"] = "8"
    assert (await api.refused("service", "POST", "/trainings", told_sessions))[:3] == (422, code, field)


@pytest.mark.parametrize("dates", ["2026-03-02", [1772409600], [None], ["2026-3-2"], ["2026-03-02"] * 101])
async def test_session_dates_are_a_list_of_dates(world, api, line, dates):
    told_sessions = line(await world.person(), form="NKL01", jp=None, session_dates=dates)
    status, _, field, *_ = await api.refused("service", "POST", "/trainings", told_sessions)
    assert (status, field.partition(".")[0]) == (422, "session_dates")


async def statements(world, lines):
    with counted_statements(world.database) as run:
        answers = await world.store(*lines)
    assert {answer.status for answer in answers} == {"stored"}
    return len(run)


async def test_a_chunk_of_plain_lines_takes_six_statements_and_a_copy(world, line):
    people = await world.people(*(world.state() for _ in range(50)))
    for size in (1, 1_000):
        assert await statements(world, [line(people[n % 50]) for n in range(size)]) == 6


async def test_a_chunk_that_needs_everything_takes_twelve_statements_and_a_copy(world, line):
    """It has courses, providers, a year nobody has opened, and sessions that displace some counted before."""
    people = await world.people(*(world.state() for _ in range(50)))
    code = await world.provider([("KL06", date(2020, 1, 1), None)])
    async with world.database.engine.begin() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO courses VALUES ($1, 'C-1', $2, 'Data', 'KL06', 12, '{}', '2020-01-01', NULL, 1, '{}', NULL, NULL, NULL, '[]')",
            (new_id(), world.school),
        )
    coaching = {"form": "NKL01", "jp": None, "sessions": 2}
    for month, size in ((3, 1), (4, 250)):
        late, early = f"2026-{month:02}-20", f"2026-{month:02}-10"
        await world.store(*(line(person, **coaching, start_date=late, end_date=late) for person in people))
        lines = []
        for n in range(size):
            person = people[n % 50]
            lines += [
                line(person, form="KL06", course_code="C-1"),
                line(person, form="KL06", provider_code=code),
                line(person, start_date=f"{2020 + month}-02-02", end_date=f"{2020 + month}-02-02"),
            ]
            if n < 50:
                lines.append(line(person, **coaching, start_date=early, end_date=early))
        assert await statements(world, lines) == 12


async def test_what_a_sender_sent_before_is_looked_up_line_by_line_in_a_table_nobody_has_counted_yet(world):
    given = {"source_name": ["lms"], "reference": ["r-1"], "sender_kind": "agency", "sender_id": "a"}
    async with world.database.engine.begin() as connection:
        plan = "\n".join(await connection.scalars(text(f"EXPLAIN {SENT.text}"), given))
    assert "Index Cond" in plan
    assert "(source_name = given.source_name) AND (reference = given.reference)" in plan


async def test_events_of_new_records_are_written_as_their_class_writes_them(world, line):
    person = await world.person()
    code = await world.provider([("KL06", date(2020, 1, 1), None)])
    answers = await world.store(
        line(person, title='Kutip "dua" \\ – ✓ \u2028 \x7f'[:-1], competencies=["data", "ü"], jp="8.5"),
        line(person, form="KL06", provider_code=code, source="self"),
        line(person, form="PD01", degree="S2", jp=None),
        line(person, form="NKL09", jp=None, start_date="2025-12-30", end_date="2026-01-03", international=True),
        line(person, form="NKL01", jp=None, session_dates=["2026-03-03", "2026-03-02"]),
        role="service",
        person=new_id(),
    )
    assert told(answers) == ["stored"] * 5
    rows = await world.rows("SELECT events FROM outbox ORDER BY id")
    payloads = [message.value for row in rows for message in unpack(row.events)[1]]
    assert [TrainingCompleted.model_validate_json(each).model_dump_json().encode() for each in payloads] == payloads
    assert len(payloads) == 5
