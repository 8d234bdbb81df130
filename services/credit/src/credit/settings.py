"""The settings that only this service has; the environment gives them under the prefix CREDIT_."""

from pathlib import Path

from pydantic import Field

from contracts import service


class Settings(service.Settings):
    """Where spreadsheets are kept until they are worked off."""

    files: Path = Field(
        default=Path("files"),
        description="directory of the files it keeps; every process of the service has the same one",
    )
