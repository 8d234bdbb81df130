"""Files of people's data as asked for and answered, and what is in one."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from common.fields import Document, Words
from common.texts import Language
from contracts.events.data_files import Column

Form = Literal["json", "pdf"]
State = Literal["gathering", "making", "ready", "erased"]


class DataFileIn(Document):
    """Everything that is held of somebody is asked for: of oneself, or, for a stated reason, of whoever serves in one's agency."""

    person_id: UUID | None = Field(None, description="null: oneself")
    language: Language = "id"
    reason: Words | None = Field(
        None, description="why it is asked for somebody else: needed there, and the person is told"
    )


class DataFileOut(BaseModel):
    """A file that was asked for. Asked for again within the hour, it is the same one.

    Its states: the services are asked (`gathering`), the file is made of what they answered (`making`), it can be fetched
    until the end of `last_day` (`ready`), it is no more (`erased`).
    """

    id: UUID
    person_id: UUID
    language: Language
    reason: str | None
    asked_at: datetime
    state: State
    missing: list[str] = Field(description="the services that have not answered yet")
    last_day: date | None
    json_size: int | None
    pdf_size: int | None


class SectionOfData(BaseModel):
    """What stands in one table of a service about the person; a row has a value under the name of each column.

    A day is YYYY-MM-DD, a moment RFC 3339, a number a text without loss, a flag true or false.
    """

    name: str
    title: str
    columns: list[Column]
    rows: list[dict[str, Any]]


class ServiceData(BaseModel):
    """What a service holds of the person."""

    service: str
    sections: list[SectionOfData]


class PersonalData(BaseModel):
    """The JSON file. Within a version, sections and columns are only added."""

    format: Literal["jejak-personal-data"] = "jejak-personal-data"
    version: Literal[1] = 1
    file_id: UUID
    person_id: UUID
    asked_at: datetime
    language: Language
    services: list[ServiceData]
