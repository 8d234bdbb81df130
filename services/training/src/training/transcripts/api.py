"""Transcripts over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from common.refused import Refused
from common.web.auth import everybody
from common.web.parts import Reading, UsedLanguage
from contracts.callers import Caller
from contracts.looks import FileOf, shows
from contracts.papers import UsedSettings
from training import rights
from training.domain.rules import Book
from training.transcripts import queries
from training.transcripts.schemas import SealOut, TranscriptIn

router = APIRouter(prefix="/v1", tags=["transcripts"])

MEDIA_TYPES = {"pdf": "application/pdf", "jws": "application/jose"}


class TranscriptFile(FileOf):
    """A transcript, on paper or as data."""


@router.post(
    "/people/me/transcript",
    summary="What one has learnt and what it counts: a signed PDF (PAdES), or the same data as JWS",
    response_class=Response,
    responses={
        200: {"content": {name: {} for name in MEDIA_TYPES.values()}},
        422: {"description": "`nip-of-another`: the number is not one's own"},
    },
)
@shows("trainings")
async def post_transcript(
    body: TranscriptIn,
    session: Reading,
    language: UsedLanguage,
    caller: Annotated[Caller[Book], Depends(rights.READ_TRANSCRIPT)],
    settings: UsedSettings,
) -> TranscriptFile:
    content = await queries.handed_out(session, body, language, caller, settings)
    name = f"transkrip-{caller.today}.{body.form}"
    return TranscriptFile(caller.speaks_for("person"), name, MEDIA_TYPES[body.form], content)


@router.post(
    "/signature-checks",
    summary="Whether a transcript, a certificate or a PAK is as it was signed here: the file as body",
    dependencies=[Depends(everybody)],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def post_check(request: Request, settings: UsedSettings) -> SealOut:
    content = await request.body()
    if not content:
        raise Refused("file-empty")
    return await queries.checked(content, settings)
