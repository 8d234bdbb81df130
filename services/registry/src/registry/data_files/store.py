"""Where what is in a file of somebody's data stands."""

from pathlib import Path
from uuid import UUID

from common.ids import derived_id
from common.parts import Parts
from common.store.files import Files
from registry.data_files.schemas import Form


def files_of(parts: Parts) -> Files:
    """The file store of the registry."""
    folder: Path = parts.settings.files
    return Files(folder)


def content_id(file_id: UUID, form: Form) -> UUID:
    """Under which id one of the two forms of a file is kept."""
    return derived_id("data-file", file_id, form)
