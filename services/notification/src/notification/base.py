"""The one base of this service's tables: its own metadata, holding the kit's tables too."""

from typing import ClassVar

from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

from common.tables import NAMING, add_inbox, add_waiting

metadata = MetaData(naming_convention=NAMING)
add_inbox(metadata)
add_waiting(metadata)


class Stored(SQLModel):
    """A row. Storage only: rules are in plain functions, checks in the database, validation at the edges."""

    metadata: ClassVar[MetaData] = metadata  # pyright: ignore[reportIncompatibleVariableOverride]
    __tablename__: ClassVar[str]  # pyright: ignore[reportIncompatibleVariableOverride]

    @classmethod
    def table(cls) -> Table:
        """The Core table, which reads are written with."""
        return metadata.tables[cls.__tablename__]
