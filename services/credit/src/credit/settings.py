"""Settings of the credit service, read from CREDIT_* variables."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic_settings import SettingsConfigDict

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="CREDIT_", frozen=True, extra="ignore")


def _nip_key(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return settings.nip_key.get_secret_value()


UsedNipKey = Annotated[str, Depends(_nip_key)]
