"""What must always hold of sweeps: each statement finds what breaks it."""

from common.invariants import Invariant
from training.soundings.shortfalls import ASSIGNED, AWAY, THRESHOLD

INVARIANTS = (
    Invariant(
        "a shortfall of the newest sweep is open exactly while the ledger of somebody who served then has less than was due",
        f"""
        SELECT s.sweep_id, s.person_id
        FROM shortfalls s JOIN sweeps w ON w.id = s.sweep_id
        LEFT JOIN jp_ledger l ON l.person_id = s.person_id AND l.year = w.year
        LEFT JOIN people p ON p.person_id = s.person_id
        WHERE w.state = 'done' AND (s.state = 'open') IS DISTINCT FROM (l.verified < {THRESHOLD} AND ({AWAY}) IS NOT TRUE)
            AND NOT EXISTS (SELECT FROM sweeps newer WHERE newer.replaces = w.id AND newer.state = 'done')
        """,  # noqa: S608 - the parts are constants
    ),
    Invariant(
        "a sweep's numbers are those of its agencies, and an agency's those of its people",
        """
        SELECT w.id FROM sweeps w LEFT JOIN sweep_agencies a ON a.sweep_id = w.id GROUP BY w.id
        HAVING w.people <> coalesce(sum(a.people), 0) OR w.short <> coalesce(sum(a.short), 0)
        UNION ALL
        SELECT a.sweep_id FROM sweep_agencies a LEFT JOIN shortfalls s
            ON s.sweep_id = a.sweep_id AND coalesce(s.told_agency_id, s.agency_id) = a.agency_id AND s.page > 0
        GROUP BY a.sweep_id, a.agency_id HAVING a.short <> count(s.person_id)
        """,
    ),
    Invariant(
        "every page of a finished sweep was announced",
        """
        SELECT s.sweep_id, s.agency_id, s.page FROM shortfalls s JOIN sweeps w ON w.id = s.sweep_id
        WHERE w.state = 'done' AND s.page > 0
            AND (coalesce(s.told_agency_id, s.agency_id), s.page) > (w.announced_agency_id, w.announced_page)
        """,
    ),
    Invariant(
        "a shortfall of the newest sweep is of the agency in which the person served on the sweep's date",
        f"""
        SELECT s.sweep_id, s.person_id
        FROM sweeps w JOIN shortfalls s ON s.sweep_id = w.id JOIN assignments a ON a.person_id = s.person_id
        WHERE w.state = 'done' AND {ASSIGNED} AND s.agency_id <> a.agency_id
            AND NOT EXISTS (SELECT FROM sweeps newer WHERE newer.replaces = w.id AND newer.state = 'done')
        """,  # noqa: S608 - the part is a constant
    ),
)
