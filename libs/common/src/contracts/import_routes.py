"""The routes of imports, the same in every service that takes spreadsheets."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Row
from starlette.background import BackgroundTask

from common.ids import derived_id, new_id
from common.refused import Refused
from common.spreadsheets import reading
from common.spreadsheets.writing import template
from common.web.parts import Reading, UsedLanguage, parts_of
from common.web.problems import ProblemDocument
from contracts.callers import Caller
from contracts.imports import MOST_BYTES, Importing, Kind, files_of, find, refused_of, take_in
from contracts.looks import FiguresFile, SentFile
from contracts.retention import FILES
from contracts.rights import Right

BODY = {
    "required": True,
    "content": {
        "application/octet-stream": {
            "schema": {
                "type": "string",
                "format": "binary",
                "description": "a CSV (UTF-8; comma, semicolon or tab), an XLSX or an ODS, whatever Content-Type says",
            }
        }
    },
}


class ImportOut(BaseModel):
    """An import: how far it is, and what became of its rows. It has ended when each row has its answer."""

    id: UUID
    kind: str
    dry_run: bool = Field(
        description="it says what would become of each row as far as this service knows, and changes nothing"
    )
    state: Literal["queued", "running", "waiting", "done", "failed", "cancelled"] = Field(
        description="`waiting`: all is handed over, and other services have not answered for some of it"
    )
    rows: int | None = Field(description="null until the file has been read")
    done: int = Field(description="how many of them were worked on")
    counts: dict[str, int] = Field(
        description="rows by what became of them: stored, updated, unchanged, duplicate; taken by another service, or waiting for it; refused"
    )
    sent_at: datetime
    ended_at: datetime | None
    kept_until: date = Field(description="the day on which the file, and what was refused, are deleted")
    problem: ProblemDocument | None = Field(description="why the file as a whole could not be taken")


class ImportSent(BaseModel):
    """An import that was taken in; `GET /v1/imports/{id}` tells how far it is."""

    id: UUID


def import_routes(importing: Importing, follow: Right) -> tuple[APIRouter, APIRouter]:
    """The routes: those with small bodies, and those that take a file. `follow` has whoever may send any kind."""
    router = APIRouter(prefix="/v1", tags=["imports"])
    uploads = APIRouter(prefix="/v1", tags=["imports"])
    for name, kind in importing.kinds.items():
        _add(router, uploads, name, kind)
    follower = Depends(follow)

    @router.get("/imports/{import_id}", summary="How far an import is that you have sent")
    async def get_import(
        import_id: UUID,
        request: Request,
        session: Reading,
        language: UsedLanguage,
        caller: Annotated[Caller[Any], follower],
    ) -> ImportOut:
        found = await find(session, import_id, caller)
        problem: Any = None
        if found.problem is not None:
            refused = Refused(found.problem["code"], found.problem["field"], **found.problem["values"])
            problem = ProblemDocument.model_validate(parts_of(request).catalogue.body([refused], language))
        return ImportOut(
            id=found.id,
            kind=found.kind,
            dry_run=found.dry_run,
            state="waiting" if found.ended_at and found.waiting else found.state or "done",
            rows=found.rows,
            done=found.done or 0,
            counts=_counts(found),
            sent_at=found.sent_at,
            ended_at=found.ended_at,
            kept_until=(found.sent_at + FILES["imports"]).date(),
            problem=problem,
        )

    @router.get(
        "/imports/{import_id}/refused",
        summary="The rows that were refused or still wait, in the format they came in, with the reasons in both languages",
        response_class=Response,
        responses={
            200: {"content": {media_type: {} for media_type in reading.ENDINGS}},
            409: {"description": "`import-not-ended`, or `import-none-refused`"},
        },
    )
    async def get_refused(
        import_id: UUID, request: Request, session: Reading, caller: Annotated[Caller[Any], follower]
    ) -> SentFile:
        found = await find(session, import_id, caller)
        if found.ended_at is None:
            raise Refused("import-not-ended")
        if not found.refused and not found.waiting:
            raise Refused("import-none-refused")
        refused, files = await refused_of(session, import_id), files_of(parts_of(request))
        # Each call writes a file of its own, which goes when it is sent.
        target = files.path(derived_id("import-refused", import_id, new_id()))
        target.parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(importing.write_refused, found, refused, files, target)
        ending = reading.ENDINGS[found.media_type]
        name = f"jejak-{import_id}.{ending}"
        return SentFile(target, media_type=found.media_type, filename=name, background=BackgroundTask(target.unlink))

    return router, uploads


def _counts(found: Row[Any]) -> dict[str, int]:
    counts: dict[str, int] = found.counts
    told = {"taken": counts.get("taken", 0) + found.taken, "waiting": found.waiting}
    return counts | {name: count for name, count in told.items() if count} | {"refused": found.refused}


def _add(router: APIRouter, uploads: APIRouter, name: str, kind: Kind) -> None:
    allowed: Callable[..., Awaitable[Caller[Any]]] = kind.right

    @router.get(
        f"/imports/{name}/template",
        summary=f"A spreadsheet to fill in: {kind.summary}",
        name=f"get_template_{name}",
        response_class=Response,
        responses={200: {"content": {reading.XLSX: {}}}},
    )
    async def get_template(language: UsedLanguage, _: Annotated[Caller[Any], Depends(allowed)]) -> FiguresFile:
        return FiguresFile(f"jejak-{name}.xlsx", reading.XLSX, template(kind.columns, language))

    @uploads.post(
        f"/imports:{name}",
        status_code=202,
        summary=f"Send a spreadsheet: {kind.summary}",
        name=f"send_{name}",
        openapi_extra={"requestBody": BODY},
    )
    async def send(
        request: Request, caller: Annotated[Caller[Any], Depends(allowed)], dry_run: bool = False
    ) -> ImportSent:
        parts = parts_of(request)
        files, import_id = files_of(parts), new_id()
        with parts.rates.upload(caller.subject):
            size = await files.take_in(import_id, request.stream(), MOST_BYTES)
        try:
            media_type = await asyncio.to_thread(reading.type_of, files.path(import_id))
            async with parts.database.transaction() as session:
                await take_in(session, name, import_id, media_type, size, dry_run, caller)
        except BaseException:
            await files.remove(import_id)
            raise
        return ImportSent(id=import_id)
