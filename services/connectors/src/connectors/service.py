"""The connectors service: by which doors learning platforms reach Jejak; and how what these say becomes a report."""

from connectors.domain.completions import load
from connectors.erasing import ERASING
from connectors.signals.reading import read_statements
from contracts.service import Service
from roster.erasing import erase_command
from roster.expiring import expire_command

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
        "reports",
        "mapping",
        "signals",
        "statements",
        "documents",
        "xapi",
        "reforms",
        "personal",
    ],
    rules=load,
    emits=True,
    due=[read_statements],
    commands={"erase": erase_command(ERASING), "expire": expire_command("statements")},
)
