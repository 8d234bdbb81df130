"""Correcting, verifying and revoking a record: its history, the ledger, the events, and other records under the same cap."""

from decimal import Decimal

import pytest

BODY = {"form": "KL03", "title": "Pelatihan teknis", "start_date": "2026-03-02", "end_date": "2026-03-03", "jp": "8"}


@pytest.fixture
async def record(world, line):
    """A person and the id of a record of eight hours."""
    person = await world.person()
    [answer] = await world.store(line(person))
    return person, answer.id


async def test_each_of_two_corrections_keeps_what_was_said_before_and_moves_the_ledger(world, api, record):
    person, record_id = record
    path = f"/trainings/{record_id}"
    said = [("12.5", "12.500", "salah ketik"), ("10", "10.000", "sertifikat dibaca lagi")]
    for version, (jp, counted, reason) in enumerate(said, 2):
        answer = await api.call("agency_hr", "PUT", path, BODY | {"jp": jp, "reason": reason})
        assert answer.status_code == 200
        assert answer.headers["etag"] == f'"{version}"'
        assert (answer.json()["jp_counted"], answer.json()["version"]) == (counted, version)
        assert await world.ledger(person) == (counted, "0.000")
        name, sequence, body = (await world.emitted())[-1]
        assert (name, sequence, body["jp_counted"], body["reason"]) == ("TrainingCorrected", version, counted, reason)
    history = (await api.get(f"{path}/history"))["items"]
    assert [(each["version"], each["state"]["jp_stated"], each["reason"]) for each in history] == [
        (1, "8.000", None),
        *((version, counted, reason) for version, (_, counted, reason) in enumerate(said, 2)),
    ]
    assert history[0]["changed_by"] == "service"
    assert all(each["changed_by"].startswith("agency_hr") for each in history[1:])


async def test_the_history_of_an_unchanged_record_is_what_was_recorded(api, record):
    [only] = (await api.get(f"/trainings/{record[1]}/history"))["items"]
    assert (only["version"], only["reason"], only["changed_by"]) == (1, None, "service")
    assert Decimal(only["state"]["jp_counted"]) == 8


async def test_the_same_values_again_are_no_change(world, api, record):
    answer = await api.call("service", "PUT", f"/trainings/{record[1]}", BODY | {"reason": "tidak ada"})
    assert answer.json()["version"] == 1
    assert len(await world.emitted()) == 1


async def test_a_correction_to_another_year_moves_the_hours(world, api, record):
    person, record_id = record
    new = BODY | {"start_date": "2025-12-31", "end_date": "2025-12-31", "reason": "tanggal sertifikat"}
    assert (await api.call("service", "PUT", f"/trainings/{record_id}", new)).json()["year"] == 2025
    assert await world.ledger(person) == ("0.000", "0.000")
    assert await world.ledger(person, 2025) == ("8.000", "0.000")


async def test_a_correction_is_judged_like_a_new_record(world, api, record):
    person, record_id = record
    for changes, code in (
        ({"jp": "4.125"}, "jp-decimals"),
        ({"end_date": "2027-01-01"}, "date-in-future"),
        ({"form": "PD01"}, "degree-missing"),
        ({"provider_code": "NOBODY"}, "provider-unknown"),
        ({"reference": "other"}, "field-unknown"),
        ({"reason": None}, "field-invalid"),
    ):
        body = BODY | {"reason": "uji"} | changes
        assert (await api.refused("service", "PUT", f"/trainings/{record_id}", body))[:2] == (422, code)
    assert await world.ledger(person) == ("8.000", "0.000")
    assert len(await world.emitted()) == 1


async def test_a_change_to_a_version_that_is_no_longer_the_newest_is_refused(api, record):
    path = f"/trainings/{record[1]}"
    assert (await api.call("service", "GET", path)).headers["etag"] == '"1"'
    body = BODY | {"jp": "9", "reason": "a"}
    assert (await api.call("service", "PUT", path, body, {"if-match": '"1"'})).status_code == 200
    answer = await api.call("service", "PUT", path, BODY | {"jp": "7", "reason": "b"}, {"if-match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "changed-meanwhile")
    assert (await api.call("service", "PUT", path, body, {"if-match": "x"})).status_code == 412
    assert (await api.call("service", "PUT", path, body, {"if-match": "*"})).status_code == 200


async def test_a_revoked_record_counts_no_more_and_stays_readable(world, api, record):
    person, record_id = record
    path = f"/trainings/{record_id}"
    answer = await api.call("agency_hr", "POST", f"{path}/revoke", {"reason": "sertifikat palsu"})
    assert (answer.json()["state"], answer.json()["version"]) == ("revoked", 2)
    assert await world.ledger(person) == ("0.000", "0.000")
    assert (await world.emitted())[-1] == (
        "TrainingRevoked",
        2,
        {
            "record_id": str(record_id),
            "person_id": str(person),
            "agency_id": str(world.here),
            "year": 2026,
            "jp_by_year": None,
            "reason": "sertifikat palsu",
        },
    )
    again = await api.call("agency_hr", "POST", f"{path}/revoke", {"reason": "lagi"})
    assert again.json()["version"] == 2
    assert (await api.refused("service", "PUT", path, BODY | {"reason": "x"}))[:2] == (409, "record-revoked")
    assert (await api.refused("service", "POST", f"{path}/verify"))[:2] == (409, "record-revoked")
    assert [item["reason"] for item in (await api.get(f"{path}/history"))["items"]] == [None, "sertifikat palsu"]
    assert len(await world.emitted()) == 2


async def test_a_revoked_reference_stays_taken(world, api, line):
    person = await world.person()
    given = line(person)
    [answer] = await world.store(given)
    await api.call("service", "POST", f"/trainings/{answer.id}/revoke", {"reason": "x"})
    assert (await world.store(given))[0].status == "duplicate"
    assert await world.ledger(person) == ("0.000", "0.000")


async def test_verifying_moves_hours_from_declared_to_verified(world, api, line):
    person = await world.person()
    [answer] = await world.store(line(person), role="person", person=person)
    assert await world.ledger(person) == ("0.000", "8.000")
    for _ in range(2):
        verified = await api.call("agency_hr", "POST", f"/trainings/{answer.id}/verify")
        assert (verified.json()["verified"], verified.json()["version"]) == (True, 2)
    assert await world.ledger(person) == ("8.000", "0.000")
    events = await world.emitted()
    assert [(name, sequence, body["verified"]) for name, sequence, body in events] == [
        ("TrainingCompleted", 1, False),
        ("TrainingCorrected", 2, True),
    ]


async def test_what_a_revoked_record_took_of_a_cap_goes_to_the_next_record(world, api, line):
    person = await world.person()
    coaching = {"form": "NKL01", "jp": None, "sessions": 2}
    first, second = await world.store(
        line(person, **coaching, start_date="2026-03-01", end_date="2026-03-01"),
        line(person, **coaching, start_date="2026-03-20", end_date="2026-03-20"),
    )
    assert await world.ledger(person) == ("4.000", "0.000")
    await api.call("service", "POST", f"/trainings/{first.id}/revoke", {"reason": "ganda"})
    assert await world.ledger(person) == ("4.000", "0.000")
    counted = await api.get(f"/trainings/{second.id}")
    assert (counted["jp_counted"], counted["why"], counted["version"]) == ("4.000", "sessions", 2)
    told = [(name, sequence, body["record_id"]) for name, sequence, body in (await world.emitted())[2:]]
    assert told == [("TrainingCorrected", 2, str(second.id)), ("TrainingRevoked", 2, str(first.id))]
    history = (await api.get(f"/trainings/{second.id}/history"))["items"]
    assert [item["state"]["jp_counted"] for item in history] == ["0.000", "4.000"]


async def test_a_correction_to_another_month_frees_the_cap_of_the_old_and_fills_that_of_the_new(world, api, line):
    person = await world.person()
    coaching = {"form": "NKL01", "jp": None, "sessions": 2}
    march, waiting, april = await world.store(
        *(line(person, **coaching, start_date=day, end_date=day) for day in ("2026-03-01", "2026-03-20", "2026-04-20"))
    )
    body = BODY | {
        "form": "NKL01",
        "sessions": 2,
        "start_date": "2026-04-02",
        "end_date": "2026-04-02",
        "reason": "bulan",
    }
    await api.call("service", "PUT", f"/trainings/{march.id}", body)
    counted = {str(row.id): row.jp_counted for row in await world.rows("SELECT id, jp_counted FROM records")}
    assert counted == {str(march.id): 4, str(waiting.id): 4, str(april.id): 0}
    assert await world.ledger(person) == ("8.000", "0.000")


async def test_an_unknown_record_is_not_found(api, record):
    nobody = "0199a000-0000-7000-8000-0000000000ff"
    for method, suffix, body in (
        ("GET", "", None),
        ("GET", "/history", None),
        ("PUT", "", BODY | {"reason": "x"}),
        ("POST", "/revoke", {"reason": "x"}),
        ("POST", "/verify", None),
    ):
        assert (await api.refused("service", method, f"/trainings/{nobody}{suffix}", body))[:2] == (404, "not-found")


DATED = {
    "form": "NKL02",
    "title": "Mentoring",
    "start_date": "2025-11-20",
    "end_date": "2026-02-10",
    "session_dates": ["2025-11-20", "2025-12-04", "2026-01-08", "2026-02-10"],
}


async def test_sessions_over_new_year_count_each_in_its_own_year(world, api, line):
    person = await world.person()
    dated = line(person, jp=None, **DATED)
    answer = (await api.call("service", "POST", "/trainings", dated)).json()
    assert (answer["year"], answer["jp_counted"], answer["why"]) == (2026, "8.000", "session-dates")
    assert (answer["sessions"], answer["session_dates"]) == (4, DATED["session_dates"])
    assert answer["jp_by_year"] == {"2025": "4.000", "2026": "4.000"}
    assert [await world.ledger(person, year) for year in (2025, 2026)] == [("4.000", "0.000")] * 2
    [(_, _, body)] = await world.emitted()
    assert (body["jp_counted"], body["jp_by_year"]) == ("8.000", {"2025": "4.000", "2026": "4.000"})
    for year in (2025, 2026):
        [listed] = (await api.get(f"/trainings?person_id={person}&year={year}"))["items"]
        [form] = (await api.get(f"/people/{person}/jp?year={year}"))["forms"]
        assert (listed["id"], form["counted"], form["records"][0]["counted"]) == (answer["id"], "4.000", "4.000")
    assert (await world.store(dated))[0].status == "duplicate"
    shuffled = dated | {"session_dates": DATED["session_dates"][::-1], "sessions": 4}
    assert (await world.store(shuffled))[0].status == "duplicate"
    assert [await world.ledger(person, year) for year in (2025, 2026)] == [("4.000", "0.000")] * 2


async def test_a_change_of_a_record_over_new_year_moves_both_ledgers(world, api, line):
    person = await world.person()
    [answer] = await world.store(line(person, jp=None, **DATED))
    path = f"/trainings/{answer.id}"
    dates = ["2025-12-04", "2026-01-08", "2026-01-09", "2026-01-10"]
    new = DATED | {"session_dates": dates, "reason": "tanggal sesi keliru"}
    corrected = (await api.call("agency_hr", "PUT", path, new)).json()
    assert (corrected["jp_counted"], corrected["why"]) == ("6.000", "session-dates-capped")
    assert corrected["jp_by_year"] == {"2025": "2.000", "2026": "4.000"}
    assert [await world.ledger(person, year) for year in (2025, 2026)] == [("2.000", "0.000"), ("4.000", "0.000")]
    assert (await api.call("agency_hr", "PUT", path, new)).json()["version"] == 2
    [first, second] = (await api.get(f"{path}/history"))["items"]
    assert (first["state"]["jp_by_year"], second["state"]["jp_by_year"]) == (
        {"2025": "4.000", "2026": "4.000"},
        {"2025": "2.000", "2026": "4.000"},
    )
    all_before = new | {"session_dates": ["2025-12-04", "2025-12-05"]}
    moved = (await api.call("agency_hr", "PUT", path, all_before)).json()
    assert (moved["year"], moved["jp_by_year"]) == (2026, {"2025": "4.000"})
    assert [await world.ledger(person, year) for year in (2025, 2026)] == [("4.000", "0.000"), ("0.000", "0.000")]
    assert (await api.get(f"/people/{person}/jp?year=2026"))["forms"] == []
    await api.call("agency_hr", "POST", f"{path}/revoke", {"reason": "uji"})
    assert [await world.ledger(person, year) for year in (2025, 2026)] == [("0.000", "0.000")] * 2
    assert (await world.emitted())[-1][2]["jp_by_year"] == {"2025": "4.000"}


async def test_sessions_that_come_later_share_the_month_with_records_of_another_year(world, api, line):
    person = await world.person()
    [dated] = await world.store(line(person, jp=None, **DATED, source="self"))
    coaching = {"form": "NKL01", "jp": None, "start_date": "2025-12-01", "end_date": "2025-12-20"}
    await world.store(line(person, **coaching, sessions=2))
    shown = await api.get(f"/trainings/{dated.id}")
    assert (shown["jp_by_year"], shown["why"], shown["version"]) == (
        {"2025": "2.000", "2026": "4.000"},
        "session-dates-capped",
        2,
    )
    assert [await world.ledger(person, year) for year in (2025, 2026)] == [("4.000", "2.000"), ("0.000", "4.000")]
    name, sequence, body = (await world.emitted())[-2]
    assert (name, sequence, body["jp_by_year"]) == ("TrainingCorrected", 2, {"2025": "2.000", "2026": "4.000"})
