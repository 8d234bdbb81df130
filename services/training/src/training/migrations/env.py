"""Alembic's entry: every table of the service must be imported before it compares."""

from common.store import migrations
from training import tables  # noqa: F401 - fills the metadata
from training.base import metadata
from training.grants import GRANTS

migrations.run(metadata, GRANTS)
