"""How whoever is asked for stood on a day: the common table that counts and lists are made of, so that they agree.

On a day gone by, only what had ended by then counts; what is known of it is what is known now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query

from common.fields import Day, Line
from common.refused import Refused
from common.store.sets import unnest
from contracts.callers import Caller
from roster.days import covers_sql, in_service_sql
from roster.lines import below_sql
from training.domain.duty import duty_months_sql, exempt_sql, months_until_sql, pro_rata_sql
from training.domain.rules import Book, pack_of_year
from training.domain.states import BOOK, Ladder, state_sql
from training.ledger.commands import DUTY, duties
from training.records.tables import COUNTED
from training.units import named_sql, unit_sql

Kind = Literal["K", "L", "D"]
By = Literal["region", "kind", "agency", "unit", "jenjang", "position"]
Without = Literal["region", "kind", "unit", "jenjang", "position"]
PEOPLE = "/v1/duty-people"
"""Where the people of a count are listed."""
FIELDS: Mapping[By, str] = {"agency": "agency_id", "unit": "unit_id"}
"""The field of `Asked`, and the column, of a level that is not called like it."""
SHORT = ("on_track", "needs_action", "overdue")
FIGURES: Mapping[str, str] = {
    "active": "count(*)",
    "met": "count(*) FILTER (WHERE state = 'met')",
    "short": f"count(*) FILTER (WHERE state IN {SHORT})",
    "exempt": "count(*) FILTER (WHERE state = 'exempt')",
    **{state: f"count(*) FILTER (WHERE state = '{state}')" for state in SHORT},
    "waiting": f"count(*) FILTER (WHERE state IN {SHORT} AND verified + unverified >= target)",
    "missing": f"coalesce(sum(target - verified) FILTER (WHERE state IN {SHORT}), 0)",
    "target": "coalesce(sum(target) FILTER (WHERE state <> 'exempt'), 0)",
    "verified": "coalesce(sum(verified), 0)",
    "unverified": "coalesce(sum(unverified), 0)",
}
"""What is told of a group of people, and how it is worked out of their rows in `stood`."""
DAY = "CAST(:day AS date)"
OWN = "agency_id = ANY(CAST(:own AS uuid[]))"
LATER = f"""
    LEFT JOIN LATERAL (
        SELECT sum(jp) FILTER (WHERE c.verified) AS verified, sum(jp) FILTER (WHERE NOT c.verified) AS unverified
        FROM ({COUNTED}) AS c WHERE c.person_id = p.person_id AND counting_year = :year AND end_date > :day
    ) later ON true
"""  # noqa: S608 - built of names in this code
NOTHING_LATER = "CROSS JOIN (SELECT 0 AS verified, 0 AS unverified) later"


@dataclass(frozen=True)
class Asked:
    """Whose people are asked for, and of which day: of all that is named."""

    day: date | None = None
    region: str | None = None
    kind: str | None = None
    agency_id: UUID | None = None
    unit_id: UUID | None = None
    below: bool = True
    jenjang: str | None = None
    position: str | None = None
    without: Sequence[Without] = ()

    def within(self, by: By | None, key: Any) -> "Asked":
        """The same, of one group only."""
        if by is None:
            return self
        if key is None:
            return replace(self, without=[*self.without, by])
        field = FIELDS.get(by, by)
        # A unit among those below it stands for whoever is in none of them.
        return replace(self, **{field: key, "below": self.below and key != self.unit_id})

    def listed(self, day: date) -> str:
        """Where these people are listed, one by one."""
        named = {name: str(value) for name, value in self._named().items()}
        named |= {} if self.below or self.unit_id is None else {"below": "false"}
        return f"{PEOPLE}?{urlencode({'day': day, **named, 'without': self.without}, doseq=True)}"

    def conditions(self) -> tuple[str, Mapping[str, Any]]:
        """Conditions on the columns of `stood`, each with an `AND` before it, and the values they take."""
        named = self._named()
        held = [f"{name} = :{name}" for name in named if name != "unit_id" or not self.below]
        if self.unit_id is not None and self.below:
            held.append(f"unit_id IN ({below_sql(':unit_id', DAY)})")
        held += [f"{FIELDS.get(each, each)} IS NULL" for each in self.without]
        return "".join(f" AND {condition}" for condition in held), named

    def _named(self) -> Mapping[str, Any]:
        fields = ("region", "kind", "agency_id", "unit_id", "jenjang", "position")
        return {name: value for name in fields if (value := getattr(self, name)) is not None}


async def asked(
    day: Annotated[Day | None, Query(description="today in Asia/Jakarta when absent")] = None,
    region: Line | None = None,
    kind: Annotated[
        Kind | None, Query(description="ministries (K), institutions (L) or regional governments (D)")
    ] = None,
    agency_id: UUID | None = None,
    unit_id: UUID | None = None,
    below: Annotated[bool, Query(description="whether the units below that unit are meant too")] = True,
    jenjang: Line | None = None,
    position: Line | None = None,
    without: Annotated[
        list[Without] | None,
        Query(max_length=5, description="only whoever has no region, kind of agency, unit, jenjang or position"),
    ] = None,
) -> Asked:
    return Asked(day, region, kind, agency_id, unit_id, below, jenjang, position, without or ())


AskedPeople = Annotated[Asked, Depends(asked)]


@dataclass(frozen=True)
class Stood:
    """The common table `stood` of whoever is asked for, the conditions in it, the values these take, its day, and the rule of its states."""

    sql: str
    conditions: str
    given: Mapping[str, Any]
    day: date
    ladder: Ladder


def in_office(caller: Caller[Book]) -> str:
    """The condition for whoever is of the agencies the caller is bound to, or holds the position they are steward of."""
    return f"({OWN} OR position = :held)" if caller.holds_by("position") else OWN


def stood(asked: Asked, caller: Caller[Book], seen: str) -> Stood:
    """How whoever is asked for stood, of whom the condition `seen` lets the caller see (it may take `:own` and `:held`).

    Raises Refused: `date-in-future`, `rule-missing`.
    """
    day = asked.day or caller.today
    if day > caller.today:
        raise Refused("date-in-future", field="day")
    try:
        pack, ladder = pack_of_year(caller.rules, day.year), BOOK.at(day).tables
    except LookupError:
        raise Refused("rule-missing", field="day") from None
    held, named = asked.conditions()
    conditions = f"{held} AND {seen}"
    # Nothing that is known has ended after today; and a year that is over counts whole, with sessions of records that
    # ended in the next one.
    whole = day in {caller.today, date(day.year, 12, 31)}
    return Stood(
        sql=stood_sql(ladder, day, conditions, NOTHING_LATER if whole else LATER),
        conditions=conditions,
        given={
            **named,
            **({"held": caller.speaks_for("position")} if caller.holds_by("position") else {}),
            "own": sorted(caller.agencies_on(day) | (caller.agencies & {asked.agency_id})),
            "day": day,
            "year": day.year,
            "pack": pack.id,
            **duties(caller.rules),
        },
        day=day,
        ladder=ladder,
    )


def stood_sql(ladder: Ladder, day: date, conditions: str, later: str = NOTHING_LATER) -> str:
    """The common table `stood`: whoever is in service on `:day`, where, what they owe and have, and in which state they are.

    Takes `:day`, `:year`, `:pack` and `duties`. `conditions` are on its columns, each with an `AND` before it.
    """
    target = pro_rata_sql("yearly", months_until_sql("duty_months", "12"))
    return f"""
        active AS (
            SELECT a.person_id, a.agency_id, {unit_sql("a")} AS unit_id, unit.name AS unit_name, g.name AS agency_name, g.kind, at.region,
                o.jenjang, o.position,
                {exempt_sql("p", ":day")} AS exempt, coalesce(l.yearly, given.yearly) AS yearly,
                coalesce(l.duty_months, {duty_months_sql("p", ":year")}) AS duty_months,
                coalesce(l.verified, 0) - coalesce(later.verified, 0) AS verified,
                coalesce(l.unverified, 0) - coalesce(later.unverified, 0) AS unverified
            FROM assignments a JOIN people p USING (person_id)
            {named_sql("a", ":day")}
            JOIN {unnest(DUTY)} ON given.duty_pack = :pack AND given.staff_type = p.staff_type
            LEFT JOIN jp_ledger l ON l.person_id = p.person_id AND l.year = :year
            LEFT JOIN agencies g ON g.agency_id = a.agency_id
            LEFT JOIN agency_places at ON at.agency_id = a.agency_id AND {covers_sql("at", ":day")}
            LEFT JOIN posts o ON o.person_id = p.person_id AND {covers_sql("o", ":day")}
            {later}
            WHERE {covers_sql("a", ":day")} AND {in_service_sql("p", ":day")}
        ), stood AS (
            SELECT *, {target} AS target, {state_sql(ladder, day, "active")} AS state FROM active WHERE true{conditions}
        )
    """  # noqa: S608 - built of names in this code
