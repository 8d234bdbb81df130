"""Changes of posts, one or thousands at a time by the same path."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.fields import said
from common.ids import new_id
from common.refused import Refused
from common.web import etag
from contracts.callers import Caller
from registry.agencies.store import named
from registry.agencies.tables import AgencyRow
from registry.domain.dated import EVER
from registry.domain.history import at_or_first
from registry.domain.post import Post, PostState, found_post, restate_post
from registry.domain.unit import Unit
from registry.naming import Known, one_of
from registry.posts import store
from registry.posts.schemas import PostIn, PostLine
from registry.posts.tables import posts
from registry.under_way import under_way
from registry.units import store as units


async def add_post(session: AsyncSession, agency_id: UUID, document: PostIn, caller: Caller[None]) -> UUID:
    """A new post of an agency. Raises Refused."""
    agency = await session.get(AgencyRow, agency_id) if caller.reaches(agency_id) else None
    if agency is None:
        raise Refused("not-found")
    if not agency.active:
        raise Refused("agency-closed")
    given = await _given(session, [(agency_id, document)])
    if given.posts.coded(agency_id, document.code):
        raise Refused("code-taken", field="code")
    created = given.decided(document, agency_id, None, caller)
    await store.save(session, [(None, created)], caller)
    return created.id


async def revise_post(
    session: AsyncSession, post_id: UUID, document: PostIn, seen: etag.Versions, caller: Caller[None]
) -> None:
    """A post as the document says. Raises Refused."""
    agency_id = await session.scalar(select(posts.c.agency_id).where(posts.c.id == post_id))
    if agency_id is None or not caller.reaches(agency_id):
        raise Refused("not-found")
    given = await _given(session, [(agency_id, document)], [post_id])
    before = given.posts.by_id[post_id]
    etag.check(seen, before.version)
    if given.posts.by_code.get((agency_id, document.code), post_id) != post_id:
        raise Refused("code-taken", field="code")
    await store.save(session, [(before, given.decided(document, agency_id, before, caller))], caller)


async def upsert_posts(session: AsyncSession, lines: Sequence[PostLine], caller: Caller[None]) -> list[Answer]:
    """Posts by agency and code, each line seeing those before it. The number of statements does not grow with the lines."""
    agencies = await named(session, lines)
    given = await _given(session, [(agency_id, line) for line in lines for agency_id in agencies.possible(line)])
    before = dict(given.posts.by_id)

    def decide(line: PostLine) -> Done:
        agency_id = agencies.meant(line, caller)
        known = given.posts.coded(agency_id, line.code)
        if known is None:
            agencies.check_open(agency_id)
        post = given.decided(line, agency_id, known, caller)
        given.posts.keep(post)
        return Done("stored" if known is None else "unchanged" if post == known else "updated", post.id)

    answers = answer_each(lines, decide)
    await store.save(session, [(before.get(post_id), post) for post_id, post in given.posts.by_id.items()], caller)
    return answers


@dataclass(frozen=True)
class _Given:
    """The posts and units some documents speak of, and who holds the posts."""

    posts: Known[Post]
    units: Known[Unit]
    held: dict[UUID, store.Holders]
    reforming: frozenset[UUID]

    def decided(self, document: PostIn, agency_id: UUID, before: Post | None, caller: Caller[None]) -> Post:
        """The post as a document says. Raises Refused."""
        if before is None:
            post_id = document.id or new_id()
            if post_id in self.posts.by_id:
                raise Refused("id-taken", "id")
            state = self._state(document, agency_id, None)
            start = document.valid_from or EVER
            return found_post(
                Post(post_id, agency_id, document.code, ()), state, start, self.posts.by_id, self.units.by_id
            )
        if document.id not in (None, before.id):
            raise Refused("id-taken", "id")
        if agency_id in self.reforming:
            raise Refused("reform-under-way")
        start = document.valid_from or caller.today
        state = self._state(document, agency_id, at_or_first(before.states, start))
        held = self.held.get(before.id, {}).values()
        post = replace(before, code=document.code)
        return restate_post(post, state, start, self.posts.by_id, self.units.by_id, held)

    def _state(self, document: PostIn, agency_id: UUID, before: PostState | None) -> PostState:
        unit_names = {"unit_id": document.unit_id, "unit_code": document.unit_code}
        unit_id = one_of(unit_names, lambda name: self.units.find(agency_id, name), "unit-unknown")
        if unit_id is None:
            if before is None:
                raise Refused("field-missing", "unit_id")
            unit_id = before.unit_id
        superior_id = said(document, "superior_id", before)
        if document.superior_code is not None:
            names = {"superior_id": document.superior_id, "superior_code": document.superior_code}
            superior_id = one_of(names, lambda name: self.posts.find(agency_id, name), "post-unknown")
        return PostState(
            type=document.type,
            name=document.name,
            jenjang=document.jenjang,
            unit_id=unit_id,
            seats=said(document, "seats", before),
            superior_id=superior_id,
        )


async def _given(session: AsyncSession, documents: Sequence[tuple[UUID, PostIn]], ids: Collection[UUID] = ()) -> _Given:
    """In the order of all locks: units are read and held, then the posts."""
    known_units = await units.held(
        session,
        {document.unit_id for _, document in documents if document.unit_id},
        {(agency_id, document.unit_code) for agency_id, document in documents if document.unit_code},
    )
    await store.lock(session)
    asked = {each for _, document in documents for each in (document.id, document.superior_id) if each}
    codes = {
        (agency_id, code)
        for agency_id, document in documents
        for code in (document.code, document.superior_code)
        if code
    }
    found = await store.present(session, {*asked, *ids}, codes)
    here = {span.value.unit_id for post in found.values() for span in post.states} - known_units.keys()
    return _Given(
        Known(found),
        Known(known_units | await units.present(session, here)),
        await store.held(session, found),
        await under_way(session, {agency_id for agency_id, _ in documents}),
    )
