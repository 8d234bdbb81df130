"""What a book has found, with a few of the examples that break it."""

from collections.abc import Sequence
from typing import Any

from jejak_local.books import Finding

EXAMPLES = 3


def finding(holds: str, broken: Sequence[str], figures: str = "") -> Finding:
    """Whether something holds: nothing was found that breaks it."""
    examples = "; ".join(broken[:EXAMPLES])
    return Finding(holds, not broken, f"{len(broken)} broken: {examples}" if broken else figures)


def differences(told: dict[Any, Any], stored: dict[Any, Any]) -> list[str]:
    """Where what clients were told and what is stored are not the same."""
    return [
        f"{key}: told {told.get(key, 'nothing')}, stored {stored.get(key, 'nothing')}"
        for key in sorted(key for key in told.keys() | stored.keys() if told.get(key) != stored.get(key))
    ]
