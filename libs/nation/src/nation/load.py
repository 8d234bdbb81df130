"""Loads a nation into a running stack, as any client would: through the public APIs and nothing else.

What has a bulk route goes in by it; exemptions are asked for one by one (`nation.orders`).
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing

import httpx2

from nation.faults import plant
from nation.generate import Line, Nation, Stream, encode
from nation.orders import exempt
from nation.session import SEND_AGAIN, Caller, LoadError, Session, Stack, connect, insist
from nation.summary import CaseSummary, Judge, LoadSummary, StreamSummary

CHUNK_BYTES = 64 * 1024
PAGE = 1000

WITNESSES = 128  # people sent last: enough to be on every partition, so that all are known when these are
PATIENCE = 120.0  # seconds to wait for the witnesses, and a second more for every 1,000 people
POLL = 0.25  # seconds
NOT_FOUND = 404

RETURN_EVERY = 50  # cases, of which the verifier returns one
RETURNS = 200  # at most; they go one by one
LEAVE_EVERY = 40  # cases, of which one is not checked and one is checked but not attested

Progress = Callable[[int, int, str], None]
"""Is told how much is done, of about how much, and of what."""


async def load(
    stack: Stack, nation: Nation, progress: Progress, transport: httpx2.AsyncBaseTransport | None = None
) -> LoadSummary:
    """Sends the nation with its planted faults, decides the credit cases, and says what became of it.

    Sending the same nation again changes nothing: its records are answered as duplicates. `transport`
    reaches the services in another way than by the network. Raises LoadError.
    """
    started = time.perf_counter()
    streams = list(nation.streams())
    async with connect(stack, transport) as session:
        loading = _Loading(session, nation, streams, progress)
        for stream in streams:
            if stream.path in {"trainings", "predicates"}:
                await loading.wait_until_known()
            await loading.send(stream)
        summary = LoadSummary(loading.summaries, agencies=loading.agencies())
        summary.streams["exemptions"] = await exempt(session, nation, loading.ids, progress)
        summary.cases = await _decide(session, summary.agencies, progress)
    summary.seconds = time.perf_counter() - started
    return summary


async def decide(
    stack: Stack,
    agencies: Mapping[str, str],
    progress: Progress,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> CaseSummary:
    """Decides the cases waiting in these agencies (code to id): a verifier checks, a validator attests.

    One case in fifty is returned, one in twenty left undecided. Raises LoadError.
    """
    async with connect(stack, transport) as session:
        return await _decide(session, agencies, progress)


class _Loading:
    """What one load has sent so far, and the ids it needs later."""

    def __init__(self, session: Session, nation: Nation, streams: Sequence[Stream], progress: Progress) -> None:
        self.summaries: dict[str, StreamSummary] = {}
        self._known = False
        self._session = session
        self._nation = nation
        self._progress = progress
        self._expected = Counter[str]()
        for stream in streams:
            self._expected[stream.label] += stream.expected
        last = [nation.person(number) for number in range(max(0, nation.people - WITNESSES), nation.people)]
        self._witnesses = [person.nip for person in last]
        self._rated_witnesses = [person.nip for person in last if person.jenjang]
        self._wanted = {
            *self._witnesses,
            *(nation.person(number).nip for number in (*nation.speakers, *nation.exempted)),
        }
        self.ids: dict[str, str] = {}

    def agencies(self) -> dict[str, str]:
        """The id of each agency by its code."""
        return {agency.code: self._id(agency.code) for agency in self._nation.agency_list}

    async def send(self, stream: Stream) -> None:
        """Uploads one stream and judges the answers."""
        caller = Caller(stream.role)
        if stream.scope:
            caller = Caller(stream.role, stream.scope.kind, self._id(stream.scope.key))
        summary = self.summaries.setdefault(stream.label, StreamSummary(stream.label))
        judge, keys, before = Judge(stream.name, summary), dict[int, str](), summary.sent
        started = time.perf_counter()
        lines = self._lines(stream, summary, judge, keys)
        answers = self._session.upload(caller, stream.service, f"{stream.path}:batch", lines)
        async with aclosing(answers):
            async for answer in answers:
                judge.hear(answer)
                if answer.line != judge.heard:
                    raise LoadError(
                        f"{stream.name}: line {judge.heard} has the answer of line {answer.line}. {SEND_AGAIN}"
                    )
                if answer.id and answer.line in keys:
                    self.ids[keys[answer.line]] = answer.id
        if judge.heard != summary.sent - before:
            raise LoadError(
                f"{stream.name}: {judge.heard} of {summary.sent - before} lines have an answer. {SEND_AGAIN}"
            )
        summary.seconds += time.perf_counter() - started
        self._tell(summary)

    async def _lines(
        self, stream: Stream, summary: StreamSummary, judge: Judge, keys: dict[int, str]
    ) -> AsyncIterator[bytes]:
        """The lines in chunks; foretells the faults, and notes in `keys` the lines whose ids are needed later."""
        chunk = bytearray()
        for number, planted in enumerate(plant(self._nation, stream), start=1):
            summary.sent += 1
            if planted.fault:
                judge.foretell(planted.fault)
            elif planted.good and (key := self._key(stream, planted.good)):
                keys[number] = key
            chunk += planted.body
            if len(chunk) >= CHUNK_BYTES:
                yield bytes(chunk)
                chunk.clear()
                self._tell(summary)
        yield bytes(chunk)

    async def wait_until_known(self) -> None:
        """Returns when training and credit know the people sent last: a record of an unknown person is refused."""
        if self._known:
            return
        caller = Caller("service")
        questions = [
            *(("training", f"people/{self._id(nip)}/jp", {"year": self._nation.year}) for nip in self._witnesses),
            *(("credit", f"people/{self._id(nip)}/credit", {}) for nip in self._rated_witnesses),
        ]
        patience = PATIENCE + self._nation.people / 1000
        deadline = time.monotonic() + patience
        for done, (service, path, query) in enumerate(questions):
            self._progress(done, len(questions), "waiting until training and credit know the people")
            while (response := await self._session.get(caller, service, path, **query)).status_code == NOT_FOUND:
                if time.monotonic() > deadline:
                    raise LoadError(
                        f"After {patience:.0f} s {service} still does not know all people of the registry. Do the relay of"
                        f" registry and the worker of {service} run? Look at their /readyz and logs. {SEND_AGAIN}"
                    )
                await asyncio.sleep(POLL)
            await insist(response, f"question whether {service} knows a person")
        self._known = True

    def _key(self, stream: Stream, line: Line) -> str | None:
        """Under which name the id of a line's answer is kept, if it is needed later."""
        if stream.label in {"agencies", "providers"}:
            return line["code"]
        if stream.label == "people":
            nip = "".join(filter(str.isdigit, line["nip"]))
            return nip if nip in self._wanted else None
        return None

    def _id(self, key: str) -> str:
        if key not in self.ids:
            refusals = (example for summary in self.summaries.values() for example in summary.unexpected.examples)
            first = next((f"{refusal.stream} line {refusal.line}: {refusal.got}" for refusal in refusals), "none seen")
            raise LoadError(
                f"The stack did not take an agency, provider or person that is needed later; first refusal: {first}."
                " `python -m nation generate --out DIR` writes the lines that were sent."
            )
        return self.ids[key]

    def _tell(self, summary: StreamSummary) -> None:
        self._progress(summary.sent, max(summary.sent, self._expected[summary.label]), summary.label)


async def _decide(session: Session, agencies: Mapping[str, str], progress: Progress) -> CaseSummary:
    summary = CaseSummary()
    for done, agency in enumerate(agencies.values()):
        progress(done, len(agencies), "credit cases, agency by agency")
        await _decide_of(session, agency, summary)
    progress(len(agencies), len(agencies), "credit cases, agency by agency")
    return summary


async def _decide_of(session: Session, agency: str, summary: CaseSummary) -> None:
    """Decides the submitted cases of an agency, as two people of it."""
    verifier, validator = Caller("verifier", "agency", agency), Caller("validator", "agency", agency)
    numbered = [*enumerate(await _submitted(session, verifier, agency), start=summary.found)]
    summary.found += len(numbered)
    to_check: list[tuple[int, str]] = []
    for number, case in numbered:
        if number % RETURN_EVERY == RETURN_EVERY - 1 and summary.returned < RETURNS:
            reason = {"reason": "Bukti penilaian kinerja belum lengkap"}
            await insist(await session.post(verifier, "credit", f"cases/{case}/return", reason), "return of a case")
            summary.returned += 1
        elif number % LEAVE_EVERY:
            to_check.append((number, case))
    checked = await _bulk(session, verifier, "check", to_check, summary)
    summary.checked += len(checked)
    to_attest = [(number, case) for number, case in checked if number % LEAVE_EVERY != LEAVE_EVERY // 2]
    summary.attested += len(await _bulk(session, validator, "attest", to_attest, summary))


async def _submitted(session: Session, verifier: Caller, agency: str) -> list[str]:
    """The ids of the cases that wait for a check; all are read before the first is decided."""
    cases: list[str] = []
    query: dict[str, str | int] = {"state": "submitted", "agency_id": agency, "limit": PAGE}
    while True:
        response = await session.get(verifier, "credit", "cases", **query)
        await insist(response, "list of submitted cases")
        page = response.json()
        cases += [case["id"] for case in page["items"]]
        if page["next"] is None:
            return cases
        query["after"] = page["next"]


async def _bulk(
    session: Session, caller: Caller, verb: str, cases: Sequence[tuple[int, str]], summary: CaseSummary
) -> list[tuple[int, str]]:
    """Those of the cases that were decided as asked."""

    async def body() -> AsyncIterator[bytes]:
        for start in range(0, len(cases), PAGE):
            yield b"".join(encode({"id": case}).encode() + b"\n" for _, case in cases[start : start + PAGE])

    decided: list[tuple[int, str]] = []
    if cases:
        async with aclosing(session.upload(caller, "credit", f"cases:{verb}", body())) as answers:
            async for answer in answers:
                if answer.status == "refused":
                    summary.refused[answer.code or answer.status] += 1
                else:
                    decided.append(cases[answer.line - 1])
    return decided
