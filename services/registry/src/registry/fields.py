"""Field types the schemas share."""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from common.fields import Line
from contracts.addresses import MailboxNotAscii, read_address
from contracts.tags import TAGS

MOST_BYTES = 600
"""Limit of a name that stands in events: 200 letters of any script in use in Indonesia. A thousand names fit into one event."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]


def _short(written: str) -> str:
    if len(written.encode()) > MOST_BYTES:
        raise ValueError("too many bytes")
    return written


def _email(written: str) -> str:
    try:
        return read_address(written).shown
    except MailboxNotAscii as error:
        raise PydanticCustomError("email-mailbox-not-ascii", "the mailbox needs SMTPUTF8") from error
    except ValueError as error:
        raise PydanticCustomError("email-invalid", "not an address mail can be sent to") from error


def _time_zone(written: str) -> str:
    if written not in _time_zones():
        raise PydanticCustomError("time-zone-unknown", "not in the time zone database")
    return written


def _listed(written: str) -> str:
    if written not in TAGS:
        raise PydanticCustomError("tag-unknown", "not in the list")
    return written


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


Name = Annotated[Line, AfterValidator(_short)]
Email = Annotated[str, AfterValidator(_email), WithJsonSchema({"type": "string", "format": "email"})]
TimeZone = Annotated[
    str, AfterValidator(_time_zone), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9_+/-]+$"})
]
Tag = Annotated[str, AfterValidator(_listed), WithJsonSchema({"type": "string", "enum": list(TAGS)})]
