"""What stands on a paper, in words: everything a template shows is text."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from common.texts import Language, day, number, text_named
from contracts.papers import Row, Told
from credit.domain.amounts import MONTHS
from credit.domain.books import Regulations
from credit.papers.schemas import CheckOut, LineOut, PaperOut, ResultOut, VerdictOut
from credit.texts import say

TITLES: Mapping[str, str] = {
    "conversion": text_named("paper.title.conversion"),
    "accumulation": text_named("paper.title.accumulation"),
    "determination": text_named("paper.title.determination"),
}
ROWS: Mapping[str, str] = {
    "basic": text_named("paper.row.basic"),
    "earlier": text_named("paper.row.earlier"),
    "adjustment": text_named("paper.row.adjustment"),
    "conversion": text_named("paper.row.conversion"),
    "education": text_named("paper.row.education"),
    "all": text_named("paper.total"),
}
REMARKS: Mapping[str, str] = {
    "basic": text_named("paper.remark.basic"),
    "earlier": text_named("paper.remark.earlier"),
    "adjustment": text_named("paper.remark.adjustment"),
    "conversion": text_named("paper.remark.conversion"),
    "education": text_named("paper.remark.education"),
}
"""What a row comes from (keterangan); their sum says nothing more."""
LINES: Mapping[str, str] = {
    "conversion": text_named("paper.line.conversion"),
    "education": text_named("paper.row.education"),
    "opening": text_named("paper.line.opening"),
    "level-used": text_named("paper.line.level-used"),
    "level-lost": text_named("paper.line.level-lost"),
}
LINKS: Mapping[str, str] = {
    "performance_result": text_named("paper.link.result"),
    "performance_outcome": text_named("paper.link.outcome"),
}
ACTS: Mapping[str, str] = {"rank": text_named("paper.act.rank"), "level": text_named("paper.act.level")}
VERDICTS: Mapping[str, str] = {
    "valid": text_named("check.valid"),
    "replaced": text_named("check.replaced"),
    "revoked": text_named("check.revoked"),
    "not-found": text_named("check.not-found"),
    "at-rest": text_named("check.at-rest"),
}


def told(verdict: str, said: CheckOut | None, language: Language) -> Told:
    """What the page says of a paper, or why it says nothing."""
    rows: list[Row] = []
    if said:
        rows = [
            (say("paper.kind", language), say(TITLES[said.kind], language)),
            (say("paper.number", language), said.number),
            (say("check.initials", language), said.initials),
            (say("paper.jenjang", language), _level(said.jenjang, said.golongan)),
            (say("paper.ak", language), _ak(said.ak, language)),
            (say("paper.issued", language), day(said.issued_on, language)),
        ]
    return Told(say("check.title", language), say(VERDICTS[verdict], language), rows)


def printed(paper: PaperOut, row: Any, nip: str, signer: str, rules: Regulations, language: Language) -> dict[str, Any]:
    """What a paper says: who it is of, its table with three decimals, the verdicts, and what the points rest on."""
    head, body = _sums(paper, language) if paper.kind == "determination" else _lines(paper, language)
    pack = rules.at(paper.issued_on)
    return {
        "language": language,
        "title": say(TITLES[paper.kind], language),
        "number": paper.number,
        "number_label": say("paper.number", language),
        "who": [
            (say("paper.name", language), row.name),
            (say("paper.nip", language), nip),
            (say("paper.jenjang", language), _level(pack.tables.jenjang[paper.jenjang].name, paper.golongan)),
            (say("paper.position", language), paper.position or "-"),
            (say("paper.agency", language), row.agency or "-"),
        ],
        "head": head,
        "body": body,
        "verdicts": [_verdict(each, language) for each in paper.verdicts],
        "results_label": say("paper.results", language),
        "results": [_result(each, language) for each in paper.results],
        "issued": say("paper.issued-on", language, day=paper.issued_on),
        "official_label": say("paper.official", language),
        "official": row.official,
        "source": say("paper.source", language, source=pack.source),
        "signed": say("paper.signed", language, signer=signer),
        "check": say("paper.check", language),
    }


def _sums(paper: PaperOut, language: Language) -> tuple[list[str], list[list[str]]]:
    head = [
        say("paper.row", language),
        say("paper.before", language),
        say("paper.new", language),
        say("paper.total", language),
        say("paper.remarks", language),
    ]
    body = [
        [
            say(ROWS[each.row], language),
            *(_ak(amount, language) for amount in (each.before, each.new, each.total)),
            say(REMARKS[each.row], language) if each.row in REMARKS else "",
        ]
        for each in paper.sums
    ]
    return head, body


def _lines(paper: PaperOut, language: Language) -> tuple[list[str], list[list[str]]]:
    head = [
        say("paper.row", language),
        say("paper.period", language),
        say("paper.formula", language),
        say("paper.ak", language),
    ]
    body = [
        [
            _what(each, language),
            _period(each.period_start, each.period_end, language),
            _formula(each, language),
            _ak(each.ak, language),
        ]
        for each in paper.lines
    ]
    return head, [*body, [say("paper.total", language), "", "", _ak(paper.ak, language)]]


def _what(line: LineOut, language: Language) -> str:
    if line.predikat:
        return say("paper.line.predikat", language, predikat=line.predikat.replace("_", " ").title())
    return say(LINES[line.kind], language)


def _formula(line: LineOut, language: Language) -> str:
    if not line.months:
        return ""
    return f"{line.months}/{MONTHS} x {line.percent}% x {number(line.base, language)}"


def _verdict(verdict: VerdictOut, language: Language) -> str:
    act = say(ACTS[verdict.act], language)
    if verdict.considered:
        return say("paper.enough", language, act=act, need=verdict.need, ak=_ak(verdict.surplus, language))
    return say("paper.short", language, act=act, need=verdict.need, ak=_ak(verdict.short, language))


def _result(result: ResultOut, language: Language) -> str:
    rests_on = [
        say(LINKS[name], language, id=value)
        for name in ("performance_result", "performance_outcome")
        if (value := getattr(result, name))
    ]
    named = ", ".join([f"{result.source_name} {result.reference}", *rests_on])
    return f"{named}: {result.evidence}" if result.evidence else named


def _level(jenjang: str, golongan: str | None) -> str:
    named = jenjang.replace("_", " ").title()
    return f"{named}, {golongan}" if golongan else named


def _period(start: date, end: date, language: Language) -> str:
    return day(start, language) if start == end else f"{day(start, language)} - {day(end, language)}"


def _ak(amount: str, language: Language) -> str:
    """Three decimals, as the forms have them."""
    written = f"{Decimal(amount):.3f}"
    return written.replace(".", ",") if language == "id" else written
