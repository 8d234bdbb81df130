"""What must always be true of certificates."""

from common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "the certificates of a provider and year are numbered from 1 on without a gap",
        """
        SELECT provider_id, year FROM certificate_series s LEFT JOIN certificates c USING (provider_id, year)
        GROUP BY provider_id, year, s.last HAVING count(c.id) <> s.last OR coalesce(max(c.number), 0) <> s.last
        """,
    ),
    Invariant(
        "whoever has a certificate has passed",
        """
        SELECT c.id FROM certificates c LEFT JOIN class_results r USING (class_id, person_id)
        WHERE r.record_id IS NULL
        """,
    ),
)
