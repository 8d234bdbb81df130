"""The settings that only this service has; the environment gives them under the prefix TRAINING_."""

from pydantic import Field

from contracts import service


class Settings(service.FilesSettings, service.SigningSettings):
    """Where files are kept, papers are signed, and whoever has a certificate can check it."""

    counts_kept_from: int = Field(
        default=100_000,
        description="people from which on the counts of a nation are kept for some minutes; fewer are counted at each look",
    )
