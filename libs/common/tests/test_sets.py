"""Sets of rows, on PostgreSQL: one statement each, whatever the number of rows."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Column, Date, Integer, MetaData, Numeric, Table, Text, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.store.database import Database
from common.store.sets import (
    add,
    columns_of,
    copy,
    delete,
    insert,
    lists,
    one_of,
    overwrite,
    parted,
    put,
    unnest,
    update,
    words,
)
from common.store.transient import Outrun, is_transient

metadata = MetaData()
things = Table(
    "things",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("order", Text),  # a word of SQL
    Column("size", Numeric),
    Column("day", Date),
)


@pytest.fixture
async def session(blank: Database) -> AsyncIterator[AsyncSession]:
    async with blank.transaction() as session:
        await (await session.connection()).run_sync(metadata.create_all)
        yield session


def thing(number: int, order: str | None = "a") -> dict[str, object]:
    return {"number": number, "order": order, "size": None, "day": None}


async def held(session: AsyncSession) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await session.execute(select(things.c.number, things.c.order).order_by("number"))]


async def test_insert_with_values_for_all_and_what_follows(session) -> None:
    assert await insert(session, things, ("number",), []) is None
    await insert(session, things, ("number", "order"), [(2, "b"), (1, None)], size=3)
    again = await insert(
        session,
        things,
        ("number", "order"),
        [(2, "c"), (3, "d")],
        f"ON CONFLICT (number) DO UPDATE SET {overwrite(['order'])} RETURNING number, size",
    )
    assert again is not None
    assert [tuple(row) for row in again] == [(2, 3), (3, None)]
    assert await held(session) == [(1, None), (2, "c"), (3, "d")]


async def test_copied_rows_are_part_of_the_transaction_that_looked_first(blank) -> None:
    async with blank.transaction() as session:
        await (await session.connection()).run_sync(metadata.create_all)
    async with blank.transaction() as session:
        with pytest.raises(AssertionError, match="free first"):
            await copy(session, "things", ("number",), [(1,)])
        assert await held(session) == []
        await copy(session, "things", ("number", "order"), [(1, "a"), (2, None)])
        async with blank.reading() as other:
            assert await held(other) == []
    with pytest.raises(Outrun) as outrun:
        async with blank.transaction() as session:
            await held(session)
            await copy(session, "things", ("number",), [(3,), (2,)])
    assert is_transient(outrun.value)
    async with blank.reading() as session:
        assert await held(session) == [(1, "a"), (2, None)]


async def test_whole_rows_are_added_put_changed_and_removed(session) -> None:
    await add(session, things, [thing(1), thing(2), thing(3)])
    await put(session, things, [thing(3, "put"), thing(4, "put")])
    await update(session, things, [thing(1, "changed"), thing(9, "nowhere")])
    await delete(session, things, [{"number": 2}, {"number": 9}])
    assert await held(session) == [(1, "changed"), (3, "put"), (4, "put")]
    for write in (add, put, update, delete):
        await write(session, things, [])


async def test_a_statement_over_lists_of_any_length(session) -> None:
    await add(session, things, [thing(1), thing(2)])
    columns = {**columns_of(things, ("number",)), "parts": "text"}
    statement = text(
        f"SELECT order_.number, {words('parts')} FROM {unnest(columns)} JOIN things AS order_ USING (number)"
    )
    for rows, found in (
        ([], []),
        ([(2, parted(["x", "y, z"])), (5, "")], [(2, ["x", "y, z"])]),
    ):
        assert [tuple(row) for row in await session.execute(statement, lists(columns, rows))] == found
    assert (await session.scalars(select(things.c.number).where(one_of(things.c.number, range(2, 99))))).all() == [2]
