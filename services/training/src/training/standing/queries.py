"""Explaining a person's hours, and counting those of an agency."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.refused import Refused
from common.texts import Language
from contracts.callers import Caller
from roster.days import covers_sql, in_service_sql, serves
from training.domain.counting import FormRule
from training.domain.duty import (
    NONE,
    THOUSANDTH,
    as_bits,
    duty_months,
    exempt_sql,
    fulfilled_sql,
    over_sql,
    owes_nothing_sql,
    pro_rata,
    progress,
    resting_months,
)
from training.domain.rules import Book, pack_named, pack_of_year
from training.exemptions.tables import Exemption
from training.ledger.tables import LedgerRow
from training.people import PEOPLE
from training.records.tables import Record, by_year, counts_in
from training.standing.schemas import (
    AgencyJpOut,
    CapOut,
    DutyRuleOut,
    FormJpOut,
    PersonJpOut,
    ProRataOut,
    RecordJpOut,
    UnitJpOut,
)
from training.texts import KIND, WHY, explained, say
from training.units import named_sql, unit_sql

UNITS_SHOWN = 10
ABSENCES = PEOPLE.histories["absences"]
EXEMPT = f"({owes_nothing_sql('l')} OR {exempt_sql('p', ':day')})"
MET = f"(NOT {EXEMPT} AND {fulfilled_sql('l')})"
SHORT = f"(NOT {EXEMPT} AND NOT ({fulfilled_sql('l')}))"
SERVING = f"""
    FROM assignments a JOIN people p USING (person_id) JOIN jp_ledger l USING (person_id)
    {named_sql("a", ":day")}
    WHERE a.agency_id = :agency AND {covers_sql("a", ":day")} AND {in_service_sql("p", ":day")} AND l.year = :year
"""
TOTALS = text(
    f"""
    SELECT count(*) AS people, count(*) FILTER (WHERE {MET}) AS met, count(*) FILTER (WHERE {SHORT}) AS short,
        count(*) FILTER (WHERE {EXEMPT}) AS exempt, count(*) FILTER (WHERE {over_sql("l")}) AS over_ceiling,
        count(*) FILTER (WHERE {SHORT} AND l.verified + l.unverified >= l.target) AS waiting,
        coalesce(sum(l.target) FILTER (WHERE NOT {EXEMPT}), 0) AS target, coalesce(sum(l.verified), 0) AS verified,
        coalesce(sum(l.unverified), 0) AS unverified
    {SERVING}
    """
)
UNITS = text(
    f"""
    SELECT {unit_sql("a")} AS unit_id, max(unit.name) AS unit_name, count(*) AS people,
        count(*) FILTER (WHERE {SHORT}) AS short
    {SERVING}
    GROUP BY {unit_sql("a")} HAVING count(*) FILTER (WHERE {SHORT}) > 0
    ORDER BY short DESC, unit_name, unit_id LIMIT {UNITS_SHOWN}
    """
)


async def person_jp(
    session: AsyncSession, person_id: UUID, year: int, caller: Caller[Book], language: Language
) -> PersonJpOut:
    """A person's year, each number with its rule and records.

    Raises Refused: `not-found` for a person the caller may not see or who did not serve in the
    year, `rule-missing` for a year no rule covers.
    """
    seen = select(PEOPLE.table).where(PEOPLE.c.person_id == person_id, PEOPLE.seen_by(caller))
    person = (await session.execute(seen)).one_or_none()
    if person is None:
        raise Refused("not-found")
    away = await session.execute(
        union_all(
            select(ABSENCES.c.valid_from, ABSENCES.c.valid_to).where(ABSENCES.c.person_id == person_id),
            select(col(Exemption.valid_from), col(Exemption.valid_to)).where(
                col(Exemption.person_id) == person_id, col(Exemption.state) == "approved"
            ),
        )
    )
    months = duty_months(year, person.joined_on, person.left_on, [(start, after) for start, after in away])
    row = await session.get(LedgerRow, (person_id, year)) or _not_laid(person, year, months, caller.rules)
    records = (
        await session.scalars(
            select(Record)
            .where(col(Record.person_id) == person_id, counts_in(year), col(Record.state) == "valid")
            .order_by(col(Record.form), col(Record.rule_pack), col(Record.end_date), col(Record.id))
        )
    ).all()
    rules = pack_named(caller.rules, row.pack).tables
    duty = rules.duties[person.staff_type]
    reached = progress(row.target, row.ceiling, row.verified)
    return PersonJpOut(
        person_id=person_id,
        year=year,
        floor=row.floor,
        ceiling=row.ceiling,
        target=row.target,
        verified=row.verified,
        unverified=row.unverified,
        left=reached.left,
        over=reached.over,
        fulfilled=reached.fulfilled,
        rule=DutyRuleOut(pack=row.pack, **explained(duty, language)),
        pro_rata=ProRataOut(
            months=row.duty_months.bit_count(),
            reason=_months_text(resting_months(months), language),
            **explained(rules.pro_rata, language),
        ),
        forms=[
            _form(pack_named(caller.rules, pack).tables.forms[form], pack, year, list(found), language)
            for (form, pack), found in groupby(records, lambda record: (record.form, record.rule_pack))
        ],
    )


def _not_laid(person: Row[Any], year: int, months: Sequence[int], book: Book) -> LedgerRow:
    """The row of a year that nobody has opened yet for a person who serves in it: the duty, and nothing reached."""
    if not serves(person.joined_on, person.left_on, before=date(year + 1, 1, 1), after=date(year, 1, 1)):
        raise Refused("not-found")
    try:
        pack = pack_of_year(book, year)
    except LookupError:
        raise Refused("rule-missing", field="year") from None
    rule = pack.tables.duties[person.staff_type]
    return LedgerRow(
        person_id=person.person_id,
        year=year,
        pack=pack.id,
        floor=rule.floor,
        ceiling=rule.ceiling,
        yearly=rule.target,
        target=pro_rata(rule.target, len(months)).quantize(THOUSANDTH),
        duty_months=as_bits(months),
        verified=NONE,
        unverified=NONE,
    )


def _months_text(resting: Sequence[int], language: Language) -> str:
    if not resting:
        return say("months.all", language)
    return say("months.some", language, months=", ".join(map(str, resting)))


def _form(rule: FormRule, pack: str, year: int, records: Sequence[Record], language: Language) -> FormJpOut:
    values = rule_values(rule)
    counted = {record.id: by_year(record)[year] for record in records}
    return FormJpOut(
        form=rule.code,
        label=rule.label,
        pack=pack,
        stated=sum((record.jp_stated or NONE for record in records), NONE),
        counted=sum(counted.values(), NONE),
        cap=cap_shown(rule, language),
        rule=rule_text(rule, language),
        source=rule.source,
        status=rule.status,
        records=[
            RecordJpOut(
                id=record.id,
                title=record.title,
                start_date=record.start_date,
                end_date=record.end_date,
                stated=record.jp_stated,
                session_dates=record.session_dates,
                counted=counted[record.id],
                verified=record.verified,
                why=say(WHY[record.why], language, **values),
            )
            for record in records
        ],
    )


def cap_shown(rule: FormRule, language: Language) -> CapOut | None:
    """The cap of a form, for people."""
    cap = rule.cap
    if cap is None:
        return None
    return CapOut(
        code=cap.code,
        sessions_a_month=cap.sessions_a_month,
        jp_a_day=cap.jp_a_day,
        **explained(cap, language),
    )


def rule_text(rule: FormRule, language: Language) -> str:
    """How a form counts, for people."""
    values = rule_values(rule)
    abroad = "" if rule.international is None else " " + say("kind.abroad", language, **values)
    return say(KIND[rule.kind], language, **values) + abroad


def rule_values(rule: FormRule) -> dict[str, object]:
    """What the texts about a form are filled with."""
    return {
        "jp": rule.jp,
        "sessions_a_month": rule.cap and rule.cap.sessions_a_month,
        "jp_a_day": rule.cap and rule.cap.jp_a_day,
        "international": rule.international,
    }


async def agency_jp(session: AsyncSession, agency_id: UUID, year: int, caller: Caller[Book]) -> AgencyJpOut:
    """How an agency's people stand: today, or on the last day of a year that is over. Raises Refused `not-found`."""
    if not caller.reaches(agency_id):
        raise Refused("not-found")
    day = min(caller.today, date(year, 12, 31))
    asked = {"agency": agency_id, "year": year, "day": day}
    totals = (await session.execute(TOTALS, asked)).one()
    units = await session.execute(UNITS, asked)
    return AgencyJpOut(
        agency_id=agency_id,
        year=year,
        as_of=day,
        people=totals.people,
        met=totals.met,
        short=totals.short,
        exempt=totals.exempt,
        over_ceiling=totals.over_ceiling,
        waiting=totals.waiting,
        target=totals.target,
        verified=totals.verified,
        unverified=totals.unverified,
        units=[UnitJpOut.model_validate(unit, from_attributes=True) for unit in units],
    )
