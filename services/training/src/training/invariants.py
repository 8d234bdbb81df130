"""What must always hold, as SQL: each statement finds what breaks it. `python -m training check` runs them."""

from collections.abc import Iterator

from common.invariants import EVENTS_LEAVE, Invariant
from common.sets import Columns, lists, unnest
from training.domain.rules import Book
from training.people.queries import AGENCY_ON
from training.soundings.invariants import INVARIANTS as OF_SOUNDINGS

CAP: Columns = {"rule_pack": "text", "form": "text", "most": "numeric"}
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
        "a valid record is of the agency in which its person served on the end date",
        f"""
        SELECT r.id FROM records r JOIN people p USING (person_id)
        WHERE r.state = 'valid' AND r.agency_id <> {AGENCY_ON}
        """,  # noqa: S608 - the part is a constant
    ),
    EVENTS_LEAVE,
)


def invariants(book: Book, year: int) -> list[Invariant]:
    """All of them; those about people for a year that is open."""
    return [
        *OF_LEDGERS,
        *_of_people(year),
        *_of_caps(book),
        *(Invariant(name, query) for name, query in OF_SOUNDINGS),
    ]


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
        lists(
            CAP,
            (
                (pack, form.code, form.jp * form.sessions_a_month)
                for pack, form in forms
                if form.jp and form.sessions_a_month
            ),
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
        lists(CAP, ((pack, form.code, form.jp_a_day) for pack, form in forms if form.jp_a_day)),
    )
