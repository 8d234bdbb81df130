"""Who of an agency's PICs is written to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from common.clock import JAKARTA

# The pattern of HTML's e-mail fields, with a dot asked for in the domain. No space or line break passes,
# so no address can smuggle a header into a mail.
ADDRESS = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]+@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True)
class Addressee:
    """One mail's addresses, language and time zone; `rank` is the office greeted: main or deputy."""

    rank: str
    recipient: str
    cc: tuple[str, ...]
    language: str
    time_zone: str


def addressees(pics: Sequence[Mapping[str, Any]]) -> list[Addressee]:
    """A mail for each main PIC, the deputies in copy of the first; without a main, one for each deputy.

    PICs without a valid address do not count: the list is empty when nobody can be written to.
    """
    reachable = {pic["email"].lower(): pic for pic in reversed(pics) if ADDRESS.fullmatch(pic["email"])}
    named = list(reversed(reachable.values()))
    main = [pic for pic in named if pic["rank"] == "main"]
    deputies = [pic for pic in named if pic["rank"] == "deputy"]
    copied = tuple(pic["email"] for pic in deputies) if main else ()
    return [
        Addressee(pic["rank"], pic["email"], () if number else copied, pic["language"], _zone(pic["time_zone"]))
        for number, pic in enumerate(main or deputies)
    ]


def _zone(name: str) -> str:
    return name if name in _zones() else JAKARTA.key


@cache
def _zones() -> frozenset[str]:
    """Read once: looking through the system's files for each mail took four fifths of the time of a round's mails."""
    return frozenset(available_timezones())
