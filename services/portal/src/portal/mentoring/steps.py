"""What the pages of mentoring have alike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Response

from portal.asking import Answer, Question, get
from portal.forms import Form
from portal.visits import Visit

SERVICE = "mentoring"
MOST = 1000
"""How many rows a list gives at most; nobody has as many pairs or sessions to come."""
SPAN = ("starts_at", "minutes", "way", "place")


def page(visit: Visit, template: str, form: Form, **values: Any) -> Response:
    """A page of mentoring, with what is wrong with its form."""
    return visit.page(f"mentoring/{template}.html", 422 if form.faults else 200, form=form, **values)


def ask(path: str, **params: Any) -> Question:
    """To read something of mentoring."""
    return get(SERVICE, path, **params)


def side(visit: Visit, two: Mapping[str, Any] | None) -> str:
    """Which of the two of a pair, session or talk the reader is."""
    return "mentee" if two and two["mentee_id"] == str(visit.person) else "mentor"


def other(visit: Visit, two: Mapping[str, Any]) -> str:
    """The id of the other one of the two."""
    return two["mentor_id"] if side(visit, two) == "mentee" else two["mentee_id"]


def mentors(visit: Visit, *found: Answer) -> list[str]:
    """The ids of the mentors of these circles or slots, but for the reader's own."""
    return [each["mentor_id"] for answer in found for each in answer.items if each["mentor_id"] != str(visit.person)]


def ended(visit: Visit, found: Answer) -> set[str]:
    """Which of these are over by now."""
    now = visit.parts.clock.now()
    return {each["id"] for each in found.items if datetime.fromisoformat(each["ends_at"]) <= now}


def span(visit: Visit) -> dict[str, Any]:
    """When and where, as services take it: the time is that of the reader's clock."""
    said: dict[str, Any] = visit.form.given("starts_at", "way", "place")
    try:
        there = datetime.fromisoformat(said["starts_at"]).replace(tzinfo=ZoneInfo(visit.zone))
        said["starts_at"] = there.isoformat()
    except (KeyError, ValueError):
        pass  # the service says what is wrong with it
    return said | {"minutes": visit.form.whole("minutes")}


def rows(form: Form, name: str) -> range:
    """The lines of a form that has a field of this name on each: those that were typed in, and one that is free."""
    return range(max(3, 1 + sum(each.startswith(f"{name}-") for each in form.typed)))
