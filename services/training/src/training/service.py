"""The training service: the catalogue, records, the yearly ledger of learning hours (JP), and soundings."""

from common.service import Command
from contracts.service import DATED, Service
from roster.erasing import erase_command
from roster.expiring import expire_command
from training.domain.rules import load
from training.erasing import ERASING
from training.ledger import cli as ledger
from training.soundings import cli as soundings
from training.totals import cli as totals

SERVICE = Service(
    name="training",
    title="Jejak: training records and learning hours (JP)",
    port=8002,
    features=[
        "agencies",
        "catalogue",
        "records",
        "soundings",
        "ledger",
        "exemptions",
        "counts",
        "totals",
        "standing",
        "team",
        "audits",
        "mentored",
        "reforms",
        "restrictions",
        "personal",
        "rule_packs",
    ],
    rules=load,
    expands=DATED,
    emits=True,
    answers_once=True,
    commands={
        "sweep": Command(
            totals.run,
            description="Sweep the closed caturwulan periods that were not swept yet, and publish totals. Safe to run at any time.",
            arguments=soundings.add_arguments,
            daily=True,
        ),
        "open-year": Command(
            ledger.open_for_all,
            description="Lay the yearly duty for everyone in service in a year who has none yet. Safe to run again.",
            arguments=ledger.add_year,
        ),
        "erase": erase_command(ERASING),
        "expire": expire_command("idempotency"),
    },
)
