"""Erasing somebody: preview, request, consent, and the one step of its job.

All of it is one transaction, but for the files of their data, which are taken away before it ends: killed in the middle,
the job does it again. The event that tells it takes the place of all that was said under the person's id before.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import new_id
from common.parts import Parts
from common.refused import Refused
from common.runner import Step, Turn
from common.store.jobs import is_over, order
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.erasure import ANSWERING, ErasureAsked
from contracts.retention import kept_until
from contracts.roles import named
from registry.data_files import commands as data_files
from registry.data_files.store import files_of
from registry.domain.erasure import check_erasable
from registry.domain.person import Person
from registry.erasing import ERASING
from registry.erasures.schemas import ErasureIn, ErasurePreview
from registry.erasures.tables import erasure_answers, erasures
from registry.identifiers import store as identifiers
from registry.people import store as people

JOB = "erase"
DUE = text(
    "SELECT people.id FROM people JOIN statuses ON statuses.person_id = people.id"
    " WHERE statuses.status IN ('retired', 'deceased') AND statuses.valid_to IS NULL AND people.erased_on IS NULL"
    " AND people.id > :after AND NOT EXISTS"
    "  (SELECT FROM erasures WHERE person_id = people.id AND state IN ('asked', 'consented'))"
    " ORDER BY people.id LIMIT :page"
)
"""Who has left; which of them are due, `check_erasable` says."""


async def preview(session: AsyncSession, document: ErasureIn, caller: Caller[None]) -> ErasurePreview:
    """What erasing somebody would do. Raises Refused as asking for it would."""
    person = await _erasable(session, document, caller, lock=False)
    assert person.left_on, "who is erasable has left"  # noqa: S101 - tells the type checker
    return ErasurePreview(
        person_id=person.id,
        left_on=person.left_on,
        kept_until=kept_until(person.left_on),
        rows=await ERASING.preview(session, [person.id]),
    )


async def ask(session: AsyncSession, document: ErasureIn, caller: Caller[None]) -> UUID:
    """Asks for an erasure, and the services whether anything stands against it; once more, asks them anew. Raises Refused.

    One that was consented to may be asked for once more where its job was taken out of the queue: it would never be done.
    """
    person = await _erasable(session, document, caller, lock=True)
    known = (
        await session.execute(
            select(erasures).where(erasures.c.person_id == person.id, erasures.c.state.in_(("asked", "consented")))
        )
    ).one_or_none()
    if known and known.state == "consented" and not await is_over(session, known.job_id):
        raise Refused("erasure-under-way", "person_id")
    if known:
        erasure_id, number = known.id, known.round + 1
        unsettled = {"state": "asked", "settled_by": None, "settled_at": None, "job_id": None}
        await session.execute(update(erasures).where(erasures.c.id == erasure_id).values(round=number, **unsettled))
        await session.execute(delete(erasure_answers).where(erasure_answers.c.erasure_id == erasure_id))
    else:
        erasure_id, number = new_id(), 1
        row = {
            "id": erasure_id,
            **document.model_dump(),
            "state": "asked",
            "round": number,
            "asked_by": caller.subject,
            "asked_at": caller.now,
            "hands": sorted(caller.actor.hands),
        }
        await session.execute(erasures.insert().values(row))
    event = ErasureAsked(erasure_id=erasure_id, person_id=person.id, round=number)
    emit(session, event, sequence=number, time=caller.now)
    return erasure_id


async def consent(session: AsyncSession, erasure_id: UUID, caller: Caller[None]) -> None:
    """Orders the erasure, by somebody else than who has asked, once every service has nothing against it. Raises Refused."""
    erasure = await _asked(session, erasure_id)
    if caller.actor.is_own_case(erasure.person_id):
        raise Refused("own-record")
    if not caller.actor.hands.isdisjoint(erasure.hands):
        raise Refused("erasure-second-person")
    answers = await session.execute(
        select(erasure_answers.c.service, erasure_answers.c.against).where(erasure_answers.c.erasure_id == erasure_id)
    )
    against = {row.service: row.against for row in answers}
    if not set(ANSWERING) <= against.keys():
        raise Refused("erasure-unanswered")
    if any(against.values()):
        raise Refused("erasure-open-case")
    job_id = await order(session, JOB, {"erasure": erasure_id}, caller.subject)
    await _settle(session, erasure_id, "consented", caller, job_id)


async def withdraw(session: AsyncSession, erasure_id: UUID, caller: Caller[None]) -> None:
    """Takes back what was asked for and not consented to yet. Raises Refused."""
    await _asked(session, erasure_id)
    await _settle(session, erasure_id, "withdrawn", caller, None)


async def erase_step(session: AsyncSession, parts: Parts, turn: Turn) -> Step:
    """Erases somebody here, and tells everybody who keeps a copy."""
    erasure = (await session.execute(select(erasures).where(erasures.c.id == UUID(turn.plan["erasure"])))).one()
    caller = Caller[None](
        subject=erasure.settled_by,
        named=named("service"),
        clock=parts.clock,
        rules=None,
        nip_key=parts.settings.nip_key.get_secret_value(),
    )
    subject = identifiers.Subject("person", erasure.person_id)
    await identifiers.lock(session)
    known = (await identifiers.present(session, [subject]))[subject]
    if known.ids:
        await identifiers.save(session, [(known, replace(known, ids={}))], caller)
    await data_files.take_away(session, files_of(parts), erasure.person_id)
    for person in (await people.present(session, [erasure.person_id], lock=True)).values():
        await people.forget(session, person, caller)
    await session.execute(update(erasures).where(erasures.c.id == erasure.id).values(state="done"))
    return Step(1, 1)


async def due(session: AsyncSession, caller: Caller[None], after: UUID, page: int) -> tuple[list[Person], UUID | None]:
    """Of the next page of people who have left those whose time is over; and where the page ended, if there was one."""
    ids = list(await session.scalars(DUE, {"after": after, "page": page}))
    found = await people.present(session, ids, lock=False)
    there = [found[each] for each in ids if each in found]  # one may have been erased meanwhile
    over = [person for person in there if (left := person.left_on) and max(left, kept_until(left)) <= caller.today]
    return over, ids[-1] if ids else None


async def _erasable(session: AsyncSession, document: ErasureIn, caller: Caller[None], *, lock: bool) -> Person:
    person = (await people.present(session, [document.person_id], lock=lock)).get(document.person_id)
    if person is None:
        raise Refused("not-found", "person_id")
    if caller.actor.is_own_case(person.id):
        raise Refused("own-record", "person_id")
    until = kept_until(person.left_on) if person.left_on else None
    check_erasable(person.left_on, until, document.ground, caller.today)
    return person


async def _asked(session: AsyncSession, erasure_id: UUID) -> Row[Any]:
    found = await session.execute(select(erasures).where(erasures.c.id == erasure_id).with_for_update())
    erasure = found.one_or_none()
    if erasure is None:
        raise Refused("not-found")
    if erasure.state != "asked":
        raise Refused("erasure-settled")
    return erasure


async def _settle(
    session: AsyncSession, erasure_id: UUID, state: str, caller: Caller[None], job_id: UUID | None
) -> None:
    await session.execute(
        update(erasures)
        .where(erasures.c.id == erasure_id)
        .values(state=state, settled_by=caller.subject, settled_at=caller.now, job_id=job_id)
    )
