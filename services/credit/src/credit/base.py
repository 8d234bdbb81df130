"""The metadata of this service's tables, holding the kit's too."""

from sqlalchemy import MetaData

from common.store.tables import NAMING, add_idempotency, add_inbox, add_outbox, add_waiting

metadata = MetaData(naming_convention=NAMING)
add_outbox(metadata)
add_inbox(metadata)
add_waiting(metadata)
add_idempotency(metadata)
