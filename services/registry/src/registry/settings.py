"""The settings that only this service has; the environment gives them under the prefix REGISTRY_."""

from datetime import timedelta

from pydantic import Field, PositiveInt, SecretStr

from contracts import service


class Settings(service.FilesSettings):
    """What links to check an address are signed with, how long they are good, and where files are kept."""

    link_key: SecretStr = Field(
        description="key of the links that check an address; another one makes all sent useless"
    )
    check_hours: PositiveInt = Field(default=72, description="hours in which the link that checks an address is good")

    @property
    def check_time(self) -> timedelta:
        """How long a link is good."""
        return timedelta(hours=self.check_hours)
