"""What this service does with each of its tables, and so what its role may do: see `common.store.grants`."""

from common.store.grants import ADDED, CHANGED, EDITED, REPLACED, Grants

GRANTS = Grants(
    {
        "activities": CHANGED,
        "agencies": CHANGED,
        "attachments": ADDED,
        "connections": CHANGED,
        "courses": CHANGED,
        "credentials": REPLACED,
        "documents": EDITED,
        "former_numbers": REPLACED,
        "people": CHANGED,
        "providers": CHANGED,
        "reports": CHANGED,
        "restrictions": CHANGED,
        "sightings": CHANGED,
        "statements": (*ADDED, "UPDATE (voided)"),
    }
)
