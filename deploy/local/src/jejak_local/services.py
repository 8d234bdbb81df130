"""The services there are: the folders of `services/`, and nowhere another list.

What needs one in a file of its own (Compose, the import rules, the lock) has it between two marks, written by
`make docs` from here; see `written`.
"""

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from jejak_local.processes import CHECKOUT

if TYPE_CHECKING:  # whoever only starts services need not load them
    from common.parts import Parts
    from common.service import Service

HERE = Path(__file__).parent
NAMES = tuple(sorted(path.parent.name for path in CHECKOUT.glob("services/*/pyproject.toml")))
NOWHERE: dict[str, Any] = {
    "database_url": "postgresql+asyncpg://docs@localhost/docs",
    "kafka": "localhost:9092",
    "issuer": "https://sso.example",
    "jwks_url": "https://sso.example/jwks",
}


def folder_of(name: str) -> Path:
    """Where the code of a service lies."""
    return CHECKOUT / "services" / name / "src" / name


def service_of(name: str) -> "Service":
    """The declaration of a service."""
    return import_module(f"{name}.service").SERVICE


def services() -> "list[Service]":
    """All declarations, in the order of their ports."""
    return sorted(map(service_of, NAMES), key=lambda service: service.port)


def parts_of(service: "Service") -> "Parts":
    """Parts that nothing is done with: enough to ask a service what it consists of."""
    from common.store.database import Database

    settings = service.settings.model_construct(**NOWHERE)
    return service.parts(settings, Database(settings.database_url))


# --- the lists in files ------------------------------------------------------------------------------------------

SETTINGS = {
    "DATABASE_URL": "postgresql+asyncpg://NAME:${JEJAK_DB_PASSWORD:-jejak-local}@postgres:5432/NAME",
    "KAFKA": "kafka:9092",
    "HOST": "0.0.0.0",
    "ISSUER": "*issuer",
    "JWKS_URL": "*jwks-url",
    "NIP_KEY": "*nip-key",
    "OTLP_ENDPOINT": "*otlp",
    "TRACE_RATIO": "*trace-ratio",
}
OWNER = "postgresql+asyncpg://NAME_owner:${JEJAK_DB_OWNER_PASSWORD:-jejak-local-owner}@postgres:5432/NAME"
PART = re.compile(r"(# services: .*\n)(?s:.*?)( *# end of services\n)")


def written() -> dict[Path, str]:
    """Every file that lists the services, as it must be."""
    compose, rules, lock = (CHECKOUT / name for name in ("docker-compose.yml", "pyproject.toml", "requirements.lock"))
    return {
        compose: _with_part(_with_marked(compose.read_text(), NAMES), _compose()),
        rules: _with_marked(rules.read_text(), NAMES),
        lock: _with_members(lock.read_text(), NAMES),
    }


def _compose() -> str:
    from contracts.service import Settings

    declared = services()
    own = {service.name for service in declared if service.settings is not Settings}
    environment = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.get_template("compose.yml.jinja")
    return template.render(services=declared, own=own, settings=SETTINGS, owner=OWNER).rstrip()


def _with_part(text: str, part: str) -> str:
    return PART.sub(lambda marks: f"{marks[1]}{part}\n{marks[2]}", text)


def _with_marked(text: str, names: tuple[str, ...]) -> str:
    """Lines that end with a mark hold the names as they held them before: quoted, with bars, or in a row."""

    def line(found: re.Match[str]) -> str:
        if "|" in found[2]:
            listed = f'"{" | ".join(names)}",'
        elif '"' in found[2]:
            listed = ", ".join(f'"{name}"' for name in names) + ","
        else:
            listed = " ".join(names)
        return f"{found[1]}{listed}{found[3]}"

    return re.sub(r"^( *(?:[\w-]+: )?(?:&\w+ )?)(.*?)(  # services/\*)$", line, text, flags=re.MULTILINE)


def _with_members(lock: str, names: tuple[str, ...]) -> str:
    """The members of the workspace, as `uv export` writes them."""
    members = "".join(f"-e ./services/{name}\n" for name in names)
    needed_by = "".join(f"    #   jejak-{name}\n" for name in names)
    lock = re.sub(r"(?:-e \./services/.*\n)+", members, lock)
    return re.sub(r"(?<=-e \./libs/common\n    # via\n)(?:    #   .*\n)+", needed_by, lock)
