"""Alembic's entry."""

from common.store import migrations
from registry import tables
from registry.grants import GRANTS

migrations.run(tables.metadata, GRANTS)
