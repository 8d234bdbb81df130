"""A moment becomes a day: the one it was by the clock of the agency in which the person served then.

Source: Keputusan Presiden 41/1987 (the three zones). Which agency that was, and by which clock it worked then, is asked
of the day in Jakarta: so a moment has one agency and one zone also on the night of a move from one zone to another, and
no later moment falls on an earlier day. Jakarta's clock holds for an agency that is not known yet. Eastern clocks are
ahead of Jakarta's, never behind: what is past there is past everywhere.
"""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from contracts.zone import Zone, day_in
from roster.people import Person
from training.agencies.queries import Zones
from training.records.schemas import C, Content


def whens(content: Content) -> tuple[date, ...]:
    """All days and moments an activity names."""
    return (content.start_date, content.end_date, *content.session_dates)


def asks_for_zones(contents: Iterable[Content], today: date) -> bool:
    """Whether any has a moment, or a day that is still to come in Jakarta: all others are the same in every zone."""
    return any(isinstance(when, datetime) or when > today for content in contents for when in whens(content))


def dated(content: C, person: Person, zones: Zones) -> C:
    """What is told, with days for moments."""
    if not any(isinstance(when, datetime) for when in whens(content)):
        return content
    days = {
        "start_date": _day(content.start_date, person, zones),
        "end_date": _day(content.end_date, person, zones),
        "session_dates": sorted(_day(when, person, zones) for when in content.session_dates),
    }
    if isinstance(content, msgspec.Struct):  # as `common.web.reading` reads many
        return msgspec.structs.replace(content, **days)
    return content.model_copy(update=days)


def today_of(person: Person, zones: Zones, now: datetime) -> date:
    """The day it is where somebody serves now."""
    return _day(now, person, zones)


def _day(when: date, person: Person, zones: Zones) -> date:
    if not isinstance(when, datetime):
        return when
    day = day_in("WIB", when)
    held: list[Zone] = [zone for start, zone in zones.get(person.agency_on(day), ()) if start <= day]
    return day_in(held[0] if held else "WIB", when)
