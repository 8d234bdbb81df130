"""What must always hold of audits."""

from common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "nobody looks into a session of their own",
        "SELECT a.id FROM audited_sessions a JOIN mentoring_sessions s ON s.id = a.session_id"
        " JOIN pairs p ON p.id = s.pair_id WHERE a.auditor_id IN (p.mentee_id, p.mentor_id)",
    ),
)
