"""The units training knows: what they were called on any day, and which unit was above each."""

from roster.days import covers_sql
from roster.structure import Units

UNITS = Units(__name__, "name", "parent_id")


def named_sql(assignment: str, day: str) -> str:
    """Joins `unit`, the name that the unit of an assignment had on a day; none for a unit not heard of yet."""
    return f"LEFT JOIN unit_states unit ON unit.unit_id = {assignment}.unit_id AND {covers_sql('unit', day)}"
