"""Python imports this before anything else in the services that `chaos.arena` starts: it has its folder on PYTHONPATH.

It makes the pages of a sweep small and the clock of mentoring a swift one, lets it be a month later where objections are
held granted, and plants the bug named by CHAOS_PLANTED. Each bug is one that somebody could have written; what it says here is
what is wrong.
"""

import asyncio
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any


def swap(place: Any, **things: Any) -> None:
    """Puts other things in the place of those with these names. Raises AttributeError when there are none."""
    for name, thing in things.items():
        getattr(place, name)
        setattr(place, name, thing)


def edited(words: str, old: str, new: str) -> str:
    """Raises ValueError when there is nothing to replace."""
    words.index(old)
    return words.replace(old, new)


def small_pages() -> None:
    from contracts.events import training

    swap(training, PEOPLE_A_PAGE=int(os.environ["CHAOS_PAGE"]))


def swift_clock() -> None:
    """From a day long ago on an hour is a second, on the same clock for all processes, whatever the machine's is set to."""
    from common.clock import Clock

    started, begins = json.loads(os.environ["CHAOS_SWIFT"])

    def now(_: Any) -> datetime:
        return datetime.fromtimestamp(begins + (monotonic() - started) * 3600, UTC)

    swap(Clock, now=now)


def later() -> None:
    """It is a month later: every objection that nobody has answered is late."""
    from common.clock import Clock

    real_now = Clock.now
    swap(Clock, now=lambda clock: real_now(clock) + timedelta(days=30))


def twice_in_a_file() -> None:
    """A line that stands twice in a file is stored once, and counted and announced twice."""
    from training.records import commands

    real_sent, real_claim, real_insert = commands.sent_before, commands._claim, commands.insert

    class Stored(dict[Any, Any]):
        before: frozenset[Any] = frozenset()

    async def sent_before(session: Any, sender: Any, keys: Any) -> Any:
        found = Stored(await real_sent(session, sender, keys))
        found.before = frozenset(found)
        return found

    def claim(caller: Any, facts: Any, line: Any, key: Any, nip: Any) -> Any:
        sent = {known: facts.sent[known] for known in facts.sent.before}
        claimed = real_claim(caller, replace(facts, sent=sent), line, key, nip)
        facts.sent.update(sent)
        return claimed

    async def insert(session: Any, drafts: Any, caller: Any) -> None:
        first: dict[Any, Any] = {}
        for draft in drafts:
            first.setdefault((draft.source_name, draft.reference), draft)
        await real_insert(session, list(first.values()), caller)

    swap(commands, sent_before=sent_before, _claim=claim, insert=insert)


def fresh_id() -> None:
    """A reference that comes again in an upload gets a new id, whose event goes out although nothing was stored."""
    from contracts.acting import Sender
    from training.records import commands

    real_sent, real_insert = commands.sent_before, commands.insert

    async def sent_before(session: Any, sender: Any, keys: Any) -> dict[Any, Any]:
        return {} if len(keys) > 1 else await real_sent(session, sender, keys)

    async def insert(session: Any, drafts: Any, caller: Any) -> None:
        sender = Sender(drafts[0].sender_kind, drafts[0].sender_id)
        sent = await real_sent(session, sender, [(draft.source_name, draft.reference) for draft in drafts])
        new = [draft for draft in drafts if (draft.source_name, draft.reference) not in sent]
        await real_insert(session, new, caller)

    swap(commands, sent_before=sent_before, insert=insert)


def answer_before_commit() -> None:
    """What was worked on is answered at once, and committed a little later."""
    from common.refused import Refused
    from common.web import bulk, joining

    async def work(database: Any, items: Any, handle: Any) -> Any:
        answered = asyncio.get_running_loop().create_future()

        async def behind() -> None:
            try:
                async with database.transaction() as session:
                    answered.set_result(list(await handle(session, items)))
                    await asyncio.sleep(0.05)
            except Exception:  # noqa: BLE001 - the bug
                if not answered.done():
                    answered.set_exception(Refused("unavailable"))

        asyncio.create_task(behind())
        return await answered if items else []

    swap(bulk, work=work)
    swap(joining, work=work)


def offset_before_database() -> None:
    """A consumer commits its offsets when it has fetched, not when the effects are stored."""
    from common.messages import consumer

    real_take = consumer.take

    async def take(kafka: Any, bootstrap: str, **options: Any) -> Any:
        fetched = await real_take(kafka, bootstrap, **options)
        if fetched:
            await kafka.commit({part: found[-1].offset + 1 for part, found in fetched.items()})
        return fetched

    swap(consumer, take=take)


def delete_before_ack() -> None:
    """The relay deletes rows of the outbox, and then publishes what was in them."""
    from common.messages import relay

    async def relay_once(connection: Any, kafka: Any, _floor: Any) -> int:
        rows = await connection.fetch(
            "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT 10) RETURNING id, topic, events"
        )
        for _, topic, events in sorted(rows):
            await relay.send(kafka, topic, relay.unpack(events)[1])
        return len(rows)

    swap(relay, relay_once=relay_once)


def no_poll() -> None:
    """The relay trusts in NOTIFY alone: it never looks whether the connection that hears it still lives."""
    from common.messages import relay

    async def carry(self: Any, connection: Any, kafka: Any) -> None:
        floor = relay.Floor()
        await connection.fetchval("SELECT pg_advisory_lock($1)", relay.RELAY_LOCK)
        while not self._stopping.is_set():
            self._wake.clear()
            while await relay.relay_once(connection, kafka, floor):
                pass
            await self._wake.wait()

    swap(relay.Relay, _carry=carry)


def no_lock_order() -> None:
    """People are locked in any order, and a deadlock is an error like any other."""
    from sqlalchemy import text

    from common.refused import Refused
    from common.store import transient
    from common.web import bulk, joining
    from roster import people

    async def work(database: Any, items: Any, handle: Any) -> Any:
        async def once() -> Any:
            async with database.transaction() as session:
                return list(await handle(session, items))

        try:
            return await bulk.insist(once, seconds=bulk.TRY_SECONDS, what="bulk chunk") if items else []
        except Exception as error:
            if bulk.is_transient(error):
                raise Refused("unavailable") from error
            return [Refused("internal-error")] * len(items)

    any_order = "md5(CAST(person_id AS text) || CAST(pg_backend_pid() AS text))"
    swap(people, LOCK=text(edited(people.LOCK.text, "ORDER BY person_id", f"ORDER BY {any_order}")))
    swap(transient, TRANSIENT_SQLSTATES=("08", "40001", "53", "55P03", "57", "58"))
    swap(bulk, work=work)
    swap(joining, work=work)


def no_row_lock() -> None:
    """Nobody holds people, and a ledger is read, added to in Python, and written back."""
    from sqlalchemy import text

    from roster import people
    from training.ledger import commands

    async def move(session: Any, moves: Any) -> set[Any]:
        given = commands.lists(commands.MOVE, moves)
        rows = await session.execute(
            text(
                "SELECT l.person_id, l.year, l.verified + given.verified, l.unverified + given.unverified"
                f" FROM {commands.unnest(commands.MOVE)} JOIN jp_ledger l USING (person_id, year)"
            ),
            given,
        )
        found = [tuple(row) for row in rows]
        await session.execute(
            text(
                "UPDATE jp_ledger l SET verified = given.verified, unverified = given.unverified"
                f" FROM {commands.unnest(commands.MOVE)} WHERE (l.person_id, l.year) = (given.person_id, given.year)"
            ),
            commands.lists(commands.MOVE, found),
        )
        return {(row[0], row[1]) for row in found}

    swap(people, LOCK=text(edited(people.LOCK.text, "FOR NO KEY UPDATE", "")))
    swap(commands, _move=move)


def digest_early() -> None:
    """A digest is mailed when its first page has come, not its last."""
    from sqlalchemy import text

    from notification.rounds import commands

    async def address_complete(session: Any, pages: Any, clock: Any, gathering: Any) -> None:
        keys = sorted({(one.round_id, one.agency_id) for one in pages})
        rows = await session.execute(
            text(
                f"{commands.ADDRESSED} JOIN unnest(CAST(:rounds AS uuid[]), CAST(:agencies AS uuid[]))"
                " AS asked(round_id, agency_id) USING (round_id, agency_id) WHERE state = 'collecting'"
            ),
            {"rounds": [key[0] for key in keys], "agencies": [key[1] for key in keys]},
        )
        await commands._address(session, rows.all(), clock, gathering)

    swap(commands, _address_complete=address_complete)


def ignores_sequence() -> None:
    """An older version of a person or a record overwrites a newer one."""
    from credit.evidence import commands as evidence
    from roster import copies

    real_insert = evidence.insert

    async def insert(session: Any, table: Any, columns: Any, rows: Any, then: str = "", **values: Any) -> Any:
        for name in ("people", "evidence"):
            then = then.replace(f"WHERE {name}.sequence < excluded.sequence", "")
        return await real_insert(session, table, columns, rows, then, **values)

    for module in (evidence, copies):
        swap(module, insert=insert)


def wall_clock() -> None:
    """Of two events about the same thing the newer one is whose clock said later, whatever their numbers say."""
    from common.messages import inbox

    real_process = inbox.Inbox.process
    newest: dict[tuple[str, bytes], bytes] = {}

    async def process(self: Any, records: Any) -> None:
        fresh = [record for record in records if is_newest(self.subscription.name, dict(record.headers))]
        await real_process(self, fresh)

    def is_newest(consumer: str, headers: dict[str, bytes]) -> bool:
        key, time = (consumer, headers["ce_subject"]), headers["ce_time"]
        newest[key] = max(newest.get(key, b""), time)
        return newest[key] == time

    swap(inbox.Inbox, process=process)


def poison_lost() -> None:
    """An event that cannot be applied is logged and forgotten."""
    from common.messages import inbox

    async def bury(*_: Any) -> None:
        return None

    swap(inbox.Inbox, _bury=bury)


def neighbours_lost() -> None:
    """A consumer that meets what it cannot unpack goes on behind it, and behind whatever came with it."""
    from common.messages import consumer

    async def take(kafka: Any, _bootstrap: str, **options: Any) -> Any:
        try:
            return await kafka.getmany(**options)
        except Exception:  # noqa: BLE001 - the bug
            await kafka.seek_to_end(*kafka.assignment())
            return {}

    swap(consumer, take=take)


def mail_lost() -> None:
    """A mail is taken for sent, whatever the SMTP server has answered."""
    from notification.messages import sender

    real_judge = sender.judge

    def judge(envelope: Any, handover: Any, now: Any, waits: Any) -> Any:
        accepted = dict.fromkeys(envelope.outstanding, sender.Answer(250, "OK"))
        return real_judge(envelope, replace(handover, answers=accepted), now, waits)

    swap(sender, judge=judge)


def seats_unheeded() -> None:
    """Whoever accepts an offer is in, however many of the mentor's seats are taken by then."""
    from mentoring.pairs import answers

    real_own = answers._own

    async def own(session: Any, pair_id: Any, caller: Any) -> Any:
        pair, _ = await real_own(session, pair_id, caller)
        return pair, SimpleNamespace(seats=sys.maxsize)

    swap(answers, _own=own)


def applicant_lost() -> None:
    """A run matches all mentees but the last."""
    from mentoring.runs import commands

    real_gather = commands.gather

    async def gather(*asked: Any) -> Any:
        case, left = await real_gather(*asked)
        return replace(case, mentees=case.mentees[:-1]), left

    swap(commands, gather=gather)


def both_at_once() -> None:
    """Nobody holds a pair: where both say at once that a session was held, each finds that the other has not."""
    from sqlalchemy import text

    from mentoring.pairs.reach import OneOfTwo, own_pair
    from mentoring.people import PEOPLE
    from mentoring.sessions import commands
    from roster import people

    async def held_pair(session: Any, pair_id: Any, caller: Any) -> Any:
        pair = await own_pair(session, pair_id, caller)
        both = await PEOPLE.lock(session, [pair.mentee_id, pair.mentor_id])
        return OneOfTwo(pair, "mentee" if pair.mentee_id == caller.person else "mentor", both)

    swap(people, LOCK=text(edited(people.LOCK.text, "FOR NO KEY UPDATE", "")))
    swap(commands, held_pair=held_pair)


def corrected_anew() -> None:
    """What mentoring tells of sessions is another record each time, also where it corrects what it has told."""
    from sqlalchemy import false

    from training.mentored import commands

    swap(commands, one_of=lambda *_: false())


def claims_recognised() -> None:
    """A mentor is recognised for every session of the year, also one that was taken back or that one of the two has told of."""
    from sqlalchemy import text

    from mentoring.recognition import commands

    def claimed(words: str) -> Any:
        told = edited(words, "s.held_on IS NOT NULL", "true")
        return text(edited(told, "p.mentor_id, s.held_on", "p.mentor_id, CAST(s.starts_at AS date) AS held_on"))

    swap(commands, DIFFERING=claimed(commands.DIFFERING.text), CHANGES=claimed(commands.CHANGES.text))


def end_untold() -> None:
    """That a deputy stands in for somebody is told, and not that it ends earlier."""
    from registry.deputies import store

    real_emit = store.emit

    def emit(session: Any, event: Any, *, sequence: int, **options: Any) -> None:
        if sequence == 1:
            real_emit(session, event, sequence=sequence, **options)

    swap(store, emit=emit)


def lift_untold() -> None:
    """That somebody's record rests is told, and not that it rests no more."""
    from registry import resting

    real_emit = resting.emit

    def emit(session: Any, event: Any, **options: Any) -> None:
        if event.parts:
            real_emit(session, event, **options)

    swap(resting, emit=emit)


def lost_id_untold() -> None:
    """That other systems know somebody by an id is told, and not that they know them by none any more."""
    from registry.identifiers import store

    real_emit = store.emit

    def emit(session: Any, event: Any, **options: Any) -> None:
        if event.ids:
            real_emit(session, event, **options)

    swap(store, emit=emit)


def last_word_unread() -> None:
    """Of the statements that are read together the last is taken for the first of the next, which begins after it."""
    from connectors.signals import reading

    real_take = reading.take

    async def take(session: Any, connection: Any, words: Any, *others: Any) -> None:
        await real_take(session, connection, words[:-1] or words, *others)

    swap(reading, take=take)


def refusal_taken() -> None:
    """Whatever a receiver of webhooks answers, it has taken what it was told."""
    from connectors import outside

    swap(outside, fault_of=lambda _: None)


def taken_by_two() -> None:
    """Whoever takes from the queue is given what others have in hand, too."""
    from sqlalchemy import text

    from credit.queue import commands

    swap(commands, FREE=text("CAST(:now AS timestamptz) IS NOT NULL"))


def kept_in_hand() -> None:
    """A case that was checked stays in the hands of who has checked it."""
    from sqlalchemy import text

    from credit.queue import keeping

    kept = ", held_by = NULL, held_for = NULL, held_until = NULL"
    swap(keeping, PASS_ON=text(edited(keeping.PASS_ON.text, kept, "")))


def answer_untold() -> None:
    """That an objection was answered is kept, and told to nobody."""
    from credit.appeals import commands

    real_tell = commands.tell

    def tell(session: Any, row: Any, now: datetime) -> None:
        if row["state"] == "filed":
            real_tell(session, row, now)

    swap(commands, tell=tell)


def revocation_untold() -> None:
    """That a paper was revoked is told under the version that said it was issued: whoever has that passes over it."""
    from credit.papers import commands

    real_emit = commands.emit

    def emit(session: Any, event: Any, **options: Any) -> None:
        real_emit(session, event, **options | {"sequence": 1})

    swap(commands, emit=emit)


def platform_untold() -> None:
    """Of what became of reports that are answered together, a platform is not told the last."""
    from connectors.reports import consumers

    real_deliver = consumers.deliver_answers

    async def deliver(session: Any, batch: Any, now: Any) -> None:
        await real_deliver(session, batch[:-1], now)

    swap(consumers, deliver_answers=deliver)


EVERY = {folder.name for folder in Path(__file__).parents[2].glob("services/*")}
BUGS = {
    "twice-in-a-file": (twice_in_a_file, {"training"}),
    "fresh-id": (fresh_id, {"training"}),
    "answer-before-commit": (answer_before_commit, {"training", "credit"}),
    "offset-before-database": (offset_before_database, EVERY),
    "delete-before-ack": (delete_before_ack, EVERY),
    "no-poll": (no_poll, EVERY),
    "no-lock-order": (no_lock_order, {"training"}),
    "no-row-lock": (no_row_lock, {"training"}),
    "digest-early": (digest_early, {"notification"}),
    "ignores-sequence": (ignores_sequence, {"training", "credit"}),
    "wall-clock": (wall_clock, {"training", "credit", "notification"}),
    "poison-lost": (poison_lost, EVERY),
    "neighbours-lost": (neighbours_lost, EVERY),
    "mail-lost": (mail_lost, {"notification"}),
    "seats-unheeded": (seats_unheeded, {"mentoring"}),
    "applicant-lost": (applicant_lost, {"mentoring"}),
    "both-at-once": (both_at_once, {"mentoring"}),
    "corrected-anew": (corrected_anew, {"training"}),
    "claims-recognised": (claims_recognised, {"mentoring"}),
    "end-untold": (end_untold, {"registry"}),
    "lift-untold": (lift_untold, {"registry"}),
    "lost-id-untold": (lost_id_untold, {"registry"}),
    "last-word-unread": (last_word_unread, {"connectors"}),
    "refusal-taken": (refusal_taken, {"connectors"}),
    "taken-by-two": (taken_by_two, {"credit"}),
    "kept-in-hand": (kept_in_hand, {"credit"}),
    "answer-untold": (answer_untold, {"credit"}),
    "revocation-untold": (revocation_untold, {"credit"}),
    "platform-untold": (platform_untold, {"connectors"}),
}
"""Each bug and the services it is planted in."""


def plant() -> None:
    service = next((word for word in sys.orig_argv if word in EVERY), "")
    if service == "training":
        small_pages()
    if service == "mentoring":
        swift_clock()
    if "hold-granted" in sys.orig_argv:
        later()
    if name := os.environ["CHAOS_PLANTED"]:
        bug, services = BUGS[name]
        if service in services:
            bug()


try:
    plant()
except Exception as error:  # noqa: BLE001 - Python goes on without a sitecustomize that fails
    sys.exit(f"What chaos plants has lost its place in the code: {error!r}")
