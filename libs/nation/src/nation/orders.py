"""What people and LAN ask for one request at a time: exemptions from the duty, and reforms of agencies."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import httpx2

from nation.faults import plant
from nation.generate import Line, Nation, Stream
from nation.session import Caller, LoadError, Session, Stack, connect, insist
from nation.summary import Answer, Judge, StreamSummary

POLL = 0.25  # seconds
JOB_PATIENCE = 600.0  # seconds for one reform
LEAVE_EVERY = 4  # exemptions, of which one is not decided: it stays asked for, and cannot be asked for again
PAGE = 1000
LAN = Caller("lan")

Send = Callable[[Line], Awaitable[httpx2.Response]]


async def exempt(
    session: Session, nation: Nation, ids: Mapping[str, str], progress: Callable[[int, int, str], None]
) -> StreamSummary:
    """Has people ask for exemptions, and the HR of their agencies approve most; `ids` gives people by NIP, agencies by code.

    Raises LoadError.
    """
    stream = nation.exemption_stream()
    summary = StreamSummary(stream.label)
    agency_of = {nation.person(number).nip: nation.person(number).agency.code for number in nation.exempted}

    async def ask(line: Line) -> httpx2.Response:
        nip = line["nip"]
        body = {"person_id": ids[nip]} | {name: value for name, value in line.items() if name != "nip"}
        return await session.post(Caller("person", "person", ids[nip]), stream.service, stream.path, body)

    async for line, answer in _ask_each(nation, stream, summary, ask):
        progress(summary.sent, max(summary.sent, stream.expected), stream.label)
        if answer.status == "stored" and summary.stored % LEAVE_EVERY:
            hr = Caller("agency_hr", "agency", ids[agency_of[line["nip"]]])
            path = f"exemptions/{answer.id}/approve"
            await insist(await session.post(hr, "training", path, {}), "approval of an exemption")
    return summary


async def reform(stack: Stack, nation: Nation, transport: httpx2.AsyncBaseTransport | None = None) -> StreamSummary:
    """Merges and splits the agencies of a nation that is loaded, and returns when all who served there have moved.

    Once it is done the nation cannot be sent again: a closed agency takes nothing. Raises LoadError.
    """
    stream = nation.reform_stream()
    summary = StreamSummary(stream.label)
    async with connect(stack, transport) as session:
        agencies = {item["code"]: item["id"] async for item in _all(session, "agencies")}

        async def order(line: Line) -> httpx2.Response:
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
            return response

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
        answer = _answer(number, await send(line), known=planted.fault is None)
        judge.hear(answer)
        yield line, answer
    summary.seconds = time.perf_counter() - started


def _answer(number: int, response: httpx2.Response, *, known: bool) -> Answer:
    """An answer as a bulk route would have given it; what is asked for again was stored the first time."""
    body: dict[str, Any] = response.json()
    if response.is_success:
        return Answer(number, "stored", body["id"])
    if known and body["code"] == "periods-overlap":
        return Answer(number, "duplicate")
    return Answer(number, "refused", code=body["code"], field=body.get("field"))


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
