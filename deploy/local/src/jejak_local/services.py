"""The services there are: the folders of `services/`, and nowhere another list."""

from importlib import import_module

from common.service import Service
from jejak_local.processes import CHECKOUT


def service_of(name: str) -> Service:
    """The declaration of a service."""
    return import_module(f"{name}.service").SERVICE


def services() -> list[Service]:
    """All declarations, in the order of their ports."""
    names = [folder.name for folder in (CHECKOUT / "services").iterdir() if (folder / "pyproject.toml").exists()]
    return sorted(map(service_of, names), key=lambda service: service.port)
