"""What the registry is told by its environment."""

from pydantic_settings import SettingsConfigDict

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read from REGISTRY_..."""

    model_config = SettingsConfigDict(env_prefix="REGISTRY_")
