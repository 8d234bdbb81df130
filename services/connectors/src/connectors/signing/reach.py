"""Whose connections are whose."""

from sqlalchemy import ColumnElement, or_, true
from sqlmodel import col

from connectors.signing.tables import Connection
from contracts.callers import Caller


def reached(caller: Caller[None]) -> ColumnElement[bool]:
    """The condition for the connections that are the caller's: of their agency or provider, or the one that they are."""
    if caller.unbound:
        return true()
    whose: list[ColumnElement[bool]] = []
    if caller.holds_by("agency"):
        whose.append(col(Connection.agency_id).in_(caller.offices))
    if caller.holds_by("provider"):
        whose.append(col(Connection.provider_id) == caller.provider)
    if caller.holds_by("connection"):
        whose.append(col(Connection.id) == caller.speaks_for("connection"))
    return or_(*whose)
