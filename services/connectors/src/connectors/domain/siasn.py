"""What is said to SIASN (BKN), in its words: everything is text, days are dd-mm-yyyy, and hours are whole.

Fields as SIASN-API, SIASN-PHP and SIASN-GW tell them. Hours are rounded down: SIASN is never told more than was counted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
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
NUMBER = re.compile(r"[0-9]{1,5}(\.[0-9]{1,3})?")
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


@dataclass(frozen=True)
class Heard:
    """A training of SIASN's own, in our words."""

    resource: Literal["kursus", "diklat"]
    siasn_id: str
    number: str | None
    form: str
    title: str
    start_date: date
    end_date: date
    hours: Decimal


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


def read_training(rules: SiasnRules, resource: Literal["kursus", "diklat"], row: Mapping[str, Any]) -> Heard:
    """A row of `rw-kursus` or `rw-diklat`; the certificate is `noSertipikat` there, and `nomorSertipikat` where one writes.

    Raises Refused: `siasn-field` with its name, `siasn-kind` for a kind that is not on the list.
    """
    structural = resource == "diklat"
    first = _read_day(row, "tanggal" if structural else "tanggalKursus")
    last = "tanggalSelesai" if structural else "tanggalSelesaiKursus"
    kind = None if structural else _need(row, "jenisDiklatId", "jenisDiklat")
    forms = (each.form for each in rules.kinds if each.resource == resource and kind in {None, each.kind})
    form = next(forms, None)
    if form is None:
        raise Refused("siasn-kind", "jenisDiklatId")
    return Heard(
        resource=resource,
        siasn_id=_need(row, "id"),
        number=_said(row, "noSertipikat", "nomorSertipikat", "nomor"),
        form=form,
        title=_need(row, "latihanStrukturalNama" if structural else "namaKursus"),
        start_date=first,
        end_date=_read_day(row, last) if _said(row, last) else first,
        hours=_read_number(row, "jumlahJam"),
    )


def read_pak(row: Mapping[str, Any]) -> Pak:
    """A row of `rw-angkakredit`, in either spelling. Raises Refused `siasn-field` with the name of what cannot be read."""
    months = [
        date(_read_whole(row, f"tahun{when}Penailan", f"tahun{when}Penilaian", most=2200),
             _read_whole(row, f"bulan{when}Penailan", f"bulan{when}Penilaian", most=12), 1)
        for when in ("Mulai", "Selesai")
    ]  # fmt: skip
    flags = {"first": "isAngkaKreditPertama", "integration": "isIntegrasi", "conversion": "isKonversi"}
    origins = [origin for origin, name in flags.items() if (_said(row, name) or "").lower() in {"1", "true"}]
    if len(origins) > 1:
        raise Refused("siasn-field", flags[origins[1]])
    origin: Any = origins[0] if origins else "conversion"
    points = _read_number(row, "kreditBaruTotal")
    return Pak(_need(row, "nomorSk"), _read_day(row, "tanggalSk"), months[0], months[1], f"{points:.3f}", origin)


def _said(row: Mapping[str, Any], *names: str) -> str | None:
    """What a row says under the first of these names that says anything: flags and numbers are text there, or not."""
    for name in names:
        if isinstance(row.get(name), str | int | float) and (written := str(row[name]).strip()):
            return written[:LONGEST_NAME].replace("\0", "")
    return None


def _need(row: Mapping[str, Any], *names: str) -> str:
    said = _said(row, *names)
    if not said:
        raise Refused("siasn-field", names[0])
    return said


def _read_day(row: Mapping[str, Any], name: str) -> date:
    try:
        return datetime.strptime(_need(row, name), "%d-%m-%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise Refused("siasn-field", name) from error


def _read_number(row: Mapping[str, Any], name: str) -> Decimal:
    written = _need(row, name)
    if not NUMBER.fullmatch(written):
        raise Refused("siasn-field", name)
    return Decimal(written)


def _read_whole(row: Mapping[str, Any], *names: str, most: int) -> int:
    written = _need(row, *names)
    if not (written.isascii() and written.isdecimal() and 1 <= int(written[:5]) <= most):
        raise Refused("siasn-field", names[0])
    return int(written)


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
