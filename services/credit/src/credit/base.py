"""The one base of this service's tables: its own metadata, holding the kit's tables too."""

from typing import ClassVar

from sqlalchemy import MetaData

from common.store import tables
from common.store.tables import NAMING, add_idempotency, add_inbox, add_outbox, add_waiting

metadata = MetaData(naming_convention=NAMING)
add_outbox(metadata)
add_inbox(metadata)
add_waiting(metadata)
add_idempotency(metadata)


class Stored(tables.Stored):
    metadata: ClassVar[MetaData] = metadata  # pyright: ignore[reportIncompatibleVariableOverride]
