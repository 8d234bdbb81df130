"""Alembic's entry."""

from common import migrations
from registry import tables

migrations.run(tables.metadata)
