"""Contacts over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from common.links import Signer
from common.web import etag
from common.web.bulk import Lines, lines_of
from common.web.parts import Reading, Transaction, parts_of
from contracts.callers import Caller
from contracts.looks import shows
from registry import rights
from registry.contacts import commands, queries
from registry.contacts.commands import Checks
from registry.contacts.schemas import ContactIn, ContactLine, ContactOut, TokenIn

router = APIRouter(prefix="/v1", tags=["contacts"])
uploads = APIRouter(prefix="/v1", tags=["contacts"])

Oneself = Annotated[Caller[None], Depends(rights.KEEP_OWN_CONTACT)]
OwnAgency = Annotated[Caller[None], Depends(rights.KEEP_CONTACTS)]

TAKEN: dict[int | str, dict[str, Any]] = {409: {"description": "`email-taken`: the address is somebody else's"}}
STALE: dict[int | str, dict[str, Any]] = {
    410: {"description": "`link-expired`, or `link-used`: followed before, or replaced by a newer one"}
}


async def _checks(request: Request) -> Checks:
    settings = parts_of(request).settings
    return Checks(Signer(settings.link_key.get_secret_value(), "address-check"), settings.check_time)


UsedChecks = Annotated[Checks, Depends(_checks)]


@router.get("/people/me/contact", summary="How oneself is written to")
@shows("contact")
async def get_own_contact(session: Reading, caller: Oneself, response: Response) -> ContactOut:
    return etag.tagged(await queries.own(session, caller), response)


@router.put("/people/me/contact", summary="Change how oneself is written to", responses=TAKEN)
@shows("contact")
async def put_own_contact(
    document: ContactIn, session: Transaction, caller: Oneself, checks: UsedChecks, seen: etag.Seen, response: Response
) -> ContactOut:
    await commands.set_own(session, document, seen, checks, caller)
    return etag.tagged(await queries.own(session, caller), response)


@router.post(
    "/people/me/contact/check",
    summary="Show that an address is one's own, by the link sent to it",
    responses=TAKEN | STALE,
)
@shows("contact")
async def check_own_address(
    document: TokenIn, session: Transaction, caller: Oneself, checks: UsedChecks, response: Response
) -> ContactOut:
    await commands.check_own(session, document.token, checks, caller)
    return etag.tagged(await queries.own(session, caller), response)


@router.get("/people/{person_id}/contact", summary="How a person is written to")
@shows("contact")
async def get_contact(person_id: UUID, session: Reading, caller: OwnAgency, response: Response) -> ContactOut:
    return etag.tagged(await queries.contact(session, person_id, caller), response)


@router.put("/people/{person_id}/contact", summary="Change how a person is written to", responses=TAKEN)
@shows("contact")
async def put_contact(
    person_id: UUID,
    document: ContactIn,
    session: Transaction,
    caller: OwnAgency,
    checks: UsedChecks,
    seen: etag.Seen,
    response: Response,
) -> ContactOut:
    await commands.set_contact(session, person_id, document, seen, checks, caller)
    return etag.tagged(await queries.contact(session, person_id, caller), response)


@uploads.post("/contacts:batch", summary="Change how people are written to, by id or NIP")
async def upload_contacts(
    caller: OwnAgency, checks: UsedChecks, lines: Annotated[Lines[ContactLine], Depends(lines_of(ContactLine))]
) -> StreamingResponse:
    return await lines.answer(lambda session, given: commands.set_contacts(session, given, checks, caller))
