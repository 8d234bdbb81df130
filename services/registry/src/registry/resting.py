"""Whose record rests because they have asked for it (UU 27/2022, Pasal 41), and who is shown it all the same.

HR of the agency they serve in today, who must answer them, the person, and the services, which the law tells to count
hours and points.
"""

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, true

from contracts.callers import Caller
from registry.tables import data_requests

PARTS = ("identity", "history")


def shown_to(caller: Caller[Any], person_id: ColumnElement[Any], agency_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that leaves out whose record rests for this caller; `agency_id` is where they serve today."""
    if "service" in caller.roles:
        return true()
    shown = ~exists().where(
        data_requests.c.person_id == person_id,
        data_requests.c.state == "in_force",
        data_requests.c.part.in_(PARTS),
    )
    # Another role that they hold too does not widen whom they answer as HR.
    return or_(shown, agency_id == caller.speaks_for("agency")) if "agency_hr" in caller.roles else shown
