"""The settings that only this service has; the environment gives them under the prefix TRAINING_."""

from contracts import service


class Settings(service.FilesSettings, service.SigningSettings):
    """Where files are kept, papers are signed, and whoever has a certificate can check it."""
