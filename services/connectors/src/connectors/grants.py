"""What this service does with each of its tables, and so what its role may do: see `common.store.grants`."""

from common.store.grants import ADDED, CHANGED, EDITED, REPLACED, Grants

GRANTS = Grants(
    {
        "activities": CHANGED,
        "agencies": CHANGED,
        "arrivals": CHANGED,
        "attachments": ADDED,
        "attempts": REPLACED,
        "connections": CHANGED,
        "course_mappings": CHANGED,
        "courses": CHANGED,
        "credentials": REPLACED,
        "deliveries": EDITED,
        "documents": EDITED,
        "former_numbers": REPLACED,
        "people": CHANGED,
        "platform_courses": ADDED,
        "platform_users": EDITED,
        "performances": CHANGED,
        "providers": CHANGED,
        "receivers": CHANGED,
        "webhooks": CHANGED,
        "readings": CHANGED,
        "reports": CHANGED,
        "restrictions": CHANGED,
        "siasn_exports": EDITED,
        "siasn_ids": EDITED,
        "sightings": CHANGED,
        "signals": (*REPLACED, "UPDATE (voided)"),
        "statements": (*REPLACED, "UPDATE (voided)"),
    }
)
