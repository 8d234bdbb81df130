"""Settings every service has. Each reads them from the environment under its name: `<SERVICE>_KAFKA`."""

import socket
from typing import Self

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from common.texts import KIT

MEBIBYTE = 1024 * 1024
STOP_SECONDS = 8
"""How long a process that is told to stop works on at what it has in hand."""

UNREAD = "NO_SERVICE_"
"""Settings built without `read` find nothing in the environment."""


class ServiceSettings(BaseSettings):
    """Built once when a process starts and passed down; nothing else reads the environment.

    A service that has settings of its own declares a subclass.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_prefix=UNREAD)

    @classmethod
    def read(cls, prefix: str) -> Self:
        """The settings as the environment gives them under names that begin with `prefix`.

        Raises SystemExit that names each one that is missing or wrong, and never its value.
        """
        try:
            return cls(_env_prefix=prefix)  # pyright: ignore[reportCallIssue] - the environment fills it
        except ValidationError as error:
            wrong = [
                f"  {prefix}{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}"
                for each in error.errors(include_url=False, include_input=False, include_context=False)
            ]
            lines = [KIT.tell("settings.wrong"), *wrong, KIT.tell("settings.advice")]
            raise SystemExit("\n".join(lines)) from None

    database_url: str = Field(
        description="`postgresql+asyncpg://user:password@host:port/database`, by the role that serves"
    )
    owner_database_url: str = Field(
        default="", description="the same database by the role that owns the tables; `migrate` alone has and needs it"
    )
    kafka: str = Field(description="Kafka's bootstrap servers, `host:port[,host:port]`")
    host: str = Field(default="127.0.0.1", description="address at which the API and the health routes answer")
    port: int = Field(default=8000, description="their port")
    issuer: str = Field(description="whose tokens are accepted: any OIDC issuer with RS256 or ES256")
    audience: str = Field(default="jejak", description="whom a token must be for")
    jwks_url: str = Field(description="where the issuer publishes its signing keys")
    otlp_endpoint: str = Field(default="", description="where telemetry goes (OTLP/HTTP); empty: nowhere")
    trace_ratio: float = Field(default=0.1, ge=0, le=1, description="share of traces kept, from 0 to 1")
    instance: str = Field(
        default_factory=socket.gethostname,
        description="stable name of this replica, by which Kafka knows it again; by default the name of the host",
    )
    batch_body_limit: PositiveInt = Field(default=1024 * MEBIBYTE, description="bytes of one bulk upload")
    head_bytes: PositiveInt = Field(default=32 * 1024, description="bytes of a request's address and headers")
    head_lines: PositiveInt = Field(default=100, description="headers of a request")
    head_seconds: PositiveFloat = Field(default=10, description="seconds in which the head of a request must arrive")
    body_seconds: PositiveFloat = Field(default=30, description="seconds in which another KiB of a body must arrive")
    reads_a_second: NonNegativeInt = Field(default=100, description="reads a second of one subject; 0: no limit")
    singles_a_second: NonNegativeInt = Field(
        default=100, description="single writes a second of one subject; 0: no limit"
    )
    uploads_at_once: NonNegativeInt = Field(default=4, description="bulk uploads of one subject under way; 0: no limit")
    open_calls_a_second: NonNegativeInt = Field(
        default=20, description="calls a second from one address to what asks for no token; 0: no limit"
    )
    calls_a_second: NonNegativeInt = Field(
        default=1000, description="calls a second from one address, whoever calls; 0: no limit"
    )
