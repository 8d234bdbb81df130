"""A database that other migrations have made is seen before anything is changed."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import MetaData, text

from common.store.database import Database
from common.store.grants import Grants
from common.store.migrations import OtherHistory, upgrade

FIRST = """
from alembic import op
revision, down_revision = "{number}", {before}
def upgrade():
    op.execute("CREATE TABLE {table} (id int)")
def downgrade():
    op.execute("DROP TABLE {table}")
"""


@dataclass
class Migrated:
    """A service of nothing but migrations."""

    folder: Path
    metadata: MetaData = field(default_factory=MetaData)
    grants: Grants = field(default_factory=lambda: Grants({}))

    def write(self, tables: Mapping[str, str]) -> None:
        """Migrations by their numbers, each of which makes a table."""
        versions = self.folder / "migrations" / "versions"
        versions.mkdir(parents=True, exist_ok=True)
        before = None
        for number, table in tables.items():
            said = FIRST.format(number=number, before=repr(before), table=table)
            (versions / f"{number}_{table}.py").write_text(said)
            before = number


@pytest.fixture
def service(tmp_path: Path) -> Migrated:
    return Migrated(tmp_path)


async def tables(database: Database) -> set[str]:
    async with database.reading() as session:
        return set(await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))


async def migrate(service: Migrated, database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    await asyncio.to_thread(upgrade, service, url, "")


async def test_what_is_added_is_applied_and_what_is_applied_already_is_left_alone(service, blank) -> None:
    service.write({"0001": "one"})
    await migrate(service, blank)
    service.write({"0001": "one", "0002": "two"})
    await migrate(service, blank)
    await migrate(service, blank)
    assert await tables(blank) == {"alembic_version", "one", "two"}


async def test_what_was_rewritten_is_refused_and_nothing_that_follows_is_applied(service, blank) -> None:
    service.write({"0001": "one"})
    await migrate(service, blank)
    [applied] = (service.folder / "migrations" / "versions").glob("*.py")
    applied.write_text(applied.read_text().replace("id int", "id bigint"))
    service.write({"0002": "two"})
    (service.folder / "migrations" / "versions" / "0002_two.py").write_text(
        FIRST.format(number="0002", before="'0001'", table="two")
    )
    with pytest.raises(OtherHistory, match=r"^0001$"):
        await migrate(service, blank)
    assert await tables(blank) == {"alembic_version", "one"}


async def test_what_was_made_before_there_were_marks_is_refused(service, blank) -> None:
    service.write({"0001": "one"})
    await migrate(service, blank)
    async with blank.engine.begin() as connection:
        await connection.execute(text("COMMENT ON TABLE alembic_version IS NULL"))
    with pytest.raises(OtherHistory, match=r"^0001$"):
        await migrate(service, blank)


async def test_what_newer_code_has_made_is_refused(service, blank) -> None:
    service.write({"0001": "one", "0002": "two"})
    await migrate(service, blank)
    (service.folder / "migrations" / "versions" / "0002_two.py").unlink()
    with pytest.raises(OtherHistory, match=r"^0002$"):
        await migrate(service, blank)
