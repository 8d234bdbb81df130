"""The settings that only this service has; the environment gives them under the prefix CONNECTORS_."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from pydantic import Field, PositiveFloat, SecretStr

from connectors.domain.delivering import WAITS
from contracts import service


class Settings(service.Settings):
    """How webhooks leave, where what is connected to is found, and where spreadsheets are kept until their rows are answered."""

    webhook_waits: tuple[PositiveFloat, ...] = Field(
        default=WAITS,
        description="seconds to wait after the first, second, ... try of a delivery, each up to a fifth longer; after the "
        "last its webhook is switched off. As a JSON list; those of Standard Webhooks",
    )
    webhook_timeout: PositiveFloat = Field(default=20, description="seconds that a receiver of webhooks may take")
    webhook_inside: bool = Field(
        default=False,
        description="whether webhooks may go to addresses of this machine and of private networks, and over http: for tests and trials",
    )

    canvas_jwks_url: str = Field(
        default="https://8axpcl50e4.execute-api.us-east-1.amazonaws.com/main/jwks",
        description="where Instructure publishes the keys by which Canvas Live Events are signed",
    )
    openedx_kafka: str = Field(
        default="", description="bootstrap servers of Open edX' event bus; empty: those of `KAFKA`"
    )
    openedx_topics: tuple[str, ...] = Field(
        default=(), description="topics of the event bus that are read, as a JSON list; empty: none"
    )
    openedx_registry: str = Field(default="", description="HTTP address of the bus' schema registry")
    openedx_site: str = Field(
        default="", description="address of the Open edX site, by which it names courses and people"
    )
    openedx_connection: UUID | None = Field(default=None, description="the connection that the bus reports for")

    siasn_agencies: tuple[UUID, ...] = Field(
        default=(), description="ids of the agencies of whose people SIASN is told, as a JSON list; empty: of none"
    )
    siasn_url: str = Field(
        default="",
        description="address of SIASN's web service, before the name of a resource; empty: nothing is sent",
    )
    siasn_token_url: str = Field(default="", description="where its gateway gives tokens (client credentials)")
    siasn_key: str = Field(default="", description="the consumer key of the agency at that gateway")
    siasn_secret: SecretStr = Field(default=SecretStr(""), description="the secret that goes with it")
    siasn_sso_url: str = Field(default="", description="where the log-in of BKN gives tokens (password)")
    siasn_sso_client: str = Field(default="", description="the client id at that log-in")
    siasn_sso_user: str = Field(default="", description="the account by which the agency writes to SIASN")
    siasn_sso_password: SecretStr = Field(default=SecretStr(""), description="its password")

    files: Path = Field(
        default=Path("files"),
        description="directory of the files it keeps; every process of the service has the same one",
    )

    @property
    def webhook_lease(self) -> timedelta:
        """How long a sender may keep the deliveries it has claimed; after a crash they wait this long."""
        return timedelta(seconds=3 * self.webhook_timeout)

    @property
    def siasn_lease(self) -> timedelta:
        """How long what is told to SIASN may be claimed: all that is claimed at once is sent one after the other."""
        return timedelta(seconds=60 * self.webhook_timeout)
