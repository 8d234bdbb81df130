"""NIP and NI PPPK: the 18 digits that name a civil servant.

PNS: birth date (8), first appointment YYYYMM (6), sex 1 or 2, sequence (3).
PPPK: birth date (8), year of appointment (4), contract code (2, from 21), sex, sequence.
Digits 13-14 tell the two apart. Neither has a check digit. Sources: newspapers and guides for applicants (no regulation was
seen), whose examples agree.
"""

import hmac
from datetime import date
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from common.fields import FIRST_DAY

LENGTH = 18
FIRST_CONTRACT_CODE = 21
NOBODYS = "209001012110011999"
"""A number for documents that is made as all are and can be nobody's: of somebody yet to be born."""
YOUNGEST, OLDEST = 15, 70
"""Ages at which somebody may be appointed, by the year alone."""


class Nip(NamedTuple):
    """What the digits say."""

    digits: str
    staff_type: Literal["PNS", "PPPK"]
    born: date
    appointed_year: int
    appointed_month: int | None
    male: bool


def parse_nip(written: str) -> Nip:
    """Reads a NIP as written, with or without spaces and dots.

    Raises ValueError with the rule broken, never with the number itself.
    """
    digits = written.replace(" ", "").replace(".", "")
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        raise ValueError("not 18 digits")
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError as error:
        raise ValueError("the first eight digits are no birth date") from error
    if born < FIRST_DAY:
        raise ValueError("born before 1900")
    year, code = int(digits[8:12]), int(digits[12:14])
    if 1 <= code <= 12:
        staff_type: Literal["PNS", "PPPK"] = "PNS"
    elif code >= FIRST_CONTRACT_CODE:
        staff_type = "PPPK"
    else:
        raise ValueError("digits 13-14 are neither a month nor a contract code")
    if not born.year + YOUNGEST <= year <= born.year + OLDEST:
        raise ValueError("appointed at an impossible age")
    if digits[14] not in "12":
        raise ValueError("digit 15 is neither 1 nor 2")
    if digits[15:] == "000":
        raise ValueError("the sequence starts at 001")
    return Nip(digits, staff_type, born, year, code if staff_type == "PNS" else None, digits[14] == "1")


def _checked(written: str) -> str:
    try:
        return parse_nip(written).digits
    except ValueError as error:
        raise PydanticCustomError("nip-invalid", "{rule}", {"rule": str(error)}) from error


WrittenNip = Annotated[
    str, AfterValidator(_checked), WithJsonSchema({"type": "string", "pattern": "^[ .]*([0-9][ .]*){18}$"})
]
"""A field that takes a NIP as written and holds its 18 digits; refused with the code `nip-invalid`."""


def nip_hash(nip: str, key: str) -> str:
    """What stands for a NIP outside the registry: HMAC-SHA256 of its 18 digits, hexadecimal.

    Keyed, because the 18 digits are few enough to be tried out one by one.
    """
    return hmac.digest(key.encode(), nip.encode(), "sha256").hex()
