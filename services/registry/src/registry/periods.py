"""Which row of a history holds on a day, for statements built with SQLAlchemy; in text it is `roster.days.covers_sql`."""

from datetime import date

from sqlalchemy import ColumnElement, FromClause, and_, or_


def holds(table: FromClause, day: ColumnElement[date]) -> ColumnElement[bool]:
    """The condition that a row holds on a day: from `valid_from` until the day before `valid_to` (null: still)."""
    return and_(table.c.valid_from <= day, or_(table.c.valid_to.is_(None), table.c.valid_to > day))
