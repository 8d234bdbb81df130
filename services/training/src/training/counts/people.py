"""The people behind a count, one by one: who is in which state on a day, in one statement a page."""

from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.texts import Language
from common.web.pages import BY_ID, Page, Window
from contracts.callers import Caller
from roster.days import covers_sql
from roster.lines import team_sql
from training.counts.schemas import AskedState, DutyPersonOut
from training.counts.stood import DAY, SHORT, Asked, Stood, in_office, stood
from training.domain.rules import Book
from training.texts import ExplanationOut, explained

TEAM = f"person_id IN (SELECT person_id FROM ({team_sql(':me', 'CAST(:today AS date)')}) AS team)"  # noqa: S608 - built of names in this code

OFFICES = {"lan", "analis", "service", "agency_hr", "agency_head", "inspector"}
"""Who reads the hours of whoever is exempt too, of the agencies they see."""


async def duty_people(
    session: AsyncSession,
    asked: Asked,
    state: AskedState | None,
    window: Window,
    caller: Caller[Book],
    language: Language,
) -> Page[DutyPersonOut]:
    """Who is asked for, in the order of their ids: of the agencies the caller is bound to, in a steward's position, and below
    a superior of today.

    Raises Refused: `forbidden` for another agency, `date-in-future`, `rule-missing`.
    """
    seen, claims = [in_office(caller)], dict[str, Any]()
    if caller.holds_by("person"):
        seen.append(TEAM)
        claims |= {"me": caller.speaks_for("person"), "today": caller.today}
    elsewhere = caller.holds_by("person") or caller.holds_by("position")
    if asked.agency_id is not None and not elsewhere and not caller.reaches(asked.agency_id, asked.day):
        raise Refused("forbidden")
    found = stood(asked, caller, "true" if caller.unbound else f"({' OR '.join(seen)})")
    narrower, more = "", dict[str, Any]()
    if state is not None:
        narrower += " AND state = ANY(CAST(:states AS text[]))"
        more["states"] = list(SHORT) if state == "short" else [state]
    if last := window.seen(BY_ID):
        narrower += " AND person_id > :after"
        more["after"] = last[0]
    statement = f"""
        WITH {found.sql}
        SELECT stood.*, exempt_until FROM stood LEFT JOIN LATERAL (
            SELECT x.valid_to AS exempt_until FROM exemptions x
            WHERE x.person_id = stood.person_id AND x.state = 'approved' AND {covers_sql("x", DAY)} LIMIT 1
        ) exemption ON true
        WHERE true{narrower} ORDER BY person_id LIMIT {window.limit + 1}
    """  # noqa: S608 - built of names in this code
    rows = await session.execute(text(statement), {**found.given, **claims, **more})
    rules = _rules(found, language)
    return window.page([_shown(row, found, rules, caller) for row in rows], lambda person: [person.person_id])


def _rules(found: Stood, language: Language) -> dict[str, ExplanationOut]:
    rules = {rung.code: rung for rung in found.ladder.rungs} | {"exempt": found.ladder.exempt}
    return {code: ExplanationOut(**explained(rule, language)) for code, rule in rules.items()}


def _shown(row: Row[Any], found: Stood, rules: dict[str, ExplanationOut], caller: Caller[Book]) -> DutyPersonOut:
    exempt = row.state == "exempt"
    # A superior reads of whoever is exempt nothing but until when; so do a steward and whoever is bound to other agencies.
    # A PIC does so of their own agency too, unless they have another role there.
    seen = caller.unbound or row.agency_id in caller.agencies | caller.agencies_on(found.day)
    hidden = exempt and (not seen or not caller.roles & OFFICES)
    return DutyPersonOut(
        person_id=row.person_id,
        as_of=found.day,
        agency_id=row.agency_id,
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        jenjang=row.jenjang,
        position=row.position,
        state=row.state,
        rule=rules[row.state],
        target=None if exempt else row.target,
        verified=None if hidden else row.verified,
        unverified=None if hidden else row.unverified,
        missing=row.target - row.verified if row.state in SHORT else None,
        exempt_until=row.exempt_until,
    )
