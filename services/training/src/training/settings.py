"""The settings that only this service has; the environment gives them under the prefix TRAINING_."""

from pydantic import Field

from contracts import service


class Settings(service.FilesSettings, service.SigningSettings):
    """Where files are kept, papers are signed, and whoever has a certificate can check it."""

    public_url: str = Field(
        default="http://localhost:8002",
        description="address of the API for everybody, as the code on a certificate says it",
    )
