"""Whose record rests because they have asked for it (UU 27/2022, Pasal 41), and who is shown it all the same.

HR of their agency, who must answer them, the person, and the services, which the law tells to count hours and points.
"""

from typing import Any

from sqlalchemy import ColumnElement, exists, true

from contracts.callers import Caller
from registry.tables import data_requests

STILL = frozenset({"agency_hr", "service"})
PARTS = ("identity", "history")


def shown_to(caller: Caller[Any], person_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that leaves out whose record rests for this caller."""
    if caller.roles & STILL:
        return true()
    return ~exists().where(
        data_requests.c.person_id == person_id,
        data_requests.c.state == "in_force",
        data_requests.c.part.in_(PARTS),
    )
