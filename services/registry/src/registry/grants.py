"""What this service does with each of its tables, and so what its role may do: see `common.store.grants`."""

from common.store.grants import ADDED, CHANGED, EDITED, REPLACED, Grants, blanked

GRANTS = Grants(
    {
        "agencies": CHANGED,
        "agency_places": EDITED,
        "assignments": EDITED,
        "changes": ADDED,
        "contact_changes": ADDED,
        "contacts": CHANGED,
        "data_files": CHANGED,
        "data_parts": REPLACED,
        "data_request_steps": blanked("reason"),
        "data_requests": CHANGED,
        "delegations": CHANGED,
        "educations": EDITED,
        "erasure_answers": EDITED,
        "erasures": CHANGED,
        "grades": EDITED,
        "holdings": EDITED,
        "identified": CHANGED,
        "identifier_changes": ADDED,
        "identifiers": EDITED,
        "looks": blanked("reason"),
        "mended_numbers": REPLACED,
        "nips": EDITED,
        "people": CHANGED,
        "pics": REPLACED,
        "post_states": EDITED,
        "posts": CHANGED,
        "reforms": ADDED,
        "restrictions": CHANGED,
        "statuses": EDITED,
        "successors": ADDED,
        "tags": EDITED,
        "unit_states": EDITED,
        "units": CHANGED,
    },
    schemas=["partitions"],
    # A month of the access log is made and dropped by two functions of the owner.
    functions=["open_month(date)", "drop_months(date)"],
)
