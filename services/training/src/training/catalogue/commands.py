"""Keeping providers and courses: any number of them by their codes, or one by its id."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from common.answers import Answer, Done, answer_each
from common.fields import said
from common.ids import new_id
from common.refused import Refused
from common.store.sets import Columns, columns_of, insert, lists, overwrite, parted, unnest, words
from common.web import etag
from contracts.callers import Caller
from training.catalogue.queries import look_up
from training.catalogue.schemas import CourseIn, CourseState, ProviderIn
from training.catalogue.tables import Accreditation, Course, Provider
from training.domain.catalogue import Accredited, check_apart, check_period
from training.domain.counting import check_form
from training.domain.duty import THOUSANDTH
from training.domain.rules import Book

PROVIDER = ("id", "code", "name")
ACCREDITATION = ("provider_id", "form", "valid_from", "valid_to")
COURSE: Columns = {
    **columns_of(
        Course.table(),
        ("id", "code", "provider_id", "title", "form", "jp", "competencies", "valid_from", "valid_to"),
    ),
    "competencies": "text",
}
SAVE_COURSES = text(
    f"INSERT INTO courses AS known ({', '.join(COURSE)}, version)"  # noqa: S608 - built of names in this code
    f" SELECT {', '.join(COURSE).replace('competencies', words('competencies'))}, 1 FROM {unnest(COURSE)} ORDER BY code"
    f" ON CONFLICT (code) DO UPDATE SET {overwrite(name for name in COURSE if name != 'id')},"
    " version = known.version + 1"
)


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
        accredited = before.accredited if before and _keeps_accreditations(document) else _accredited(document, caller)
        return ProviderState(identity, document.code, document.name, accredited)

    answers, changed = _decide(documents, known, provider)
    if changed:
        await insert(
            session,
            Provider.table(),
            PROVIDER,
            [(state.id, state.code, state.name) for state in changed.values()],
            "ORDER BY code ON CONFLICT (code) DO UPDATE SET name = excluded.name, version = providers.version + 1",
            version=1,
        )
        await _accredit(session, changed.values())
    return answers


async def revise_provider(
    session: AsyncSession, provider_id: UUID, document: ProviderIn, caller: Caller[Book], *, seen: etag.Versions
) -> None:
    """Changes a provider. Raises Refused."""
    accredited = _accredited(document, caller)
    provider = await session.get(Provider, provider_id, with_for_update=True)
    if provider is None:
        raise Refused("not-found")
    etag.check(seen, provider.version)
    if document.code != provider.code:
        await _check_free(session, select(col(Provider.id)).where(col(Provider.code) == document.code))
    provider.code, provider.name, provider.version = document.code, document.name, provider.version + 1
    await session.flush()
    if not _keeps_accreditations(document):
        await _accredit(session, [ProviderState(provider.id, provider.code, provider.name, accredited)])


async def save_courses(session: AsyncSession, documents: Sequence[CourseIn], caller: Caller[Book]) -> list[Answer]:
    """Stores or changes courses by their codes; answers each in order: stored, updated, unchanged, or why refused."""
    providers = await _providers_named(session, documents, caller)
    known = await _course_states(session, documents)
    codes = {state.id: code for code, state in known.items()}
    answers, changed = _decide(
        documents, known, lambda document, before: _course(document, before, providers, codes, caller)
    )
    if changed:
        given = lists(COURSE, map(attrgetter(*COURSE), changed.values()))
        given["competencies"] = [parted(competencies) for competencies in given["competencies"]]
        await session.execute(SAVE_COURSES, given)
    return answers


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
    course.competencies = list(state.competencies)
    course.version += 1


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


def _accredited(document: ProviderIn, caller: Caller[Book]) -> frozenset[Accredited]:
    accredited = [Accredited(part.form, part.valid_from, part.valid_to) for part in document.accreditations]
    for part in accredited:
        _check_rules(part.form, None, caller)
        check_period(part.valid_from, part.valid_to)
    check_apart(accredited)
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
        valid_from=document.valid_from,
        valid_to=valid_to,
    )


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
    accredited: dict[UUID, set[Accredited]] = defaultdict(set)
    for row in await session.execute(
        select(Accreditation).where(col(Accreditation.provider_id).in_([provider.id for provider in providers]))
    ):
        accredited[row.Accreditation.provider_id].add(
            Accredited(row.Accreditation.form, row.Accreditation.valid_from, row.Accreditation.valid_to)
        )
    return {row.code: ProviderState(row.id, row.code, row.name, frozenset(accredited[row.id])) for row in providers}


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


async def _accredit(session: AsyncSession, providers: Iterable[ProviderState]) -> None:
    """Gives providers exactly these accreditations."""
    states = list(providers)
    await session.execute(
        delete(Accreditation).where(col(Accreditation.provider_id).in_([state.id for state in states]))
    )
    accredited = [
        (state.id, part.form, part.valid_from, part.valid_to) for state in states for part in state.accredited
    ]
    await insert(session, Accreditation.table(), ACCREDITATION, accredited)
