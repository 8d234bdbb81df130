"""Entries, balances and what goes out."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from common.ids import derived_id

TWO_LEVELS = [("ahli_pertama", date(2020, 1, 1), date(2025, 7, 1)), ("ahli_muda", date(2025, 7, 1), None)]


async def attested(api, lines) -> list[str]:
    answers = await api.bulk("/predicates:batch", lines, "service")
    ids = [{"id": answer["id"]} for answer in answers]
    await api.bulk("/cases:check", ids, "verifier")
    done = await api.bulk("/cases:attest", ids, "validator")
    assert {answer["status"] for answer in done} == {"updated"}, done
    return [answer["id"] for answer in done]


async def test_twelve_periods_make_the_year_exactly(world, api, predicate) -> None:
    """Three years of monthly predikat: 36 x 25/24, each shown as 1.042, make 37.5 and not 37.512."""
    [person] = await world.people(world.state())
    ends = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    lines = [
        predicate(
            person,
            period_start=f"{year}-{month:02}-01",
            period_end=f"{year}-{month:02}-{29 if (year, month) == (2024, 2) else end}",
        )
        for year in (2023, 2024, 2025)
        for month, end in enumerate(ends, 1)
    ]
    await attested(api, lines)
    credit = await api.get(f"/people/{person}/credit")
    assert {entry["ak"] for entry in credit["entries"]} == {"1.042"}
    assert (credit["balance"], credit["balance_twelfths"]) == ("37.500", "450.0000")
    assert credit["balances"] == [{"jenjang": "ahli_pertama", "ak": "37.500", "twelfths": "450.0000", "entries": 36}]


async def test_an_entry_says_what_the_sources_leave_open(world, api, predicate) -> None:
    """A change of jenjang on the 15th counts from the next month: a reading, told as one."""
    posts = [("ahli_pertama", date(2020, 1, 1), date(2025, 7, 15)), ("ahli_muda", date(2025, 7, 15), None)]
    [person] = await world.people(world.state(jenjang="ahli_muda", posts=posts))
    await attested(api, [predicate(person)])
    credit = await api.get(f"/people/{person}/credit")
    assert {entry["jenjang"]: entry["months"] for entry in credit["entries"]} == {"ahli_pertama": 7, "ahli_muda": 5}
    for entry in credit["entries"]:
        readings = {reading["code"]: reading for reading in entry["readings"]}
        assert "month-by-its-first-day" in readings
        assert "once-per-degree" not in readings
        assert "tanggal 1" in readings["month-by-its-first-day"]["explanation"]
        assert {reading["status"] for reading in entry["readings"]} == {"belum dikonfirmasi"}


async def test_points_accumulate_inside_one_jenjang(world, api, predicate) -> None:
    [person] = await world.people(world.state(jenjang="ahli_muda", posts=TWO_LEVELS))
    await attested(api, [predicate(person), predicate(person, period_start="2024-01-01", period_end="2024-12-31")])
    credit = await api.get(f"/people/{person}/credit")
    assert credit["balance"] == "12.500", "of the jenjang held now"
    assert [(row["jenjang"], row["ak"]) for row in credit["balances"]] == [
        ("ahli_muda", "12.500"),
        ("ahli_pertama", "18.750"),
    ]
    assert credit["rule"] == {
        "pack": "PermenPANRB-1-2023",
        "source": "PermenPANRB 1/2023 Pasal 37 dan Lampiran A; Peraturan BKN 3/2023",
        "coefficient": "25",
        "kp_need": "100",
        "kj_need": "200",
    }


async def test_each_entry_goes_out_once_under_an_id_of_its_own_with_the_running_balance(world, api, predicate) -> None:
    people = await world.people(*(world.state(jenjang="ahli_muda", posts=TWO_LEVELS) for _ in range(5)))
    lines = [predicate(person, period_end="2025-02-28") for person in people] + [predicate(person) for person in people]
    await attested(api, lines)
    entries = {str(row.id): row for row in await world.rows("SELECT * FROM entries")}
    events = [each for each in await world.outbox() if "entry_id" in each[1]]
    assert len(events) == len(entries) == 15
    running: dict[tuple[str, str], Decimal] = {}
    for headers, event in events:
        row = entries.pop(event["entry_id"])
        assert headers["ce_id"] == str(derived_id("CreditVerified", row.id))
        assert headers["ce_sequence"] == "1"
        place = event["person_id"], event["jenjang"]
        running[place] = running.get(place, Decimal(0)) + row.twelfths
        assert Decimal(event["balance_twelfths"]) == running[place]
        assert Decimal(event["twelfths"]) == row.twelfths
    balances = await world.rows("SELECT * FROM balances")
    assert {(str(row.person_id), row.jenjang): row.twelfths for row in balances} == running


async def test_the_event_names_the_agency_of_the_person_at_attestation(world, api, predicate) -> None:
    person = world.state()
    await world.people(person)
    [answer] = await api.bulk("/predicates:batch", [predicate(person.person_id)], "service")
    await api.bulk("/cases:check", [{"id": answer["id"]}], "verifier")
    other = UUID("0199a000-0000-7000-8000-00000000000b")
    await world.people(world.state(person_id=person.person_id, agency=other), sequence=2)
    [refused] = await api.bulk("/cases:attest", [{"id": answer["id"]}], "validator")
    assert refused["code"] == "not-found", "the case has gone with the person"
    [done] = await api.bulk("/cases:attest", [{"id": answer["id"]}], "validator", agency=other)
    assert done["status"] == "updated"
    [_, (_, event)] = await world.outbox()
    assert event["agency_id"] == str(other)


async def test_somebody_without_entries_has_nothing(world, api) -> None:
    [person] = await world.people(world.state(jenjang=None))
    credit = await api.get(f"/people/{person}/credit")
    assert (credit["balance"], credit["entries"], credit["rule"]["coefficient"]) == ("0.000", [], None)
