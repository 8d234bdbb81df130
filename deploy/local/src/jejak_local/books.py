"""The books, checked from outside: what the databases, the topics and the mailbox say must agree.

Each service checks itself (`python -m training check`); here stands what no service can see alone.
"""

import asyncio
import json
import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from common.messages.fetching import FETCH_BYTES, take
from jejak_local.services import parts_of, services
from jejak_local.stack import Stack, command

SERVICES = services()
READERS = {each.name: each.topic.name for service in SERVICES for each in service.subscriptions(parts_of(service))}
"""The consumer groups, and the topic each reads."""
EMITTING = [service.name for service in SERVICES if service.emits]
CONSUMING = [service.name for service in SERVICES if service.consumes]
POLL_SECONDS = 0.25

ADDRESSES = """
SELECT lower(unnest(ARRAY[email, check_email])) FROM contacts
UNION SELECT lower(pic ->> 'email') FROM agencies CROSS JOIN jsonb_array_elements(pics) AS pic
UNION SELECT lower(recipient) FROM messages
"""
"""The addresses of all who can be written to, and who were."""
FINGERPRINT = "SELECT count(*)::text || ' ' || coalesce(md5(string_agg({id}::text, '' ORDER BY {id})), '') FROM {table}"


UNREAD = """
SELECT count(*) FROM statements s LEFT JOIN readings r USING (connection_id)
WHERE r.connection_id IS NULL OR (s.stored, s.position) > (r.stored, r.position)
"""
"""Statements that were stored and not read yet."""
TOLD = "SELECT id::text, version, coalesce(record_id::text, '') FROM reports WHERE version > 0 AND answered = version"
STANDING = "SELECT report_id::text, version, CASE WHEN stands THEN record_id::text ELSE '' END FROM reported_records"


@dataclass(frozen=True)
class Finding:
    """One thing that must hold, whether it does, and the figures it was judged by."""

    holds: str
    ok: bool
    figures: str


async def rest(stack: Stack, *, seconds: float = 300) -> None:
    """Returns when nothing is on its way: outboxes empty, consumers at the end, no mail due.

    Seen twice in a row, since what arrives may set something off. Raises TimeoutError.
    """
    quiet = 0
    async with asyncio.timeout(seconds):
        while quiet < 2:
            quiet = quiet + 1 if await _quiet(stack) else 0
            await asyncio.sleep(POLL_SECONDS)


async def _quiet(stack: Stack) -> bool:
    for service in EMITTING:
        if await ask(stack, service, "SELECT count(*) FROM outbox"):
            return False
    if await lag(stack.kafka.bootstrap):
        return False
    if await ask(stack, "connectors", UNREAD):
        return False
    return not await ask(stack, "notification", "SELECT count(*) FROM messages WHERE state = 'queued' AND attempts = 0")


async def ask(stack: Stack, service: str, query: str) -> Any:
    """One value from a service's database."""
    connection = await asyncpg.connect(stack.databases[service].dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def lag(bootstrap: str) -> int:
    """Events that some consumer group has not yet committed; of a partition it has committed nothing of, all."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    reader = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await admin.start()
    await reader.start()
    try:
        described = await admin.describe_topics(sorted({*READERS.values()}))
        parts = {
            topic["topic"]: [TopicPartition(topic["topic"], part["partition"]) for part in topic["partitions"]]
            for topic in described
        }
        every = [part for found in parts.values() for part in found]
        begins, ends = await reader.beginning_offsets(every), await reader.end_offsets(every)
        behind = 0
        for group, topic in READERS.items():
            offsets = await admin.list_consumer_group_offsets(group)
            for part in parts[topic]:
                behind += ends[part] - max(offsets[part].offset if part in offsets else 0, begins[part])
        return behind
    finally:
        await reader.stop()
        await admin.close()


async def event_ids(bootstrap: str, topic: str) -> Counter[tuple[str, str]]:
    """How often each (type, id) stands on a topic."""
    found: Counter[tuple[str, str]] = Counter()
    async for headers, _ in records(bootstrap, topic):
        found[headers.get("ce_type", ""), headers.get("ce_id", "")] += 1
    return found


async def records(bootstrap: str, topic: str) -> AsyncIterator[tuple[dict[str, str], bytes]]:
    """Headers and body of every record that a topic holds now."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    [described] = await admin.describe_topics([topic])
    await admin.close()
    reader = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, auto_offset_reset="earliest", max_partition_fetch_bytes=FETCH_BYTES
    )
    await reader.start()
    try:
        parts = [TopicPartition(topic, part["partition"]) for part in described["partitions"]]
        reader.assign(parts)
        ends = await reader.end_offsets(parts)
        while [part for part in parts if await reader.position(part) < ends[part]]:
            for batch in (await take(reader, bootstrap, timeout_ms=500, max_records=5_000)).values():
                for record in batch:
                    headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
                    yield headers, record.value or b""
    finally:
        await reader.stop()


async def balance(stack: Stack) -> list[Finding]:
    """Every finding, to be asked when the stack is at rest."""
    return [
        *await asyncio.gather(*(_own(stack, service) for service in stack.databases)),
        *await agreement(stack),
        await _every_record_went_out(stack),
        await _every_mail_arrived_once(stack),
        await _nothing_is_left_over(stack),
    ]


async def agreement(stack: Stack) -> list[Finding]:
    """What the services must agree about, whatever came to them how often and in which order."""
    return [
        await _every_record_is_assessed_once(stack),
        await _every_report_is_answered(stack),
        await _every_entry_went_out(stack),
        await _every_digest_says_what_the_sweep_found(stack),
        await _every_completion_is_answered(stack),
    ]


async def _own(stack: Stack, service: str) -> Finding:
    process = next(process for process in stack.processes.values() if process.service == service)
    child = await asyncio.create_subprocess_exec(
        *command(service, "check"),
        env={**os.environ, **process.environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await child.communicate()
    told = output.decode().strip().splitlines()
    ok = child.returncode == 0
    return Finding(f"{service}: its own invariants hold", ok, "all" if ok else " / ".join(told))


async def _every_record_is_assessed_once(stack: Stack) -> Finding:
    stored = await ask(stack, "training", FINGERPRINT.format(id="id", table="records"))
    assessed = await ask(stack, "credit", FINGERPRINT.format(id="record_id", table="evidence"))
    figures = f"{int(stored.split()[0]):,} records, {int(assessed.split()[0]):,} assessed"
    return Finding(
        "training → credit: the records assessed are exactly the records stored", stored == assessed, figures
    )


async def _every_report_is_answered(stack: Stack) -> Finding:
    told, standing = await rows(stack, "connectors", TOLD), await rows(stack, "training", STANDING)
    states = dict(await rows(stack, "connectors", "SELECT state, count(*) FROM reports GROUP BY state"))
    unanswered = await ask(stack, "connectors", "SELECT count(*) FROM reports WHERE answered < version")
    figures = ", ".join(f"{many:,} {state}" for state, many in sorted(states.items())) or "no reports"
    return Finding(
        "connectors → training: each report that was told is answered, and stands as the record that it says",
        told == standing and not unanswered,
        figures,
    )


async def _every_entry_went_out(stack: Stack) -> Finding:
    decisions = [json.loads(body) async for _, body in records(stack.kafka.bootstrap, "credit.decision.v1")]
    sent = {told["entry_id"] for told in decisions if "entry_id" in told}
    entries = await ask(stack, "credit", "SELECT coalesce(array_agg(id::text), '{}') FROM entries")
    return Finding(
        "credit → Kafka: one CreditVerified for each ledger entry, none without one",
        sent == set(entries),
        f"{len(entries):,} entries, {len(sent):,} events",
    )


async def _every_record_went_out(stack: Stack) -> Finding:
    kinds = await event_ids(stack.kafka.bootstrap, "training.record.v1")
    completed = sum(1 for kind, _ in kinds if kind.endswith("TrainingCompleted.v1"))
    stored = await ask(stack, "training", "SELECT count(*) FROM records")
    return Finding(
        "training → Kafka: one TrainingCompleted for each record",
        completed == stored,
        f"{stored:,} records, {completed:,} events",
    )


async def _every_digest_says_what_the_sweep_found(stack: Stack) -> Finding:
    swept = await rows(
        stack, "training", "SELECT sweep_id::text, coalesce(told_agency_id, agency_id)::text, count(*) FROM shortfalls s JOIN sweeps w ON w.id = s.sweep_id"
        " WHERE w.state = 'done' AND s.page > 0 GROUP BY 1, 2",
    )  # fmt: skip
    told = await rows(
        stack, "notification", "SELECT d.round_id::text, d.agency_id::text, d.listed FROM digests d JOIN rounds r ON r.id = d.round_id"
        " WHERE r.kind = 'sweep'",
    )  # fmt: skip
    return Finding(
        "training → notification: each digest lists whom the sweep found short",
        swept == told,
        f"{len(swept):,} agencies and rounds swept, {len(told):,} digests",
    )


async def _every_completion_is_answered(stack: Stack) -> Finding:
    told = await rows(
        stack, "mentoring", "SELECT id::text, version::bigint, record_id::text, answered::bigint FROM completions"
    )
    answered = await rows(
        stack, "training", "SELECT completion_id::text, version::bigint, record_id::text, version::bigint FROM mentored_records"
    )  # fmt: skip
    nobodys = await ask(
        stack, "training", "SELECT count(*) FROM records r WHERE source_name = 'mentoring' AND state <> 'revoked'"
        " AND NOT EXISTS (SELECT FROM mentored_records m WHERE m.record_id = r.id)",
    )  # fmt: skip
    records_of = len([each for each in answered if each[2]])
    return Finding(
        "mentoring → training: each completion told is answered, by its record or by why there is none",
        told == answered and not nobodys,
        f"{len(told):,} completions, {records_of:,} with a record",
    )


async def rows(stack: Stack, service: str, query: str) -> set[tuple[Any, ...]]:
    connection = await asyncpg.connect(stack.databases[service].dsn)
    try:
        return {tuple(row) for row in await connection.fetch(query)}
    finally:
        await connection.close()


async def _every_mail_arrived_once(stack: Stack) -> Finding:
    sent = await ask(stack, "notification", "SELECT count(*) FROM messages WHERE state = 'sent'")
    addresses = {address for (address,) in await rows(stack, "notification", ADDRESSES)}
    mails = stack.mail.mails()
    distinct = {mail.message["Message-ID"] for mail in mails}
    # A letter goes with whoever is erased, and then its address is nobody's any more.
    gone = {
        mail.message["Message-ID"]
        for mail in mails
        if addresses.isdisjoint(address.lower() for address in mail.recipients)
    }
    return Finding(
        "notification → SMTP: each message sent has arrived once",
        len(distinct) == len(mails) == sent + len(gone),
        f"{sent:,} sent, {len(mails):,} arrived, {len(distinct):,} distinct, {len(gone):,} to who was erased since",
    )


async def _nothing_is_left_over(stack: Stack) -> Finding:
    outboxes = sum([await ask(stack, service, "SELECT count(*) FROM outbox") for service in EMITTING])
    waiting = sum([await ask(stack, service, "SELECT count(*) FROM waiting") for service in CONSUMING])
    behind = await lag(stack.kafka.bootstrap)
    buried = await _dead_letters(stack.kafka.bootstrap)
    return Finding(
        "nothing on its way, waiting or buried",
        not (outboxes or waiting or behind or buried),
        f"outboxes {outboxes}, lag {behind}, waiting {waiting}, dead letters {buried}",
    )


async def _dead_letters(bootstrap: str) -> int:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    topics: Sequence[str] = [name for name in await admin.list_topics() if name.endswith(".dlq")]
    await admin.close()
    return sum([sum((await event_ids(bootstrap, topic)).values()) for topic in topics])
