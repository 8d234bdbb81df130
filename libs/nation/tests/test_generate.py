"""The streams of a nation: the same everywhere, complete, plausible, and without memory."""

import os
import re
import subprocess
import sys
import tracemalloc
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from nation.data import LEARNING
from nation.generate import Line, Nation

TODAY = date(2026, 11, 21)

# JP of a form whose certificate states none (reference.json, jp.forms): per event, session or assignment.
DEFAULT_JP = {
    **dict.fromkeys(("KL06", "KL08", "KL09", "KL10", "KL11", "NKL04"), 4),
    **dict.fromkeys(("NKL01", "NKL02", "NKL09", "NKL10"), 2),
    **dict.fromkeys(("NKL05", "NKL08", "NKL12"), 20),
    "KL07": 5,
    "NKL03": 3,
    "NKL07": 10,
    "PD01": 0,
}


@pytest.fixture(scope="module")
def nation() -> Nation:
    return Nation(today=TODAY, year=2026, people=6_000)


@pytest.fixture(scope="module")
def large() -> Nation:
    """Few agencies, with many units each."""
    return Nation(today=TODAY, year=2026, people=6_000, agencies=8)


@pytest.fixture(scope="module")
def trainings(nation: Nation) -> list[Line]:
    return [line for stream in nation.streams() if stream.path == "trainings" for line in stream.lines()]


def _generated(folder: Path, hash_seed: str) -> dict[str, bytes]:
    command = [sys.executable, "-m", "nation", "generate", "--out", str(folder), "--today", "2026-11-21"]
    command += ["--people", "1500", "--agencies", "12", "--seed", "7"]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": hash_seed})
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_same_seed_same_bytes_in_every_process(tmp_path: Path):
    one, other = _generated(tmp_path / "one", "1"), _generated(tmp_path / "other", "4242")
    assert one == other
    assert {"people.ndjson", "posts.ndjson", "holdings.ndjson", "contacts.ndjson", "faults.json"} <= set(one)


def test_another_seed_is_another_nation():
    lines = [next(Nation(today=TODAY, year=2026, seed=seed).person_lines((5,))) for seed in (1, 2)]
    assert lines[0]["nip"] != lines[1]["nip"]


def test_agencies_are_of_all_types_in_proportion():
    nation = Nation(today=TODAY, year=2026, agencies=606)
    assert {agency.zone for agency in nation.agency_list} == {"WIB", "WITA", "WIT"}
    kinds = Counter(agency.kind for agency in nation.agency_list)
    assert kinds["D"] > 500 and kinds["K"] > kinds["L"] > 20
    assert len({agency.name for agency in nation.agency_list}) == 606
    assert len({agency.code for agency in nation.agency_list}) == 606
    people = Counter(nation.person(number).agency.kind for number in range(0, 20_000, 7))
    assert people["D"] / people.total() == pytest.approx(0.76, abs=0.05)


def test_some_agencies_have_nobody_in_charge(nation: Nation):
    pics = [line["pics"] for line in nation.agency_lines()]
    assert sum(not of_agency for of_agency in pics) == 3
    assert {pic["language"] for of_agency in pics for pic in of_agency} == {"id", "en"}
    zones = {pic["time_zone"] for of_agency in pics for pic in of_agency}
    assert zones == {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}
    assert all(pic["email"].endswith("@instansi.example") for of_agency in pics for pic in of_agency)
    assert {len(of_agency) for of_agency in pics} == {0, 1, 2}


def test_units_are_a_tree_in_which_some_have_moved(large: Nation):
    parents: dict[str, str | None] = {}
    names: dict[str, str] = {}
    moved = renamed = 0
    for line in large.unit_lines():
        known = line["code"] in names
        assert known == (line["valid_from"] != "1950-01-01")
        if known:
            moved += line.get("parent_code") != parents[line["code"]]
            renamed += line["name"] != names[line["code"]]
            assert line["valid_from"] == large.changed_on.isoformat()
        assert line.get("parent_code") in {None, *parents}, "a unit comes after the one above it"
        parents[line["code"]], names[line["code"]] = line.get("parent_code"), line["name"]
    assert moved and renamed
    assert any(above and parents[above] for above in parents.values()), "some units stand two levels below the top"
    assert large.last.replace(year=large.year - 1) < large.changed_on < large.last


def test_posts_stand_under_one_another_and_are_held_by_as_many_as_they_seat(large: Nation):
    posts: dict[str, Line] = {}
    for line in large.post_lines(range(large.people)):
        assert line.get("superior_code") in {None, *posts}, "a post comes after the one above it"
        posts[line["code"]] = line
    roots = [line for line in posts.values() if "superior_code" not in line]
    assert len(roots) == large.agencies, "one post stands above all others of an agency"
    assert {(line["type"], line["jenjang"]) for line in posts.values()} > {
        ("JPT", "madya"),
        ("JPT", "pratama"),
        ("JA", "administrator"),
        ("JA", "pelaksana"),
        ("JF", "ahli_muda"),
    }
    held = [line for line in large.holding_lines(range(large.people)) if line["kind"] == "definitive"]
    for line in held:
        assert posts[line["post_code"]]["agency_code"] == line["agency_code"]
    days = sorted({line["valid_from"] for line in held})[-3:]
    for day in (*days, TODAY.isoformat()):
        on = [line for line in held if line["valid_from"] <= day < line.get("until", "9999")]
        assert len({line["nip"] for line in on}) == len(on), "nobody holds two posts as their own"
        holders = Counter(line["post_code"] for line in on)
        assert all(holders[code] <= line["seats"] for code, line in posts.items())
        heads = [code for code in posts if code.endswith("-K")]
        assert any(holders[code] == 0 for code in heads), "some units have no head"
        assert any(holders[code] < line["seats"] for code, line in posts.items())


def test_some_act_for_others_change_places_and_come_from_elsewhere(large: Nation):
    lines = list(large.holding_lines(range(large.people)))
    kinds = Counter(line["kind"] for line in lines)
    assert set(kinds) == {"definitive", "plt", "plh"}
    assert all("until" in line or line["valid_from"] <= TODAY.isoformat() for line in lines if line["kind"] == "plh")
    agencies_of = defaultdict[str, set[str]](set)
    for line in lines:
        agencies_of[line["nip"]].add(line["agency_code"])
    movers = {nip for nip, agencies in agencies_of.items() if len(agencies) > 1}
    told = {re.sub(r"\D", "", line["nip"]): line for line in large.change_lines()}
    assert movers and movers <= set(told)
    assert all(told[nip]["agency_code"] in agencies_of[nip] for nip in movers)
    swapped = Counter(
        line["nip"] for line in lines if line["post_code"].endswith("-K") and line["kind"] == "definitive"
    )
    assert 2 in swapped.values(), "two heads of an agency have changed places"


def test_heads_have_deputies_among_their_staff(large: Nation):
    unit_of = {re.sub(r"\D", "", line["nip"]): line["unit_code"] for line in large.person_lines(range(large.people))}
    lines = list(large.deputy_lines())
    assert lines and {line["duty"] for line in lines} == {"superior", "exemptions"}
    for line in lines:
        assert unit_of[line["nip"]] == unit_of[line["deputy_nip"]] and line["nip"] != line["deputy_nip"]
        assert line["valid_from"] <= TODAY.isoformat() < line["valid_to"]


def test_one_in_ten_can_be_written_to(nation: Nation):
    lines = list(nation.contact_lines())
    assert len(lines) == nation.people // 10
    assert {line["zone"] for line in lines} == {"WIB", "WITA", "WIT"}
    assert {line["language"] for line in lines} == {"id", "en"}
    addresses = [line["email"] for line in lines if "email" in line]
    assert len(set(addresses)) == len(addresses) == nation.people // 100


def test_every_person_is_in_a_unit_of_the_agency(nation: Nation):
    units: dict[str, set[str]] = {line["code"]: set() for line in nation.agency_lines()}
    for line in nation.unit_lines():
        units[line["agency_code"]].add(line["code"])
    people = list(nation.person_lines(range(nation.people)))
    assert len(people) == nation.people
    assert {line["agency_code"] for line in people} == set(units)
    assert all(line["unit_code"] in units[line["agency_code"]] for line in people)
    assert sum(not line["nip"].isdigit() for line in people) == nation.people // 50, "NIPs printed with spaces and dots"


def test_every_activity_is_sent_once(nation: Nation, trainings: list[Line]):
    done = sum(1 for number in range(nation.people) for _ in nation.activities(nation.person(number)))
    assert len({(line["source_name"], line["reference"]) for line in trainings}) == len(trainings) == done
    assert 3 <= done / nation.people <= 4


def test_all_forms_degrees_and_declarations_occur(nation: Nation, trainings: list[Line]):
    education = {nation.person(number).nip: nation.person(number).education for number in range(nation.people)}
    forms = Counter(line["form"] for line in trainings)
    assert set(forms) == {form.code for form in LEARNING.forms} | {"PD01"}
    assert len(forms) == 26, "25 forms of training, and formal education"
    assert all((line["form"] == "PD01") == ("degree" in line) for line in trainings)
    degrees = {(education[line["nip"]], line["degree"]) for line in trainings if "degree" in line}
    assert ("S1", "S2") in degrees
    assert degrees <= {("S1", "S2"), ("S2", "S3")}, "a degree is one higher than the one held"
    declared = sum(line.get("source") == "self" or line["source_name"] == "portal-asn" for line in trainings)
    assert 0.05 < declared / len(trainings) < 0.2


def test_roles_send_only_what_is_theirs(nation: Nation):
    agency_of = {nation.person(n).nip: nation.person(n).agency.code for n in range(nation.people)}
    roles = Counter[str]()
    for stream in nation.streams():
        if stream.path != "trainings" or stream.scope is None:
            continue
        lines = list(stream.lines())
        roles[stream.role] += len(lines)
        sender = {
            "agency": lambda line: agency_of[line["nip"]],
            "provider": lambda line: line["provider_code"],
            "person": lambda line: line["nip"],
        }[stream.scope.kind]
        assert {sender(line) for line in lines} <= {stream.scope.key}
    assert set(roles) == {"agency_hr", "provider", "person"}


def test_dates_are_in_service_and_in_the_year(nation: Nation, trainings: list[Line]):
    people = {nation.person(number).nip: nation.person(number) for number in range(nation.people)}
    for line in trainings:
        person, start, end = (
            people[line["nip"]],
            date.fromisoformat(line["start_date"]),
            date.fromisoformat(line["end_date"]),
        )
        assert person.joined_on <= start <= end <= TODAY
        assert end.year == 2026
        if person.absence:
            away = person.absence.since <= end and (person.absence.until is None or end < person.absence.until)
            assert not away


def test_courses_are_taught_by_providers_accredited_on_the_day(nation: Nation, trainings: list[Line]):
    held = {
        (provider.code, accreditation.form): accreditation
        for provider in nation.catalogue.providers
        for accreditation in provider.accreditations
    }
    courses = {course.code: course for course in nation.catalogue.courses}
    for line in trainings:
        if "course_code" in line:
            course = courses[line["course_code"]]
            assert (course.form, course.provider_code) == (line["form"], line["provider_code"])
            accreditation = held[line["provider_code"], line["form"]]
            assert accreditation.valid_from <= date.fromisoformat(line["start_date"])
            assert accreditation.valid_to is None or date.fromisoformat(line["end_date"]) <= accreditation.valid_to


@pytest.mark.parametrize(
    ("period_end", "threshold"), [(date(2026, 4, 30), Decimal(20) / 3), (date(2026, 8, 31), Decimal(40) / 3)]
)
def test_about_four_in_five_keep_pace(nation: Nation, period_end: date, threshold: Decimal):
    met = serving = 0
    for number in range(nation.people):
        person = nation.person(number)
        if person.absence and person.absence.status in {"retired", "deceased"}:
            continue
        serving += 1
        hours = sum(
            Decimal(done.jp) if done.jp else Decimal(DEFAULT_JP[done.form] * done.sessions)
            for done in nation.activities(person)
            if not done.own and done.end <= period_end
        )
        met += hours >= threshold
    assert 0.74 < met / serving < 0.86


def test_jp_is_stated_where_the_form_has_no_value_of_its_own(trainings: list[Line]):
    assert {line["form"] for line in trainings if line["jp"] is None} <= set(DEFAULT_JP)
    assert all(0 < Decimal(line["jp"]) <= 60 for line in trainings if line["jp"])


def test_predicates_are_of_functional_posts_in_whole_months_of_the_year_before(nation: Nation):
    lines = list(nation.predicate_lines(range(nation.people)))
    people = {nation.person(number).nip: nation.person(number) for number in range(nation.people)}
    assert {line["predikat"] for line in lines} == {"sangat_baik", "baik", "butuh_perbaikan", "kurang", "sangat_kurang"}
    periods = defaultdict[str, list[tuple[date, date]]](list)
    for line in lines:
        start, end = date.fromisoformat(line["period_start"]), date.fromisoformat(line["period_end"])
        assert start.day == 1 and (end + timedelta(days=1)).day == 1
        assert start.year == end.year == 2025
        assert people[line["nip"]].jenjang and people[line["nip"]].joined_on <= start
        periods[line["nip"]].append((start, end))
    assert len(periods) / nation.people == pytest.approx(1 / 3, abs=0.03)
    # the annual one comes last: what the periodic one has booked is not booked again
    assert all(len(of_person) <= 2 and of_person[-1][1] == date(2025, 12, 31) for of_person in periods.values())
    assert any(len(of_person) == 2 for of_person in periods.values())


def test_predikat_follows_from_result_and_conduct(nation: Nation):
    above, meets, below = "di_atas_ekspektasi", "sesuai_ekspektasi", "di_bawah_ekspektasi"
    # the matrix of PermenPANRB 6/2022 as two public programs have it (reference.json, predikat_matrix)
    matrix = {
        (above, above): "sangat_baik",
        (above, meets): "baik",
        (meets, above): "baik",
        (meets, meets): "baik",
        (below, meets): "butuh_perbaikan",
        (below, above): "butuh_perbaikan",
        (meets, below): "kurang",
        (above, below): "kurang",
        (below, below): "sangat_kurang",
    }
    for line in nation.predicate_lines(range(2_000)):
        assert matrix[line["hasil_kerja"], line["perilaku"]] == line["predikat"]


def test_changes_follow_the_people_they_change(nation: Nation):
    people = {line["nip"]: line for line in nation.person_lines(range(nation.people))}
    changes = list(nation.change_lines())
    assert {line["status"] for line in changes} == {"active", "leave", "study", "retired", "deceased"}
    for line in changes:
        person = people[line["nip"]]
        place = {name: person[name] for name in ("agency_code", "unit_code", "position")}
        moved = line["agency_code"] != place["agency_code"]
        assert not moved or line["status"] == "active"
        assert line | {"status": "active", "valid_from": person["joined_on"]} | (place if moved else {}) == person
        assert line["valid_from"] > person["valid_from"]


def test_a_year_gone_by_is_whole_and_a_new_one_short():
    ended = Nation(today=date(2027, 3, 1), year=2026, people=500)
    begun = Nation(today=date(2026, 1, 20), year=2026, people=500)
    assert ended.last == date(2026, 12, 31)
    ends = [line["end_date"] for line in begun.training_lines("service", range(500))]
    assert ends and max(ends) <= "2026-01-20"
    assert len(ends) < 500


def test_large_nations_are_sent_in_blocks():
    names = [stream.name for stream in Nation(today=TODAY, year=2026, people=250_000).streams()]
    assert [name for name in names if name.startswith("people-0")] == ["people-001", "people-002", "people-003"]
    assert names.index("people-003") < names.index("people-changes") < names.index("trainings-service-001")


def test_streaming_needs_no_memory_that_grows():
    def peak(people: int, name: str) -> int:
        nation = Nation(today=TODAY, year=2026, people=people)
        lines = next(stream for stream in nation.streams() if stream.name == name).lines()
        next(lines)
        tracemalloc.start()
        for _ in lines:
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    for name in ("trainings-service", "posts", "holdings"):
        peak(200, name)
        assert peak(2_000, name) < peak(400, name) + 16_384


def test_lan_has_units_of_its_own_and_puslatbang_pkasn_among_them():
    nation = Nation(today=TODAY, year=2026, agencies=40, people=20_000)
    [lan] = [agency for agency in nation.agency_list if agency.name == "Lembaga Administrasi Negara"]
    assert lan.kind == "L"
    assert "Puslatbang PKASN" in [office.name for office in lan.offices]
    others = [office.name for agency in nation.agency_list if agency is not lan for office in agency.offices]
    assert "Puslatbang PKASN" not in others
