"""What must always hold, as SQL: each statement finds what breaks it. `python -m training check` runs them."""

from collections.abc import Mapping
from typing import Any

from common.invariants import Invariant
from common.parts import Parts
from common.store.sets import Columns, lists, unnest
from roster.days import agency_on_sql
from training.domain.rules import Book
from training.ledger.commands import SERVES_IN_YEAR
from training.people import PEOPLE
from training.records.tables import COUNTED

CAP: Columns = {"rule_pack": "text", "form": "text", "cap": "text", "each": "numeric", "most": "numeric"}
SESSIONS = """
    SELECT person_id, cap, year, sum(most) AS most
    FROM (
        SELECT person_id, cap, CAST(extract(year FROM day) AS int) AS year, least(sum(each), max(most * each)) AS most
        FROM records JOIN given USING (rule_pack, form) CROSS JOIN LATERAL (
            SELECT day FROM unnest(session_dates) AS day
            UNION ALL SELECT end_date FROM generate_series(1, sessions) WHERE session_dates = '{}'
        ) AS session (day)
        WHERE state = 'valid' GROUP BY person_id, cap, 3, date_trunc('month', day)
    ) AS months
    GROUP BY person_id, cap, year
"""
DAYS = """
    SELECT person_id, cap, CAST(extract(year FROM day) AS int) AS year, count(DISTINCT day) * max(most) AS most
    FROM records JOIN given USING (rule_pack, form), generate_series(start_date, end_date, interval '1 day') AS day
    WHERE state = 'valid' GROUP BY 1, 2, 3
"""


def _of_caps(name: str, kind: str, most: str) -> Invariant:
    """That the records under a cap count no more, person by person and year by year, than its months or days can give."""

    def caps(parts: Parts) -> Mapping[str, Any]:
        book: Book = parts.rules
        forms = [(pack.id, form, form.cap) for pack in book.packs for form in pack.tables.forms.values() if form.cap]
        return lists(
            CAP, ((pack, form.code, cap.code, form.jp, cap.most) for pack, form, cap in forms if form.kind == kind)
        )

    return Invariant(
        name,
        f"""
        WITH given AS MATERIALIZED (SELECT * FROM {unnest(CAP)}), held AS (
            SELECT person_id, cap, counting_year AS year, sum(jp) AS jp
            FROM ({COUNTED}) AS r JOIN given USING (rule_pack, form) GROUP BY 1, 2, 3
        ), caps AS ({most})
        SELECT person_id, cap, year FROM held LEFT JOIN caps USING (person_id, cap, year)
        WHERE jp > coalesce(most, 0)
        """,  # noqa: S608 - built of names in this code
        caps,
    )


INVARIANTS = (
    *PEOPLE.invariants,
    Invariant(
        "each ledger holds what its valid records count, verified and unverified",
        f"""
        SELECT person_id, year
        FROM jp_ledger l FULL JOIN (
            SELECT person_id, counting_year AS year, coalesce(sum(jp) FILTER (WHERE verified), 0) AS verified,
                coalesce(sum(jp) FILTER (WHERE NOT verified), 0) AS unverified
            FROM ({COUNTED}) AS counted GROUP BY person_id, counting_year
        ) r USING (person_id, year)
        WHERE (coalesce(l.verified, 0), coalesce(l.unverified, 0))
            IS DISTINCT FROM (coalesce(r.verified, 0), coalesce(r.unverified, 0))
        """,  # noqa: S608 - built of names in this code
    ),
    Invariant(
        "everyone with a valid record in a year has a ledger for it",
        f"""
        SELECT DISTINCT r.person_id, counting_year FROM ({COUNTED}) AS r
        LEFT JOIN jp_ledger l ON l.person_id = r.person_id AND l.year = counting_year WHERE l.person_id IS NULL
        """,  # noqa: S608 - built of names in this code
    ),
    Invariant(
        "what a record counts by year adds up to what it counts",
        f"SELECT id FROM ({COUNTED}) AS r GROUP BY id, jp_counted HAVING sum(jp) <> jp_counted",  # noqa: S608 - built of names in this code
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
        WHERE r.state = 'valid' AND r.agency_id <> {agency_on_sql("p", "r.end_date")}
        """,  # noqa: S608 - built of names in this code
    ),
    Invariant(
        "everyone in service this year has a ledger for it, once it is open",
        f"""
        SELECT p.person_id FROM people p
        WHERE {SERVES_IN_YEAR}
            AND NOT EXISTS (SELECT FROM jp_ledger l WHERE l.person_id = p.person_id AND l.year = :year)
            AND EXISTS (SELECT FROM jp_ledger l WHERE l.year = :year)
        """,  # noqa: S608 - the part is a constant
        lambda parts: {"year": parts.clock.today().year},
    ),
    _of_caps("sessions of a month count no more than their cap", "session", SESSIONS),
    _of_caps("days of a year count no more than their cap", "day", DAYS),
)
