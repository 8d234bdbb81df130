"""Alembic's entry: every table of the service must be imported before it compares."""

from common.store import migrations
from credit.base import metadata
from credit.cases import tables as cases  # noqa: F401 - fills the metadata
from credit.evidence import tables as evidence  # noqa: F401 - as above
from credit.grants import GRANTS
from credit.ledger import tables as ledger  # noqa: F401 - as above

migrations.run(metadata, GRANTS)
