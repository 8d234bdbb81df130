"""What credit holds of an agency, for whoever plans a reform of it: cases and points go with their people.

References stay with who sent them: whoever has taken over something of the agency may send one again, of its people, and it
is known.
"""

from contracts.reforms import Held, telling

HELD = (
    Held(
        "cases",
        "person",
        "SELECT count(*) FROM cases c JOIN people p ON p.person_id = c.person_id AND p.agency_id = :agency"
        " WHERE c.state NOT IN ('attested', 'reversed')",
        "/v1/cases?agency_id={agency}",
    ),
    Held(
        "references",
        "person",
        "SELECT count(*) FROM cases WHERE sender_kind = 'agency' AND sender_id = CAST(CAST(:agency AS uuid) AS text)",
    ),
)
subscription = telling(__name__, HELD)
