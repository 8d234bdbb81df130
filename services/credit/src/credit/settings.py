"""The settings that only this service has; the environment gives them under the prefix CREDIT_."""

from contracts import service


class Settings(service.FilesSettings, service.SigningSettings):
    """Where spreadsheets are kept until they are worked off, papers are signed, and whoever has one can check it."""
