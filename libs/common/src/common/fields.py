"""Types of fields that every service reads alike, in bodies, parameters and events."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

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


def said(document: BaseModel, name: str, before: object | None) -> Any:
    """What a document says of a field; where it leaves the field out, what was known `before`, if anything was.

    So a document changes only what it names, and clears what it names as null.
    """
    return getattr(document if before is None or name in document.model_fields_set else before, name)
