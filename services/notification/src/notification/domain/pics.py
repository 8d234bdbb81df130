"""Who of an agency's PICs is written to.

Source: LAN's Sounding Bangkom writes to the agency's PIC. That a deputy is in copy, that a mail follows the office
until its PIC has it, and that whoever stands in for a PIC gets what is theirs, is ours: no regulation seen says it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from common.texts import Language
from contracts.addresses import read_address
from contracts.zone import JAKARTA, ZONES


@dataclass(frozen=True)
class Addressee:
    """Whom a mail is for: its addresses in the form that mail servers know, its language and its time zone.

    `rank` is the office greeted, main or deputy; None for a person.
    """

    rank: str | None
    recipient: str
    cc: tuple[str, ...]
    language: Language
    time_zone: str


def addressees(pics: Sequence[Mapping[str, Any]]) -> list[Addressee]:
    """A mail for each main PIC, the first with the deputies in copy; without a main PIC, one for each deputy.

    PICs without a valid address do not count; when nobody can be written to, the list is empty.
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


def stood_in(pics: Sequence[Mapping[str, Any]], deputies: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The PICs, each at the address and in the language of whoever stands in for them; `deputies` are by a PIC's address."""
    return [
        {**pic, "email": deputy["email"], "language": deputy["language"], "time_zone": ZONES[deputy["zone"]].key}
        if (deputy := deputies.get((_ascii(pic["email"]) or "").lower()))
        else pic
        for pic in pics
    ]


def addressee_now(
    before: Addressee | None,
    pics: Sequence[Mapping[str, Any]],
    taken: Collection[str],
    *,
    accepted: Collection[str],
    in_doubt: bool,
) -> Addressee | None:
    """Whom a mail is for now, that was for `before`, if for anybody; None when the agency names nobody who has no other about the same.

    `taken` are the addresses, in small letters, of those others; `accepted` those that have this one, and `in_doubt`
    says that they may. A mail that its PIC has, or may have, stays what it was for that PIC.
    """
    free = [named for named in addressees(pics) if named.recipient.lower() not in taken]
    if before is None:
        return next(iter(free), None)
    same = next((named for named in free if named.recipient.lower() == before.recipient.lower()), None)
    if before.recipient in accepted or (same and (in_doubt or accepted)):
        return before
    return same or next(iter(free), None)


def _ascii(written: str) -> str | None:
    try:
        return read_address(written).ascii
    except ValueError:
        return None


def _zone(name: str) -> str:
    return name if name in _zones() else JAKARTA.key


@cache
def _zones() -> frozenset[str]:
    """Read once: looking through the system's files for each mail took four fifths of the time of making them."""
    return frozenset(available_timezones())
