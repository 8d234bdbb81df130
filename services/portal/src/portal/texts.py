"""What people read on pages, and the templates that say it."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import Environment

from common.templates import speaking
from common.texts import LOCALES, Language, Texts, day, number, text_named

TEXTS = Texts(Path(__file__).parent)
say = TEXTS.say
ZONES = {
    "Asia/Jakarta": text_named("zone.wib"),
    "Asia/Makassar": text_named("zone.wita"),
    "Asia/Jayapura": text_named("zone.wit"),
}
"""The zones of Indonesia, with the name each is called by."""

ROLES = {
    "": text_named("role."),
    "lan": text_named("role.lan"),
    "analis": text_named("role.analis"),
    "agency_hr": text_named("role.agency_hr"),
    "agency_head": text_named("role.agency_head"),
    "pic": text_named("role.pic"),
    "verifier": text_named("role.verifier"),
    "validator": text_named("role.validator"),
    "provider": text_named("role.provider"),
    "person": text_named("role.person"),
    "inspector": text_named("role.inspector"),
    "steward": text_named("role.steward"),
    "bkn": text_named("role.bkn"),
    "researcher": text_named("role.researcher"),
    "intern": text_named("role.intern"),
    "programme_manager": text_named("role.programme_manager"),
    "platform_admin": text_named("role.platform_admin"),
    "service": text_named("role.service"),
    "operator": text_named("role.operator"),
}
"""What each hat is called."""
CALLED = {
    "role": ROLES,
    "zone": ZONES,
    "source": {
        "system": text_named("source.system"),
        "provider": text_named("source.provider"),
        "self": text_named("source.self"),
    },
    "state": {
        "met": text_named("state.met"),
        "short": text_named("state.short"),
        "on_track": text_named("state.on_track"),
        "needs_action": text_named("state.needs_action"),
        "overdue": text_named("state.overdue"),
        "exempt": text_named("state.exempt"),
    },
    "verdict": {"confirmed": text_named("verdict.confirmed"), "refused": text_named("verdict.refused")},
    "jenjang": {
        "pemula": text_named("jenjang.pemula"),
        "terampil": text_named("jenjang.terampil"),
        "mahir": text_named("jenjang.mahir"),
        "penyelia": text_named("jenjang.penyelia"),
        "ahli_pertama": text_named("jenjang.ahli_pertama"),
        "ahli_muda": text_named("jenjang.ahli_muda"),
        "ahli_madya": text_named("jenjang.ahli_madya"),
        "ahli_utama": text_named("jenjang.ahli_utama"),
    },
    "by": {
        "kind": text_named("by.kind"),
        "region": text_named("by.region"),
        "agency": text_named("by.agency"),
        "unit": text_named("by.unit"),
        "jenjang": text_named("by.jenjang"),
        "position": text_named("by.position"),
    },
    "agency_kind": {
        "K": text_named("agency-kind.K"),
        "L": text_named("agency-kind.L"),
        "D": text_named("agency-kind.D"),
    },
    "pic": {
        "main": text_named("pic.main"),
        "deputy": text_named("pic.deputy"),
    },
    "case_kind": {
        "conversion": text_named("case-kind.conversion"),
        "education": text_named("case-kind.education"),
        "opening": text_named("case-kind.opening"),
    },
    "case_state": {
        "submitted": text_named("case-state.submitted"),
        "checked": text_named("case-state.checked"),
        "attested": text_named("case-state.attested"),
        "returned": text_named("case-state.returned"),
    },
    "entry_kind": {
        "conversion": text_named("entry-kind.conversion"),
        "education": text_named("entry-kind.education"),
        "opening": text_named("entry-kind.opening"),
        "level-used": text_named("entry-kind.level-used"),
        "level-lost": text_named("entry-kind.level-lost"),
        "reversal": text_named("entry-kind.reversal"),
    },
    "predikat": {
        "sangat_baik": text_named("predikat.sangat_baik"),
        "baik": text_named("predikat.baik"),
        "butuh_perbaikan": text_named("predikat.butuh_perbaikan"),
        "kurang": text_named("predikat.kurang"),
        "sangat_kurang": text_named("predikat.sangat_kurang"),
    },
    "part": {
        "predikat": text_named("part.predikat"),
        "period": text_named("part.period"),
        "evidence": text_named("part.evidence"),
        "record": text_named("part.record"),
        "paper": text_named("part.paper"),
        "claim": text_named("part.claim"),
    },
    "decision": {
        "open": text_named("decision.open"),
        "right": text_named("decision.right"),
        "wrong": text_named("decision.wrong"),
    },
    "act": {
        "rank": text_named("act.rank"),
        "level": text_named("act.level"),
    },
    "condition": {
        "credit-for-rank": text_named("condition.credit-for-rank"),
        "years-in-rank": text_named("condition.years-in-rank"),
        "predicate": text_named("condition.predicate"),
        "discipline": text_named("condition.discipline"),
        "credit-for-level": text_named("condition.credit-for-level"),
        "open-post": text_named("condition.open-post"),
        "test-passed": text_named("condition.test-passed"),
    },
    "condition_state": {
        "met": text_named("condition-state.met"),
        "not-met": text_named("condition-state.not-met"),
        "unknown": text_named("condition-state.unknown"),
    },
}
"""The names of texts for the words of a closed list: `say(called.role[hat])`."""


@cache
def templates(language: Language) -> Environment:
    """Templates that speak a language; numbers, days and moments are written as services tell them in JSON."""
    environment = speaking(TEXTS, language)
    environment.globals["called"] = CALLED
    environment.filters |= {
        "number": lambda told: number(Decimal(told), language),
        "day": lambda told: day(date.fromisoformat(told), language),
        "moment": partial(moment, language=language),
    }
    return environment


def moment(told: str, zone: str, language: Language) -> str:
    """A moment as a clock in that zone shows it, with the name of the zone."""
    there = datetime.fromisoformat(told).astimezone(ZoneInfo(zone))
    shown = format_datetime(
        there, "d MMMM y, HH.mm" if language == "id" else "d MMMM y, HH:mm", locale=LOCALES[language]
    )
    return f"{shown} {say(ZONES[zone], language)}"
