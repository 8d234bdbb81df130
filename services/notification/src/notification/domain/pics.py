"""Who of an agency's PICs is written to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from common.clock import JAKARTA
from common.texts import Language
from contracts.addresses import read_address


@dataclass(frozen=True)
class Addressee:
    """One mail's addresses as mail servers know them, language and time zone.

    `rank` is the office greeted: main or deputy.
    """

    rank: str
    recipient: str
    cc: tuple[str, ...]
    language: Language
    time_zone: str


def addressees(pics: Sequence[Mapping[str, Any]]) -> list[Addressee]:
    """A mail for each main PIC, the deputies in copy of the first; without a main, one for each deputy.

    PICs without a valid address do not count: the list is empty when nobody can be written to.
    """
    reachable = {address.lower(): (address, pic) for pic in reversed(pics) if (address := _ascii(pic["email"]))}
    named = list(reversed(reachable.values()))
    main = [(address, pic) for address, pic in named if pic["rank"] == "main"]
    deputies = [(address, pic) for address, pic in named if pic["rank"] == "deputy"]
    copied = tuple(address for address, _ in deputies) if main else ()
    return [
        Addressee(pic["rank"], address, () if number else copied, pic["language"], _zone(pic["time_zone"]))
        for number, (address, pic) in enumerate(main or deputies)
    ]


def _ascii(written: str) -> str | None:
    try:
        return read_address(written).ascii
    except ValueError:
        return None


def _zone(name: str) -> str:
    return name if name in _zones() else JAKARTA.key


@cache
def _zones() -> frozenset[str]:
    """Read once: looking through the system's files for each mail took four fifths of the time of a round's mails."""
    return frozenset(available_timezones())
