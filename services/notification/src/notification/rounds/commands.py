"""How a round grows from events, and when its mails are made. Set by set, whatever the number of pages."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import Clock
from common.events import Received
from common.sets import Columns, columns_of, insert, lists, unnest
from common.telemetry import REASON, RESULT, mail_sent
from notification.agencies.pics import addressees
from notification.messages.commands import drafted, queue
from notification.rounds.figures import DIGEST
from notification.rounds.tables import Digest, Page, Resolution, Round

PAGES_AT_ONCE = 20
"""Pages in one statement: their people are a few megabytes, and several copies of them exist on the way."""

WORD = columns_of(Resolution.table(), ("sweep_id", "agency_id", "person_id", "resolved", "version"))
ROUND = ("id", "sweep_id", "kind", "year", "period", "as_of", "opened_at")
COUNTED = columns_of(Digest.table(), ("round_id", "agency_id", "pages", "people_total", "short_total"))
PAGE: Columns = {
    **columns_of(Page.table(), ("round_id", "agency_id", "page", "event_id", "traceparent")),
    "sweep_id": "uuid",
    "payload": "text",
}
DECISION = columns_of(Digest.table(), (*DIGEST, "state", "reason"))


class Word(NamedTuple):
    """Somebody of a sweep has caught up, or is short again, by the version of their shortfall.

    Not by the moment it was said: those who say it each have a clock of their own.
    """

    sweep_id: UUID
    agency_id: UUID
    person_id: UUID
    resolved: bool
    version: int


async def known_agencies(session: AsyncSession, asked: Sequence[UUID]) -> set[UUID]:
    """Which of the agencies the registry has told of."""
    rows = await session.scalars(
        text("SELECT id FROM agencies WHERE id = ANY(CAST(:asked AS uuid[]))"), {"asked": asked}
    )
    return set(rows)


def round_of(event: Received) -> UUID:
    """A sweep is one round of all its pages; each reopening is a round by itself."""
    return event.event.sweep_id if event.event.kind == "sweep" else event.id


def words_of(pages: Sequence[Received], resolved: Sequence[Received]) -> list[Word]:
    """What the events say of single people: a reopening takes an earlier resolution back."""
    reopened = [
        Word(page.event.sweep_id, page.event.agency_id, person, resolved=False, version=version)
        for page in pages
        if page.event.kind == "reopened"
        for person, version in _people(page).items()
    ]
    caught_up = [
        Word(event.event.sweep_id, event.event.agency_id, event.event.person_id, resolved=True, version=event.sequence)
        for event in resolved
    ]
    return reopened + caught_up


async def store_words(session: AsyncSession, words: Sequence[Word]) -> None:
    """Keeps the last word on each person, and what it changes in every digest that lists them.

    Pages of the same batch come after this: they count their people by the words stored here.
    """
    if not words:
        return
    last = {word[:3]: word for word in sorted(words, key=lambda word: word.version)}
    ordered = [last[key] for key in sorted(last)]
    await session.execute(
        text(
            "WITH changed AS ("  # noqa: S608 - built of names in this code
            f" INSERT INTO resolutions ({', '.join(WORD)}) SELECT * FROM {unnest(WORD)}"
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
        lists(WORD, ordered),
    )


async def store_pages(session: AsyncSession, pages: Sequence[Received]) -> None:
    """Lays in each page that is new by round, agency and number, and counts its people.

    The digests are locked first, in order, so that batches with pages of the same ones take turns.
    """
    distinct = {(round_of(page), page.event.agency_id, _number(page)): page for page in pages}
    keys = sorted(distinct)
    found = [distinct[key] for key in keys]
    await insert(
        session,
        Round.table(),
        ROUND,
        [(round_of(page), *(getattr(page.event, name) for name in ROUND[1:-1]), page.time) for page in found],
        "ON CONFLICT DO NOTHING",
    )
    await session.execute(
        text(
            "INSERT INTO digests (round_id, agency_id, pages, pages_in, people_total, short_total,"  # noqa: S608 - built of names in this code
            "  listed, owed, resolved, redeemed, state)"
            " SELECT DISTINCT ON (round_id, agency_id)"
            "  round_id, agency_id, pages, 0, people_total, short_total, 0, 0, 0, 0, 'collecting'"
            f" FROM {unnest(COUNTED)} ORDER BY round_id, agency_id"
            " ON CONFLICT (round_id, agency_id) DO UPDATE SET pages = digests.pages"
        ),
        lists(
            COUNTED,
            [
                (round_of(page), page.event.agency_id, _pages(page), page.event.people_total, _short(page))
                for page in found
            ],
        ),
    )
    for start in range(0, len(found), PAGES_AT_ONCE):
        part = slice(start, start + PAGES_AT_ONCE)
        await _store_people(session, keys[part], found[part])


async def _store_people(
    session: AsyncSession, keys: Sequence[tuple[UUID, UUID, int]], pages: Sequence[Received]
) -> None:
    await session.execute(
        text(
            f"WITH page AS (SELECT * FROM {unnest(PAGE)}), stored AS ("  # noqa: S608 - built of names in this code
            " INSERT INTO pages (round_id, agency_id, page, event_id, traceparent)"
            " SELECT round_id, agency_id, page, event_id, traceparent FROM page"
            " ON CONFLICT (round_id, agency_id, page) DO NOTHING RETURNING round_id, agency_id, page"
            "), listed AS ("
            " INSERT INTO listed_people (sweep_id, agency_id, person_id, round_id, unit_id, unit_name, due, missing)"
            " SELECT sweep_id, agency_id, person_id, round_id, unit_id, unit_name, threshold, missing"
            " FROM stored JOIN page USING (round_id, agency_id, page),"
            # Without people this must fail, not find nobody.
            "  jsonb_to_recordset(coalesce(CAST(payload AS jsonb) -> 'people', 'null')) AS person"
            "  (person_id uuid, unit_id uuid, unit_name text, threshold numeric, missing numeric)"
            " ORDER BY sweep_id, agency_id, person_id"
            " ON CONFLICT DO NOTHING RETURNING sweep_id, agency_id, person_id, round_id, missing"
            "), sums AS ("
            " SELECT round_id, agency_id, count(*) AS people, sum(missing) AS hours,"
            "  count(*) FILTER (WHERE resolved) AS resolved,"
            "  coalesce(sum(missing) FILTER (WHERE resolved), 0) AS redeemed"
            " FROM listed LEFT JOIN resolutions USING (sweep_id, agency_id, person_id) GROUP BY round_id, agency_id"
            "), counted AS ("
            " SELECT round_id, agency_id, count(*) AS pages FROM stored GROUP BY round_id, agency_id"
            ") UPDATE digests SET pages_in = pages_in + counted.pages,"
            "  listed = listed + coalesce(sums.people, 0), owed = owed + coalesce(sums.hours, 0),"
            "  resolved = digests.resolved + coalesce(sums.resolved, 0),"
            "  redeemed = digests.redeemed + coalesce(sums.redeemed, 0)"
            " FROM counted LEFT JOIN sums USING (round_id, agency_id)"
            " WHERE digests.round_id = counted.round_id AND digests.agency_id = counted.agency_id"
        ),
        lists(
            PAGE,
            [
                (*key, page.id, page.traceparent, page.event.sweep_id, page.payload.decode())
                for key, page in zip(keys, pages, strict=True)
            ],
        ),
    )


def _number(page: Received) -> int:
    return page.event.page if page.event.kind == "sweep" else 1


def _pages(page: Received) -> int:
    # A reopening is complete in itself: nothing tells which of its pages belong together.
    return page.event.pages if page.event.kind == "sweep" else 1


def _short(page: Received) -> int:
    return page.event.short_total if page.event.kind == "sweep" else len(_people(page))


def _people(page: Received) -> dict[UUID, int]:
    """The people of a page, each with the version of their shortfall."""
    return {UUID(person["person_id"]): person.get("version", 1) for person in json.loads(page.payload)["people"]}


async def address_complete(session: AsyncSession, pages: Sequence[Received], clock: Clock) -> None:
    """Makes the mails of those digests of `pages` whose last page has come in."""
    keys = sorted({(round_of(page), page.event.agency_id) for page in pages})
    rows = await session.execute(
        text(
            f"{ADDRESSED} JOIN {unnest(DIGEST)} USING (round_id, agency_id)"
            " WHERE state = 'collecting' AND pages_in >= pages"
        ),
        lists(DIGEST, keys),
    )
    await _address(session, rows.all(), clock)


async def address_waiting(session: AsyncSession, agencies: Sequence[UUID], clock: Clock) -> None:
    """Makes the mails of digests that waited for somebody to write to in one of `agencies`."""
    rows = await session.execute(
        text(f"{ADDRESSED} WHERE state = 'waiting' AND digests.agency_id = ANY(CAST(:agencies AS uuid[]))"),
        {"agencies": agencies},
    )
    await _address(session, rows.all(), clock)


ADDRESSED = (
    "SELECT round_id, agency_id, listed - resolved AS short, state, active, pics,"
    " ARRAY(SELECT DISTINCT traceparent FROM pages WHERE pages.round_id = digests.round_id"
    "  AND pages.agency_id = digests.agency_id AND traceparent IS NOT NULL) AS traceparents"
    " FROM digests JOIN agencies ON agencies.id = digests.agency_id"
)


async def _address(session: AsyncSession, digests: Sequence[Any], clock: Clock) -> None:
    """Decides for each digest whether it becomes mails, waits for somebody to write to, or has nothing to say."""
    if not digests:
        return
    messages: list[dict[str, Any]] = []
    decisions: list[tuple[UUID, UUID, str, str | None]] = []
    for digest in digests:
        named = addressees(digest.pics)
        state, reason = "ready", None
        if not digest.short:
            state = "met"
        elif digest.active and named:
            messages += [
                drafted(digest.round_id, digest.agency_id, addressee, digest.traceparents, clock.now())
                for addressee in named
            ]
        else:
            state, reason = "waiting", "no-pic" if digest.active else "agency-inactive"
        decisions.append((digest.round_id, digest.agency_id, state, reason))
    changed = await session.execute(
        text(
            "UPDATE digests SET state = given.state, reason = given.reason, decided_at = :now"  # noqa: S608 - built of names in this code
            f" FROM {unnest(DECISION)} WHERE digests.round_id = given.round_id AND digests.agency_id = given.agency_id"
            " AND (digests.state, digests.reason) IS DISTINCT FROM (given.state, given.reason)"
            " RETURNING digests.reason"
        ),
        lists(DECISION, decisions) | {"now": clock.now()},
    )
    for reason in changed.scalars():
        if reason:
            mail_sent.add(1, {RESULT: "skipped", REASON: reason})
    await queue(session, messages)
