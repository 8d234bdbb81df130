"""Who looks at somebody else's record leaves an entry in the access log (UU 27/2022, Pasal 31): here, for every route alike.

A route that shows people's data says which part of a record that is, `@shows("identity")`. Whom an answer is about
follows from its model: a field `person_id`, or one annotated as `WhoseId`. The entry is emitted in the session of the
request, so it is stored before the answer is given. Whoever is shown only themselves leaves none, nor does a program
whose token has no other role than `service`. So it is with answers to what somebody writes, but for what is new and was
told by the writer (201): what changes nothing would else be a way to look unseen.

What of somebody's record rests at their request (Pasal 41) is shown, and so changed, by nobody here but themselves, HR of the
agency they serve in, who answer them, and programs: an answer about them is refused, and a list leaves them out.
"""

import inspect
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, partial, wraps
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import Depends, FastAPI, Header, Request, Response, status
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused
from common.store.outbox import emit_values
from common.store.sets import fetched
from common.web.auth import EVERYBODY, guards
from common.web.bodies import NDJSON
from common.web.bulk import replay
from common.web.parts import parts_of
from contracts.callers import Caller
from contracts.events.access import MOST_VIEWED, RecordViewed
from contracts.introductions import HEADER, MOST_INTRODUCED, introduce
from contracts.parts import PARTS

F = TypeVar("F", bound=Callable[..., Awaitable[Any]])


WHOSE = object()
"""Marks the field of an answer that says whom it is about."""
WhoseId = Annotated[UUID, WHOSE]
Reason = Annotated[
    str | None,
    Header(
        alias="Access-Reason",
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x08\x0a-\x1f\x7f]*$",  # HTTP itself takes away a tab at the end
        description="why the caller looks, for the access log that the person concerned may read",
    ),
]
Found = Callable[[Any], Iterable[UUID]]


async def _withheld(request: Request) -> str:
    return parts_of(request).withheld


async def _reply(response: Response) -> Response:
    return response


ASKED = (
    inspect.Parameter("access_reason", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Reason),
    inspect.Parameter("withheld", inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[str, Depends(_withheld)]),
    inspect.Parameter("reply", inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[Response, Depends(_reply)]),
)
"""What every route that shows people takes besides its own."""
SERVICES = frozenset({"service"})


class FiguresFile(Response):
    """A file of figures, about nobody in particular."""

    def __init__(self, name: str, media_type: str, content: bytes) -> None:
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        super().__init__(content, media_type=media_type, headers=headers)


class FileOf(Response):
    """A file about one person, given to whoever may have it, and kept by no one on its way."""

    def __init__(self, person_id: UUID, name: str, media_type: str, content: bytes) -> None:
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        super().__init__(content, media_type=media_type, headers=headers)
        self.person_id = person_id


class FileOfMany(StreamingResponse):
    """A file about many people, of any length, written aside before it is sent."""

    def __init__(self, people: Collection[UUID], name: str, spool: "SpooledTemporaryFile[bytes]") -> None:
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        super().__init__(replay(spool), media_type=NDJSON, headers=headers)
        self.people = people


class SentFile(FileResponse):
    """What whoever asks has sent here themselves, given back to them alone."""


class PlatformsOwn(Response):
    """What a platform has told of whom it calls by names of its own, told to it again. Nobody of ours is known in it."""


def shows(part: str, *, introduces: bool = False) -> Callable[[F], F]:
    """Says of a route that its answer shows this part of people's records. Raises TypeError where an answer names nobody, or there is no such part.

    The route takes `session` and `caller`. One that `introduces` lets whoever is shown people ask the registry for their names.
    """

    def declared(endpoint: F) -> F:
        signature = inspect.signature(endpoint)
        service = endpoint.__module__.partition(".")[0]
        whom = _people_in(signature.return_annotation)
        if whom is None or part not in PARTS:
            raise TypeError(f"{endpoint.__qualname__} shows {part} of nobody")

        @wraps(endpoint)
        async def shown(*, access_reason: str | None, withheld: str, reply: Response, **given: Any) -> Any:
            answer = await endpoint(**given)
            session, caller = given["session"], given["caller"]
            others = sorted({*whom(answer)} - {caller.person})
            if others and not _is_program(caller):
                if resting := await _resting(session, withheld, caller, part, others):
                    _leave_out(answer, resting)
                    others = sorted({*whom(answer)} - {caller.person})
                looked(session, caller, part, others, access_reason, service)
            if introduces and 0 < len(others) <= MOST_INTRODUCED:
                reply.headers[HEADER] = introduce(caller, others)
            return answer

        parameters = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in signature.parameters.values()]
        shown.__signature__ = signature.replace(parameters=[*parameters, *ASKED])  # pyright: ignore[reportAttributeAccessIssue] - read by FastAPI
        shown.part = part  # pyright: ignore[reportAttributeAccessIssue] - read by `shown_silently`
        return shown  # pyright: ignore[reportReturnType] - the same to whoever calls it

    return declared


def looked(
    session: AsyncSession, caller: Caller[Any], part: str, person_ids: Iterable[UUID], reason: str | None, service: str
) -> None:
    """Leaves the entry that the caller was shown this part of these people's records. It is stored with the session's end."""
    others = sorted(set(person_ids) - {caller.person})
    if _is_program(caller):
        return
    for start in range(0, len(others), MOST_VIEWED):
        viewed = {
            "viewer_id": caller.person or uuid5(NAMESPACE_URL, caller.subject),
            "viewer": caller.subject,
            "viewer_person_id": caller.person,
            "viewer_agency_id": caller.agency,
            "client": caller.client,
            "roles": sorted(caller.roles),
            "service": service,
            "part": part,
            "person_ids": others[start : start + MOST_VIEWED],
            "reason": reason,
        }
        emit_values(session, RecordViewed, viewed, sequence=1, time=caller.now)


def _is_program(caller: Caller[Any]) -> bool:
    return caller.roles | caller.token_roles == SERVICES


async def _resting(
    session: AsyncSession, query: str, caller: Caller[Any], part: str, person_ids: Sequence[UUID]
) -> frozenset[UUID]:
    # Another role that they hold too does not widen whom they answer as HR.
    offices = caller.offices if "agency_hr" in caller.roles else ()
    rows = await fetched(session, query, person_ids, part, offices, caller.today)
    return frozenset(row[0] for row in rows)


def _leave_out(answer: Any, resting: AbstractSet[UUID]) -> None:
    """Takes what is about those whose record rests out of the lists of an answer. Raises Refused `at-rest` where it is all about them.

    What is about somebody else and only names them, as a superior, stays.
    """
    if not isinstance(answer, BaseModel) or _own_fields(type(answer)):
        if _rests(answer, resting):
            raise Refused("at-rest")
        return
    for name in type(answer).model_fields:
        inner = getattr(answer, name)
        if isinstance(inner, list):
            setattr(answer, name, [each for each in cast("list[Any]", inner) if not _rests(each, resting)])
        elif isinstance(inner, BaseModel):
            _leave_out(inner, resting)


def _rests(answer: Any, resting: AbstractSet[UUID]) -> bool:
    kind = cast("type[Any]", type(answer))
    own = _own_fields(kind)
    if own:
        return any(getattr(answer, name) in resting for name in own)
    found = _people_in(kind)
    return found is not None and not resting.isdisjoint(found(answer))


def shown_silently(app: FastAPI) -> list[str]:
    """The routes that show people's data and do not say which part: whoever looks there would leave no entry.

    A route whose answer has no model must say it too, or be for everybody. What has just been made (201) was told by the
    caller, and an upload is answered by what became of each line.
    """
    found: list[str] = []
    for context in iter_route_contexts(app.routes):
        endpoint = getattr(context, "endpoint", None)
        made = getattr(context, "status_code", None) == status.HTTP_201_CREATED
        if endpoint is None or hasattr(endpoint, "part") or made:
            continue
        answer = inspect.signature(endpoint).return_annotation
        told = (FiguresFile, PlatformsOwn, SentFile)
        told = told if "GET" in (context.methods or ()) else (*told, StreamingResponse)
        bare = isinstance(answer, type) and issubclass(answer, Response) and not issubclass(answer, told)
        roles = frozenset[str]().union(*(guards(app)[method, str(context.path)] for method in context.methods or ()))
        if roles - EVERYBODY and (bare or names_people(answer)):
            found.append(str(context.path))
    return sorted(found)


def names_people(answer: Any) -> bool:
    """Whether an answer of this type says whom it is about."""
    return _people_in(answer) is not None


def _people_in(kind: Any, within: Sequence[Any] = ()) -> Found | None:
    """What finds the ids of the people that a value of this type is about; None for a type that names nobody."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return None if kind in within else _people_in_model(kind, (*within, kind))
    if isinstance(kind, type) and issubclass(kind, FileOf):
        return _person_of
    if isinstance(kind, type) and issubclass(kind, FileOfMany):
        return _people_of
    [found] = [found for each in get_args(kind) if (found := _people_in(each, within))] or [None]
    if found is None:
        return None
    if get_origin(kind) is list:
        return partial(_people_in_list, found)
    return partial(_people_in_option, found)


def _person_of(file: FileOf) -> Iterable[UUID]:
    return (file.person_id,)


def _people_of(file: FileOfMany) -> Iterable[UUID]:
    return file.people


def _people_in_list(found: Found, many: Sequence[Any]) -> Iterator[UUID]:
    for one in many:
        yield from found(one)


def _people_in_option(found: Found, one: Any) -> Iterable[UUID]:
    return () if one is None else found(one)


@cache
def _own_fields(kind: type[Any]) -> Sequence[str]:
    """The fields of a model that say whom it is about itself."""
    if not issubclass(kind, BaseModel):
        return ()
    return [
        name
        for name, field in kind.model_fields.items()
        if name == "person_id"
        or WHOSE in field.metadata
        # Of what may also be null, pydantic leaves the mark where it stands.
        or any(WHOSE in getattr(each, "__metadata__", ()) for each in get_args(field.annotation))
    ]


def _people_in_model(model: type[BaseModel], within: Sequence[Any]) -> Found | None:
    own = _own_fields(model)
    inner = [
        (name, found)
        for name, field in model.model_fields.items()
        if (found := _people_in(field.annotation, within)) is not None
    ]
    if not own and not inner:
        return None

    def people(answer: BaseModel) -> Iterator[UUID]:
        for name in own:
            if (person_id := getattr(answer, name)) is not None:
                yield person_id
        for name, found in inner:
            yield from found(getattr(answer, name))

    return people
