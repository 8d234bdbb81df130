"""Types of fields that every service reads alike, in bodies, parameters and events."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

# PostgreSQL cannot hold a NUL; pydantic itself refuses half a surrogate pair, which is no text in UTF-8.
PLAIN = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PLAIN)]
"""A name, a reference: one line of text."""
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=PLAIN)]
"""A title, a reason: longer, still without line breaks."""
Paragraph = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=1000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
    ),
]
"""Text that may break its lines."""

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2200, 12, 31)


class _WrittenDay:
    """Pydantic's own date also takes seconds since 1970, as a number or as text, and moments at midnight."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.chain_schema(
            [
                core_schema.str_schema(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", strict=True),
                core_schema.date_schema(ge=FIRST_DAY, le=LAST_DAY),
            ]
        )
        known = core_schema.date_schema(ge=FIRST_DAY, le=LAST_DAY, strict=True)
        return core_schema.custom_error_schema(
            core_schema.json_or_python_schema(written, core_schema.union_schema([known, written])),
            "date-invalid",
            custom_error_message="not YYYY-MM-DD from 1900 to 2200",
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(core_schema.date_schema())


Day = Annotated[date, _WrittenDay()]
"""A day written YYYY-MM-DD, from 1900 to 2200; refused with the code `date-invalid`."""


def _written_moment(value: object) -> object:
    """Pydantic's own moment also takes seconds since 1970, as a number or as text."""
    if isinstance(value, datetime) or (isinstance(value, str) and value[4:5] == "-"):
        return value
    raise PydanticKnownError("datetime_type")


Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2200, 12, 31, tzinfo=UTC)),
    BeforeValidator(_written_moment),
]
"""A moment that PostgreSQL and Python can both hold in every time zone."""
Year = Annotated[int, Field(ge=FIRST_DAY.year, le=LAST_DAY.year)]


class Document(BaseModel):
    """What a caller sends: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def said(document: BaseModel, name: str, before: object | None) -> Any:
    """What a document says of a field; where it leaves the field out, what was known `before`, if anything was.

    So a document changes only what it names, and clears what it names as null.
    """
    return getattr(document if before is None or name in document.model_fields_set else before, name)
