"""What this service does with each of its tables, and so what its role may do: see `common.store.grants`."""

from common.store.grants import ADDED, CHANGED, REPLACED, Grants

GRANTS = Grants(
    {
        "agencies": CHANGED,
        "balances": CHANGED,
        "booked_months": REPLACED,
        "case_history": ADDED,
        "cases": CHANGED,
        "deputies": CHANGED,
        "educations": REPLACED,
        "entries": ADDED,
        "evidence": CHANGED,
        "former_numbers": REPLACED,
        "people": CHANGED,
        "posts": REPLACED,
        "segments": ADDED,
        "statuses": REPLACED,
    }
)
