"""Papers that are issued: numbered without gaps, signed when they are handed out, and checked by whoever has one (ADR 0028)."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi import Path as FromPath
from fastapi.responses import HTMLResponse
from jinja2 import Environment, StrictUndefined
from pydantic import BaseModel
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from common.papers import pdf
from common.refused import Refused
from common.signing import PaperSigner
from common.store.sets import insert
from common.texts import Language
from common.web.auth import everybody
from common.web.parts import parts_of
from contracts.callers import Caller
from contracts.service import SigningSettings

TOKEN_BYTES = 16
Token = Annotated[str, FromPath(pattern=r"^[A-Za-z0-9_-]{22}$", description="from the code on the paper")]
"""What a check address carries: 128 random bits, which nobody can guess."""
PAGE = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(
    (Path(__file__).parent / "check.html").read_text(encoding="utf-8")
)
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}
S = TypeVar("S", bound="CheckedOut")
Row = tuple[str, str]
"""What a value is, and the value, in the language of who reads it."""


def number_of(owner: str, year: int, number: int) -> str:
    """The number as it is written: of who gives it, by its code, and a year, from 1 on without a gap."""
    return f"{owner}/{year}/{number:06}"


def initials_of(name: str) -> str:
    """The first letter of each word of a name, as far as it is a letter: enough to hold a paper against, and no name."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())


def new_token() -> str:
    """The token of a new paper."""
    return secrets.token_urlsafe(TOKEN_BYTES)


async def draw(session: AsyncSession, series: Table, year: int, more: Mapping[UUID, int]) -> dict[UUID, range]:
    """The next numbers of each owner in a year: as many as `more` says.

    A row of the series is held until the transaction ends: whoever draws next waits, and what is rolled back leaves no gap.
    """
    owner = series.primary_key.columns.keys()[0]
    drawn = await insert(
        session,
        series,
        (owner, "last"),
        sorted(more.items()),
        f"ON CONFLICT ({owner}, year) DO UPDATE SET last = {series.name}.last + excluded.last RETURNING {owner}, last",
        year=year,
    )
    rows = drawn.mappings() if drawn is not None else ()
    lasts: Mapping[UUID, int] = {row[owner]: row["last"] for row in rows}
    return {whose: range(last - more[whose] + 1, last + 1) for whose, last in lasts.items()}


def signer_of(settings: SigningSettings) -> PaperSigner:
    """The signer of the service. Raises Refused `signer-away` where its key is not there."""
    try:
        return _signer(settings.signer_key, settings.signer_chain)
    except (OSError, ValueError) as error:
        raise Refused("signer-away") from error


_signer = cache(PaperSigner)


async def signed(signer: PaperSigner, template: bytes, shown: Mapping[str, Any], caller: Caller[Any]) -> bytes:
    """A paper of a typst template, signed now."""
    now = caller.now
    return await asyncio.to_thread(lambda: signer.sign(pdf(template, shown, now), now))


async def _signing_settings(request: Request) -> SigningSettings:
    settings = parts_of(request).settings
    assert isinstance(settings, SigningSettings)  # noqa: S101 - the service is declared with them
    return settings


UsedSettings = Annotated[SigningSettings, Depends(_signing_settings)]
"""The settings of a service that signs papers, as its routes take them."""


CHECK: Mapping[str, Any] = {
    "dependencies": [Depends(everybody)],
    "responses": {
        200: {"content": {"text/html": {}}},
        403: {"description": "`at-rest`: its person has asked that nothing be told"},
        404: {"description": "`not-found`: nobody has issued it"},
    },
}
"""What the route of a check address is: for whoever has one."""


class CheckedOut(BaseModel):
    """What whoever has a paper may hold it against: initials, no name."""

    number: str
    state: str
    initials: str
    issued_on: date


class Told(NamedTuple):
    """What the page of a check says."""

    title: str
    verdict: str
    rows: Sequence[Row]


async def answer_check(
    request: Request, language: Language, asked: Awaitable[S], told: Callable[[str, S | None, Language], Told]
) -> Response:
    """What is said to whoever has a check address: JSON, or a page to a browser (no script, nothing from elsewhere).

    `told` says in words what the state of a paper is, or the code of why nothing is said of it.
    """
    wants_page = "text/html" in request.headers.get("accept", "")
    try:
        said = await asked
    except Refused as refused:
        if wants_page:
            return _page(
                told(refused.code, None, language), language, parts_of(request).catalogue.statuses[refused.code]
            )
        raise
    if wants_page:
        return _page(told(said.state, said, language), language)
    headers = {"cache-control": "no-store", "vary": "Accept"}
    return Response(said.model_dump_json(), media_type="application/json", headers=headers)


def _page(told: Told, language: Language, status: int = 200) -> HTMLResponse:
    written = PAGE.render(language=language, **told._asdict())
    return HTMLResponse(written, status, HEADERS | {"content-language": language, "vary": "accept,accept-language"})
