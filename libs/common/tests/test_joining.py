"""Single requests that share a transaction: who hears what, and when."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.database import Database
from common.web.joining import MOST, Joiner

CALLER, OTHER = "caller", "other caller"


@pytest.fixture
async def database(blank: Database) -> Database:
    async with blank.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE things (name text PRIMARY KEY, stored_with bigint)"))
        await connection.execute(text("CREATE TABLE outbox (id bigint)"))
    return blank


class Shop:
    """Stores names, and stands still at `hold` until `open` is set."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.joiner = Joiner[str, str]("store things", self.store)
        self.held = asyncio.Event()
        self.open = asyncio.Event()

    async def store(self, session: AsyncSession, names: Sequence[str]) -> list[str | Refused]:
        await session.execute(
            text("INSERT INTO things SELECT name, txid_current() FROM unnest(CAST(:names AS text[])) AS name"),
            {"names": names},
        )
        if "hold" in names:
            self.held.set()
            await self.open.wait()
        return [Refused("not-found") if name == "refused" else name.upper() for name in names]

    def send(self, name: str, key: str = CALLER) -> "asyncio.Task[str]":
        return asyncio.create_task(self.joiner.join(self.database, key, name))

    async def stored(self) -> list[list[str]]:
        """Names by the transaction that stored them."""
        query = "SELECT array_agg(name ORDER BY name) FROM things GROUP BY stored_with ORDER BY stored_with"
        async with self.database.reading() as session:
            return list(await session.scalars(text(query)))


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


async def test_what_arrives_during_a_transaction_shares_the_next(shop: Shop) -> None:
    first = shop.send("hold")
    await shop.held.wait()
    others = [shop.send(f"{number:03}") for number in range(MOST + 5)]
    await asyncio.sleep(0)
    assert not first.done()
    shop.open.set()
    assert await first == "HOLD"
    assert await asyncio.gather(*others) == [f"{number:03}" for number in range(MOST + 5)]
    assert [len(names) for names in await shop.stored()] == [1, MOST, 5]
    assert await shop.send("late") == "LATE"


async def test_an_answer_comes_only_after_the_commit(shop: Shop) -> None:
    await shop.send("one")
    assert await shop.stored() == [["one"]]


async def test_a_bad_item_is_refused_by_itself(shop: Shop) -> None:
    first = shop.send("hold")
    await shop.held.wait()
    tasks = [shop.send(name) for name in ("a", "hold", "refused", "b")]
    await asyncio.sleep(0)
    shop.open.set()
    await first
    await asyncio.wait(tasks)
    answers = [task.exception() or task.result() for task in tasks]
    assert [task.exception() is not None for task in tasks] == [False, True, True, False]
    assert [answer.code if isinstance(answer, Refused) else answer for answer in answers] == [
        "A",
        "internal-error",
        "not-found",
        "B",
    ]


async def test_callers_neither_share_nor_wait_for_each_other(shop: Shop) -> None:
    first = shop.send("hold")
    await shop.held.wait()
    same = shop.send("same")
    assert await shop.send("another", key=OTHER) == "ANOTHER"
    assert not same.done()
    shop.open.set()
    await asyncio.gather(first, same)


async def test_a_caller_who_goes_takes_nobody_along(shop: Shop) -> None:
    first = shop.send("hold")
    await shop.held.wait()
    gone, there = shop.send("gone"), shop.send("there")
    await asyncio.sleep(0)
    first.cancel()
    gone.cancel()
    shop.open.set()
    assert await there == "THERE"
    assert await shop.stored() == [["hold"], ["gone", "there"]]
