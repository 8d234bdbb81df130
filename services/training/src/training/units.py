"""The units training knows: what they were called on any day, which unit was above each, and in which of them somebody served."""

from roster.days import covers_sql
from roster.structure import Units

UNITS = Units(__name__, "name", "parent_id")


def unit_sql(assignment: str) -> str:
    """The unit somebody serves in, as the registry has it: that of the post they hold as their own, or else the one they
    were assigned to. Beside `named_sql`.
    """
    return f"coalesce(desk.unit_id, {assignment}.unit_id)"


def named_sql(assignment: str, day: str) -> str:
    """Joins the post held as one's own on a day (`desk`), and `unit`, the name that the unit of `unit_sql` had then; none
    for a unit not heard of yet.
    """
    return f"""
        LEFT JOIN holdings held ON held.person_id = {assignment}.person_id AND held.kind = 'definitive'
            AND {covers_sql("held", day)}
        LEFT JOIN post_states desk ON desk.post_id = held.post_id AND {covers_sql("desk", day)}
        LEFT JOIN unit_states unit ON unit.unit_id = {unit_sql(assignment)} AND {covers_sql("unit", day)}
    """
