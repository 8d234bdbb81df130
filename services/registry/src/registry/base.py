"""The metadata of this service's tables, holding the kit's too."""

from sqlalchemy import MetaData

from common.store.tables import NAMING, add_outbox

metadata = MetaData(naming_convention=NAMING)
add_outbox(metadata)
