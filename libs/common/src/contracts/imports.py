"""Imports of spreadsheets: a file is taken in as it is, read to lines by a job, and handed to a use case chunk by chunk.

A service says which kinds of rows it takes (`Kind`), each by a use case that it has already for many at once. An import is
done by the use case with the rights that whoever sent it had then; a row is answered as a line of an upload is. What was
refused is given back in the format of the file, with the reasons beside it, and may be sent again when it is mended.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer
from common.ids import derived_id
from common.parts import Parts
from common.refused import Refused
from common.runner import Step, Turn
from common.service import Command
from common.spreadsheets import reading, writing
from common.spreadsheets.columns import ADDED, Column
from common.store.files import Files
from common.store.jobs import order
from common.store.outbox import attempt, rehearsal
from common.texts import LANGUAGES
from common.web.bulk import in_halves
from common.web.problems import Catalogue, from_validation
from contracts.callers import Caller, Predecessor
from contracts.retention import FILES
from contracts.rights import Right
from contracts.roles import IDS, named

JOB = "import"
CHUNK = 500
"""Rows of one transaction, as of an upload of lines (ADR 0019)."""
MOST_BYTES = 128 * 1024 * 1024
"""Bytes of a file: a million rows of twelve columns have 60 MB as XLSX, and 110 MB as CSV."""

Handle = Callable[[AsyncSession, Sequence[Any], Caller[Any]], Awaitable[Sequence[Answer]]]
"""The use case for many: it answers each, in order. It may be called again with half of them."""
Problem = Mapping[str, Any]
"""Code, field and values of what is wrong; of another service's answer also the words for it, by language."""
WAITS: Problem = {"code": "import-row-waits", "field": None, "values": {}}
"""What is told of a row that nobody has decided about."""
Known = Callable[[AsyncSession, Sequence[UUID]], Awaitable[Mapping[UUID, Problem | None]]]


@dataclass(frozen=True)
class Kind:
    """What rows of a kind are: who may send them, what their columns are, which document each becomes, and who takes it.

    `later` are the codes of what a further row of the same file may bring about, such as the post above another:
    such a row is tried again when all others are done, for as long as that helps.
    """

    right: Right
    summary: str
    columns: Sequence[Column]
    model: type[BaseModel]
    handle: Handle
    later: frozenset[str] = frozenset()
    answers: Known | None = None
    """For what another service has to answer: what is known of its answers already; the others wait for `note_answers`."""


class Line(NamedTuple):
    """A row as it was read: its number in the file, its values, what is wrong with its cells, and where its line begins."""

    number: int
    values: dict[str, Any]
    refused: list[Refused]
    at: int


async def take_in(
    session: AsyncSession, kind: str, import_id: UUID, media_type: str, size: int, dry_run: bool, caller: Caller[Any]
) -> None:
    """Records a file that is in the store, and orders its import."""
    job_id = await order(session, JOB, {"import": import_id}, caller.subject)
    await session.execute(
        text(
            "INSERT INTO imports (id, kind, media_type, size, dry_run, sent_by, caller, sent_at, job_id)"
            " VALUES (:id, :kind, :media_type, :size, :dry_run, :sent_by, CAST(:caller AS jsonb), :sent_at, :job_id)"
        ),
        {
            "id": import_id,
            "kind": kind,
            "media_type": media_type,
            "size": size,
            "dry_run": dry_run,
            "sent_by": caller.subject,
            "caller": json.dumps(_kept(caller), default=str),
            "sent_at": caller.now,
            "job_id": job_id,
        },
    )


async def refused_of(session: AsyncSession, import_id: UUID) -> list[tuple[int, Any]]:
    """Where the line of each row begins that was refused or still waits, and what is wrong with it."""
    rows = await session.execute(
        text("SELECT at, problems FROM import_rows WHERE import_id = :id AND status <> 'taken' ORDER BY row"),
        {"id": import_id},
    )
    return [(row.at, row.problems or [WAITS]) for row in rows]


async def find(session: AsyncSession, import_id: UUID, caller: Caller[Any]) -> Row[Any]:
    """An import that the caller has sent, for the agency or provider they speak for now, with how far its job is. Raises Refused `not-found`."""
    found = (
        await session.execute(
            text(
                "SELECT imports.*, jobs.state, jobs.done, jobs.total, jobs.problem,"
                " (SELECT count(*) FROM import_rows WHERE import_id = imports.id AND status = 'refused') AS refused,"
                " (SELECT count(*) FROM import_rows WHERE import_id = imports.id AND status = 'waiting') AS waiting,"
                " (SELECT count(*) FROM import_rows WHERE import_id = imports.id AND status = 'taken') AS taken"
                " FROM imports"
                " LEFT JOIN jobs ON jobs.id = imports.job_id"
                " WHERE imports.id = :id AND sent_by = :by AND NOT dropped"
                " AND caller -> 'claims' ->> 'agency' IS NOT DISTINCT FROM CAST(:agency AS text)"
                " AND caller -> 'claims' ->> 'provider' IS NOT DISTINCT FROM CAST(:provider AS text)"
            ),
            {
                "id": import_id,
                "by": caller.subject,
                "agency": caller.agency and str(caller.agency),
                "provider": caller.provider and str(caller.provider),
            },
        )
    ).one_or_none()
    if found is None:
        raise Refused("not-found")
    return found


def files_of(parts: Parts) -> Files:
    """The file store of a service that takes imports."""
    folder: Path = parts.settings.files
    return Files(folder)


def lines_id(import_id: UUID) -> UUID:
    """Under which id the rows stand as lines."""
    return derived_id("import-lines", import_id)


@dataclass(frozen=True)
class Importing:
    """The job that does the imports of a service: reads the file to lines, hands them over, writes down what was refused."""

    service: str
    """The name of its package, where its problems and texts are."""
    kinds: Mapping[str, Kind]

    async def step(self, session: AsyncSession, parts: Parts, turn: Turn) -> Step:
        """The next step of an import. One whose file is dropped meanwhile has nothing left to do.

        Raises Refused for a file that cannot be read at all.
        """
        found = (
            await session.execute(
                text("SELECT * FROM imports WHERE id = :id AND NOT dropped FOR UPDATE"), {"id": turn.plan["import"]}
            )
        ).one_or_none()
        if found is None:
            return Step(1, 1)
        match turn.position:
            case None:
                return await self._read(session, parts, found)
            case {"at": at, "done": done}:
                return await self._take(session, parts, found, at, done)
            case {"after": after, "settled": settled}:
                return await self._retry(session, parts, found, after, settled)
            case _:
                return await self._end(session, parts, found)

    async def _read(self, session: AsyncSession, parts: Parts, found: Row[Any]) -> Step:
        files = files_of(parts)
        source, lines = files.path(found.id), files.path(lines_id(found.id))
        count = await asyncio.to_thread(_to_lines, source, found.media_type, self.kinds[found.kind].columns, lines)
        await session.execute(text("UPDATE imports SET rows = :rows WHERE id = :id"), {"rows": count, "id": found.id})
        return Step(0, count, {"at": 0, "done": 0})

    async def _take(self, session: AsyncSession, parts: Parts, found: Row[Any], at: int, done: int) -> Step:
        lines, end = await asyncio.to_thread(_lines, files_of(parts).path(lines_id(found.id)), at, CHUNK)
        taken, refused = await self._answered(session, parts, found, lines)
        await _refuse(session, found.id, refused, self.kinds[found.kind].later)
        await _count(session, found, taken)
        if len(lines) == CHUNK:
            return Step(done + CHUNK, found.rows, {"at": end, "done": done + CHUNK})
        return Step(found.rows, found.rows, {"after": 0, "settled": 0})

    async def _retry(self, session: AsyncSession, parts: Parts, found: Row[Any], after: int, settled: int) -> Step:
        """Tries rows again that waited for others; a dry run has brought about nothing that they could wait for."""
        waiting: list[int] = []
        if not found.dry_run:
            waiting = list(await session.scalars(LATER, {"id": found.id, "after": after}))
        if not waiting:
            again = {"after": 0, "settled": 0} if settled else {"end": True}
            return Step(found.rows, found.rows, again)
        path = files_of(parts).path(lines_id(found.id))
        lines = await asyncio.to_thread(lambda: [_lines(path, at, 1)[0][0] for at in waiting])
        taken, refused = await self._answered(session, parts, found, lines)
        numbers = [line.number for line in lines]
        await session.execute(SETTLED, {"id": found.id, "numbers": numbers})
        await _refuse(session, found.id, refused, self.kinds[found.kind].later)
        await _count(session, found, taken)
        settled += sum(taken.values())
        return Step(found.rows, found.rows, {"after": numbers[-1], "settled": settled})

    async def _answered(
        self, session: AsyncSession, parts: Parts, found: Row[Any], lines: Sequence[Line]
    ) -> tuple[Counter[str], list[tuple[Line, list[Problem]]]]:
        """What became of each line: how many were taken as what, and what is wrong with each other."""
        kind, statuses = self.kinds[found.kind], self._catalogue.statuses
        adapter: TypeAdapter[Any] = TypeAdapter(kind.model)
        caller = _caller(found.caller, parts)
        good: list[tuple[Line, Any]] = []
        refused = {line.number: [_written(each) for each in line.refused] for line in lines if line.refused}
        for line in lines:
            if not line.refused:
                try:
                    good.append((line, adapter.validate_json(json.dumps(line.values))))
                except ValidationError as error:
                    wrong = error.errors(include_url=False, include_input=False)
                    refused[line.number] = [_written(each) for each in from_validation(wrong, statuses)]

        async def once(some: Sequence[tuple[Line, Any]]) -> Sequence[Answer]:
            async with (rehearsal if found.dry_run else attempt)(session):
                answers = await kind.handle(session, [document for _, document in some], caller)
                await session.flush()
                await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            return answers

        taken: Counter[str] = Counter()
        reported: list[tuple[Line, UUID]] = []
        for (line, _), answer in zip(good, await in_halves(good, once), strict=True):
            if isinstance(answer, Refused):
                refused[line.number] = [_written(answer)]
            elif kind.answers is None or found.dry_run:
                taken[answer.status] += 1
            else:
                reported.append((line, answer.id))
        if kind.answers is not None and reported:
            known = await kind.answers(session, [report_id for _, report_id in reported])
            refused |= {line.number: [no] for line, report_id in reported if (no := known.get(report_id)) is not None}
            waiting = [(line, report_id) for line, report_id in reported if report_id not in known]
            taken["taken"] += len(reported) - len(waiting) - sum(known.get(each) is not None for _, each in reported)
            await _await(session, found.id, waiting)
        return taken, [(line, refused[line.number]) for line in lines if line.number in refused]

    async def _end(self, session: AsyncSession, parts: Parts, found: Row[Any]) -> Step:
        await session.execute(
            text("UPDATE imports SET ended_at = :now WHERE id = :id"), {"now": parts.clock.now(), "id": found.id}
        )
        return Step(found.rows, found.rows)

    def write_refused(self, found: Row[Any], refused: Sequence[tuple[int, Any]], files: Files, target: Path) -> None:
        """Writes the rows of an import that were refused, in the format it came in. `refused` are places of lines and what is wrong."""
        written = self._refused_rows(self.kinds[found.kind], files.path(lines_id(found.id)), refused)
        writing.write(target, found.media_type, written)

    def _refused_rows(self, kind: Kind, lines: Path, refused: Sequence[tuple[int, Any]]) -> Iterator[list[str]]:
        """The headings, and each row as it came, with its number and what is wrong with it in both languages."""
        yield [*(column.indonesian for column in kind.columns), *(word for pair in ADDED.items() for word in pair)]
        titles = {column.name: column for column in kind.columns}
        with lines.open("rb") as file:
            for at, problems in refused:
                file.seek(at)
                number, values, _ = json.loads(file.readline())
                said = [
                    "; ".join(self._reason(problem, titles, language) for problem in problems) for language in LANGUAGES
                ]
                yield [*(str(values.get(column.name, "")) for column in kind.columns), str(number), str(number), *said]

    def _reason(self, problem: Mapping[str, Any], columns: Mapping[str, Column], language: Any) -> str:
        column = columns.get(problem["field"] or "")
        where = "" if column is None else f"{column.indonesian if language == 'id' else column.english}: "
        if "words" in problem:
            return where + problem["words"][language]
        return where + self._catalogue.message(Refused(problem["code"], **problem["values"]), language)

    @property
    def _catalogue(self) -> Catalogue:
        return Catalogue.load(Path(str(resources.files(self.service))))


LATER = text(
    f"SELECT at FROM import_rows WHERE import_id = :id AND later AND row > :after ORDER BY row LIMIT {CHUNK}"  # noqa: S608 - a number of our own
)
SETTLED = text("DELETE FROM import_rows WHERE import_id = :id AND row = ANY(CAST(:numbers AS int[]))")
NOTE = text(
    "INSERT INTO import_rows (import_id, row, at, later, status, problems, awaits)"
    " SELECT :id, r.row, r.at, r.later, r.status, r.problems, r.awaits FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
    " AS r(row int, at bigint, later boolean, status text, problems jsonb, awaits uuid)"
)
TOLD = text(
    "UPDATE import_rows i SET status = r.status, problems = r.problems"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(awaits uuid, status text, problems jsonb)"
    " WHERE i.awaits = r.awaits AND i.status = 'waiting'"
)


async def _refuse(
    session: AsyncSession, import_id: UUID, refused: Sequence[tuple[Line, Sequence[Problem]]], later: frozenset[str]
) -> None:
    await _note(
        session,
        import_id,
        [
            {
                "row": line.number,
                "at": line.at,
                "later": any(problem["code"] in later for problem in problems),
                "status": "refused",
                "problems": problems,
            }
            for line, problems in refused
        ],
    )


async def _await(session: AsyncSession, import_id: UUID, waiting: Sequence[tuple[Line, UUID]]) -> None:
    rows = [
        {"row": line.number, "at": line.at, "later": False, "status": "waiting", "awaits": report_id}
        for line, report_id in waiting
    ]
    await _note(session, import_id, rows)


async def _note(session: AsyncSession, import_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await session.execute(NOTE, {"id": import_id, "rows": json.dumps(rows, default=str)})


def answered(code: str, field: str | None, words: Mapping[str, str]) -> Problem:
    """What another service finds wrong with a row, in its own words."""
    return {"code": code, "field": field, "values": {}, "words": dict(words)}


async def note_answers(session: AsyncSession, answers: Mapping[UUID, Problem | None]) -> None:
    """Notes what another service has made of what rows became: taken (None), or refused. The first answer to each counts."""
    rows = [
        {"awaits": report_id, "status": "taken" if wrong is None else "refused", "problems": wrong and [wrong]}
        for report_id, wrong in answers.items()
    ]
    await session.execute(TOLD, {"rows": json.dumps(rows, default=str)})


async def _count(session: AsyncSession, found: Row[Any], taken: Counter[str]) -> None:
    if taken:
        counts = dict(Counter[str](found.counts) + taken)
        await session.execute(
            text("UPDATE imports SET counts = CAST(:counts AS jsonb) WHERE id = :id"),
            {"counts": json.dumps(counts), "id": found.id},
        )


def _written(refused: Refused) -> Problem:
    return {"code": refused.code, "field": refused.field, "values": refused.values}


def _to_lines(source: Path, media_type: str, columns: Sequence[Column], target: Path) -> int:
    """Writes the rows of a spreadsheet as lines, and counts them. Done again, it makes the same file."""
    count = 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as lines, closing(reading.read(source, media_type, columns)) as rows:
        for row in rows:
            wrong = [_written(refused) for refused in row.refused]
            lines.write(
                json.dumps([row.number, row.values, wrong], ensure_ascii=False).encode(errors="replace") + b"\n"
            )
            count += 1
    return count


def _lines(path: Path, at: int, most: int) -> tuple[list[Line], int]:
    """Lines from a place on, and where the next one begins."""
    lines: list[Line] = []
    with path.open("rb") as file:
        file.seek(at)
        for raw in islice(file, most):
            number, values, wrong = json.loads(raw)
            refused = [Refused(each["code"], each["field"], **each["values"]) for each in wrong]
            lines.append(Line(number, values, refused, at))
            at += len(raw)
    return lines, at


def _kept(caller: Caller[Any]) -> dict[str, Any]:
    """Whom an import is done for."""
    return {
        "subject": caller.subject,
        "roles": sorted(caller.roles),
        "token_roles": sorted(caller.token_roles),
        "claims": dict(caller.claims),
        "client": caller.client,
        "predecessors": [list(each) for each in caller.predecessors],
    }


def _caller(kept: Mapping[str, Any], parts: Parts) -> Caller[Any]:
    """Whoever has sent an import, with the rights they had then."""
    claims = {claim: UUID(said) if claim in IDS else said for claim, said in kept["claims"].items()}
    return Caller(
        subject=kept["subject"],
        named=named(*kept["roles"]),
        token_roles=frozenset(kept["token_roles"]),
        claims=claims,
        client=kept["client"],
        predecessors=frozenset(
            Predecessor(UUID(agency_id), date.fromisoformat(closed_on), heir)
            for agency_id, closed_on, heir in kept["predecessors"]
        ),
        clock=parts.clock,
        rules=parts.rules,
        nip_key=parts.settings.nip_key.get_secret_value(),
    )


async def drop_old(session: AsyncSession, parts: Parts) -> int:
    """Drops imports whose time is over, and those that an erasure has marked, with their files; counts them."""
    before = parts.clock.now() - FILES["imports"]
    ids = list(await session.scalars(OVER, {"before": before, "page": PAGE}))
    for import_id in ids:
        for each in (import_id, lines_id(import_id)):
            await files_of(parts).remove(each)
    await session.execute(text("DELETE FROM imports WHERE id = ANY(CAST(:ids AS uuid[]))"), {"ids": ids})
    return len(ids)


PAGE = 500
OVER = text("SELECT id FROM imports WHERE dropped OR sent_at < :before ORDER BY id LIMIT :page FOR UPDATE")


async def _drop(_: argparse.Namespace, parts: Parts) -> int:
    dropped, some = 0, PAGE
    while some == PAGE:
        async with parts.database.transaction() as session:
            some = await drop_old(session, parts)
        dropped += some
    print(json.dumps({"dropped": dropped}))  # noqa: T201 - a command talks to its user
    return 0


DROP = Command(
    _drop, description="Drop the spreadsheets whose time is over, with what was refused of them.", daily=True
)
"""`python -m SERVICE drop-imports`."""
