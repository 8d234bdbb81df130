"""What this service does with each of its tables, and so what its role may do: see `common.store.grants`."""

from common.store.grants import ADDED, CHANGED, EDITED, Grants

GRANTS = Grants(
    {
        "agencies": CHANGED,
        "attachments": ADDED,
        "attempts": ADDED,
        "contacts": CHANGED,
        "deputies": CHANGED,
        "digests": CHANGED,
        "listed_people": CHANGED,
        "messages": EDITED,
        "pages": ADDED,
        "resends": ADDED,
        "resolutions": CHANGED,
        "restrictions": CHANGED,
        "rounds": ADDED,
    }
)
