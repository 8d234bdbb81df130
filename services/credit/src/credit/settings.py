"""Settings of the credit service, read from CREDIT_* variables."""

from pydantic_settings import SettingsConfigDict

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="CREDIT_", frozen=True, extra="ignore")
