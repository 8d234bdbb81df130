"""The states in which people are with their yearly duty, as pages show them."""

from collections.abc import Mapping
from typing import Any

from common.texts import Language
from portal.charts import Told
from portal.texts import CALLED, say

STATES = ("met", "on_track", "needs_action", "overdue", "exempt")


def by_state(total: Mapping[str, Any], listed: str, language: Language) -> list[Told]:
    """How many are in each state; the people behind it are at an address to which the state is added."""
    return [(say(CALLED["state"][state], language), total[state], f"{listed}state={state}") for state in STATES]
