"""The connectors service: by which doors learning platforms reach Jejak; and how what these say becomes a report."""

from common.parts import Parts, Role
from connectors.domain.completions import load
from connectors.erasing import ERASING
from connectors.imports.kinds import IMPORTING
from connectors.inbound.taking import take
from connectors.reconciling.running import RECONCILE
from connectors.settings import Settings
from connectors.siasn.sender import Exporter
from connectors.signals.reading import read_statements
from connectors.webhooks.sender import Sender
from contracts import imports
from contracts.service import Service
from roster.erasing import erase_command
from roster.expiring import expire_command


def _bus(parts: Parts) -> Role:
    # What reads Kafka is memory and start-up time that the other roles do not need.
    from connectors.bus.consumer import Bus

    return Bus(parts)


SERVICE = Service(
    name="connectors",
    title="Jejak: connectors",
    port=8006,
    features=[
        "agencies",
        "restrictions",
        "catalogue",
        "signing",
        "connections",
        "tokens",
        "reports",
        "mapping",
        "signals",
        "performances",
        "imports",
        "statements",
        "documents",
        "xapi",
        "webhooks",
        "identifiers",
        "siasn",
        "histories",
        "inbound",
        "bus",
        "reconciling",
        "reforms",
        "personal",
    ],
    settings=Settings,
    rules=load,
    emits=True,
    due=[read_statements, take],
    further_roles={"webhooks": Sender, "siasn": Exporter, "bus": _bus},
    jobs={imports.JOB: IMPORTING.step},
    commands={
        "erase": erase_command(ERASING),
        "drop-imports": imports.DROP,
        "expire": expire_command("statements", "jobs"),
        "reconcile": RECONCILE,
    },
)
