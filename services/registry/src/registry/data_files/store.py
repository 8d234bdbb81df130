"""What of a file of somebody's data is there: which services have answered, and where its content stands."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import derived_id
from common.parts import Parts
from common.store.files import Files
from registry.data_files.schemas import Form
from registry.data_files.tables import data_parts

FORMS: Mapping[Form, str] = {"json": "application/json", "pdf": "application/pdf"}
"""What a file can be had as, and the media type of each."""


async def answered(session: AsyncSession, file_ids: Collection[UUID]) -> Mapping[UUID, set[str]]:
    """Which services have answered for each file, with all of their parts."""
    found = await session.execute(
        select(data_parts.c.file_id, data_parts.c.service)
        .where(data_parts.c.file_id.in_(file_ids))
        .group_by(data_parts.c.file_id, data_parts.c.service)
        .having(func.count() == func.max(data_parts.c.of))
    )
    services: defaultdict[UUID, set[str]] = defaultdict(set)
    for file_id, service in found:
        services[file_id].add(service)
    return services


def files_of(parts: Parts) -> Files:
    """The file store of the registry."""
    folder: Path = parts.settings.files
    return Files(folder)


def content_id(file_id: UUID, form: Form) -> UUID:
    """Under which id one of the two forms of a file is kept."""
    return derived_id("data-file", file_id, form)
