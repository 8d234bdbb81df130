"""Writing many rows with one statement: the values of a column travel as one array.

The statements are made of the names in our own tables alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

Row = Mapping[str, Any]

_dialect = postgresql.dialect()


async def insert(session: AsyncSession, table: Table, rows: Sequence[Row]) -> None:
    """Adds rows; each holds every column of the table."""
    await _run(session, _insert(table), table.columns, rows)


async def put(session: AsyncSession, table: Table, rows: Sequence[Row]) -> None:
    """Adds rows, or overwrites those with the same primary key."""
    await _run(session, _put(table), table.columns, rows)


async def update(session: AsyncSession, table: Table, rows: Sequence[Row]) -> None:
    """Overwrites the rows with these primary keys; each holds every column of the table."""
    await _run(session, _update(table), table.columns, rows)


async def delete(session: AsyncSession, table: Table, rows: Sequence[Row]) -> None:
    """Removes the rows with these primary keys."""
    await _run(session, _delete(table), table.primary_key, rows)


async def _run(
    session: AsyncSession, statement: TextClause, columns: Iterable[Column[Any]], rows: Sequence[Row]
) -> None:
    if rows:
        await session.execute(statement, {column.name: [row[column.name] for row in rows] for column in columns})


@cache
def _insert(table: Table) -> TextClause:
    return text(_insert_sql(table))


@cache
def _put(table: Table) -> TextClause:
    changed = ", ".join(f"{name} = excluded.{name}" for name in _names(_others(table)))
    return text(f"{_insert_sql(table)} ON CONFLICT ({', '.join(_names(table.primary_key))}) DO UPDATE SET {changed}")


@cache
def _update(table: Table) -> TextClause:
    changed = ", ".join(f"{name} = given.{name}" for name in _names(_others(table)))
    return text(f"UPDATE {table.name} SET {changed} FROM {_given(table.columns)} WHERE {_same_key(table)}")  # noqa: S608 - built of names in this code


@cache
def _delete(table: Table) -> TextClause:
    return text(f"DELETE FROM {table.name} USING {_given(table.primary_key)} WHERE {_same_key(table)}")  # noqa: S608 - built of names in this code


def _insert_sql(table: Table) -> str:
    names = ", ".join(_names(table.columns))
    return f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {_given(table.columns)}"  # noqa: S608 - built of names in this code


def _given(columns: Iterable[Column[Any]]) -> str:
    wanted = list(columns)
    arrays = ", ".join(f"CAST(:{column.name} AS {column.type.compile(_dialect)}[])" for column in wanted)
    return f"unnest({arrays}) AS given ({', '.join(_names(wanted))})"


def _same_key(table: Table) -> str:
    return " AND ".join(f"{table.name}.{name} = given.{name}" for name in _names(table.primary_key))


def _others(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if not column.primary_key]


def _names(columns: Iterable[Column[Any]]) -> list[str]:
    return [_dialect.identifier_preparer.quote(column.name) for column in columns]
