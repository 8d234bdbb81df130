"""The training service: the catalogue, records, the yearly ledger of learning hours (JP), and soundings."""

from common.service import Command
from contracts.service import DATED, Service
from roster.erasing import erase_command
from roster.expiring import expire_command
from training.class_feedback import cli as class_feedback
from training.counts.kept import keep_counts
from training.domain.rules import load
from training.erasing import ERASING
from training.evidence.cli import erase_files
from training.ledger import cli as ledger
from training.plausibility.cli import flag
from training.settings import Settings
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
        "reported",
        "reforms",
        "restrictions",
        "personal",
        "rule_packs",
        # Checking, evidence, accreditation, plausibility, audits by lot.
        "deputies",
        "checking",
        "evidence",
        "plausibility",
        "classes",
        "certificates",
        "transcripts",
        "class_feedback",
    ],
    settings=Settings,
    rules=load,
    expands=DATED,
    emits=True,
    answers_once=True,
    due=[keep_counts],
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
        "ask-use": Command(
            class_feedback.run,
            description="Ask whoever was in a class some time ago whether they have used it, once. Safe to run at any time.",
            daily=True,
        ),
        "erase": erase_command(ERASING),
        "flag": Command(
            flag,
            description="Show whoever answers for people what points at records that were not earned as told. Safe to run at any time.",
            daily=True,
        ),
        "erase-files": Command(
            erase_files,
            description="Take away the evidence of whoever was erased. Safe to run at any time.",
            daily=True,
        ),
        "expire": expire_command("idempotency"),
    },
)
