"""What notification holds of an agency, for whoever plans a reform of it: from its day on, the heir's PICs are written to."""

from contracts.reforms import Held, telling

HELD = (
    Held("pics", "heir", "SELECT coalesce(sum(jsonb_array_length(pics)), 0) FROM agencies WHERE agency_id = :agency"),
    Held(
        "digests",
        "heir",
        "SELECT count(*) FROM digests WHERE agency_id = :agency AND state IN ('collecting', 'waiting')",
    ),
    Held(
        "messages",
        "heir",
        "SELECT count(*) FROM messages WHERE agency_id = :agency AND state IN ('queued', 'waiting')",
    ),
)
subscription = telling(__name__, HELD)
