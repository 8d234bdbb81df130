"""The states in which people are with their yearly duty, as pages show them."""

from collections.abc import Mapping
from typing import Any

from common.texts import Language
from portal.charts import Told
from portal.texts import CALLED, moment, say, templates
from portal.visits import Visit

STATES = ("met", "on_track", "needs_action", "overdue", "exempt")


def by_state(total: Mapping[str, Any], listed: str, language: Language) -> list[Told]:
    """How many are in each state; the people behind it are at an address to which the state is added."""
    return [(say(CALLED["state"][state], language), total[state], f"{listed}state={state}") for state in STATES]


def of_when(visit: Visit, counts: Mapping[str, Any]) -> dict[str, str]:
    """Of which day counts are, and when they were made, for the file that they are written to."""
    return {
        say("people.day", visit.language): templates(visit.language).filters["day"](counts["as_of"]),
        say("nation.counted", visit.language): moment(counts["counted_at"], visit.zone, visit.language),
    }
