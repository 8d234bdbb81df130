"""Who served on a day, and where: each rule in Python, and beside it in SQL for millions of rows.

Plain Python, so that the services' rules may use it. A test holds the two together. In SQL a person is a row of
`people`, and a period a row of a history, by the alias given.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

Period = tuple[date, date | None]
"""From a day until the day before another; None: open."""


class Assignment(NamedTuple):
    """Where a person served, from a day until the day before another."""

    valid_from: date
    valid_to: date | None
    agency_id: UUID


def covers(period: Period, day: date) -> bool:
    """Whether a period holds on a day."""
    start, after = period
    return start <= day and (after is None or day < after)


def covers_sql(period: str, day: str) -> str:
    """`covers` of a row of a history."""
    return f"{period}.valid_from <= {day} AND ({period}.valid_to IS NULL OR {day} < {period}.valid_to)"


def in_service(day: date, joined_on: date, left_on: date | None) -> bool:
    """Whether a person serves on a day; `left_on` is the first day out of service."""
    return covers((joined_on, left_on), day)


def in_service_sql(person: str, day: str) -> str:
    """`in_service` of a row of `people`."""
    return f"{person}.joined_on <= {day} AND ({person}.left_on IS NULL OR {day} < {person}.left_on)"


def serves(joined_on: date, left_on: date | None, *, before: date, after: date) -> bool:
    """Whether a person has joined `before` one day, and leaves only `after` another."""
    return joined_on < before and (left_on is None or after < left_on)


def serves_sql(person: str, *, before: str, after: str) -> str:
    """`serves` of a row of `people`."""
    return f"{person}.joined_on < {before} AND ({person}.left_on IS NULL OR {after} < {person}.left_on)"


def away_sql(person: str, *, before: str, after: str) -> str:
    """The contrary of `serves_sql`, for finding the few who are away; NULL for some who serve."""
    return f"{person}.left_on <= {after} OR {before} <= {person}.joined_on"


def agency_on(day: date, assignments: Iterable[Assignment], now: UUID) -> UUID:
    """The agency of a day, by `assignments` in order; the first one known for days before they begin.

    `now` is the agency of today, of who has no assignments or left the last one.
    """
    for assignment in assignments:
        if assignment.valid_to is None or day < assignment.valid_to:
            return assignment.agency_id
    return now


def agency_on_sql(person: str, day: str) -> str:
    """`agency_on` of a row of `people`."""
    return f"""
    coalesce((
        SELECT a.agency_id FROM assignments a
        WHERE a.person_id = {person}.person_id AND (a.valid_to IS NULL OR {day} < a.valid_to)
        ORDER BY a.valid_from LIMIT 1
    ), {person}.agency_id)
    """  # noqa: S608 - built of names in our own code
