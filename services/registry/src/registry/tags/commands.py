"""Tags are given to people and taken back, one or hundreds at a time by the same path."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.refused import Refused
from contracts.callers import Caller
from registry.domain.person import Person, Tag, tagged
from registry.people import store as people
from registry.tags.schemas import TagIn, TagLine


async def give_tag(session: AsyncSession, person_id: UUID, document: TagIn, caller: Caller[None]) -> None:
    """A person with a tag as the document says. Raises Refused."""
    person = (await people.present(session, [person_id], lock=True)).get(person_id)
    if person is None or not caller.reaches(person.place_on(caller.today).agency_id):
        raise Refused("not-found")
    after = _told(person, document, caller)
    if after != person:
        await people.save(session, [(person, after)], caller)


async def give_tags(session: AsyncSession, lines: Sequence[TagLine], caller: Caller[None]) -> list[Answer]:
    """Tags for people by NIP, each line seeing those before it. The number of statements does not grow with the lines."""
    owner = await people.owners(session, {line.nip for line in lines})
    before = await people.present(session, owner.values(), lock=True)
    after = dict(before)

    def decide(line: TagLine) -> Done:
        if line.nip not in owner:
            raise Refused("person-unknown", "nip")
        person = after[owner[line.nip]]
        if not caller.reaches(person.place_on(caller.today).agency_id):
            raise Refused("agency-mismatch", "nip")
        told = after[person.id] = _told(person, line, caller)
        return Done("unchanged" if told == person else "stored", person.id)

    answers = answer_each(lines, decide)
    pairs = [(before[person_id], person) for person_id, person in after.items() if person != before[person_id]]
    await people.save(session, pairs, caller)
    return answers


def _told(person: Person, document: TagIn, caller: Caller[None]) -> Person:
    if caller.actor.is_own_case(person.id):
        raise Refused("own-record")
    new = Tag(document.tag, document.valid_from, document.until, document.paper)
    return tagged(person, new, caller.today)
