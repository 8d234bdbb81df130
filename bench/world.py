"""What every benchmark stands on: a running stack, people in it, and clients."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from jejak_local.books import ask
from jejak_local.postgres import temporary_folder
from jejak_local.stack import Stack, running_stack

ROLES = {"training": ["api", "worker", "relay"], "credit": ["api", "worker", "relay"]}
SENDING_BYTES = 256 * 1024


@dataclass(frozen=True)
class World:
    """A stack with `people` known to every service: pairs of person id and NIP."""

    stack: Stack
    http: httpx2.AsyncClient
    people: Sequence[tuple[str, str]]

    async def upload(self, service: str, path: str, lines: Iterator[str]) -> list[dict[str, Any]]:
        """Streams lines to a bulk route and gives the answers; they are few enough to hold."""
        answers: list[dict[str, Any]] = []
        async with self.http.stream(
            "POST", f"{self.stack.url(service)}/v1/{path}", content=_chunks(lines), headers=await self._headers()
        ) as response:
            response.raise_for_status()
            answers.extend([json.loads(line) async for line in response.aiter_lines()])
        return answers

    async def post(self, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.http.post(f"{self.stack.url(service)}/v1/{path}", json=body, headers=await self._headers())
        answer.raise_for_status()
        return answer.json()

    async def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {await self.stack.token('service')}"}


async def _chunks(lines: Iterator[str]) -> AsyncIterator[bytes]:
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= SENDING_BYTES:
            yield ("\n".join(held) + "\n").encode()
            held, size = [], 0
    if held:
        yield ("\n".join(held) + "\n").encode()


def nips(number: int) -> Iterator[str]:
    """Valid NIPs of PNS, all different."""
    for index in range(number):
        day, serial = divmod(index, 999)
        year, day = divmod(day, 336)
        month, day = divmod(day, 28)
        yield f"{1970 + year}{month + 1:02}{day + 1:02}2010031{serial + 1:03}"


@asynccontextmanager
async def world(people: int) -> AsyncIterator[World]:
    """A fresh stack, every role a process of its own, with one agency and its people."""
    with temporary_folder("bench") as folder:
        async with running_stack(folder, roles=ROLES) as stack, httpx2.AsyncClient(timeout=None) as http:
            made = World(stack, http, [])
            agency = await made.post(
                "registry", "agencies", {"code": "B-1", "name": "Badan Uji", "kind": "L", "region": None}
            )
            written = list(nips(people))
            lines = (
                json.dumps(
                    {
                        "nip": nip, "name": "Pegawai", "staff_type": "PNS", "agency_id": agency["id"], "jenjang": "ahli_pertama",
                        "golongan": "III/a", "position": "Analis", "education": "S1", "joined_on": "2010-03-01",
                        "status": "active",
                    }
                )
                for nip in written
            )  # fmt: skip
            answers = await made.upload("registry", "people:batch", lines)
            for service in ("training", "credit"):
                while await ask(stack, service, "SELECT count(*) FROM people") < people:
                    await asyncio.sleep(0.2)
            yield World(stack, http, [(answer["id"], nip) for answer, nip in zip(answers, written, strict=True)])


def training(number: int, nip: str, *, source: str = "bench") -> dict[str, Any]:
    """A finished training as a learning platform sends it."""
    return {
        "source_name": source, "reference": f"{number:09}", "nip": nip, "form": "KL03",
        "title": "Pelatihan Teknis Pengelolaan Arsip Dinamis", "start_date": "2026-03-02", "end_date": "2026-03-04", "jp": "1.5",
        "competencies": ["arsip", "administrasi"], "evidence": f"https://lms.example/sertifikat/{number:09}",
    }  # fmt: skip


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
