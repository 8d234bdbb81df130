"""The books after a trial, checked from outside: what clients were told, databases, topics and mails must agree.

The first ten invariants are those of the design (performance.md 6); `jejak_local.books.agreement` and the services' own
invariants hold a part of them. Three are seen only while things happen: clients and faults note them in `Arena.wrong`.
"""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from chaos.address_books import UNTOLD, told_of
from chaos.arena import BROKEN, Arena
from chaos.clients import YEAR, History
from chaos.courses import HOURS
from chaos.desk_books import objections, papers
from chaos.faults import AGAIN
from chaos.findings import differences, finding
from chaos.mentoring_books import MENTORING, applicants, completions, recognitions, sessions
from chaos.platform_books import FROM_PLATFORMS, finished, statements
from common.invariants import find_broken
from common.messages.dead_letters import listed
from common.service import Service
from common.store.database import Database
from contracts.topics import (
    ACCESS,
    AGENCIES,
    CONTACTS,
    DUTIES,
    IDENTIFIERS,
    PEOPLE,
    POSTS,
    RECORDS,
    RESTRICTIONS,
    TOPICS,
    UNITS,
)
from jejak_local.books import CONSUMING, EMITTING, READERS, Finding, agreement, ask, lag, records, rest, rows
from jejak_local.services import parts_of, services


class Copied(NamedTuple):
    """A table of the registry that others copy: its id, the topic, the copy with its key, and what it calls its version."""

    table: str
    id: str
    topic: str
    copy: str
    key: str
    version: str = "version"


COPIED = (
    Copied("people", "id", PEOPLE.name, "people", "person_id"),
    Copied("agencies", "id", AGENCIES.name, "agencies", "agency_id"),
    Copied("units", "id", UNITS.name, "units", "unit_id"),
    Copied("posts", "id", POSTS.name, "established_posts", "post_id"),
    Copied("contacts", "person_id", CONTACTS.name, "contacts", "person_id"),
    Copied("delegations", "id", DUTIES.name, "deputies", "delegation_id"),
    Copied("restrictions", "person_id", RESTRICTIONS.name, "restrictions", "person_id", "sequence"),
    Copied("identified", "subject_id", IDENTIFIERS.name, "siasn_ids", "subject_id"),
)
HISTORIES = {"unit_states": UNITS.name, "post_states": POSTS.name, "holdings": PEOPLE.name}
"""Dated tables that copies have under the same name, with some of the columns."""
COLUMNS = "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'"
MAIL_DOMAIN = "example.org"


async def at_rest(arena: Arena) -> None:
    """Returns when nothing is on its way, mails and webhooks put off included."""
    while True:
        with contextlib.suppress(*BROKEN):  # a broker that has just come back does not yet know who coordinates what
            await rest(arena.stack)
            queued = await ask(arena.stack, "notification", "SELECT count(*) FROM messages WHERE state = 'queued'")
            if not queued and not await ask(arena.stack, "connectors", UNTOLD):
                return
        await asyncio.sleep(0.25)


async def audit(arena: Arena, histories: Sequence[History]) -> list[Finding]:
    """Every finding about all trials that this stack has seen; it must be at rest."""
    findings = await asyncio.gather(
        _answered_records(arena, histories),
        _answered_cases(arena, histories),
        _yearly_totals(arena, histories),
        _evidence(arena),
        _record_events(arena, histories),
        *(_copies(arena, copied) for copied in COPIED),
        *(_histories(arena, table, topic) for table, topic in HISTORIES.items()),
        _looks(arena, histories),
        applicants(arena, histories),
        sessions(arena, histories),
        completions(arena, histories),
        recognitions(arena, histories),
        objections(arena, histories),
        papers(arena, histories),
        statements(arena, histories),
        finished(arena, histories),
        told_of(arena),
        _dead_letters(arena),
        _nothing_left(arena),
        _shortfalls(arena),
        _mails(arena),
        *(_own_invariants(arena, service) for service in services()),
    )
    seen = finding("what clients saw: every answer right, counters grow, no credit before its record", arena.wrong)
    return [seen, *findings, *await agreement(arena.stack)]


async def _answered_records(arena: Arena, histories: Sequence[History]) -> Finding:
    stored = {
        (source, reference): facts
        for source, reference, *facts in await rows(
            arena.stack,
            "training",
            "SELECT source_name, reference, id::text, person_id::text, title, jp_stated, verified, state = 'revoked'"
            f" FROM records WHERE source_name <> '{MENTORING}' AND source_name NOT LIKE '{FROM_PLATFORMS}'",
        )
    }
    told = {
        (history.source, reference): [each.id, each.person, each.title, each.jp, each.verified, each.revoked]
        for history in histories
        for reference, each in history.records.items()
    }
    return finding(
        "1 each answered training is stored once, as it was answered last",
        differences(told, stored),
        f"{len(told):,} trainings",
    )


async def _answered_cases(arena: Arena, histories: Sequence[History]) -> Finding:
    stored = {
        (source, reference): facts
        for source, reference, *facts in await rows(
            arena.stack,
            "credit",
            "SELECT c.source_name, c.reference, c.id::text, c.person_id::text, c.predikat, c.state,"
            " coalesce(sum(e.twelfths), 0) FROM cases c LEFT JOIN entries e ON e.case_id = c.id GROUP BY c.id",
        )
    }
    told = {
        (history.source, reference): [
            case.id,
            case.person,
            case.predikat,
            case.state,
            case.twelfths if case.state == "attested" else Decimal(0),
        ]
        for history in histories
        for reference, case in history.cases.items()
    }
    return finding(
        "1, 2 each answered predikat is one case, in the state answered, credited by the law's formula",
        differences(told, stored),
        f"{len(told):,} cases",
    )


async def _yearly_totals(arena: Arena, histories: Sequence[History]) -> Finding:
    """The sums are made anew from what clients were told, not from the records stored.

    Of the sessions of a person's month two count, 2 JP each, verified ones before others; those of mentoring are verified.
    """
    expected: defaultdict[tuple[str, int], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    months: defaultdict[tuple[str, int, int], list[int]] = defaultdict(lambda: [0, 0])
    for history in histories:
        for told in history.records.values():
            if told.revoked:
                continue
            if told.jp is not None:
                expected[told.person, YEAR][0 if told.verified else 1] += told.jp
            for day in told.sessions:
                months[told.person, day.year, day.month][0 if told.verified else 1] += 1
        for cohort in history.cohorts:
            for met in cohort.told:
                months[cohort.pairs[met.pair].mentee, met.day.year, met.day.month][0] += 1
        for made in history.platforms:
            for person, _, day in made.finished:
                expected[person, day.year][0] += HOURS
    for (person, year, _), (verified, unverified) in months.items():
        counted = min(2, verified)
        expected[person, year][0] += 2 * counted
        expected[person, year][1] += 2 * (min(2, verified + unverified) - counted)
    laid = {
        (person, year): totals
        for person, year, *totals in await rows(
            arena.stack, "training", "SELECT person_id::text, year, verified, unverified FROM jp_ledger"
        )
        if totals != [0, 0]
    }
    wanted = {key: totals for key, totals in expected.items() if totals != [0, 0]}
    return finding(
        "3 each yearly total is the sum of what was answered",
        differences(wanted, laid),
        f"{len(laid):,} people and years",
    )


async def _evidence(arena: Arena) -> Finding:
    """What credit knows of each record, beside what the record says now."""
    stored = {
        record: facts
        for record, *facts in await rows(
            arena.stack,
            "training",
            "SELECT id::text, version, state = 'revoked', CASE state WHEN 'valid' THEN title END,"
            " CASE state WHEN 'valid' THEN jp_counted END, CASE state WHEN 'valid' THEN verified END FROM records",
        )
    }
    known = {
        record: facts
        for record, *facts in await rows(
            arena.stack,
            "credit",
            "SELECT record_id::text, CASE state WHEN 'revoked' THEN revoked_sequence ELSE sequence END,"
            " state = 'revoked', CASE state WHEN 'active' THEN title END, CASE state WHEN 'active' THEN jp_counted END,"
            " CASE state WHEN 'active' THEN verified END FROM evidence",
        )
    }
    return finding(
        "2 credit has assessed the newest version of each record",
        differences(stored, known),
        f"{len(known):,} records",
    )


async def _record_events(arena: Arena, histories: Sequence[History]) -> Finding:
    versions = {
        (record, version): 1
        for record, last in await rows(arena.stack, "training", "SELECT id::text, version FROM records")
        for version in range(1, last + 1)
    }
    traces = {told.id: told.trace for history in histories for told in history.records.values() if told.trace}
    ids: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    messages, untraced = 0, list[str]()
    async for header, _ in records(arena.stack.kafka.bootstrap, RECORDS.name):
        if AGAIN in header:
            continue
        record, version = header["ce_subject"], int(header["ce_sequence"])
        messages += 1
        ids[record, version].add(header["ce_id"])
        trace = header.get("traceparent", "")
        if not trace or (version == 1 and traces.get(record, "") not in trace):
            untraced.append(
                f"the trace of record {record}, version {version}, is {trace}, of its upload {traces.get(record)}"
            )
    return finding(
        "4, 9 one event for each version of each record, none without one, each with the trace of its upload",
        differences(versions, {key: len(found) for key, found in ids.items()}) + untraced,
        f"{messages:,} messages, {len(ids):,} events",
    )


async def _copies(arena: Arena, copied: Copied) -> Finding:
    """Readers of a compacted topic have the newest state of everyone, and so has the topic."""
    query = f"SELECT {copied.id}::text, {copied.version} FROM {copied.table} WHERE {copied.version} > 0"
    versions = dict(await rows(arena.stack, "registry", query))
    broken: list[str] = []
    for service in _readers(copied.topic):
        known = dict(await rows(arena.stack, service, f"SELECT {copied.key}::text, sequence FROM {copied.copy}"))
        broken += [f"{service}: {difference}" for difference in differences(versions, known)]
    published: dict[str, int] = {}
    async for headers, _ in records(arena.stack.kafka.bootstrap, copied.topic):
        if AGAIN not in headers:
            subject = headers["ce_subject"]
            published[subject] = max(published.get(subject, 0), int(headers["ce_sequence"]))
    broken += [f"topic: {difference}" for difference in differences(versions, published)]
    return finding(
        f"4 the newest state of all {copied.table} is published, and known to every reader",
        broken,
        f"{len(versions):,}",
    )


async def _histories(arena: Arena, table: str, topic: str) -> Finding:
    """What readers keep of a dated table is what the registry has: so every path and line of superiors is the same on any day."""
    broken: list[str] = []
    compared = 0
    for service in _readers(topic):
        columns = [
            name for (name,) in await rows(arena.stack, service, COLUMNS.format(table=table)) if name != "number"
        ]
        if columns:
            query = f"SELECT {', '.join(f'{column}::text' for column in sorted(columns))} FROM {table}"
            known, kept = await rows(arena.stack, service, query), await rows(arena.stack, "registry", query)
            compared += len(kept)
            broken += [f"{service}: {row} {'is too much' if row in known else 'is missing'}" for row in known ^ kept]
    return finding(f"4 {table} are the same in the registry and its readers", broken, f"{compared:,} rows")


def _readers(topic: str) -> list[str]:
    return [group.partition(".")[0] for group, read in READERS.items() if read == topic]


async def _looks(arena: Arena, histories: Sequence[History]) -> Finding:
    """Each look told of is kept once, and none is missing of those whose answer somebody has got."""
    kept = {look for (look,) in await rows(arena.stack, "registry", "SELECT id::text FROM looks")}
    told = {headers["ce_id"] async for headers, _ in records(arena.stack.kafka.bootstrap, ACCESS.name)}
    entries = {
        (viewer, person): number
        for viewer, person, number in await rows(
            arena.stack, "registry", "SELECT viewer, unnest(person_ids)::text, count(*) FROM looks GROUP BY 1, 2"
        )
    }
    answered = sum((history.looks for history in histories), Counter[tuple[str, str]]())
    broken = [
        f"look {look} is {'kept and was not told' if look in kept else 'told and not kept'}" for look in told ^ kept
    ]
    broken += [
        f"{viewer} was shown {person} {number} times, with {entries.get((viewer, person), 0)} entries"
        for (viewer, person), number in answered.items()
        if entries.get((viewer, person), 0) < number
    ]
    return finding(
        "1, 4 whoever was shown a record has left an entry",
        broken,
        f"{answered.total():,} looks, {len(kept):,} entries",
    )


async def _dead_letters(arena: Arena) -> Finding:
    buried = {
        (letter["dlq-consumer"], letter["dlq-origin"])
        for topic in TOPICS
        for letter in await listed(arena.stack.kafka.bootstrap, topic.name)
    }
    return finding(
        "6 the dead letters are exactly the poison",
        [f"{letter} {'not buried' if letter in arena.poison else 'buried'}" for letter in buried ^ arena.poison],
        f"{len(buried):,} dead letters",
    )


async def _nothing_left(arena: Arena) -> Finding:
    left = Counter(
        {f"outbox of {service}": await ask(arena.stack, service, "SELECT count(*) FROM outbox") for service in EMITTING}
    )
    for service in CONSUMING:
        left[f"waiting in {service}"] = await ask(arena.stack, service, "SELECT count(*) FROM waiting")
    left["lag"] = await lag(arena.stack.kafka.bootstrap)
    left["sweeps unfinished"] = await ask(arena.stack, "training", "SELECT count(*) FROM sweeps WHERE state <> 'done'")
    return finding("6 nothing is on its way or waits", [f"{what}: {number}" for what, number in left.items() if number])


async def _shortfalls(arena: Arena) -> Finding:
    """Whom training holds short, of whatever sweep, notification holds short too, and nobody else."""
    found = await rows(
        arena.stack, "training", "SELECT sweep_id::text, person_id::text, state = 'open' FROM shortfalls"
    )
    told = await rows(
        arena.stack,
        "notification",
        # Who is known later to have served elsewhere is listed by two agencies, and short in one.
        "SELECT sweep_id::text, person_id::text, bool_or(NOT coalesce(resolved, false))"
        " FROM listed_people LEFT JOIN resolutions USING (sweep_id, agency_id, person_id) GROUP BY 1, 2",
    )
    broken = [f"{sweep}, {person}, short: {short}" for sweep, person, short in found ^ told]
    return finding("7 training and notification agree who is short", broken, f"{len(found):,} shortfalls")


async def _mails(arena: Arena) -> Finding:
    """Each mail went out once, or once more when nobody could know that it had; its subject has the right number."""
    messages = {
        message_id: (state, recipient, in_doubt, short)
        for message_id, state, recipient, in_doubt, short in await rows(
            arena.stack,
            "notification",
            "SELECT id::text, state, recipient, in_doubt, CAST(messages.values ->> 'short' AS int) FROM messages"
            " WHERE round_id IS NOT NULL",
        )
    }
    arrived: defaultdict[str, list[str]] = defaultdict(list)
    for mail in arena.stack.mail.mails():
        arrived[mail.message["Message-ID"].strip("<>").removesuffix(f"@{MAIL_DOMAIN}")].append(mail.subject)
    broken = [f"a mail that is no message: {message_id}" for message_id in arrived.keys() - messages.keys()]
    for message_id, (state, recipient, in_doubt, short) in messages.items():
        subjects = arrived.get(message_id, [])
        if state == "sent" and not subjects:
            broken.append(f"{message_id} was sent and has not arrived")
        if len(subjects) > 1 and not in_doubt:
            broken.append(f"{message_id} arrived {len(subjects)} times, and its sender never was in doubt")
        if state in {"queued", "skipped"} and subjects and not in_doubt:
            broken.append(f"{message_id} is {state} and has arrived")
        if state == "failed" and recipient not in arena.unwilling:
            broken.append(f"{message_id} failed, though its server never refused it")
        said = {subject.replace(".", "") for subject in subjects}
        if len(said) > 1 or any(str(short) not in subject.split() for subject in said):
            broken.append(f"{message_id} speaks of {short} people in its books, and says {subjects}")
    return finding("7 each digest is mailed once, with the number of its books", broken, f"{len(messages):,} messages")


async def _own_invariants(arena: Arena, service: Service) -> Finding:
    database = Database(arena.stack.databases[service.name].url)
    held = service.invariants
    try:
        found = await find_broken(replace(parts_of(service), database=database), held)
    finally:
        await database.close()
    broken = [f"{each.invariant}: {each.broken} times, {each.examples}" for each in found]
    return finding(f"3, 7 {service.name}: its own invariants hold", broken, f"{len(held)} invariants")
