"""Keeping providers and courses: any number of them by their codes, or one by its id."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, delete, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.answers import Answer, Done, answer_each
from common.fields import said
from common.ids import new_id
from common.refused import Refused
from common.store.outbox import emit
from common.store.sets import Columns, columns_of, insert, lists, overwrite, parted, unnest, words
from common.store.transient import Outrun
from common.web import etag
from contracts.callers import Caller
from contracts.events.training import AccreditedFor, CourseChanged, ProviderChanged
from training.catalogue.queries import OWN, look_up
from training.catalogue.schemas import AccreditationOut, CourseAccreditationOut, CourseIn, CourseState, ProviderIn
from training.catalogue.tables import Accreditation, AccreditationChange, Course, Provider
from training.domain.catalogue import Accredited, check_apart, check_period
from training.domain.counting import check_form
from training.domain.duty import THOUSANDTH
from training.domain.rules import Book

CENT = Decimal("0.01")
PROVIDER = ("id", "code", "name")
BY_DAY = attrgetter("form", "valid_from")
ACCREDITATION = ("provider_id", "form", "valid_from", "valid_to")
LISTS = ("competencies", "outcomes")
COURSE: Columns = {
    **columns_of(Course.table(), CourseState.model_fields),
    **dict.fromkeys(LISTS, "text"),
}
TAKEN = ", ".join(words(name) if name in LISTS else name for name in COURSE)
CHANGE = ("id", "provider_id", "course_id", "before", "after")
SAVE_COURSES = text(
    f"INSERT INTO courses AS known ({', '.join(COURSE)}, version)"  # noqa: S608 - built of names in this code
    f" SELECT {TAKEN}, 1 FROM {unnest(COURSE)} ORDER BY code"
    f" ON CONFLICT (code) DO UPDATE SET {overwrite(name for name in COURSE if name != 'id')},"
    " version = known.version + 1 RETURNING id, code, version"
)


NONE = frozenset[Accredited]()
TOLD: TypeAdapter[list[AccreditationOut]] = TypeAdapter(list[AccreditationOut])


@dataclass(frozen=True)
class ProviderState:
    """What a provider's code stands for."""

    id: UUID
    code: str
    name: str
    accredited: frozenset[Accredited]


D = TypeVar("D", ProviderIn, CourseIn)
S = TypeVar("S", ProviderState, CourseState)


async def save_providers(session: AsyncSession, documents: Sequence[ProviderIn], caller: Caller[Book]) -> list[Answer]:
    """Stores or changes providers by their codes; answers each in order: stored, updated, unchanged, or why refused."""
    known = await _provider_states(session, documents)
    codes = {state.id: code for code, state in known.items()}

    def provider(document: ProviderIn, before: ProviderState | None) -> ProviderState:
        identity = _identity(document, before.id if before else None, codes)
        held = before.accredited if before else NONE
        accredited = held if before and _keeps_accreditations(document) else _accredited(document, held, caller)
        return ProviderState(identity, document.code, document.name, accredited)

    before = dict(known)
    answers, changed = _decide(documents, known, provider)
    if changed:
        saved = await insert(
            session,
            Provider.table(),
            PROVIDER,
            [(state.id, state.code, state.name) for state in changed.values()],
            "ORDER BY code ON CONFLICT (code) DO UPDATE SET name = excluded.name, version = providers.version + 1"
            " RETURNING id, code, version",
            version=1,
        )
        rows = saved.all() if saved else ()
        _check_first({row.code: row.id for row in rows}, changed)
        await _accredit(session, changed.values(), {state.id: state.accredited for state in before.values()}, caller)
        for row in rows:
            _tell_provider(session, changed[row.code], row.version, caller)
    return answers


async def revise_provider(
    session: AsyncSession, provider_id: UUID, document: ProviderIn, caller: Caller[Book], *, seen: etag.Versions
) -> None:
    """Changes a provider. Raises Refused."""
    provider = await session.get(Provider, provider_id, with_for_update=True)
    if provider is None:
        raise Refused("not-found")
    etag.check(seen, provider.version)
    held = (await _held(session, [provider.id])).get(provider.id, NONE)
    accredited = held if _keeps_accreditations(document) else _accredited(document, held, caller)
    if document.code != provider.code:
        await _check_free(session, select(col(Provider.id)).where(col(Provider.code) == document.code))
    provider.code, provider.name, provider.version = document.code, document.name, provider.version + 1
    await session.flush()
    state = ProviderState(provider.id, provider.code, provider.name, accredited)
    await _accredit(session, [state], {provider.id: held}, caller)
    _tell_provider(session, state, provider.version, caller)


async def save_courses(session: AsyncSession, documents: Sequence[CourseIn], caller: Caller[Book]) -> list[Answer]:
    """Stores or changes courses by their codes; answers each in order: stored, updated, unchanged, or why refused."""
    providers = await _providers_named(session, documents, caller)
    known = await _course_states(session, documents)
    codes, before = {state.id: code for code, state in known.items()}, dict(known)
    answers, changed = _decide(
        documents, known, lambda document, before: _course(document, before, providers, codes, caller)
    )
    if changed:
        given: dict[str, Any] = lists(COURSE, map(attrgetter(*COURSE), changed.values()))
        given |= {name: [parted(each) for each in given[name]] for name in LISTS}
        given["accreditations"] = [_periods(each) for each in given["accreditations"]]
        rows = (await session.execute(SAVE_COURSES, given)).all()
        _check_first({code: course_id for course_id, code, _ in rows}, changed)
        for _, code, version in rows:
            _tell_course(session, changed[code], version, caller)
        await _keep_changes(session, [(before.get(code), state) for code, state in changed.items()], caller)
    return answers


def _check_first(saved: Mapping[str, UUID], changed: Mapping[str, ProviderState | CourseState]) -> None:
    """Raises Outrun where somebody has just stored a new one under the same code: done again, it is a change of theirs."""
    if any(saved[code] != state.id for code, state in changed.items()):
        raise Outrun("catalogue")


async def revise_course(
    session: AsyncSession, course_id: UUID, document: CourseIn, caller: Caller[Book], *, seen: etag.Versions
) -> None:
    """Changes a course. Raises Refused."""
    providers = await _providers_named(session, [document], caller)
    course = await session.get(Course, course_id, with_for_update=True)
    if course is None:
        raise Refused("not-found")
    etag.check(seen, course.version)
    if document.code != course.code:
        await _check_free(session, select(col(Course.id)).where(col(Course.code) == document.code))
    before = CourseState.model_validate(course)
    state = _course(document, before, providers, {course.id: document.code}, caller)
    for name in COURSE:
        setattr(course, name, getattr(state, name))
    course.competencies, course.outcomes = list(state.competencies), list(state.outcomes)
    course.accreditations = [each.model_dump(mode="json") for each in state.accreditations]
    course.version += 1
    await _keep_changes(session, [(before, state)], caller)
    _tell_course(session, state, course.version, caller)


def _tell_provider(session: AsyncSession, state: ProviderState, version: int, caller: Caller[Book]) -> None:
    event = ProviderChanged(
        provider_id=state.id,
        code=state.code,
        name=state.name,
        accreditations=[AccreditedFor(**asdict(part)) for part in sorted(state.accredited, key=BY_DAY)],
    )
    emit(session, event, sequence=version, time=caller.now)


def _tell_course(session: AsyncSession, state: CourseState, version: int, caller: Caller[Book]) -> None:
    event = CourseChanged(course_id=state.id, **state.model_dump(include={*CourseChanged.model_fields}))
    emit(session, event, sequence=version, time=caller.now)


def _identity(document: ProviderIn | CourseIn, known: UUID | None, codes: dict[UUID, str]) -> UUID:
    """The id that a code has or gets. Raises Refused when the id sent is another code's, or the code has another id."""
    identity = document.id or known or new_id()
    if known not in {None, identity} or codes.setdefault(identity, document.code) != document.code:
        raise Refused("code-taken", field="code")
    return identity


def _decide(
    documents: Sequence[D], known: dict[str, S], state_of: Callable[[D, S | None], S]
) -> tuple[list[Answer], dict[str, S]]:
    """The answer to each document, and by code what changes; a later document sees what earlier ones have changed."""
    changed: dict[str, S] = {}

    def decide(document: D) -> Done:
        before = known.get(document.code)
        state = state_of(document, before)
        if state == before:
            return Done("unchanged", state.id)
        known[document.code] = changed[document.code] = state
        return Done("updated" if before else "stored", state.id)

    return answer_each(documents, decide), changed


def _keeps_accreditations(document: ProviderIn) -> bool:
    return "accreditations" not in document.model_fields_set


def _accredited(document: ProviderIn, held: frozenset[Accredited], caller: Caller[Book]) -> frozenset[Accredited]:
    """What a provider is accredited for from now on, who `held` something before. Raises Refused: only LAN changes it."""
    accredited = [Accredited(part.form, part.valid_from, part.valid_to) for part in document.accreditations]
    for part in accredited:
        _check_rules(part.form, None, caller)
        check_period(part.valid_from, part.valid_to)
    check_apart(accredited)
    if frozenset(accredited) != held and "lan" not in caller.roles:
        raise Refused("accreditation-by-lan", field="accreditations")
    return frozenset(accredited)


def _course(
    document: CourseIn,
    before: CourseState | None,
    providers: dict[str, UUID],
    codes: dict[UUID, str],
    caller: Caller[Book],
) -> CourseState:
    jp: Decimal | None = said(document, "jp", before)
    valid_to: date | None = said(document, "valid_to", before)
    _check_rules(document.form, jp, caller)
    check_period(document.valid_from, valid_to)
    own = caller.bound_to("provider")
    names_provider = not document.model_fields_set.isdisjoint(("provider_id", "provider_code"))
    provider = _provider_of(document, own, providers) if names_provider or not before else before.provider_id
    if own is not None and (provider != own or (before is not None and before.provider_id != own)):
        raise Refused("not-yours", field="provider_code")
    return CourseState(
        id=_identity(document, before.id if before else None, codes),
        code=document.code,
        provider_id=provider,
        title=document.title,
        form=document.form,
        jp=jp.quantize(THOUSANDTH) if jp is not None else None,
        competencies=tuple(said(document, "competencies", before)),
        outcomes=tuple(said(document, "outcomes", before)),
        mode=said(document, "mode", before),
        seats=said(document, "seats", before),
        cost=cost.quantize(CENT) if (cost := said(document, "cost", before)) is not None else None,
        accreditations=_accredited_itself(document, before, caller),
        valid_from=document.valid_from,
        valid_to=valid_to,
    )


def _accredited_itself(
    document: CourseIn, before: CourseState | None, caller: Caller[Book]
) -> tuple[CourseAccreditationOut, ...]:
    """When a course is accredited itself. Raises Refused: only LAN changes it, or the form of one that is."""
    held = before.accreditations if before else ()
    given: tuple[CourseAccreditationOut, ...] = held
    if "accreditations" in document.model_fields_set:
        given = OWN.validate_python(sorted(document.accreditations, key=attrgetter("valid_from")))
        for each in given:
            check_period(each.valid_from, each.valid_to)
        check_apart(Accredited(document.form, each.valid_from, each.valid_to) for each in given)
    if "lan" not in caller.roles:
        if given != held:
            raise Refused("accreditation-by-lan", field="accreditations")
        if before and held and document.form != before.form:
            raise Refused("accreditation-by-lan", field="form")
    return given


def _periods(accredited: Sequence[CourseAccreditationOut]) -> str:
    return OWN.dump_json(tuple(accredited)).decode()


async def _keep_changes(
    session: AsyncSession, courses: Iterable[tuple[CourseState | None, CourseState]], caller: Caller[Book]
) -> None:
    """Keeps who changed when courses are accredited themselves."""
    changes = [
        (new_id(), after.provider_id, after.id, _told(_of(before)), _told(_of(after)))
        for before, after in courses
        if _of(before) != _of(after)
    ]
    if changes:
        await insert(session, AccreditationChange.table(), CHANGE, changes, **_by(caller))


def _of(state: CourseState | None) -> frozenset[Accredited]:
    if state is None:
        return NONE
    return frozenset(Accredited(state.form, each.valid_from, each.valid_to) for each in state.accreditations)


def _by(caller: Caller[Book]) -> dict[str, Any]:
    return {"changed_by": caller.subject, "changer_id": caller.person, "changed_at": caller.now}


def _check_rules(form: str, jp: Decimal | None, caller: Caller[Book]) -> None:
    """The newest pack says which forms there are and how many JP may be stated."""
    check_form(caller.rules.packs[-1].tables, form, jp)


def _provider_of(document: CourseIn, own: UUID | None, providers: dict[str, UUID]) -> UUID:
    """Whose course it is: the provider that it names, else the one that sends it. Raises Refused `provider-unknown`."""
    if document.provider_code is not None:
        found = providers.get(document.provider_code)
    else:
        asked = document.provider_id or own
        found = asked if asked in providers.values() else None
    if found is None or document.provider_id not in {None, found}:
        raise Refused("provider-unknown", field="provider_code" if document.provider_code else "provider_id")
    return found


async def _providers_named(
    session: AsyncSession, documents: Sequence[CourseIn], caller: Caller[Book]
) -> dict[str, UUID]:
    """The providers that courses name, and the caller's own, by code."""
    ids = {document.provider_id for document in documents} | {caller.provider}
    offers = await look_up(
        session,
        course_codes=[],
        provider_codes={document.provider_code for document in documents if document.provider_code},
        provider_ids=[identity for identity in ids if identity],
    )
    return offers.providers


async def _provider_states(session: AsyncSession, documents: Sequence[ProviderIn]) -> dict[str, ProviderState]:
    """The providers that have one of the codes or ids, held in the order of their codes."""
    rows = await session.execute(
        select(col(Provider.id), col(Provider.code), col(Provider.name))
        .where(_named(Provider, documents))
        .order_by(col(Provider.code))
        .with_for_update()
    )
    providers = rows.all()
    accredited = await _held(session, [provider.id for provider in providers])
    return {row.code: ProviderState(row.id, row.code, row.name, accredited.get(row.id, NONE)) for row in providers}


async def _held(session: AsyncSession, provider_ids: Collection[UUID]) -> dict[UUID, frozenset[Accredited]]:
    """What providers are accredited for."""
    held: dict[UUID, set[Accredited]] = defaultdict(set)
    for row in await session.scalars(select(Accreditation).where(col(Accreditation.provider_id).in_(provider_ids))):
        held[row.provider_id].add(Accredited(row.form, row.valid_from, row.valid_to))
    return {provider_id: frozenset(accredited) for provider_id, accredited in held.items()}


async def _course_states(session: AsyncSession, documents: Sequence[CourseIn]) -> dict[str, CourseState]:
    """The courses that have one of the codes or ids, held in the order of their codes."""
    rows = await session.scalars(
        select(Course).where(_named(Course, documents)).order_by(col(Course.code)).with_for_update()
    )
    return {course.code: CourseState.model_validate(course) for course in rows}


def _named(table: type[Provider | Course], documents: Sequence[ProviderIn | CourseIn]) -> ColumnElement[bool]:
    ids = [document.id for document in documents if document.id]
    return or_(col(table.code).in_([document.code for document in documents]), col(table.id).in_(ids))


async def _check_free(session: AsyncSession, taken: Select[UUID]) -> None:
    if await session.scalar(taken) is not None:
        raise Refused("code-taken", field="code")


async def _accredit(
    session: AsyncSession,
    providers: Iterable[ProviderState],
    before: Mapping[UUID, frozenset[Accredited]],
    caller: Caller[Book],
) -> None:
    """Gives providers exactly these accreditations, and keeps who changed them."""
    states = [state for state in providers if state.accredited != before.get(state.id, NONE)]
    if not states:
        return
    ids = [state.id for state in states]
    await session.execute(delete(Accreditation).where(col(Accreditation.provider_id).in_(ids)))
    accredited = [
        (state.id, part.form, part.valid_from, part.valid_to) for state in states for part in state.accredited
    ]
    await insert(session, Accreditation.table(), ACCREDITATION, accredited)
    changes = [
        (new_id(), state.id, None, _told(before.get(state.id, NONE)), _told(state.accredited)) for state in states
    ]
    await insert(session, AccreditationChange.table(), CHANGE, changes, **_by(caller))


def _told(accredited: Iterable[Accredited]) -> str:
    in_order = sorted(accredited, key=lambda part: (part.form, part.valid_from))
    return TOLD.dump_json([AccreditationOut.model_validate(part) for part in in_order]).decode()
