"""How a person's data come together: the registry asks, each service answers with what it holds."""

from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from common.events import Event, Topic
from contracts import topics
from contracts.events import PREFIX, Part

Kind = Literal["text", "day", "moment", "number", "flag", "agency", "unit", "post"]


class DataFileRequested(Event):
    """Everything that is held of a person is asked for.

    Each service of `contracts.holders.HOLDERS` answers with `DataFilePart`, in the words of `language`. Asked for again
    because somebody has not answered, it is the next `asking` of the same file.
    """

    topic: ClassVar[Topic] = topics.DATA_FILES
    type: ClassVar[str] = f"{PREFIX}.registry.DataFileRequested.v1"
    source: ClassVar[str] = "/registry"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "file_id"

    file_id: UUID
    person_id: UUID
    language: Literal["id", "en"]
    asking: int = Field(ge=1)


class Column(Part):
    """A column of a section: its name, what people read above it, and how its values are read."""

    name: str
    label: str
    kind: Kind


class Section(Part):
    """What stands in one table of a service about a person. A row has a value for each column: text, a flag, null, or what JSON nests.

    What is `private` is only in a file that the person has asked for themselves.
    """

    name: str
    title: str
    columns: list[Column]
    rows: list[list[Any]]
    private: bool = False


class DataFilePart(Event):
    """What a service holds of a person, or a part of that: it is whole when all of `of` are there."""

    topic: ClassVar[Topic] = topics.DATA_PARTS
    type: ClassVar[str] = f"{PREFIX}.registry.DataFilePart.v1"
    source: ClassVar[str] = "/any-service"
    key_field: ClassVar[str] = "person_id"
    subject_field: ClassVar[str] = "file_id"

    file_id: UUID
    person_id: UUID
    asking: int = Field(ge=1)
    service: str
    number: int = Field(ge=1)
    of: int = Field(ge=1)
    sections: list[Section]
