"""Any number of rows in one statement: the values of each column travel as one array, or as a COPY.

The statements are made of the names in our own code alone; every value is a parameter.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# (asyncpg ships no complete types)

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import asyncpg
from sqlalchemy import ARRAY, ColumnElement, Result, Table, TextClause, any_, literal, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.transient import Outrun

Columns = Mapping[str, str]
"""Names of columns and their PostgreSQL types; see `columns_of`."""

Row = Mapping[str, Any]
"""A row by the names of its columns."""

_dialect = postgresql.dialect()


def columns_of(table: Table, names: Iterable[str]) -> Columns:
    """Columns of a table with their types."""
    return {name: table.c[name].type.compile(_dialect) for name in names}


def unnest(columns: Columns) -> str:
    """A table `given` of the lists bound under the columns' names; see `lists`."""
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in columns.items())
    return f"unnest({arrays}) AS given ({', '.join(map(_quoted, columns))})"


def lists(columns: Collection[str], rows: Iterable[Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """The values of rows, list by list; a row has those of the columns in their order."""
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return dict(zip(columns, values, strict=True))


async def insert(
    session: AsyncSession,
    table: Table,
    columns: Iterable[str],
    rows: Sequence[Sequence[Any]],
    then: str = "",
    **values: object,
) -> Result[Any] | None:
    """Adds rows, each with the values of the columns in their order; None without rows.

    `then` follows the insert (`ON CONFLICT ...`, `RETURNING ...`); `values` are the same for every row.
    """
    if not rows:
        return None
    names = tuple(columns)
    return await session.execute(_insert(table, names, tuple(values), then), lists(names, rows) | values)


async def fetched(session: AsyncSession, query: str, *given: Any) -> Sequence[Any]:
    """What a query of asyncpg's own form ($1) gives, at a third of the cost: for what is asked at nearly every read."""
    connection = (await (await session.connection()).get_raw_connection()).driver_connection
    assert connection, "a session's connection has a driver"  # noqa: S101 - tells the type checker
    return await connection.fetch(query, *given)


async def copy(session: AsyncSession, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Adds rows at half the cost of `insert`, where the transaction has looked that their keys are free (ADR 0009).

    Raises Outrun when somebody has taken one of the keys since.
    """
    connection = (await (await session.connection()).get_raw_connection()).driver_connection
    # The transaction begins with its first statement, and COPY goes past whoever would begin it.
    assert connection, "a session's connection has a driver"  # noqa: S101 - tells the type checker
    assert connection.is_in_transaction(), "look whether the keys are free first"  # noqa: S101 - the caller's fault
    try:
        await connection.copy_records_to_table(table, columns=columns, records=rows)
    except asyncpg.UniqueViolationError as error:
        raise Outrun(table) from error


async def add(session: AsyncSession, table: Table, rows: Sequence[Row]) -> None:
    """Adds rows with every column of the table."""
    names = table.columns.keys()
    await insert(session, table, names, _ordered(names, rows))


async def put(session: AsyncSession, table: Table, rows: Sequence[Row]) -> None:
    """Adds rows with every column of the table, or overwrites those with the same primary key."""
    keys = ", ".join(_quoted(column.name) for column in table.primary_key)
    then = f"ON CONFLICT ({keys}) DO UPDATE SET {overwrite(_others(table))}"
    names = table.columns.keys()
    await insert(session, table, names, _ordered(names, rows), then)


async def update(session: AsyncSession, table: Table, rows: Sequence[Row]) -> None:
    """Overwrites the rows with these primary keys; each holds every column of the table."""
    if rows:
        names = table.columns.keys()
        await session.execute(_update(table), lists(names, _ordered(names, rows)))


async def delete(session: AsyncSession, table: Table, rows: Sequence[Row]) -> None:
    """Removes the rows with these primary keys."""
    if rows:
        names = table.primary_key.columns.keys()
        await session.execute(_delete(table), lists(names, _ordered(names, rows)))


def overwrite(columns: Iterable[str], new: str = "excluded") -> str:
    """The SET list that takes over each column of the new row, of an upsert unless `new` names a table."""
    return ", ".join(f"{name} = {new}.{name}" for name in map(_quoted, columns))


def one_of(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether the column holds one of any number of values, as one parameter."""
    return column == any_(literal(list(values), ARRAY(column.type)))


def parted(words: Iterable[str]) -> str:
    """Words as one text, for a list inside a list: PostgreSQL has no lists of lists of different lengths."""
    return "\x1f".join(words)


def words(name: str) -> str:
    """The SQL that makes an array of a text made by `parted`."""
    return f"string_to_array({name}, chr(31))"


def _ordered(names: Sequence[str], rows: Iterable[Row]) -> list[list[Any]]:
    return [[row[name] for name in names] for row in rows]


@cache
def _insert(table: Table, columns: tuple[str, ...], values: tuple[str, ...], then: str) -> TextClause:
    names = ", ".join(map(_quoted, columns + values))
    constants = "".join(f", CAST(:{name} AS {kind})" for name, kind in columns_of(table, values).items())
    given = unnest(columns_of(table, columns))
    return text(f"INSERT INTO {table.name} ({names}) SELECT given.*{constants} FROM {given} {then}")  # noqa: S608 - built of names in this code


@cache
def _update(table: Table) -> TextClause:
    given = unnest(columns_of(table, table.columns.keys()))
    return text(f"UPDATE {table.name} SET {overwrite(_others(table), 'given')} FROM {given} WHERE {_same_key(table)}")  # noqa: S608 - built of names in this code


@cache
def _delete(table: Table) -> TextClause:
    given = unnest(columns_of(table, table.primary_key.columns.keys()))
    return text(f"DELETE FROM {table.name} USING {given} WHERE {_same_key(table)}")  # noqa: S608 - built of names in this code


def _same_key(table: Table) -> str:
    return " AND ".join(
        f"{table.name}.{name} = given.{name}" for name in map(_quoted, table.primary_key.columns.keys())
    )


def _others(table: Table) -> list[str]:
    return [column.name for column in table.columns if not column.primary_key]


def _quoted(name: str) -> str:
    return _dialect.identifier_preparer.quote(name)
