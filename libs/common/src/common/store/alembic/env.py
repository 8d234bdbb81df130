"""Alembic's entry, for every service."""

from common.store import migrations

migrations.run()
