"""What must always hold, as SQL: each statement finds what breaks it. `python -m training check` runs them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from training.domain.rules import Book
from training.sets import Columns, unnest
from training.soundings.invariants import INVARIANTS as OF_SOUNDINGS

EXAMPLES = 3
CAP: Columns = {"rule_pack": "text", "form": "text", "most": "numeric"}


@dataclass(frozen=True)
class Invariant:
    """Something that always holds, and the statement that finds where it does not."""

    name: str
    query: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Finding:
    """How often an invariant is broken, and where for example."""

    invariant: str
    broken: int
    examples: list[str]


OF_LEDGERS = (
    Invariant(
        "each ledger holds what its valid records count, verified and unverified",
        """
        SELECT person_id, year
        FROM jp_ledger l FULL JOIN (
            SELECT person_id, year, coalesce(sum(jp_counted) FILTER (WHERE verified), 0) AS verified,
                coalesce(sum(jp_counted) FILTER (WHERE NOT verified), 0) AS unverified
            FROM records WHERE state = 'valid' GROUP BY person_id, year
        ) r USING (person_id, year)
        WHERE (coalesce(l.verified, 0), coalesce(l.unverified, 0))
            IS DISTINCT FROM (coalesce(r.verified, 0), coalesce(r.unverified, 0))
        """,
    ),
    Invariant(
        "everyone with a valid record in a year has a ledger for it",
        """
        SELECT DISTINCT r.person_id, r.year FROM records r LEFT JOIN jp_ledger l USING (person_id, year)
        WHERE r.state = 'valid' AND l.person_id IS NULL
        """,
    ),
    Invariant(
        "the newest version kept of a changed record is the record",
        """
        SELECT r.id, r.version
        FROM records r LEFT JOIN record_versions v ON v.record_id = r.id AND v.version = r.version
        WHERE r.version > 1 AND (CAST(v.state ->> 'jp_counted' AS numeric), v.state ->> 'state')
            IS DISTINCT FROM (r.jp_counted, r.state)
        """,
    ),
    Invariant(
        "no event waits for longer than a minute",
        "SELECT id, created_at FROM outbox WHERE created_at < clock_timestamp() - interval '1 minute'",
    ),
)


def _of_people(year: int) -> Iterator[Invariant]:
    yield Invariant(
        f"everyone in service in {year} has a ledger for it, once it is open",
        """
        SELECT p.person_id FROM people p
        WHERE p.joined_on <= make_date(:year, 12, 31) AND (p.left_on IS NULL OR p.left_on > make_date(:year, 1, 1))
            AND NOT EXISTS (SELECT FROM jp_ledger l WHERE l.person_id = p.person_id AND l.year = :year)
            AND EXISTS (SELECT FROM jp_ledger l WHERE l.year = :year)
        """,
        {"year": year},
    )


def _of_caps(book: Book) -> Iterator[Invariant]:
    forms = [(pack.id, form) for pack in book.packs for form in pack.tables.forms.values()]
    yield Invariant(
        "sessions of a month count no more than their cap",
        f"""
        SELECT person_id, form, date_trunc('month', end_date) AS month
        FROM records JOIN {unnest(CAP)} USING (rule_pack, form)
        WHERE state = 'valid' GROUP BY 1, 2, 3 HAVING sum(jp_counted) > max(most)
        """,  # noqa: S608 - built of names in this code
        _caps(
            (pack, form.code, form.jp * form.sessions_a_month)
            for pack, form in forms
            if form.jp and form.sessions_a_month
        ),
    )
    yield Invariant(
        "days of a year count no more than their cap",
        f"""
        WITH counted AS (
            SELECT id, person_id, form, year, jp_counted, most,
                greatest(start_date, make_date(year, 1, 1)) AS first, end_date AS last
            FROM records JOIN {unnest(CAP)} USING (rule_pack, form) WHERE state = 'valid'
        ), days AS (
            SELECT person_id, form, year, count(DISTINCT day) * max(most) AS most
            FROM counted, generate_series(first, last, interval '1 day') AS day GROUP BY 1, 2, 3
        )
        SELECT person_id, form, year FROM counted JOIN days USING (person_id, form, year)
        GROUP BY person_id, form, year, days.most HAVING sum(jp_counted) > days.most
        """,  # noqa: S608 - built of names in this code
        _caps((pack, form.code, form.jp_a_day) for pack, form in forms if form.jp_a_day),
    )


def _caps(rows: Iterable[tuple[str, str, Decimal]]) -> dict[str, Sequence[Any]]:
    packs, forms, most = zip(*rows, strict=True)
    return {"rule_pack": packs, "form": forms, "most": most}


async def find_broken(session: AsyncSession, book: Book, year: int) -> list[Finding]:
    """Checks every invariant; those about people for a year that is open."""
    invariants = [
        *OF_LEDGERS,
        *_of_people(year),
        *_of_caps(book),
        *(Invariant(name, query) for name, query in OF_SOUNDINGS),
    ]
    findings: list[Finding] = []
    for invariant in invariants:
        rows = await session.execute(
            text(f"SELECT found AS place, count(*) OVER () AS broken FROM ({invariant.query}) found LIMIT {EXAMPLES}"),  # noqa: S608 - the statements above
            invariant.values,
        )
        places = rows.all()
        findings.append(Finding(invariant.name, places[0].broken if places else 0, [str(row.place) for row in places]))
    return findings
