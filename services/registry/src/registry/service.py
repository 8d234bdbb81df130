"""The registry: agencies with their units, posts and PICs, and people with a dated history."""

from common.service import Command
from contracts.service import Service
from registry.access.cli import add_breach, breach, drop_looks
from registry.people.cli import announce_begun
from registry.reforms.commands import JOB, reform_step
from registry.settings import Settings

SERVICE = Service(
    name="registry",
    title="Jejak: agencies and people",
    port=8001,
    features=[
        "agencies",
        "units",
        "posts",
        "people",
        "tags",
        "holdings",
        "identifiers",
        "contacts",
        "deputies",
        "access",
        "reforms",
        "jobs",
    ],
    settings=Settings,
    expands={"region": "SELECT id FROM agencies WHERE region = :name"},
    emits=True,
    jobs={JOB: reform_step},
    commands={
        "announce-begun": Command(
            announce_begun,
            description="Announce again whoever changes today by something recorded beforehand.",
            daily=True,
        ),
        "breach": Command(
            breach,
            description="List whom a suspected client was shown in a span of time, with drafts of the notices.",
            arguments=add_breach,
        ),
        "drop-looks": Command(
            drop_looks,
            description="Drop the months of the access log that were kept long enough. Safe to run at any time.",
            daily=True,
        ),
    },
)
