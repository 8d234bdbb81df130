"""Alembic's entry: every table of the service must be imported before it compares."""

from common.store import migrations
from notification import tables  # noqa: F401 - fills the metadata
from notification.base import metadata
from notification.grants import GRANTS

migrations.run(metadata, GRANTS)
