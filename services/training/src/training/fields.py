"""Field types the schemas share."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from common.fields import FIRST_DAY, LAST_DAY, PLAIN, Day

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=PLAIN)]

Printed = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]*$",
    ),
]
"""A line that stands on paper: without marks that turn the direction of what follows, and so could make it read as another."""

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def _plainly_written(value: object) -> object:
    """Python's Decimal also reads `1_0`, digits of other scripts, and 1E+9999999999, with which nothing can be computed."""
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        raise ValueError("not a plain decimal number")
    return value


Hours = Annotated[
    Decimal,
    BeforeValidator(_plainly_written),
    Field(max_digits=12),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^{NUMBER.pattern}$"}]}),
]

Rupiah = Annotated[
    Decimal,
    BeforeValidator(_plainly_written),
    Field(ge=0, max_digits=14, decimal_places=2),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^{NUMBER.pattern}$"}]}),
]


MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
"""With its offset from UTC: without one nobody could say which day it was in Jayapura."""


def _day_or_moment(written: Any, day: ValidatorFunctionWrapHandler) -> date:
    if isinstance(written, str) and MOMENT.fullmatch(written):
        try:
            written = datetime.fromisoformat(written.upper())
        except ValueError as error:
            raise _invalid() from error
    if not isinstance(written, datetime):
        return day(written)
    if written.tzinfo is None or not FIRST_DAY.year <= written.year <= LAST_DAY.year:
        raise _invalid()
    return written


def _invalid() -> PydanticCustomError:
    return PydanticCustomError("when-invalid", "no moment from 1900 to 2200 with its offset from UTC")


When = Annotated[
    Day,
    WrapValidator(_day_or_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}),
]
"""A day, or a moment (a `datetime`) that becomes the day it was where the person served."""
