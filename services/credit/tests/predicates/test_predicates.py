"""Predikat come in, one or many at a time, and each gets its answer."""

import asyncio
import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from credit.domain.periods import last_day
from jejak_local.harness import waits_for_a_lock

TWO_LEVELS = [("ahli_pertama", date(2020, 1, 1), date(2025, 7, 15)), ("ahli_muda", date(2025, 7, 15), None)]


async def submit(api, line, role: str = "agency_hr", **options):
    return await api.call(role, "POST", "/predicates", line, **options)


async def test_the_yearly_entry_covers_only_what_periodic_ones_have_left(world, api, predicate) -> None:
    """K01; BKN's own example: January-February gives 2.08, the year then counts ten months."""
    [person] = await world.people(world.state())
    early = (await submit(api, predicate(person, period_end="2025-02-28"))).json()
    assert (early["ak"], early["span"], early["months"]) == ("2.083", "periodic", 2)
    year = (await submit(api, predicate(person, predikat="sangat_baik"))).json()
    assert (year["months"], year["ak"]) == (10, "15.625")
    assert [part["period_start"] for part in year["segments"]] == ["2025-03-01"]
    assert [(out["month"], out["why"], out["case_id"]) for out in year["left_out"]] == [
        (f"2025-0{number}-01", "booked", early["id"]) for number in (1, 2)
    ]
    refused = await submit(api, predicate(person, period_start="2025-05-01", period_end="2025-06-30"))
    assert (refused.status_code, refused.json()["code"]) == (409, "months-already-booked")
    assert await world.value("SELECT count(*) FROM booked_months") == 12


async def test_a_change_of_jenjang_gives_segments(world, api, predicate) -> None:
    [person] = await world.people(world.state(jenjang="ahli_muda", posts=TWO_LEVELS))
    case = (await submit(api, predicate(person))).json()
    assert [(part["jenjang"], part["months"], part["base"], part["ak"]) for part in case["segments"]] == [
        ("ahli_pertama", 7, "12.5000", "7.292"),
        ("ahli_muda", 5, "25.0000", "10.417"),
    ]
    assert case["ak"] == "17.708", "added before rounding: 7.292 + 10.417 would be 17.709"


async def test_a_repeat_is_the_first_case_and_another_body_is_a_conflict(world, api, predicate) -> None:
    nip = world.nip()
    [person] = await world.people(world.state(nip=nip))
    line = predicate(person, reference="R-1", evidence="https://e-kinerja/1")
    first = await submit(api, line)
    again = await submit(api, line)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    by_nip = {name: value for name, value in line.items() if name != "person_id"} | {"nip": f"{nip[:8]} {nip[8:]}"}
    assert (await submit(api, by_nip)).json()["id"] == first.json()["id"], "the same person by another name"
    other = await submit(api, line | {"predikat": "kurang"})
    assert (other.status_code, other.json()["code"]) == (409, "reference-conflict")
    assert (
        await submit(api, line | {"source_name": "lain", "period_start": "2024-01-01", "period_end": "2024-12-31"})
    ).status_code == 201


async def test_a_number_that_moves_finds_nobody_until_it_has_moved(world, api, predicate) -> None:
    nip, other = world.nip(), world.nip()
    old, new = await world.people(world.state(nip=nip), world.state(nip=nip))
    line = {name: value for name, value in predicate(new).items() if name != "person_id"} | {"nip": nip}
    refused = await submit(api, line)
    assert (refused.status_code, refused.json()["code"]) == (422, "person-unknown")
    await world.people(world.state(person_id=old, nip=other), sequence=2)
    case = await submit(api, line)
    assert (case.status_code, case.json()["person_id"]) == (201, str(new))


async def test_a_number_of_a_contract_gone_by_finds_the_person_still(world, api, predicate) -> None:
    old, new = world.nip(), world.nip()
    [person] = await world.people(world.state(nip=old))
    line = {name: value for name, value in predicate(person).items() if name != "person_id"} | {"nip": old}
    first = await submit(api, line)
    await world.people(world.state(person_id=person, nip=new, former=[old]), sequence=2)
    for nip in (old, new):
        again = await submit(api, line | {"nip": nip})
        assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    # Mended, it was never theirs.
    await world.people(world.state(person_id=person, nip=new), sequence=3)
    refused = await submit(api, line)
    assert (refused.status_code, refused.json()["code"]) == (422, "person-unknown")


async def test_a_number_that_moves_while_it_is_looked_up_finds_nobody(world, api, predicate) -> None:
    nip = world.nip()
    [old] = await world.people(world.state(nip=nip))
    line = {name: value for name, value in predicate(old).items() if name != "person_id"} | {"nip": nip}
    async with world.database.transaction() as session:
        await session.execute(text("UPDATE people SET nip_hash = 'another' WHERE person_id = :id"), {"id": old})
        sent = asyncio.create_task(submit(api, line))
        await waits_for_a_lock(session, sent)
    refused = await sent
    assert (refused.status_code, refused.json()["code"]) == (422, "person-unknown")


async def test_an_idempotency_key_repeats_the_answer(world, api, predicate) -> None:
    [person] = await world.people(world.state())
    line, key = predicate(person), {"idempotency-key": "kunci-1"}
    first = await submit(api, line, headers=key)
    again = await submit(api, line, headers=key)
    assert (first.status_code, again.status_code, first.text) == (201, 201, again.text)
    other = await submit(api, predicate(person), headers=key)
    assert other.json()["code"] == "idempotency-conflict"
    assert await world.value("SELECT count(*) FROM cases") == 1


FAULTS = {
    "half a month at the start": ({"period_start": "2025-01-15"}, "period-not-whole-months", "period_start"),
    "half a month at the end": ({"period_end": "2025-06-15"}, "period-not-whole-months", "period_end"),
    "28 February of a leap year": (
        {"period_start": "2024-02-01", "period_end": "2024-02-28"}, "period-not-whole-months", "period_end"),
    "end before start": ({"period_start": "2025-07-01", "period_end": "2025-06-30"}, "dates-reversed", "period_end"),
    "two years": ({"period_start": "2024-07-01", "period_end": "2025-06-30"}, "period-crosses-years", "period_end"),
    "the future": ({"period_start": "2026-01-01", "period_end": "2026-12-31"}, "period-not-over", "period_end"),
    "the far future": ({"period_start": "2200-12-01", "period_end": "2200-12-31"}, "period-not-over", "period_end"),
    "before 2023": ({"period_start": "2022-01-01", "period_end": "2022-12-31"}, "no-conversion-rule", "period_start"),
    "no date": ({"period_start": "2025-02-30"}, "date-invalid", "period_start"),
    "beyond all years": ({"period_end": "9999-12-31"}, "date-invalid", "period_end"),
    "seconds for a date": ({"period_start": 1735689600}, "date-invalid", "period_start"),
    "seconds as text": ({"period_start": "1735689600"}, "date-invalid", "period_start"),
    "a moment for a date": ({"period_start": "2025-01-01T00:00:00"}, "date-invalid", "period_start"),
    "unknown predikat": ({"predikat": "istimewa"}, "field-invalid", "predikat"),
    "ratings that make another predikat": (
        {"hasil_kerja": "sesuai_ekspektasi", "perilaku": "di_bawah_ekspektasi"}, "predikat-mismatch", "predikat"),
    "a hasil kerja that no perilaku makes baik": (
        {"hasil_kerja": "di_bawah_ekspektasi"}, "predikat-mismatch", "predikat"),
    "a perilaku that no hasil kerja makes baik": (
        {"perilaku": "di_bawah_ekspektasi"}, "predikat-mismatch", "predikat"),
    "NIP with month 13": ({"person_id": None, "nip": "197013012010011001"}, "nip-invalid", "nip"),
    "unknown NIP": ({"person_id": None, "nip": "199901012022011999"}, "person-unknown", "nip"),
    "unknown person": ({"person_id": "0199a000-0000-7000-8000-0000000000ff"}, "person-unknown", "person_id"),
    "nobody": ({"person_id": None}, "person-unclear", None),
    "two names": ({"nip": "199901012022011999"}, "person-unclear", None),
    "unknown field": ({"hobi": "memancing"}, "field-unknown", "hobi"),
    "empty reference": ({"reference": "  "}, "field-invalid", "reference"),
    "a NUL in the reference": ({"reference": "a\u0000b"}, "field-invalid", "reference"),
    "a reference of 201 characters": ({"reference": "x" * 201}, "field-invalid", "reference"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_has_its_answer(world, api, predicate, fault: str) -> None:
    changes, code, field = FAULTS[fault]
    [person] = await world.people(world.state())
    answer = await submit(api, predicate(person, **changes))
    assert answer.status_code == 422, answer.text
    body = answer.json()
    assert (body["code"], body["errors"][0]["field"]) == (code, field)
    assert str(changes.get("nip", "-")) not in answer.text or not changes.get("nip"), "no NIP in an error text"
    line = (await api.bulk("/predicates:batch", [predicate(person, **changes)], "agency_hr"))[0]
    assert (line["status"], line["code"], line["field"]) == ("refused", code, field)
    assert await world.value("SELECT count(*) FROM cases") == 0


async def test_a_large_file_with_a_fault_in_a_hundred_loses_nothing_and_books_nothing_twice(
    world, api, predicate
) -> None:
    people = await world.people(*(world.state() for _ in range(220)))
    lines = [
        predicate(person, period_start=str(date(2025, month, 1)), period_end=str(last_day(date(2025, month, 1))))
        for month in range(1, 13)
        for person in people
    ]
    faulty = dict(zip(range(50, len(lines), 100), FAULTS, strict=True))
    for number, fault in faulty.items():
        lines[number] |= FAULTS[fault][0]
    for good in ("stored", "duplicate"):
        answers = await api.bulk("/predicates:batch", lines, "service")
        assert [answer["line"] for answer in answers] == list(range(1, len(lines) + 1))
        for number, answer in enumerate(answers):
            told = FAULTS[faulty[number]][1] if number in faulty else good
            assert answer.get("code", answer["status"]) == told, (number, answer)
    stored = len(lines) - len(faulty)
    for table in ("cases", "booked_months", "queue"):
        assert await world.value(f"SELECT count(*) FROM {table}") == stored


async def test_both_ratings_are_shown_in_the_case(world, api, predicate) -> None:
    """PR-01 (MATRIX6)."""
    [person] = await world.people(world.state())
    ratings = {"hasil_kerja": "sesuai_ekspektasi", "perilaku": "di_bawah_ekspektasi"}
    case = (await submit(api, predicate(person, predikat="kurang", **ratings))).json()
    assert {name: case[name] for name in ratings} == ratings
    assert case["ak"] == "6.250"


async def test_somebody_without_a_jenjang_earns_nothing(world, api, predicate) -> None:
    [person] = await world.people(world.state(jenjang=None))
    refused = await submit(api, predicate(person))
    assert refused.json()["code"] == "no-functional-post"


@pytest.mark.parametrize(
    "away",
    [("deceased", date(2024, 6, 11), None), ("study", date(2024, 9, 1), date(2026, 9, 1))],
    ids=["dead", "study"],
)
async def test_a_year_out_of_service_gives_no_case(world, api, predicate, away) -> None:
    [person] = await world.people(world.state(away=[away]))
    refused = await submit(api, predicate(person, predikat="sangat_baik"))
    assert (refused.status_code, refused.json()["code"]) == (422, "not-in-service")
    assert await world.value("SELECT count(*) FROM cases") == 0


async def test_months_after_leaving_are_left_out_and_say_why(world, api, predicate) -> None:
    [person] = await world.people(world.state(away=[("retired", date(2025, 3, 1), None)]))
    case = (await submit(api, predicate(person, predikat="sangat_baik"))).json()
    assert (case["months"], case["ak"]) == (2, "3.125")
    assert [out["month"] for out in case["left_out"]] == [f"2025-{number:02}-01" for number in range(3, 13)]
    assert {(out["why"], out["explanation"], out["source"], out["case_id"]) for out in case["left_out"]} == {
        (
            "retired",
            "Pada tanggal ini Anda sudah berhenti atau pensiun.",
            "PermenPANRB 1/2023 (AK hanya bagi pejabat fungsional)",
            None,
        )
    }
    assert await world.value("SELECT count(*) FROM booked_months") == 2


async def test_a_yearly_predikat_may_come_from_15_december(world, api, predicate, clock) -> None:
    [person] = await world.people(world.state())
    line = predicate(person, period_start="2026-01-01", period_end="2026-12-31")
    clock.moment = datetime(2026, 12, 14, 16, 59, tzinfo=UTC)  # 23:59 in Jakarta
    assert (await submit(api, line)).json()["code"] == "period-not-over"
    clock.moment = datetime(2026, 12, 14, 17, 0, tzinfo=UTC)
    assert (await submit(api, line)).status_code == 201


async def test_a_stream_is_answered_line_by_line_in_order(world, api, predicate) -> None:
    people = await world.people(*(world.state() for _ in range(3)))
    good = [predicate(person) for person in people]
    lines = [
        good[0],
        json.dumps(good[1]).encode()[:60],
        b"",
        good[1],
        good[0],
        good[0] | {"predikat": "kurang"},
        predicate(people[0], predikat="kurang"),
        b"x" * 70_000,
        good[2],
    ]
    answers = await api.bulk("/predicates:batch", lines, "agency_hr")
    assert [(answer["line"], answer["status"], answer.get("code")) for answer in answers] == [
        (1, "stored", None),
        (2, "refused", "invalid-json"),
        (4, "stored", None),
        (5, "duplicate", None),
        (6, "refused", "reference-conflict"),
        (7, "refused", "months-already-booked"),
        (8, "refused", "line-too-long"),
        (9, "stored", None),
    ]
    assert answers[3]["id"] == answers[0]["id"]
    again = await api.bulk("/predicates:batch", lines, "agency_hr")
    assert [answer["status"] for answer in again] == ["duplicate", "refused"] * 1 + ["duplicate"] * 2 + [
        "refused"
    ] * 3 + ["duplicate"]


async def test_periods_of_one_person_in_one_stream_share_the_months(world, api, predicate) -> None:
    [person] = await world.people(world.state())
    lines = [predicate(person, period_start=f"2025-{n:02}-01", period_end=f"2025-{n:02}-28") for n in (2,)]
    lines += [predicate(person), predicate(person, period_start="2025-11-01")]
    answers = await api.bulk("/predicates:batch", lines, "service")
    assert [answer["status"] for answer in answers] == ["stored", "stored", "refused"]
    months = await world.rows("SELECT case_id, count(*) FROM booked_months GROUP BY 1 ORDER BY 2")
    assert [row.count for row in months] == [1, 11]


async def test_two_streams_with_the_same_people_in_opposite_order_do_not_deadlock(world, api, predicate) -> None:
    people = await world.people(*(world.state() for _ in range(200)))
    there = [predicate(person, period_end="2025-06-30", source_name="a") for person in people]
    back = [predicate(person, period_start="2025-07-01", source_name="b") for person in reversed(people)]
    same = [predicate(person, source_name="c") for person in people]
    answers = await asyncio.gather(*(api.bulk("/predicates:batch", lines, "service") for lines in (there, back, same)))
    assert {answer["code"] for lines in answers for answer in lines if answer["status"] == "refused"} <= {
        "months-already-booked"
    }
    booked = await world.rows("SELECT person_id, count(*) AS months FROM booked_months GROUP BY 1")
    assert {row.months for row in booked} == {12}
    assert len(booked) == 200


async def test_two_uploads_of_one_file_at_once_store_it_once(world, api, predicate) -> None:
    people = await world.people(*(world.state() for _ in range(50)))
    lines = [predicate(person) for person in people]
    first, second = await asyncio.gather(
        api.bulk("/predicates:batch", lines, "service"), api.bulk("/predicates:batch", lines, "service")
    )
    assert {answer["status"] for answer in [*first, *second]} == {"stored", "duplicate"}
    assert [answer["id"] for answer in first] == [answer["id"] for answer in second]
    assert await world.value("SELECT count(*) FROM cases") == 50


async def test_one_reference_for_two_people_at_once_is_a_conflict_for_one(world, api, predicate) -> None:
    people = await world.people(*(world.state() for _ in range(12)))
    lines = [predicate(person, reference="sama") for person in people]
    answers = await asyncio.gather(*(submit(api, line) for line in lines[:6]))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
    await asyncio.gather(*(api.bulk("/predicates:batch", [line], "agency_hr") for line in lines[6:]))
    assert await world.value("SELECT count(*) FROM cases") == 1
    assert await world.value("SELECT count(*) FROM booked_months") == 12


async def test_a_stream_larger_than_a_chunk_is_cut_into_transactions(world, api, predicate) -> None:
    people = await world.people(*(world.state() for _ in range(1100)))
    answers = await api.bulk("/predicates:batch", [predicate(person) for person in people], "service")
    assert [answer["line"] for answer in answers] == list(range(1, 1101))
    assert {answer["status"] for answer in answers} == {"stored"}
    assert await world.value("SELECT count(*) FROM booked_months") == 13_200
