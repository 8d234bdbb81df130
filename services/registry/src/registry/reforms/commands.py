"""Reforms: what one would do, its order, and the steps of its job.

The first step hands over units and posts and closes the old agency, so that nobody comes to it any more; each further one
moves a page of its people. Every step leaves the registry whole: who is not moved yet serves where they did.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from common.events import Received
from common.ids import derived_id, new_id
from common.parts import Parts
from common.refused import Refused
from common.runner import Step, Turn
from common.store import sets
from common.store.jobs import order
from common.store.outbox import emit
from contracts.callers import Caller
from contracts.events.reforms import AgencyHeld, ReformPreviewAsked
from contracts.holders import HOLDERS
from contracts.roles import named
from registry.agencies import commands as agencies
from registry.domain.agency import Agency, succeeded
from registry.domain.person import Place
from registry.domain.post import Post
from registry.domain.reform import Share, check_day, check_shares, handed_over, moved, posts_handed_over, receivers
from registry.domain.unit import Unit
from registry.people import store as people
from registry.posts import store as posts
from registry.posts.tables import posts as post_table
from registry.reforms.schemas import HeldBy, PicGoes, ReformIn, ReformPreview, ShareOut
from registry.reforms.tables import answers, previews, reforms
from registry.under_way import BEGUN
from registry.units import store as units
from registry.units.tables import units as unit_table

JOB = "reform"
PAGE = 500

UNDER_WAY = text(
    f"SELECT bool_or({BEGUN}) AS under_way,"  # noqa: S608 - built of names in this code
    " max(effective_on) FILTER (WHERE jobs.state = 'done') AS last FROM reforms JOIN jobs ON jobs.id = job_id"
    " WHERE agency_ids && CAST(:ids AS uuid[]) AND reforms.id <> :own"
)
SERVING = text(
    "SELECT a.unit_id, EXISTS (SELECT FROM statuses s WHERE s.person_id = a.person_id AND s.valid_from <= :day"
    "  AND s.status IN ('retired', 'deceased')) AS gone, count(*) AS people FROM assignments a"
    " WHERE a.agency_id = :agency AND a.valid_from <= :day AND (a.valid_to IS NULL OR a.valid_to > :day) GROUP BY 1, 2"
)
THEIRS = "FROM assignments WHERE agency_id = :agency AND (valid_to IS NULL OR valid_to > :day)"
NUMBER = text(f"SELECT count(DISTINCT person_id) {THEIRS}")
NEXT = text(f"SELECT DISTINCT person_id {THEIRS} AND person_id > :after ORDER BY person_id LIMIT {PAGE}")
BECAME = text(
    "SELECT before.id, after.id AS unit_id, after.agency_id FROM successors s"
    " JOIN units before ON before.id = s.unit_id JOIN units after ON after.id = s.successor_id"
    " WHERE before.agency_id = :agency AND after.agency_id <> :agency"
)
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class _Plan:
    """A reform that can be done, as the registry is now."""

    agency: Agency
    rest: Agency
    goes_to: dict[UUID, UUID]
    units: Sequence[tuple[Unit | None, Unit]]
    posts: Sequence[tuple[Post | None, Post]]


async def ask(session: AsyncSession, document: ReformIn, caller: Caller[None]) -> UUID:
    """Asks the services what they hold of the agency of a plan; gives the id of the preview to come."""
    preview_id = new_id()
    plan = document.model_dump(mode="json")
    row = {"id": preview_id, "plan": plan, "asked_by": caller.subject, "asked_at": caller.now}
    await session.execute(previews.insert().values(row))
    asked = ReformPreviewAsked(preview_id=preview_id, agency_id=document.agency_id)
    emit(session, asked, sequence=1, time=caller.now)
    return preview_id


async def take_in(session: AsyncSession, batch: Sequence[Received]) -> None:
    """Keeps what services have answered to previews that are there."""
    told: list[AgencyHeld] = [received.event for received in batch]
    asked = select(previews.c.id).where(sets.one_of(previews.c.id, {each.preview_id for each in told}))
    known = set(await session.scalars(asked))
    rows = [
        {"preview_id": each.preview_id, "service": each.service, "items": [item.model_dump() for item in each.items]}
        for each in told
        if each.preview_id in known
    ]
    if rows:
        await session.execute(insert(answers).on_conflict_do_nothing(), rows)


async def preview(session: AsyncSession, preview_id: UUID, caller: Caller[None]) -> ReformPreview:
    """What a reform would do, by what is there now and what has been answered by now.

    Raises Refused: `not-found`, and as ordering it would.
    """
    found = await session.scalar(select(previews.c.plan).where(previews.c.id == preview_id))
    if found is None:
        raise Refused("not-found")
    document = ReformIn.model_validate(found)
    told = await session.execute(select(answers).where(answers.c.preview_id == preview_id))
    held = {row.service: row.items for row in told}
    shares = _shares(document)
    plan = await _plan(session, NOBODY, document.agency_id, document.on, shares, caller.today)
    units_to, people_to, staying = Counter(plan.goes_to.values()), Counter[UUID](), 0
    posts_to = Counter(after.agency_id for before, after in plan.posts if before is None)
    for row in await session.execute(SERVING, {"agency": plan.agency.id, "day": document.on}):
        if row.gone:
            staying += row.people
        else:
            people_to[plan.goes_to.get(row.unit_id, plan.rest.id)] += row.people
    return ReformPreview(
        id=preview_id,
        agency_id=plan.agency.id,
        on=document.on,
        shares=[
            ShareOut(agency_id=to, units=units_to[to], posts=posts_to[to], people=people_to[to])
            for to in (share.agency_id for share in shares)
        ],
        staying=staying,
        pics=[
            PicGoes(rank=pic.rank, name=pic.name, goes_to=None if plan.rest.pics else plan.rest.id)
            for pic in plan.agency.pics
        ],
        held=[HeldBy(service=each, items=held[each]) for each in HOLDERS if each in held],
        missing=[each for each in HOLDERS if each not in held],
    )


async def order_reform(session: AsyncSession, document: ReformIn, caller: Caller[None]) -> UUID:
    """Orders a reform that can be done; gives its id. Raises Refused."""
    await agencies.lock(session)
    await units.lock(session)
    shares = _shares(document)
    await _plan(session, NOBODY, document.agency_id, document.on, shares, caller.today)
    reform_id = new_id()
    row = {
        "id": reform_id,
        "job_id": await order(session, JOB, {"reform": reform_id}, caller.subject),
        "agency_id": document.agency_id,
        "effective_on": document.on,
        "shares": [share.model_dump(mode="json") for share in document.shares],
        "agency_ids": [document.agency_id, *(share.agency_id for share in shares)],
        "ordered_by": caller.subject,
        "ordered_at": caller.now,
    }
    await session.execute(reforms.insert().values(row))
    return reform_id


async def reform_step(session: AsyncSession, parts: Parts, turn: Turn) -> Step:
    """The next step of a reform. Raises Refused where it can no longer be done; then nothing of it is."""
    reform = (await session.execute(select(reforms).where(reforms.c.id == UUID(turn.plan["reform"])))).one()
    caller = Caller[None](
        subject=reform.ordered_by,
        named=named("service"),
        clock=parts.clock,
        rules=None,
        nip_key=parts.settings.nip_key.get_secret_value(),
    )
    if turn.position is None:
        return await _begin(session, reform, caller)
    return await _move(session, reform, turn.position, caller)


async def _begin(session: AsyncSession, reform: Any, caller: Caller[None]) -> Step:
    await agencies.lock(session)
    await units.lock(session)
    await posts.lock(session)
    shares = [Share(UUID(each["agency_id"]), _ids(each["unit_ids"])) for each in reform.shares]
    plan = await _plan(session, reform.id, reform.agency_id, reform.effective_on, shares, caller.today)
    await units.save(session, plan.units, caller)
    await posts.save(session, plan.posts, caller)
    merged_into = plan.rest.id if len(shares) == 1 else None
    successors = (plan.rest.id, *(share.agency_id for share in shares if share.agency_id != plan.rest.id))
    closed = replace(
        plan.agency,
        active=False,
        closed_on=reform.effective_on,
        merged_into=merged_into,
        successors=successors,
    )
    before = await agencies.succeeded_by(session, plan.agency.id)
    earlier = [(each, succeeded(each, plan.agency.id, successors)) for each in before]
    receiving = replace(plan.rest, pics=plan.rest.pics or plan.agency.pics)
    await agencies.save(session, [*earlier, (plan.agency, closed), (plan.rest, receiving)], caller)
    total = await session.scalar(NUMBER, {"agency": reform.agency_id, "day": reform.effective_on}) or 0
    return Step(0, total, {"after": str(NOBODY), "done": 0, "total": total})


async def _move(session: AsyncSession, reform: Any, position: dict[str, Any], caller: Caller[None]) -> Step:
    agency_id, day = reform.agency_id, reform.effective_on
    where = {"agency": agency_id, "day": day, "after": UUID(position["after"])}
    ids = list(await session.scalars(NEXT, where))
    if not ids:
        return Step(position["total"], position["total"])
    became = {row.id: Place(row.agency_id, row.unit_id) for row in await session.execute(BECAME, {"agency": agency_id})}
    [rest] = [UUID(each["agency_id"]) for each in reform.shares if each["unit_ids"] is None]

    def place(unit_id: UUID | None) -> Place:
        return became.get(unit_id, Place(rest, None)) if unit_id else Place(rest, None)

    before = await people.present(session, ids, lock=True)
    held = {derived_id("reform", reform.id, each.post_id) for person in before.values() for each in person.holdings}
    found = select(post_table.c.id, post_table.c.agency_id).where(sets.one_of(post_table.c.id, held))
    new_posts = {row.id: row.agency_id for row in await session.execute(found)}

    def post(post_id: UUID) -> tuple[UUID, UUID] | None:
        new = derived_id("reform", reform.id, post_id)
        return (new, new_posts[new]) if new in new_posts else None

    pairs = [(person, moved(person, agency_id, day, place, post)) for person in before.values()]
    await people.save(session, [(one, other) for one, other in pairs if one != other], caller)
    done = position["done"] + len(ids)
    return Step(
        done, max(done, position["total"]), {"after": str(ids[-1]), "done": done, "total": max(done, position["total"])}
    )


async def _plan(
    session: AsyncSession, reform_id: UUID, agency_id: UUID, day: date, shares: Sequence[Share], today: date
) -> _Plan:
    rest = check_shares(agency_id, shares)
    ids = [agency_id, *(share.agency_id for share in shares)]
    known = {agency.id: agency for agency in await agencies.load(session, ids=ids)}
    for each, field in zip(ids, ("agency_id", *("shares" for _ in shares)), strict=True):
        if each not in known:
            raise Refused("agency-unknown", field)
    state = (await session.execute(UNDER_WAY, {"ids": ids, "own": reform_id})).one()
    if state.under_way:
        raise Refused("reform-under-way", "agency_id")
    for each, field in zip(ids, ("agency_id", *("shares" for _ in shares)), strict=True):
        if not known[each].active:
            raise Refused("agency-closed", field)
    check_day(day, today, state.last)
    found = await units.present(session, await _ids_of(session, unit_table, agency_id))
    goes_to = receivers(found, shares, rest.agency_id, day)
    held = await posts.known(session, await _ids_of(session, post_table, agency_id))
    agency = known[agency_id]

    def became(known_id: UUID) -> UUID:
        return derived_id("reform", reform_id, known_id)

    return _Plan(
        agency,
        known[rest.agency_id],
        goes_to,
        handed_over(found, goes_to, day, agency.code, await _taken(session, unit_table, ids[1:]), became),
        posts_handed_over(held, goes_to, day, agency.code, await _taken(session, post_table, ids[1:]), became),
    )


async def _ids_of(session: AsyncSession, table: Table, agency_id: UUID) -> list[UUID]:
    return list(await session.scalars(select(table.c.id).where(table.c.agency_id == agency_id)))


async def _taken(session: AsyncSession, table: Table, agency_ids: Sequence[UUID]) -> set[tuple[UUID, str]]:
    found = select(table.c.agency_id, table.c.code).where(sets.one_of(table.c.agency_id, agency_ids))
    return {(row.agency_id, row.code) for row in await session.execute(found)}


def _shares(document: ReformIn) -> list[Share]:
    return [
        Share(share.agency_id, None if share.unit_ids is None else tuple(share.unit_ids)) for share in document.shares
    ]


def _ids(written: list[str] | None) -> tuple[UUID, ...] | None:
    return None if written is None else tuple(map(UUID, written))
