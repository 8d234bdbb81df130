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
