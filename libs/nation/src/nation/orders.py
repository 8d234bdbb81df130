"""What is asked for one request at a time: exemptions from the duty, addresses that are shown to be somebody's, reforms of agencies."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import httpx2

from nation.faults import plant
from nation.generate import Line, Nation, Stream, encode
from nation.session import Caller, LoadError, Session, Stack, connect, insist
from nation.summary import Answer, Judge, StreamSummary

POLL = 0.25  # seconds
JOB_PATIENCE = 600.0  # seconds for one reform
LEAVE_EVERY = 4  # exemptions, of which one is not decided: it stays asked for, and cannot be asked for again
PAGE = 1000
LAN = Caller("lan")

Send = Callable[[Line], Awaitable[Answer]]


async def exempt(
    session: Session, nation: Nation, ids: Mapping[str, str], progress: Callable[[int, int, str], None]
) -> StreamSummary:
    """Has people ask for exemptions, and the HR of their agencies approve most; `ids` gives people by NIP, agencies by code.

    Raises LoadError.
    """
    stream = nation.exemption_stream()
    summary = StreamSummary(stream.label)
    agency_of = {nation.person(number).nip: nation.person(number).agency.code for number in nation.exempted}

    async def ask(line: Line) -> Answer:
        nip = line["nip"]
        body = {"person_id": ids[nip]} | {name: value for name, value in line.items() if name != "nip"}
        return _answer(await session.post(Caller("person", "person", ids[nip]), stream.service, stream.path, body))

    async for line, answer in _ask_each(nation, stream, summary, ask):
        progress(summary.sent, max(summary.sent, stream.expected), stream.label)
        if answer.status == "stored" and summary.stored % LEAVE_EVERY:
            hr = Caller("agency_hr", "agency", ids[agency_of[line["nip"]]])
            path = f"exemptions/{answer.id}/approve"
            await insist(await session.post(hr, "training", path, {}), "approval of an exemption")
    return summary


async def claim(
    stack: Stack,
    nation: Nation,
    token_for: Callable[[str], Awaitable[str]],
    transport: httpx2.AsyncBaseTransport | None = None,
) -> StreamSummary:
    """Has a few people of a nation that is loaded follow the link they were mailed: from then on nobody else has their address.

    `token_for` gives what the link holds that was mailed to an address. Raises LoadError.
    """
    stream = nation.address_stream()
    summary = StreamSummary(stream.label)
    async with connect(stack, transport) as session:

        async def say(line: Line) -> Answer:
            async with aclosing(
                session.upload(Caller(stream.role), stream.service, f"{stream.path}:batch", _one(line))
            ) as answers:
                return await anext(answers)

        async for line, answer in _ask_each(nation, stream, summary, say):
            if answer.status != "refused" and answer.id:
                owner = Caller("person", "person", answer.id)
                shown = {"token": await token_for(line["email"])}
                path = "people/me/contact/check"
                await insist(await session.post(owner, stream.service, path, shown), "check of an address")
    return summary


async def reform(stack: Stack, nation: Nation, transport: httpx2.AsyncBaseTransport | None = None) -> StreamSummary:
    """Merges and splits the agencies of a nation that is loaded, and returns when all who served there have moved.

    Once it is done the nation cannot be sent again: a closed agency takes nothing. Raises LoadError.
    """
    stream = nation.reform_stream()
    summary = StreamSummary(stream.label)
    async with connect(stack, transport) as session:
        agencies = {item["code"]: item["id"] async for item in _all(session, "agencies")}

        async def order(line: Line) -> Answer:
            ends = agencies[line["agency_code"]]
            codes = {code for share in line["shares"] for code in share.get("unit_codes", ())}
            units = (
                {item["code"]: item["id"] async for item in _all(session, f"agencies/{ends}/units")} if codes else {}
            )
            shares: list[Line] = []
            for share in line["shares"]:
                named = [units[code] for code in share["unit_codes"]] if "unit_codes" in share else None
                shares.append({"agency_id": agencies[share["agency_code"]], "unit_ids": named})
            body = {"agency_id": ends, "on": line["on"], "shares": shares}
            response = await session.post(LAN, stream.service, stream.path, body)
            if response.is_success:
                await _done(session, response.json()["job_id"])
            return _answer(response)

        async for _ in _ask_each(nation, stream, summary, order):
            pass
    return summary


async def _ask_each(
    nation: Nation, stream: Stream, summary: StreamSummary, send: Send
) -> AsyncIterator[tuple[Line, Answer]]:
    """Sends each line of a stream, planted faults among them, and gives it with its answer."""
    judge = Judge(stream.name, summary)
    started = time.perf_counter()
    for number, planted in enumerate(plant(nation, stream), start=1):
        if planted.fault:
            judge.foretell(planted.fault)
        summary.sent += 1
        line = json.loads(planted.body)
        answer = replace(await send(line), line=number)
        if answer.code == "periods-overlap" and planted.fault is None:
            answer = Answer(number, "duplicate")  # it was stored the first time
        judge.hear(answer)
        yield line, answer
    summary.seconds = time.perf_counter() - started


def _answer(response: httpx2.Response) -> Answer:
    """An answer as a bulk route would have given it to its first line."""
    body: dict[str, Any] = response.json()
    if response.is_success:
        return Answer(1, "stored", body["id"])
    return Answer(1, "refused", code=body["code"], field=body.get("field"))


async def _one(line: Line) -> AsyncIterator[bytes]:
    yield encode(line).encode() + b"\n"


async def _done(session: Session, job: str) -> None:
    """Returns when a job is done."""
    deadline = time.monotonic() + JOB_PATIENCE
    while True:
        response = await session.get(LAN, "registry", f"jobs/{job}")
        await insist(response, "question how far a reform is")
        state = response.json()["state"]
        if state == "done":
            return
        if state not in {"queued", "running"} or time.monotonic() > deadline:
            raise LoadError(
                f"A reform is {state} and not done: look at its job {job}, and at the log of registry's jobs."
            )
        await asyncio.sleep(POLL)


async def _all(session: Session, path: str) -> AsyncIterator[dict[str, Any]]:
    """Everything on the pages of a list of the registry."""
    query: dict[str, str | int] = {"limit": PAGE}
    while True:
        response = await session.get(LAN, "registry", path, **query)
        await insist(response, f"list of {path}")
        page = response.json()
        for item in page["items"]:
            yield item
        if page["next"] is None:
            return
        query["after"] = page["next"]
