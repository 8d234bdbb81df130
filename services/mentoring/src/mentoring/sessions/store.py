"""Where the files of sessions are kept."""

from pathlib import Path

from common.parts import Parts
from common.store.files import Files


def files_of(parts: Parts) -> Files:
    """The file store of mentoring."""
    folder: Path = parts.settings.files
    return Files(folder)
