"""Our own stack, used the way its tutorials show: FastAPI, SQLModel and FastStream, each training by itself.

python -m bench.peers.naive.twin                                  makes the tables
uvicorn bench.peers.naive.twin:api --port 8000                    takes trainings in; one on each of two ports
faststream run bench.peers.naive.twin:consumer --workers 2        keeps evidence and ledger
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker
from pydantic import model_validator
from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

TOPIC = "naive.training"

engine = create_async_engine(os.environ["DATABASE_URL"])
broker = KafkaBroker(os.environ["KAFKA"], acks="all", logger=None)  # its two log lines a message would cost it more


class Person(SQLModel, table=True):
    id: UUID = Field(primary_key=True)
    nip: str = Field(unique=True)
    name: str


class Record(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("source_name", "reference"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    source_name: str
    reference: str
    person_id: UUID = Field(foreign_key="person.id", index=True)
    form: str
    title: str
    start_date: date
    end_date: date
    jp: Decimal = Field(max_digits=8, decimal_places=3)
    evidence: str | None


class Inbox(SQLModel, table=True):
    event_id: UUID = Field(primary_key=True)


class Evidence(SQLModel, table=True):
    record_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(index=True)
    year: int
    jp: Decimal = Field(max_digits=8, decimal_places=3)


class Ledger(SQLModel, table=True):
    person_id: UUID = Field(primary_key=True)
    year: int = Field(primary_key=True)
    jp: Decimal = Field(max_digits=12, decimal_places=3)


class Training(SQLModel):
    """A finished training as a learning platform sends it."""

    source_name: str
    reference: str
    nip: str = Field(regex=r"^\d{18}$")
    form: str
    title: str
    start_date: date
    end_date: date
    jp: Decimal = Field(gt=0, max_digits=8, decimal_places=3)
    evidence: str | None = None

    @model_validator(mode="after")
    def ends_after_it_starts(self) -> Self:
        if self.end_date < self.start_date:
            raise ValueError("end_date lies before start_date")
        return self


class Answer(SQLModel):
    status: Literal["stored", "duplicate", "refused"]
    id: UUID | None = None


class TrainingCompleted(SQLModel):
    event_id: UUID = Field(default_factory=uuid4)
    record_id: UUID
    person_id: UUID
    year: int
    jp: Decimal


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with broker:
        yield


async def session_of_request() -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session


api = FastAPI(lifespan=lifespan)


@api.post("/trainings")
async def post_trainings(
    trainings: list[Training], session: Annotated[AsyncSession, Depends(session_of_request)]
) -> list[Answer]:
    return [await store(session, training) for training in trainings]


async def store(session: AsyncSession, training: Training) -> Answer:
    person = (await session.exec(select(Person).where(Person.nip == training.nip))).one_or_none()
    if person is None:
        return Answer(status="refused")
    record = Record(**training.model_dump(exclude={"nip"}), person_id=person.id)
    session.add(record)
    try:
        await session.commit()
    except IntegrityError:
        await session.rollback()
        return Answer(status="duplicate")
    event = TrainingCompleted(record_id=record.id, person_id=person.id, year=record.end_date.year, jp=record.jp)
    await broker.publish(event, TOPIC, key=person.id.bytes)
    return Answer(status="stored", id=record.id)


consumer = FastStream(broker)


@broker.subscriber(TOPIC, group_id="credit", auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR)
async def keep(event: TrainingCompleted) -> None:
    async with AsyncSession(engine) as session, session.begin():
        if await session.get(Inbox, event.event_id):
            return
        session.add(Inbox(event_id=event.event_id))
        session.add(Evidence(**event.model_dump(exclude={"event_id"})))
        row = insert(Ledger).values(event.model_dump(include={"person_id", "year", "jp"}))
        total = col(Ledger.jp) + row.excluded.jp
        await session.exec(row.on_conflict_do_update(index_elements=["person_id", "year"], set_={"jp": total}))


async def make_tables() -> None:
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)


if __name__ == "__main__":
    asyncio.run(make_tables())
