"""What must always hold of what mentors have done."""

from common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "nobody is thanked for a pair that was not one",
        "SELECT pair_id FROM thanks JOIN pairs ON id = pair_id WHERE begins_on IS NULL",
    ),
)
