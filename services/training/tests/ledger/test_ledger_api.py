"""What a person and an agency are told of their hours."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from common.app import create_app
from common.ids import new_id
from common.parts import Law
from jejak_local.harness import Api, client_of
from training.service import SERVICE


async def test_every_number_comes_with_its_rule_and_records(world, api, line):
    person = await world.person()
    stored = await world.store(
        line(person, jp="10.5"),
        line(person, form="KL06", jp=None, title="Seminar"),
        line(person, form="NKL01", jp=None, title="Coaching", sessions=3),
        line(person, form="NKL06", jp="5", title="Outbond", international=True, source="self"),
        line(person, form="PD01", jp=None, degree="S2", title="Magister"),
        line(person, end_date="2025-03-03", start_date="2025-03-03"),
    )
    shown = await api.get(f"/people/{person}/jp?year=2026")
    assert {name: shown[name] for name in ("floor", "ceiling", "target", "verified", "unverified", "left", "over")} == {
        "floor": "20.000",
        "ceiling": None,
        "target": "20.000",
        "verified": "18.500",
        "unverified": "6.000",
        "left": "1.500",
        "over": "0.000",
    }
    assert (shown["fulfilled"], shown["year"], shown["person_id"]) == (False, 2026, str(person))
    assert shown["rule"]["pack"] == "jp-2018"
    assert "Pasal 203" in shown["rule"]["source"]
    assert "paling sedikit 20 JP" in shown["rule"]["explanation"]
    assert shown["rule"]["status"] == "verified"
    pro_rata = shown["pro_rata"]
    assert (pro_rata["months"], pro_rata["reason"]) == (12, "Kewajiban penuh 12 bulan.")
    assert pro_rata["status"] == "belum dikonfirmasi"
    assert "belum dikonfirmasi: peraturan tidak mengatur" in pro_rata["explanation"]
    forms = {form["form"]: form for form in shown["forms"]}
    assert {code: (form["stated"], form["counted"]) for code, form in forms.items()} == {
        "KL03": ("10.500", "10.500"),
        "KL06": ("0.000", "4.000"),
        "NKL01": ("0.000", "4.000"),
        "NKL06": ("5.000", "6.000"),
        "PD01": ("0.000", "0.000"),
    }
    coaching = forms["NKL01"]
    cap = coaching["cap"]
    assert (cap["code"], cap["sessions_a_month"], cap["jp_a_day"]) == ("coaching-mentoring", 2, None)
    assert cap["status"] == "belum dikonfirmasi"
    assert cap["explanation"].startswith("Coaching dan mentoring memakai satu batas bersama.")
    assert coaching["rule"] == "2 JP per sesi, paling banyak 2 sesi per bulan."
    [record] = coaching["records"]
    assert (record["id"], record["title"], record["verified"]) == (str(stored[2].id), "Coaching", True)
    assert record["why"] == (
        "2 JP per sesi, paling banyak 2 sesi per bulan: batas bulan itu sudah tercapai."
        " Tanggal sesi tidak disebut: semua sesi dihitung pada bulan tanggal selesai."
    )
    assert forms["NKL06"]["records"][0]["why"] == "Diselenggarakan di luar negeri: JP ditambah 20%."
    assert "angka kredit" in forms["PD01"]["records"][0]["why"]
    assert forms["KL03"]["status"] == "secondary"


async def test_the_explanation_in_english(world, api, line):
    person = await world.person(absences=[(date(2026, 2, 1), date(2026, 4, 1))])
    await world.store(line(person, form="NKL09", jp="8"))
    answer = await api.call("lan", "GET", f"/people/{person}/jp", headers={"accept-language": "en"})
    shown = answer.json()
    assert shown["target"] == "16.660"
    assert shown["pro_rata"]["months"] == 10
    assert shown["pro_rata"]["reason"].endswith("on their first day): 2, 3.")
    assert "at least 20 JP" in shown["rule"]["explanation"]
    assert shown["forms"][0]["records"][0]["why"].startswith("At most 2 JP a day")


@pytest.mark.parametrize(
    ("jp", "fulfilled", "left"), [("19.99", False, "0.010"), ("20.00", True, "0.000"), ("20.01", True, "0.000")]
)
async def test_a_hundredth_decides(world, api, line, jp, fulfilled, left):
    person = await world.person()
    await world.store(line(person, jp=jp))
    shown = await api.get(f"/people/{person}/jp")
    assert (shown["fulfilled"], shown["left"]) == (fulfilled, left)


async def test_declared_hours_do_not_meet_the_duty(world, api, line):
    person = await world.person()
    await world.store(line(person, jp="19.99"), line(person, jp="5", source="self"))
    shown = await api.get(f"/people/{person}/jp")
    assert (shown["fulfilled"], shown["left"], shown["unverified"]) == (False, "0.010", "5.000")


async def test_a_pppk_over_the_ceiling_keeps_the_hours_and_is_told(world, api, line):
    person = await world.person(staff_type="PPPK")
    await world.store(line(person, jp="30"))
    shown = await api.get(f"/people/{person}/jp")
    assert (shown["floor"], shown["ceiling"], shown["over"], shown["fulfilled"]) == (None, "24.000", "6.000", True)
    assert "paling banyak 24 JP" in shown["rule"]["explanation"]


async def test_who_joined_on_1_july_owes_half(world, api):
    world.clock.moment = datetime(2026, 7, 1, 0, 0, tzinfo=UTC)
    person = await world.person(joined_on=date(2026, 7, 1))
    shown = await api.get(f"/people/{person}/jp?year=2026")
    assert (shown["target"], shown["floor"], shown["pro_rata"]["months"]) == ("10.000", "20.000", 6)
    assert shown["pro_rata"]["reason"].endswith(": 1, 2, 3, 4, 5, 6.")


async def test_a_year_nobody_has_opened_is_told_all_the_same(world, api):
    person = await world.person(joined_on=date(2024, 7, 1))
    shown = await api.get(f"/people/{person}/jp?year=2024")
    assert (shown["target"], shown["verified"], shown["forms"]) == ("10.000", "0.000", [])
    assert await world.value("SELECT count(*) FROM jp_ledger") == 1
    assert (await api.refused("lan", "GET", f"/people/{person}/jp?year=2023"))[:2] == (404, "not-found")


async def test_a_year_without_rules_is_said_so(world, api):
    person = await world.person()
    assert (await api.refused("lan", "GET", f"/people/{person}/jp?year=2018"))[:2] == (422, "rule-missing")


async def test_the_current_year_is_that_of_jakarta(world, api, clock):
    person = await world.person()
    for moment, year in (
        (datetime(2026, 12, 31, 16, 59, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), 2027),
    ):
        clock.moment = moment
        assert (await api.get(f"/people/{person}/jp"))["year"] == year


async def test_who_sees_whose_hours(world, api):
    moved = [(world.there, date(2020, 1, 1), date(2026, 1, 1)), (world.here, date(2026, 1, 1), None)]
    person = await world.person(assignments=moved)
    path = f"/people/{person}/jp"
    await world.agency(world.here, region="Papua")
    await world.agency(world.there, region="Bali")
    for role, claims in (
        ("lan", {}),
        ("analis", {"region": "Papua"}),
        ("service", {}),
        ("agency_hr", {"agency": world.here}),
        ("inspector", {"agency": world.here}),
        ("person", {"person": person}),
    ):
        assert (await api.get(path, role, **claims))["person_id"] == str(person)
    assert (await api.get("/people/me/jp", "person", person=person))["person_id"] == str(person)
    for role, claims in (
        ("analis", {"region": "Bali"}),
        ("agency_hr", {"agency": world.there}),
        ("inspector", {"agency": world.there}),
        ("person", {"person": new_id()}),
        ("person", {"person": new_id(), "agency": world.here}),
    ):
        assert (await api.refused(role, "GET", path, **claims))[:2] == (404, "not-found")
    assert (await api.refused("lan", "GET", "/people/me/jp"))[:2] == (403, "forbidden")


async def test_a_rule_change_in_the_middle_of_a_year_shows_each_rule_apart(world, parts, issuer, line, changed_rules):
    world.parts = replace(world.parts, law=Law(changed_rules))
    person = await world.person()
    await world.store(
        *(line(person, form="KL07", jp=None, start_date=day, end_date=day) for day in ("2026-03-15", "2026-03-16"))
    )
    async with client_of(create_app(SERVICE, replace(parts, law=Law(changed_rules)))) as http:
        api = Api(http, issuer)
        shown = await api.get(f"/people/{person}/jp")
        assert [(form["form"], form["pack"], form["counted"]) for form in shown["forms"]] == [
            ("KL07", "jp-2018", "5.000"),
            ("KL07", "jp-2026", "7.000"),
        ]
        assert [pack["id"] for pack in await api.get("/rule-packs")] == ["jp-2018", "jp-2026"]


async def test_how_an_agency_stands(world, api, line):
    finance, people_unit = (new_id(), "Biro Keuangan"), (new_id(), "Biro SDM")
    met = await world.person(unit=finance)
    short = await world.person(unit=finance)
    waiting = await world.person(unit=people_unit)
    over = await world.person(unit=people_unit, staff_type="PPPK")
    elsewhere = await world.person(agency=world.there)
    await world.person(left_on=date(2026, 6, 1))
    await world.store(
        line(met, jp="20"),
        line(short, jp="19.99"),
        line(waiting, jp="20", source="self"),
        line(over, jp="25"),
        line(elsewhere, jp="100"),
    )
    shown = await api.get(f"/agencies/{world.here}/jp-summary?year=2026", "agency_hr")
    assert shown == {
        "agency_id": str(world.here),
        "year": 2026,
        "as_of": "2026-06-15",
        "people": 4,
        "met": 2,
        "short": 2,
        "exempt": 0,
        "over_ceiling": 1,
        "waiting": 1,
        "target": "80.000",
        "verified": "64.990",
        "unverified": "20.000",
        "units": [
            {"unit_id": str(finance[0]), "unit_name": "Biro Keuangan", "people": 2, "short": 1},
            {"unit_id": str(people_unit[0]), "unit_name": "Biro SDM", "people": 2, "short": 1},
        ],
    }
    assert (await api.refused("agency_hr", "GET", f"/agencies/{world.there}/jp-summary"))[:2] == (404, "not-found")
    assert (await api.get(f"/agencies/{world.there}/jp-summary"))["people"] == 1
    assert (await api.get(f"/agencies/{new_id()}/jp-summary"))["people"] == 0


async def test_a_year_that_is_over_is_counted_on_its_last_day(world, api, line):
    moved = [(world.there, date(2020, 1, 1), date(2025, 12, 31)), (world.here, date(2025, 12, 31), None)]
    person = await world.person(assignments=moved)
    await world.store(line(person, start_date="2025-02-02", end_date="2025-02-02", jp="20"))
    shown = await api.get(f"/agencies/{world.here}/jp-summary?year=2025")
    assert (shown["as_of"], shown["people"], shown["met"]) == ("2025-12-31", 1, 1)
    assert (await api.get(f"/agencies/{world.there}/jp-summary?year=2025"))["people"] == 0


async def test_the_rules_are_shown_to_everybody(api):
    [pack] = await api.get("/rule-packs", "person", person=new_id())
    assert (pack["id"], pack["valid_from"], pack["valid_to"]) == ("jp-2018", "2019-01-01", None)
    assert {duty["staff_type"]: (duty["floor"], duty["ceiling"], duty["target"]) for duty in pack["duties"]} == {
        "PNS": ("20", None, "20"),
        "PPPK": (None, "24", "20"),
    }
    assert pack["pro_rata"]["status"] == "belum dikonfirmasi"
    forms = {form["code"]: form for form in pack["forms"]}
    assert forms["NKL01"]["cap"] == forms["NKL02"]["cap"]
    assert (forms["NKL01"]["cap"]["status"], forms["KL03"]["cap"]) == ("belum dikonfirmasi", None)
    assert len(forms) == 26
    assert (forms["NKL06"]["international"], forms["NKL06"]["status"]) == ("0.2", "verified")
    assert forms["NKL06"]["rule"] == "JP sesuai sertifikat atau program. Di luar negeri ditambah 20%."
