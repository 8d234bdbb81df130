"""Where the evidence of records is kept."""

from pathlib import Path

from common.parts import Parts
from common.store.files import Files


def files_of(parts: Parts) -> Files:
    """The file store of training."""
    folder: Path = parts.settings.files
    return Files(folder)
