"""The settings that only this service has; the environment gives them under the prefix MENTORING_."""

from pathlib import Path

from pydantic import Field

from contracts import service


class Settings(service.Settings):
    """Where files are kept."""

    files: Path = Field(
        default=Path("files"),
        description="directory of the files it keeps; every process of the service has the same one",
    )
