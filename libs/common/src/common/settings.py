"""Settings every service has. Each reads them from the environment under its own prefix."""

import socket
from typing import Literal

from pydantic import Field, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MEBIBYTE = 1024 * 1024


class ServiceSettings(BaseSettings):
    """Built once in `__main__` and passed down; nothing else reads the environment."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: str = Field(description="postgresql+asyncpg://user:password@host:port/database")
    kafka: str = Field(description="Kafka bootstrap servers, host:port[,host:port]")
    host: str = "127.0.0.1"
    port: int = 8000
    issuer: str = Field(description="OIDC issuer whose tokens are accepted")
    audience: str = "jejak"
    jwks_url: str = Field(description="where the issuer publishes its signing keys")
    nip_key: SecretStr = Field(description="key of the NIP hashes; the same for all services")
    otlp_endpoint: str = Field(default="", description="OTLP/HTTP base URL; empty: no telemetry leaves")
    trace_ratio: float = Field(default=0.1, ge=0, le=1, description="share of traces kept")
    profile: Literal["production", "local"] = "production"
    instance: str = Field(default_factory=socket.gethostname, description="stable name of this replica")
    batch_body_limit: PositiveInt = Field(default=1024 * MEBIBYTE, description="bytes of one bulk upload")
