"""Deputies are named and their time is ended; one goes the same way as a thousand."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done, answer_each
from common.ids import new_id
from common.refused import Refused
from contracts.callers import Caller
from contracts.duties import DUTIES
from registry.deputies import store
from registry.deputies.schemas import DeputyIn
from registry.domain.deputies import Delegation, check_deputy, ended
from registry.domain.person import Person
from registry.people import store as people


async def name_deputy(session: AsyncSession, document: DeputyIn, caller: Caller[None]) -> UUID:
    """A deputy as the document says. Raises Refused."""
    [answer] = await name_deputies(session, [document], caller)
    if isinstance(answer, Refused):
        raise answer
    if answer.status == "unchanged":
        raise Refused("deputy-twice", "valid_from")
    return answer.id


async def name_deputies(session: AsyncSession, documents: Sequence[DeputyIn], caller: Caller[None]) -> list[Answer]:
    """Deputies, each line seeing those before it. The number of statements does not grow with the lines.

    One who is named again for the same days is `unchanged`.
    """
    numbers = {nip for document in documents for nip in (document.nip, document.deputy_nip) if nip}
    owner = await people.owners(session, numbers)
    named = {each for document in documents for each in (document.person_id, document.deputy_id) if each}
    known = await people.present(session, {*named, *owner.values()}, lock=True)
    lines = await store.lines(session, known)
    new: list[Delegation] = []

    def meant(person_id: UUID | None, nip: str | None, field: str) -> Person | None:
        if (person_id is None) == (nip is None):
            raise Refused("field-missing", field)
        return known.get(person_id or owner.get(nip or "", UUID(int=0)))

    def decide(document: DeputyIn) -> Done:
        person = meant(document.person_id, document.nip, "person_id")
        deputy = meant(document.deputy_id, document.deputy_nip, "deputy_id")
        if person is None:
            raise Refused("not-found", "person_id")
        _check_may(caller, person, document.duty)
        if deputy is None:
            raise Refused("deputy-elsewhere", "deputy_id")
        others = lines[document.duty]
        made = _made(document, person.id, deputy.id, caller)
        same = next((each for each in others[person.id] if made.says_the_same(each)), None)
        if same:
            return Done("unchanged", same.id)
        if deputy.id == caller.person != person.id:
            raise Refused("own-record", "deputy_id")
        if not DUTIES[document.duty].delegable:
            raise Refused("duty-not-delegable", "duty")
        check_deputy(made, person, deputy, others, caller.today)
        others[person.id].append(made)
        new.append(made)
        return Done("stored", made.id)

    answers = answer_each(documents, decide)
    await store.save(session, [(None, made) for made in new], caller)
    return answers


async def end(session: AsyncSession, delegation_id: UUID, on: date, caller: Caller[None]) -> None:
    """Ends a delegation earlier. Raises Refused."""
    before = await store.locked(session, delegation_id)
    person = (await people.present(session, [before.person_id], lock=False))[before.person_id] if before else None
    if before is None or person is None or not (person.id == caller.person or _is_office_of(caller, person)):
        raise Refused("not-found")
    await store.save(session, [(before, ended(before, on, caller.today))], caller)


def _made(document: DeputyIn, person_id: UUID, deputy_id: UUID, caller: Caller[None]) -> Delegation:
    return Delegation(
        id=new_id(),
        person_id=person_id,
        deputy_id=deputy_id,
        duty=document.duty,
        valid_from=document.valid_from,
        valid_to=document.valid_to,
        named_by=tuple(sorted(caller.actor.hands)),
    )


def _check_may(caller: Caller[None], person: Person, duty: str) -> None:
    """Who has a duty by a role of their token gives it away by that token; of others their office says that they have it.

    Raises Refused.
    """
    if person.id != caller.person:
        if not _is_office_of(caller, person):
            raise Refused("not-found", "person_id")
        return
    role = DUTIES[duty].role
    if role is None:
        return
    if role not in caller.token_roles or caller.agency != person.place_on(caller.today).agency_id:
        raise Refused("duty-not-held", "duty")


def _is_office_of(caller: Caller[None], person: Person) -> bool:
    has_office = caller.unbound or bool(caller.agencies)
    return has_office and caller.reaches(person.place_on(caller.today).agency_id)
