"""What all tables of the service hang on, and how many rows travel in one statement."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, MetaData, Result, Table, any_, literal, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from common.tables import NAMING, add_idempotency, add_inbox, add_outbox, add_waiting

metadata = MetaData(naming_convention=NAMING)
outbox = add_outbox(metadata)
inbox = add_inbox(metadata)
waiting = add_waiting(metadata)
idempotency = add_idempotency(metadata)

_dialect = postgresql.dialect()


async def insert(
    session: AsyncSession,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    then: str = "",
    **values: object,
) -> Result[Any] | None:
    """Inserts any number of rows with one statement, an array parameter per column; None without rows.

    `then` follows the insert (`ON CONFLICT ...`, `RETURNING ...`); `values` are the same for every row.
    """
    if not rows:
        return None
    names = ", ".join([*columns, *values])
    arrays = ", ".join(f"CAST(:{name} AS {_type(table, name)}[])" for name in columns)
    constants = "".join(f", CAST(:{name} AS {_type(table, name)})" for name in values)
    return await session.execute(
        # Only names of this service's tables and columns are put into the text; every value is a parameter.
        text(f"INSERT INTO {table.name} ({names}) SELECT given.*{constants} FROM unnest({arrays}) AS given {then}"),  # noqa: S608 - built of names in this code
        as_arrays(columns, rows) | values,
    )


def as_arrays(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """One list per column, named: the parameters of an `unnest`."""
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else {name: [] for name in names}


def one_of(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether the column holds one of any number of values, as one parameter."""
    return column == any_(literal(list(values), ARRAY(column.type)))


def overwrite(columns: Sequence[str]) -> str:
    """The SET list of an upsert that takes over each column of the new row."""
    return ", ".join(f"{column} = excluded.{column}" for column in columns)


def _type(table: Table, column: str) -> str:
    return table.c[column].type.compile(dialect=_dialect)
