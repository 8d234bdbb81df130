"""How a round grows by its pages, and when its mails are made; a batch takes the same statements at any size."""

import json
from collections.abc import Sequence
from datetime import timedelta
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.events import Received
from common.store.sets import Columns, columns_of, insert, lists, unnest
from common.telemetry import REASON, RESULT, mail_sent
from notification.agencies import ANSWERING
from notification.digests.tables import Digest, DigestPage, Resolution, Round
from notification.domain.digests import decide, due_at
from notification.domain.pics import addressees
from notification.messages.commands import drafted, queue

PAGES_AT_ONCE = 20
"""Pages in one statement: their people are a few megabytes, and several copies of them exist at once."""

RESOLUTION = columns_of(Resolution.table(), ("sweep_id", "agency_id", "person_id", "resolved", "version"))
ROUND = ("id", "sweep_id", "kind", "year", "period", "as_of", "opened_at")
DIGEST = columns_of(Digest.table(), ("round_id", "agency_id"))
COUNTED = columns_of(Digest.table(), ("round_id", "agency_id", "notice_id", "pages", "people_total", "short_total"))
PAGE: Columns = {
    **columns_of(DigestPage.table(), ("round_id", "agency_id", "page", "event_id", "traceparent")),
    "sweep_id": "uuid",
    "payload": "text",
}
DECISION = columns_of(Digest.table(), (*DIGEST, "state", "reason"))


# No mail of the notice has been claimed or has ended: whatever comes may still be told in it.
GATHERS = """
    digests.state IN ('ready', 'waiting') AND NOT EXISTS (
        SELECT FROM messages WHERE round_id = notice_id AND messages.agency_id = digests.agency_id
            AND NOT (messages.state = 'queued' AND claimed_until IS NULL AND NOT in_doubt AND accepted = '{}')
    )
"""


class Placed(NamedTuple):
    """A page, and where it belongs: the round, the notice that tells of it, and its number among the digest's."""

    round_id: UUID
    notice_id: UUID
    number: int
    page: Received

    @property
    def agency_id(self) -> UUID:
        return self.page.event.agency_id


class Heard(NamedTuple):
    """Somebody of a sweep has caught up, or is short again.

    The highest version of their shortfall holds, not the latest moment: the clocks of those who tell may differ.
    """

    sweep_id: UUID
    agency_id: UUID
    person_id: UUID
    resolved: bool
    version: int


async def take_in(
    session: AsyncSession, pages: Sequence[Received], resolved: Sequence[Received], clock: Clock, gathering: timedelta
) -> None:
    """Stores pages and resolutions of known agencies, and makes the mails of digests whose pages are all in.

    What is reopened is due after `gathering`: until then its notice takes in what else is reopened.
    """
    await _store_resolutions(session, _heard_of(pages, resolved))
    if pages:
        placed = await _store_pages(session, pages)
        await _address_complete(session, placed, clock, gathering)


def _heard_of(pages: Sequence[Received], resolved: Sequence[Received]) -> list[Heard]:
    """What the events say of single people: a reopening takes an earlier resolution back."""
    reopened = [
        Heard(page.event.sweep_id, page.event.agency_id, person, resolved=False, version=version)
        for page in pages
        if page.event.kind == "reopened"
        for person, version in _people(page).items()
    ]
    caught_up = [
        Heard(end.event.sweep_id, end.event.agency_id, end.event.person_id, resolved=True, version=end.sequence)
        for end in resolved
    ]
    return reopened + caught_up


async def _store_resolutions(session: AsyncSession, heard: Sequence[Heard]) -> None:
    """Keeps the newest resolution of each person, and what it changes in every digest that lists them.

    Pages of the same batch are stored after this, and count their people by it.
    """
    if not heard:
        return
    last = {one[:3]: one for one in sorted(heard, key=attrgetter("version"))}
    ordered = [last[key] for key in sorted(last)]
    await session.execute(
        text(
            "WITH changed AS ("  # noqa: S608 - built of names in this code
            f" INSERT INTO resolutions ({', '.join(RESOLUTION)}) SELECT * FROM {unnest(RESOLUTION)}"
            " ON CONFLICT (sweep_id, agency_id, person_id) DO UPDATE"
            "  SET resolved = excluded.resolved, version = excluded.version"
            "  WHERE resolutions.version < excluded.version"
            " RETURNING new.sweep_id, new.agency_id, new.person_id,"
            "  CAST(new.resolved AS int) - CAST(coalesce(old.resolved, false) AS int) AS step"
            "), steps AS ("
            " SELECT round_id, agency_id, sum(step) AS people, sum(step * missing) AS hours"
            " FROM changed JOIN listed_people USING (sweep_id, agency_id, person_id)"
            " WHERE step <> 0 GROUP BY round_id, agency_id"
            ") UPDATE digests SET resolved = resolved + people, redeemed = redeemed + hours FROM steps"
            " WHERE digests.round_id = steps.round_id AND digests.agency_id = steps.agency_id"
        ),
        lists(RESOLUTION, ordered),
    )


async def _store_pages(session: AsyncSession, pages: Sequence[Received]) -> list[Placed]:
    """Stores each page that is new (by round, agency and number), counts its people, and says where it belongs.

    The digests are locked first, in one order, so that batches with pages of the same digests take turns.
    """
    distinct = {(one.round_id, one.agency_id, one.number): one for one in await _placed(session, pages)}
    found = [distinct[key] for key in sorted(distinct)]
    await insert(
        session,
        Round.table(),
        ROUND,
        [(one.round_id, *(getattr(one.page.event, name) for name in ROUND[1:-1]), one.page.time) for one in found],
        "ON CONFLICT DO NOTHING",
    )
    await session.execute(
        text(
            "INSERT INTO digests (round_id, agency_id, notice_id, pages, pages_in, people_total, short_total,"  # noqa: S608 - built of names in this code
            "  listed, owed, resolved, redeemed, state)"
            " SELECT DISTINCT ON (round_id, agency_id)"
            "  round_id, agency_id, notice_id, pages, 0, people_total, short_total, 0, 0, 0, 0, 'collecting'"
            f" FROM {unnest(COUNTED)} ORDER BY round_id, agency_id, pages DESC"
            " ON CONFLICT (round_id, agency_id) DO UPDATE SET pages = greatest(digests.pages, excluded.pages)"
        ),
        lists(COUNTED, [_counted(one) for one in found]),
    )
    for start in range(0, len(found), PAGES_AT_ONCE):
        await _store_people(session, found[start : start + PAGES_AT_ONCE])
    return found


def _counted(one: Placed) -> tuple[UUID, UUID, UUID, int, int, int | None]:
    event = one.page.event
    swept = event.kind == "sweep"
    return (
        one.round_id,
        one.agency_id,
        one.notice_id,
        event.pages if swept else one.number,
        event.people_total,
        event.short_total if swept else None,
    )


async def _placed(session: AsyncSession, pages: Sequence[Received]) -> list[Placed]:
    """Where pages belong. All pages of a sweep are one round.

    A reopened page joins the open notice of its agency: there the round of the same sweep, or else a
    new one beside it. Without an open notice it opens one.
    """
    placed = [Placed(page.event.sweep_id, page.event.sweep_id, page.event.page, page) for page in pages if _swept(page)]
    reopened = [page for page in pages if not _swept(page)]
    if not reopened:
        return placed
    agencies = sorted({page.event.agency_id for page in reopened})
    seen, rounds = await _gathering(session, agencies, [page.id for page in reopened])
    notices = {row.agency_id: row.notice_id for row in rounds}
    counts = {(row.agency_id, row.sweep_id): (row.round_id, row.pages) for row in rounds}
    for page in reopened:
        if page.id in seen:
            continue
        seen.add(page.id)
        agency, sweep = page.event.agency_id, page.event.sweep_id
        round_id, count = counts.get((agency, sweep), (page.id, 0))
        counts[agency, sweep] = round_id, count + 1
        placed.append(Placed(round_id, notices.setdefault(agency, page.id), count + 1, page))
    return placed


async def _gathering(
    session: AsyncSession, agencies: Sequence[UUID], events: Sequence[UUID]
) -> tuple[set[UUID], Sequence[Any]]:
    """Which of these events are stored already, and the rounds of the notices that agencies have open.

    Locks the agencies, so that nobody else opens a notice for them, and the mails that wait, so that
    no sender counts what is about to be added: both before the statements that look.
    """
    given = {"agencies": agencies}
    await session.execute(
        text(
            "SELECT FROM agencies WHERE agency_id = ANY(CAST(:agencies AS uuid[])) ORDER BY agency_id FOR NO KEY UPDATE"
        ),
        given,
    )
    await session.execute(
        text(
            "SELECT FROM messages WHERE agency_id = ANY(CAST(:agencies AS uuid[])) AND state = 'queued'"
            " ORDER BY id FOR UPDATE"
        ),
        given,
    )
    seen = await session.scalars(
        text("SELECT event_id FROM pages WHERE event_id = ANY(CAST(:events AS uuid[]))"), {"events": events}
    )
    rounds = await session.execute(
        text(
            "SELECT notice_id, agency_id, round_id, sweep_id, pages"  # noqa: S608 - built of names in this code
            " FROM digests JOIN rounds ON rounds.id = round_id"
            f" WHERE kind = 'reopened' AND agency_id = ANY(CAST(:agencies AS uuid[])) AND {GATHERS}"
        ),
        given,
    )
    return set(seen), rounds.all()


async def _store_people(session: AsyncSession, pages: Sequence[Placed]) -> None:
    """Stores the people of pages; somebody whom a later page of a reopening lists again is listed once, as it says."""
    await session.execute(
        text(
            f"WITH page AS (SELECT * FROM {unnest(PAGE)}), stored AS ("  # noqa: S608 - built of names in this code
            " INSERT INTO pages (round_id, agency_id, page, event_id, traceparent)"
            " SELECT round_id, agency_id, page, event_id, traceparent FROM page"
            " ON CONFLICT (round_id, agency_id, page) DO NOTHING RETURNING round_id, agency_id, page"
            "), listed AS ("
            " INSERT INTO listed_people (sweep_id, agency_id, person_id, round_id, unit_id, unit_name, due, missing)"
            " SELECT DISTINCT ON (sweep_id, agency_id, person_id, round_id)"
            "  sweep_id, agency_id, person_id, round_id, unit_id, unit_name, threshold, missing"
            " FROM stored JOIN page USING (round_id, agency_id, page),"
            # Without people this must fail, not find nobody.
            "  jsonb_to_recordset(coalesce(CAST(payload AS jsonb) -> 'people', 'null')) AS person"
            "  (person_id uuid, unit_id uuid, unit_name text, threshold numeric, missing numeric)"
            " ORDER BY sweep_id, agency_id, person_id, round_id, page DESC"
            " ON CONFLICT (sweep_id, agency_id, person_id, round_id) DO UPDATE SET unit_id = excluded.unit_id,"
            "  unit_name = excluded.unit_name, due = excluded.due, missing = excluded.missing"
            " RETURNING new.sweep_id, new.agency_id, new.person_id, new.round_id,"
            "  CAST(old.person_id IS NULL AS int) AS people, new.missing - coalesce(old.missing, 0) AS hours"
            "), sums AS ("
            " SELECT round_id, agency_id, sum(people) AS people, sum(hours) AS hours,"
            "  coalesce(sum(people) FILTER (WHERE resolved), 0) AS resolved,"
            "  coalesce(sum(hours) FILTER (WHERE resolved), 0) AS redeemed"
            " FROM listed LEFT JOIN resolutions USING (sweep_id, agency_id, person_id) GROUP BY round_id, agency_id"
            "), counted AS ("
            " SELECT round_id, agency_id, count(*) AS pages FROM stored GROUP BY round_id, agency_id"
            ") UPDATE digests SET pages_in = pages_in + counted.pages,"
            "  people_total = greatest(people_total, listed + coalesce(sums.people, 0)),"
            "  listed = listed + coalesce(sums.people, 0), owed = owed + coalesce(sums.hours, 0),"
            "  resolved = digests.resolved + coalesce(sums.resolved, 0),"
            "  redeemed = digests.redeemed + coalesce(sums.redeemed, 0)"
            " FROM counted LEFT JOIN sums USING (round_id, agency_id)"
            " WHERE digests.round_id = counted.round_id AND digests.agency_id = counted.agency_id"
        ),
        lists(
            PAGE,
            [
                (
                    one.round_id,
                    one.agency_id,
                    one.number,
                    one.page.id,
                    one.page.traceparent,
                    one.page.event.sweep_id,
                    one.page.payload.decode(),
                )
                for one in pages
            ],
        ),
    )


def _swept(page: Received) -> bool:
    return page.event.kind == "sweep"


def _people(page: Received) -> dict[UUID, int]:
    """The people of a page, each with the version of their shortfall."""
    return {UUID(person["person_id"]): person.get("version", 1) for person in json.loads(page.payload)["people"]}


async def _address_complete(session: AsyncSession, pages: Sequence[Placed], clock: Clock, gathering: timedelta) -> None:
    """Makes the mails of those digests of `pages` whose last page has come in."""
    keys = sorted({(one.round_id, one.agency_id) for one in pages})
    rows = await session.execute(
        text(
            f"{ADDRESSED} JOIN {unnest(DIGEST)} USING (round_id, agency_id)"
            " WHERE state = 'collecting' AND pages_in >= pages"
        ),
        lists(DIGEST, keys),
    )
    await _address(session, rows.all(), clock, gathering)


async def address_waiting(session: AsyncSession, agencies: Sequence[UUID], clock: Clock, gathering: timedelta) -> None:
    """Makes the mails of digests that waited until one of `agencies` named somebody to write to."""
    rows = await session.execute(
        text(f"{ADDRESSED} WHERE state = 'waiting' AND digests.agency_id = ANY(CAST(:agencies AS uuid[]))"),
        {"agencies": agencies},
    )
    await _address(session, rows.all(), clock, gathering)


ADDRESSED = (
    "SELECT round_id, agency_id, notice_id, kind, listed - resolved AS short, state, active, pics,"  # noqa: S608 - built of names in this code
    " EXISTS (SELECT FROM messages WHERE messages.round_id = notice_id"
    "  AND messages.agency_id = digests.agency_id) AS noticed"
    f" FROM digests JOIN rounds ON rounds.id = round_id JOIN ({ANSWERING}) AS answering USING (agency_id)"
)


async def _address(session: AsyncSession, digests: Sequence[Any], clock: Clock, gathering: timedelta) -> None:
    """Decides what becomes of each digest, and queues the mails of those that are ready and are in no notice yet."""
    if not digests:
        return
    now = clock.now()
    messages: dict[tuple[UUID, UUID], list[dict[str, Any]]] = {}
    decisions: list[tuple[UUID, UUID, str, str | None]] = []
    for digest in digests:
        named = addressees(digest.pics)
        decision = decide(digest.short, named, active=digest.active)
        decisions.append((digest.round_id, digest.agency_id, decision.state, decision.reason))
        notice = (digest.notice_id, digest.agency_id)
        if decision.state == "ready" and not digest.noticed and notice not in messages:
            due = due_at(digest.kind, now, gathering)
            messages[notice] = [drafted(*notice, addressee, due, now) for addressee in named]
    changed = await session.execute(
        text(
            "UPDATE digests SET state = given.state, reason = given.reason, decided_at = :now"  # noqa: S608 - built of names in this code
            f" FROM {unnest(DECISION)} WHERE digests.round_id = given.round_id AND digests.agency_id = given.agency_id"
            " AND (digests.state, digests.reason) IS DISTINCT FROM (given.state, given.reason)"
            " RETURNING digests.reason"
        ),
        lists(DECISION, decisions) | {"now": now},
    )
    for reason in changed.scalars():
        if reason:
            mail_sent.add(1, {RESULT: "skipped", REASON: reason})
    await queue(session, [message for mails in messages.values() for message in mails])
