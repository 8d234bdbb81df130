"""The settings that only this service has; the environment gives them under the prefix PORTAL_."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import Field, PositiveFloat, SecretStr

from contracts import service


class Settings(service.Settings):
    """Where the services answer, where people log in, and how long a session lasts."""

    public_url: str = Field(description="the address by which people reach the portal, without a slash at its end")
    services: Mapping[str, str] = Field(description="the address of each service by its name, as a JSON object")
    answer_seconds: PositiveFloat = Field(
        default=3, description="seconds a service has for its answer; its part of a page is then shown as away"
    )
    session_key: SecretStr = Field(description="key that seals sessions; when it changes everybody logs in again")
    client_id: str = Field(default="portal", description="as whom the issuer knows the portal")
    client_secret: SecretStr | None = Field(default=None, description="its secret there, if it has one")
    authorization_url: str = Field(description="where the issuer lets people log in (`authorization_endpoint`)")
    token_url: str = Field(description="where the issuer gives tokens (`token_endpoint`)")
    logout_url: str = Field(description="where people log out at the issuer (`end_session_endpoint`)")
    dashboards_url: str | None = Field(default=None, description="where an operator sees the dashboards, if anywhere")
    traces_url: str | None = Field(default=None, description="where an operator sees the traces, if anywhere")
    idle_minutes: PositiveFloat = Field(default=30, description="minutes after which an unused session ends")
    session_hours: PositiveFloat = Field(default=12, description="hours after which every session ends")

    @property
    def idle(self) -> timedelta:
        """How long a session lasts unused."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def longest(self) -> timedelta:
        """How long a session lasts at most."""
        return timedelta(hours=self.session_hours)
