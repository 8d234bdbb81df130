"""Planted faults: all listed, each as wrong as it says, and nothing else touched."""

import json
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from nation.faults import KINDS, Planted, plant
from nation.generate import Nation, Stream, encode
from nation.structure import Structure

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def nation() -> Nation:
    return Nation(today=TODAY, year=2026, people=6_000, agencies=20)


@pytest.fixture(scope="module")
def uploads(nation: Nation) -> list[tuple[Stream, list[Planted]]]:
    streams = (*nation.streams(), nation.exemption_stream(), nation.address_stream(), nation.reform_stream())
    return [(stream, list(plant(nation, stream))) for stream in streams]


def test_the_list_names_exactly_the_planted_lines(uploads: list[tuple[Stream, list[Planted]]]):
    for stream, planted in uploads:
        assert [item.body for item in planted if not item.fault] == [
            encode(line).encode() + b"\n" for line in stream.lines()
        ]
        for number, item in enumerate(planted, start=1):
            assert (item.good is None) == (item.fault is not None)
            if item.fault:
                assert (item.fault.stream, item.fault.line) == (stream.name, number)


def test_every_kind_is_planted(uploads: list[tuple[Stream, list[Planted]]]):
    seen = Counter((stream.label, item.fault.kind) for stream, planted in uploads for item in planted if item.fault)
    wanted = {(label, kind.name) for label, kinds in KINDS.items() for kind in kinds}
    # people who declare a training or two meet only the first kinds of their list
    assert {pair for pair in wanted if pair[0] != "trainings by people"} <= set(seen)
    assert seen["trainings by people", "other-person"] == 12


def test_faults_are_few(uploads: list[tuple[Stream, list[Planted]]]):
    lines = sum(len(planted) for _, planted in uploads)
    faults = sum(item.fault is not None for _, planted in uploads for item in planted)
    assert 0 < faults / lines < 0.02


def test_faults_are_as_wrong_as_they_say(nation: Nation, uploads: list[tuple[Stream, list[Planted]]]):
    known = {nation.person(number).nip for number in range(nation.people)}
    agency_of = {nation.person(number).nip: nation.person(number).agency.code for number in range(nation.people)}
    joined = {nation.person(number).nip: nation.person(number).joined_on.isoformat() for number in range(nation.people)}
    heads = {line["nip"] for line in nation.deputy_lines()}
    posts = {line["code"] for line in nation.post_lines(range(nation.people))}
    acting = [line for line in nation.holding_lines(range(nation.people)) if line["kind"] != "definitive"]

    def structure(line: dict[str, Any]) -> Structure:
        return nation.structure(line["agency_code"])

    proofs = {
        "nip-month-13": lambda line, _: line["nip"][4:6] == "13",
        "unknown-field": lambda line, _: "hobi" in line,
        "unknown-person": lambda line, _: line["nip"] not in known,
        "jp-zero": lambda line, _: Decimal(line["jp"]) == 0,
        "jp-negative": lambda line, _: Decimal(line["jp"]) < 0,
        "jp-10000": lambda line, _: Decimal(line["jp"]) == 10_000,
        "jp-three-decimals": lambda line, _: Decimal(line["jp"]).as_tuple().exponent == -3,
        "end-before-start": lambda line, _: (
            line.get("start_date", line.get("period_start")) > line.get("end_date", line.get("period_end"))
        ),
        "in-the-future": lambda line, _: line["end_date"] > TODAY.isoformat(),
        "unknown-form": lambda line, _: line["form"] == "XX99",
        "no-title": lambda line, _: "title" not in line,
        "no-name": lambda line, _: "name" not in line,
        "no-predikat": lambda line, _: "predikat" not in line,
        "line-too-long": lambda line, _: len(encode(line)) > 64 * 1024,
        "other-agency": lambda line, stream: agency_of[line["nip"]] != stream.scope.key,
        "other-provider": lambda line, stream: line["provider_code"] != stream.scope.key,
        "other-person": lambda line, stream: line["nip"] != stream.scope.key and line["nip"] in known,
        "staff-type-against-nip": lambda line, _: (
            (line["staff_type"] == "PNS") == (int(line["nip"].replace(" ", "").replace(".", "")[12:14]) > 12)
        ),
        "unknown-agency": lambda line, _: line["agency_code"] not in {a.code for a in nation.agency_list},
        "half-a-month": lambda line, _: line["period_start"].endswith("-15"),
        "under-itself": lambda line, _: (
            structure(line).top(structure(line).number(line["parent_code"])).code == line["code"]
        ),
        "above-itself": lambda line, _: line["code"] == structure(line).root().code and line["superior_code"] in posts,
        "no-seat-left": lambda line, _: (
            line["post_code"] == structure(line).root().code and line["nip"] != nation.person(structure(line).start).nip
        ),
        "acts-already": lambda line, _: any(
            (each["post_code"], each["kind"] != "definitive") == (line["post_code"], True)
            and each["nip"] != line["nip"]
            and line["valid_from"] < each.get("until", "9999")
            for each in acting
        ),
        "post-elsewhere": lambda line, _: agency_of[line["nip"]] != line["agency_code"] and line["post_code"] in posts,
        "unit-elsewhere": lambda line, _: not line["unit_code"].startswith(line["agency_code"]),
        "unknown-post": lambda line, _: line["post_code"] not in posts,
        "unknown-superior": lambda line, _: line["superior_code"] not in posts,
        "level-of-another-type": lambda line, _: (line["type"], line["jenjang"]) == ("JF", "pratama"),
        "ends-before-it-begins": lambda line, _: line.get("until", line.get("valid_to")) < line["valid_from"],
        "before-joining": lambda line, _: line["valid_from"] < joined[re.sub(r"\D", "", line["nip"])],
        "of-somebody-else": lambda line, _: (
            line["email"] in {each["email"] for each in nation.address_lines() if each["nip"] != line["nip"]}
        ),
        "of-oneself": lambda line, _: line["nip"] == line["deputy_nip"],
        "in-a-circle": lambda line, _: (
            agency_of[line["nip"]] == agency_of[line["deputy_nip"]] and line["nip"] not in heads
        ),
        "unknown-predikat": lambda line, _: line["predikat"] == "istimewa",
    }
    checked = Counter[str]()
    for stream, planted in uploads:
        for item in planted:
            if item.fault and item.fault.kind in proofs:
                assert proofs[item.fault.kind](json.loads(item.body), stream), item.fault
                checked[item.fault.kind] += 1
    assert set(checked) == set(proofs)


def test_broken_lines_are_not_json(uploads: list[tuple[Stream, list[Planted]]]):
    broken = [item for _, planted in uploads for item in planted if item.fault and item.fault.kind == "invalid-json"]
    assert broken
    for item in broken:
        assert item.body.count(b"\n") == 1
        with pytest.raises(ValueError):
            json.loads(item.body)


def test_repeats_name_the_line_they_repeat(uploads: list[tuple[Stream, list[Planted]]]):
    distances = set[bool]()
    for _, planted in uploads:
        by_reference = {}
        for item in planted:
            if item.good and "reference" in item.good:
                by_reference[item.good["reference"]] = item.good
        for number, item in enumerate(planted, start=1):
            if not item.fault:
                continue
            if item.fault.kind == "same-again" and item.fault.status == "duplicate":
                assert item.fault.repeats is not None
                assert planted[item.fault.repeats - 1].body == item.body
                distances.add(item.fault.repeats == number - 1)
            elif item.fault.kind == "same-reference-other-body":
                line = json.loads(item.body)
                first = by_reference[line["reference"]]
                assert line != first
                assert {name for name in line if line[name] != first.get(name)} < {"title", "predikat"}
    assert distances == {True, False}, "repeats of the line before, and of one long ago"


def test_other_faults_have_a_reference_of_their_own(uploads: list[tuple[Stream, list[Planted]]]):
    references = [
        (line["source_name"], line["reference"])
        for _, planted in uploads
        for item in planted
        if item.fault and item.fault.kind not in {"invalid-json", "same-again", "same-reference-other-body"}
        for line in [json.loads(item.body)]
        if "reference" in line
    ]
    assert len(references) == len(set(references))


def test_every_refusal_has_its_code():
    kinds = [kind for of_label in KINDS.values() for kind in of_label]
    assert all((kind.status == "refused") == (kind.code is not None) for kind in kinds)
    assert {kind.status for kind in kinds} == {"refused", "duplicate", "unchanged"}
