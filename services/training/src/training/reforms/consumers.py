"""What training holds of an agency, for whoever plans a reform of it.

References stay with who sent them: whoever has taken over something of the agency may send one again, of its people, and it
is known. Shortfalls stay with the agency of their day: its heir sees them, and the heir's PICs are told what becomes of them.
"""

from contracts.reforms import Held, telling

NOW_THERE = "JOIN people p ON p.person_id = {alias}.person_id AND p.agency_id = :agency"
HELD = (
    Held(
        "references",
        "person",
        "SELECT count(*) FROM records WHERE sender_kind = 'agency' AND sender_id = CAST(CAST(:agency AS uuid) AS text)",
    ),
    Held(
        "courses",
        "person",
        f"SELECT count(*) FROM assigned_courses a {NOW_THERE.format(alias='a')} WHERE a.withdrawn_on IS NULL"  # noqa: S608 - built of names in this code
        " AND NOT EXISTS (SELECT FROM records r WHERE r.person_id = a.person_id AND r.course_id = a.course_id"
        " AND r.state = 'valid' AND r.end_date >= a.assigned_on)",
    ),
    Held(
        "exemptions",
        "person",
        f"SELECT count(*) FROM exemptions x {NOW_THERE.format(alias='x')} WHERE x.state = 'asked'",  # noqa: S608 - built of names in this code
    ),
    Held(
        "shortfalls",
        "heir",
        "SELECT count(*) FROM shortfalls s JOIN sweeps w ON w.id = s.sweep_id AND w.state = 'done'"
        " WHERE s.agency_id = :agency AND s.state = 'open'"
        " AND NOT EXISTS (SELECT FROM sweeps newer WHERE newer.replaces = w.id AND newer.state = 'done')",
        "/v1/shortfalls?state=open&agency_id={agency}",
    ),
)
subscription = telling(__name__, HELD)
