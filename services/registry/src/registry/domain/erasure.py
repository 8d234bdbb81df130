"""When somebody may be erased: the rules of UU 27/2022, Pasal 43 and 44, over how long a record is kept."""

from datetime import date
from typing import Literal

from common.refused import Refused

Ground = Literal["retention", "request", "unlawful"]


def check_erasable(left_on: date | None, kept_until: date | None, ground: Ground, today: date) -> None:
    """Raises Refused for who still serves, since the law needs their record; and, where only time is the ground, before it is over."""
    if left_on is None or left_on > today:
        raise Refused("erasure-in-service", "person_id")
    if ground == "retention" and kept_until is not None and kept_until > today:
        raise Refused("erasure-too-early", "ground", until=kept_until)
