"""Random operations on the ledger of credit by several writers at once, and what it must hold afterwards, counted apart from it.

For tests, which send some thousand, and for the bench, which sends as many as it has time for.
"""

import asyncio
import random
from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from common.store.database import Database
from contracts.actors import SYSTEM
from credit.cases.judging import present_segments
from credit.cases.opening import open_cases, reversal_of
from credit.cases.tables import cases
from credit.domain.books import Regulations

COEFFICIENTS = {"ahli_pertama": Decimal("12.5"), "ahli_muda": Decimal(25), "ahli_madya": Decimal("37.5")}
"""AK a year, as the regulation has them: said here again, so that the ledger is held against something else than itself."""
PERCENTS = {"sangat_baik": 150, "baik": 100, "butuh_perbaikan": 75, "kurang": 50, "sangat_kurang": 25}
ROLES = {"check": "verifier", "attest": "validator", "return": "verifier"}
SHARES = {"submit": 30, "check": 35, "attest": 30, "return": 3, "reverse": 2}
"""How often a writer does what, of a hundred."""
YEARS = (2023, 2024, 2025)

Place = tuple[UUID, str]
"""Of a person and a jenjang."""
Send = Callable[[str, Sequence[Mapping[str, Any]], str], Awaitable[list[dict[str, Any]]]]
"""Uploads lines to a bulk route in a role, and gives the answers in their order."""


class _Case(NamedTuple):
    place: Place
    twelfths: Decimal
    is_reversal: bool = False


@dataclass
class Writers:
    """Those who write, what they know of all cases, and what the ledger must hold by that.

    `people` have their jenjang; a wave of a writer is of `lines` operations of one kind. What writers do overlaps: they rate the same months and
    decide the same cases at once, and most of it is refused to all but one.
    """

    send: Send
    database: Database
    rules: Regulations
    now: datetime
    people: Sequence[Place]
    lines: int
    operations: int = 0
    answers: Counter[str] = field(default_factory=Counter[str])
    balances: defaultdict[Place, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    entries: Counter[Place] = field(default_factory=Counter[Place])
    _cases: dict[str, _Case] = field(default_factory=dict[str, _Case])
    _waiting: dict[str, list[str]] = field(default_factory=lambda: {"check": [], "attest": [], "reverse": []})

    async def write(self, operations: int, writers: int, seed: int) -> None:
        """Sends at least so many operations, by so many writers at once."""
        await asyncio.gather(*(self._writer(random.Random(f"{seed}/{n}"), n, operations) for n in range(writers)))
        # In whatever order they came to write, some of what was attested is taken back.
        last = random.Random(seed)
        await self._reverse(last)
        await self._decide(last, "check")
        await self._decide(last, "attest")

    async def broken(self) -> list[Any]:
        """The balances, and sums of entries, that are not what the answers make them."""
        async with self.database.reading() as session:
            balances = {
                (row.person_id, row.jenjang): (row.twelfths, row.entries)
                for row in await session.execute(text("SELECT * FROM balances"))
            }
            sums = {
                (row.person_id, row.jenjang): (row.twelfths, row.entries)
                for row in await session.execute(
                    text(
                        "SELECT person_id, jenjang, sum(twelfths) AS twelfths, count(*) AS entries FROM entries GROUP BY 1, 2"
                    )
                )
            }
        said = {place: (self.balances[place], entries) for place, entries in self.entries.items()}
        places = said.keys() | balances.keys() | sums.keys()
        return [place for place in places if not said.get(place) == balances.get(place) == sums.get(place)]

    async def _writer(self, rng: random.Random, number: int, operations: int) -> None:
        wave = 0
        while self.operations < operations:
            wave += 1
            [what] = rng.choices(list(SHARES), list(SHARES.values()))
            if what == "submit":
                await self._submit(rng, f"{number}/{wave}")
            elif what == "reverse":
                await self._reverse(rng)
            else:
                await self._decide(rng, what)

    async def _submit(self, rng: random.Random, wave: str) -> None:
        made = [self._predicate(rng, f"{wave}/{n}") for n in range(self.lines)]
        answers = await self._sent("predicates:batch", [line for line, _ in made], "service")
        for answer, (_, case) in zip(answers, made, strict=True):
            if answer["status"] == "stored":
                self._cases[answer["id"]] = case
                self._waiting["check"].append(answer["id"])

    def _predicate(self, rng: random.Random, reference: str) -> tuple[dict[str, Any], _Case]:
        place, predikat = rng.choice(self.people), rng.choice(list(PERCENTS))
        year, month = rng.choice(YEARS), rng.randint(1, 12)
        line = {
            "source_name": "acak", "reference": reference, "person_id": str(place[0]), "predikat": predikat,
            "period_start": str(date(year, month, 1)), "period_end": str(date(year, month, monthrange(year, month)[1])),
        }  # fmt: skip
        return line, _Case(place, PERCENTS[predikat] * COEFFICIENTS[place[1]] / 100)

    async def _decide(self, rng: random.Random, act: str) -> None:
        """Decides cases that others may be deciding at the same moment."""
        pool = self._waiting["attest" if act == "attest" else "check"]
        chosen = rng.sample(pool, min(self.lines, len(pool)))
        if not chosen:
            return
        if act == "return":
            lines = [{"id": each, "act": "return", "reason": "Berkas kurang"} for each in chosen[: self.lines // 10]]
            answers = await self._sent("cases:decide", lines, ROLES[act])
        else:
            answers = await self._sent(f"cases:{act}", [{"id": each} for each in chosen], ROLES[act])
        moved = {answer["id"] for answer in answers if answer["status"] == "updated"}
        # What was not moved, another writer has moved meanwhile.
        gone = {*chosen[: len(answers)]}
        pool[:] = [each for each in pool if each not in gone]
        if act == "check":
            self._waiting["attest"] += sorted(moved)
        elif act == "attest":
            self._book(moved)

    def _book(self, attested: set[str]) -> None:
        for each in sorted(attested):
            case = self._cases[each]
            self.balances[case.place] += case.twelfths
            self.entries[case.place] += 1
            if not case.is_reversal:
                self._waiting["reverse"].append(each)

    async def _reverse(self, rng: random.Random) -> None:
        """Opens reversals of attested cases, as the service does by itself when their ground has gone."""
        pool = self._waiting["reverse"]
        chosen = rng.sample(pool, min(self.lines, len(pool)))
        pool[:] = [each for each in pool if each not in {*chosen}]
        if not chosen:
            return
        ids = [UUID(each) for each in chosen]
        async with self.database.transaction() as session:
            given = await present_segments(session, ids)
            rows = (await session.execute(cases.select().where(cases.c.id.in_(ids)))).all()
            new = [reversal_of(row, given[row.id]) for row in rows]
            await open_cases(session, new, SYSTEM, self.rules, self.now)
        self.operations += len(new)
        self.answers["reversal"] += len(new)
        for case in new:
            taken = self._cases[str(case.reverses)]
            self._cases[str(case.id)] = taken._replace(twelfths=-taken.twelfths, is_reversal=True)
            self._waiting["check"].append(str(case.id))

    async def _sent(self, path: str, lines: Sequence[Mapping[str, Any]], role: str) -> list[dict[str, Any]]:
        answers = await self.send(path, lines, role)
        self.operations += len(lines)
        self.answers.update(answer.get("code") or answer["status"] for answer in answers)
        return answers
