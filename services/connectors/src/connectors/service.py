"""The connectors service: by which doors learning platforms reach Jejak; here a learning record store (xAPI)."""

from connectors.erasing import ERASING
from contracts.service import Service
from roster.erasing import erase_command

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
        "statements",
        "documents",
        "xapi",
        "reforms",
        "personal",
    ],
    emits=True,
    commands={"erase": erase_command(ERASING)},
)
