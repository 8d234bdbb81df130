"""What must always be true of contacts, as SQL: `python -m registry check`."""

from common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "every version of a contact says who recorded it",
        """
        SELECT person_id, version FROM contacts
        WHERE version <> (SELECT count(*) FROM contact_changes WHERE contact_changes.person_id = contacts.person_id)
        """,
    ),
    Invariant(
        "an address is not checked again once it counts",
        """
        SELECT person_id FROM contacts WHERE lower(check_email) = lower(email)
        """,
    ),
)
