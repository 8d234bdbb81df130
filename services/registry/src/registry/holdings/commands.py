"""Posts are given to people and taken from them, one or hundreds at a time by the same path."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.refused import Refused
from contracts.callers import Caller
from registry.agencies.store import Named, named
from registry.domain.person import Person, hold
from registry.domain.post import Holding, Post, check_room
from registry.holdings.schemas import HoldingIn, HoldingLine
from registry.naming import Known, one_of
from registry.people import store as people
from registry.posts import store as posts
from registry.under_way import under_way


async def give_post(session: AsyncSession, person_id: UUID, document: HoldingIn, caller: Caller[None]) -> None:
    """A person holding a post as the document says. Raises Refused."""
    given = await _given(session, [document])
    found = await people.present(session, [person_id], lock=True)
    person = found.get(person_id)
    if person is None or not caller.reaches(person.place_on(caller.today).agency_id):
        raise Refused("not-found")
    after = given.decided(document, person, caller)
    if after != person:
        await people.save(session, [(person, after)], caller)


async def give_posts(session: AsyncSession, lines: Sequence[HoldingLine], caller: Caller[None]) -> list[Answer]:
    """Posts for people by NIP, each line seeing those before it. The number of statements does not grow with the lines."""
    given = await _given(session, lines)
    owner = await people.owners(session, {line.nip for line in lines})
    before = await people.present(session, owner.values(), lock=True)
    after = dict(before)

    def decide(line: HoldingLine) -> Done:
        if line.nip not in owner:
            raise Refused("person-unknown", "nip")
        person = after[owner[line.nip]]
        held = after[person.id] = given.decided(line, person, caller)
        return Done("unchanged" if held == person else "stored", person.id)

    answers = answer_each(lines, decide)
    pairs = [(before[person_id], person) for person_id, person in after.items() if person != before[person_id]]
    await people.save(session, pairs, caller)
    return answers


class _Given:
    """The posts some documents name, and who holds them, as decided so far."""

    def __init__(
        self, agencies: Named, found: dict[UUID, Post], held: dict[UUID, posts.Holders], reforming: frozenset[UUID]
    ) -> None:
        self._agencies = agencies
        self._posts = Known(found)
        self._held = held
        self._reforming = reforming

    def decided(self, document: HoldingIn, person: Person, caller: Caller[None]) -> Person:
        """The person as a document says, who is of the caller's agency and not the caller. Raises Refused."""
        post = self._post(document)
        new = Holding(post.id, document.valid_from, document.until, document.kind, post.agency_id)
        if not caller.reaches(post.agency_id):
            raise Refused("agency-mismatch", "post_id" if document.post_id else "post_code")
        if not caller.reaches(person.place_on(caller.today).agency_id):
            raise Refused("agency-mismatch", "nip")
        if caller.actor.is_own_case(person.id):
            raise Refused("own-record")
        if post.agency_id in self._reforming:
            raise Refused("reform-under-way", "post_id" if document.post_id else "post_code")
        after = hold(person, new, caller.today)
        if new in after.holdings:
            own = [each for each in after.holdings if each.post_id == post.id and each != new]
            held = self._held.get(post.id, {})
            check_room(post, [*own, *(each for (holder, _), each in held.items() if holder != person.id)], new)
        self._remember(person, after)
        return after

    def _post(self, document: HoldingIn) -> Post:
        agency_id = None
        if document.agency_id or document.agency_code:
            agency_id = self._agencies.found(document)
        names = {"post_id": document.post_id, "post_code": document.post_code}
        if document.post_code and agency_id is None:
            raise Refused("field-missing", "agency_code")
        post_id = one_of(names, lambda name: self._find(agency_id, name), "post-unknown")
        if post_id is None:
            raise Refused("field-missing", "post_id")
        return self._posts.by_id[post_id]

    def _find(self, agency_id: UUID | None, name: UUID | str) -> UUID | None:
        if isinstance(name, UUID):
            post = self._posts.by_id.get(name)
            return name if post and agency_id in (None, post.agency_id) else None
        return self._posts.find(agency_id, name) if agency_id else None

    def _remember(self, before: Person, after: Person) -> None:
        """A post that was left for another is free for the lines that follow."""
        for each in before.holdings:
            self._held.get(each.post_id, {}).pop((before.id, each.valid_from), None)
        for each in after.holdings:
            self._held.setdefault(each.post_id, {})[after.id, each.valid_from] = each


async def _given(session: AsyncSession, documents: Sequence[HoldingIn]) -> _Given:
    """Holds the posts named: whoever gives them to somebody waits."""
    agencies = await named(session, documents)
    codes = {
        (agency_id, document.post_code)
        for document in documents
        for agency_id in agencies.possible(document)
        if document.post_code
    }
    found = await posts.present(session, {document.post_id for document in documents if document.post_id}, codes)
    reforming = await under_way(session, {post.agency_id for post in found.values()})
    return _Given(agencies, found, await posts.held(session, found), reforming)
