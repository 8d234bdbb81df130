"""What is said to SIASN (BKN), in its words: everything is text, days are dd-mm-yyyy, and hours are whole.

Fields as SIASN-API, SIASN-PHP and SIASN-GW tell them. Hours are rounded down: SIASN is never told more than was counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from common.refused import Refused
from common.rules import RuleBook, load_rule_book

PACKS = Path(__file__).parent.parent / "rules" / "siasn"

Resource = Literal["kursus", "diklat", "angkakredit"]
LONGEST_NAME = 200
Payload = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A form of learning, the resource that its records go to, and SIASN's own id and name of it."""

    form: str
    resource: Literal["kursus", "diklat"]
    kind: str
    name: str


@dataclass(frozen=True)
class SiasnRules:
    """The closed list of kinds."""

    kinds: tuple[Kind, ...]
    status: str


@dataclass(frozen=True)
class Training:
    """A record that counts, as far as SIASN is told of it. `number` is that of the certificate: our id of the record."""

    number: str
    form: str
    title: str
    start_date: date
    end_date: date
    jp: Decimal
    provider: str


@dataclass(frozen=True)
class Pak:
    """A PAK: what it gives anew, for which months, and how that came about."""

    number: str
    issued_on: date
    period_start: date
    period_end: date
    ak_new: str
    origin: Literal["first", "integration", "conversion"]


@cache
def load() -> RuleBook[SiasnRules]:
    """All packs, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(PACKS, lambda tables: msgspec.convert(tables, SiasnRules), _run_case)


def kind_of(rules: SiasnRules, form: str) -> Kind:
    """Which kind of SIASN's a form is. Raises Refused `kind` for one that is not on the list."""
    for each in rules.kinds:
        if each.form == form:
            return each
    raise Refused("kind")


def whole_hours(jp: Decimal) -> int:
    """Hours as SIASN takes them: rounded down. Raises Refused `hours` for less than one."""
    hours = int(jp.to_integral_value(ROUND_FLOOR))
    if hours < 1:
        raise Refused("hours")
    return hours


def training_payload(training: Training, kind: Kind, person: str, agency: str, siasn_id: str | None) -> Payload:
    """The body of `kursus/save` or `diklat/save`; with the id that SIASN has given, it changes what is there."""
    hours, year = str(whole_hours(training.jp)), str(training.end_date.year)
    days = _day(training.start_date), _day(training.end_date)
    if kind.resource == "diklat":
        said: Payload = {
            "pnsOrangId": person,
            "latihanStrukturalId": kind.kind,
            "nomor": training.number,
            "tahun": year,
            "tanggal": days[0],
            "tanggalSelesai": days[1],
            "jumlahJam": hours,
            "institusiPenyelenggara": training.provider,
            "jenisKompetensi": "",
            "bobot": "0",
        }
    else:
        said = {
            "pnsOrangId": person,
            "instansiId": agency,
            "jenisDiklatId": kind.kind,
            "jenisKursus": kind.kind,
            "jenisKursusSertipikat": "P",
            "namaKursus": training.title[:LONGEST_NAME],
            "jumlahJam": hours,
            "nomorSertipikat": training.number,
            "tahunKursus": year,
            "tanggalKursus": days[0],
            "tanggalSelesaiKursus": days[1],
            "institusiPenyelenggara": training.provider,
            "lokasiId": "",
            "path": [],
        }
    return said | ({"id": siasn_id} if siasn_id else {})


def pak_payload(pak: Pak, person: str, siasn_id: str | None) -> Payload:
    """The body of `angkakredit/save`, with "Penailan" spelt as most of SIASN's clients do. Of the three flags one is set."""
    said: Payload = {
        "pnsId": person,
        "rwJabatanId": "",
        "nomorSk": pak.number,
        "tanggalSk": _day(pak.issued_on),
        "bulanMulaiPenailan": str(pak.period_start.month),
        "tahunMulaiPenailan": str(pak.period_start.year),
        "bulanSelesaiPenailan": str(pak.period_end.month),
        "tahunSelesaiPenailan": str(pak.period_end.year),
        "kreditUtamaBaru": pak.ak_new,
        "kreditPenunjangBaru": "0.000",
        "kreditBaruTotal": pak.ak_new,
        "isAngkaKreditPertama": _flag(pak.origin == "first"),
        "isIntegrasi": _flag(pak.origin == "integration"),
        "isKonversi": _flag(pak.origin == "conversion"),
        "path": [],
    }
    return said | ({"id": siasn_id} if siasn_id else {})


def read_answer(status: int, body: bytes) -> tuple[str | None, str | None]:
    """The id that SIASN has given, or else in its words why it takes nothing; it says so with status 200 too.

    Long numbers, which may be somebody's, are left out of the words.
    """
    try:
        said = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        return None, f"{status}"
    given: Any = said.get("mapData")
    ids = [str(each) for each in given.values() if each] if isinstance(given, Mapping) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType, reportUnknownMemberType]
    if said.get("success") is True and ids:
        return ids[0], None
    return None, _without_numbers(str(said.get("message") or status))


def _without_numbers(words: str) -> str:
    return "".join("#" if each.isdigit() else each for each in words)[:LONGEST_NAME]


def _day(day: date) -> str:
    return f"{day:%d-%m-%Y}"


def _flag(said: bool) -> str:
    return "1" if said else "0"


def _run_case(rules: SiasnRules, given: Mapping[str, Any]) -> Mapping[str, object]:
    try:
        kind = kind_of(rules, given["form"])
        return {"resource": kind.resource, "kind": kind.kind, "hours": whole_hours(Decimal(given["jp"]))}
    except Refused as refused:
        return {"refused": refused.code}
