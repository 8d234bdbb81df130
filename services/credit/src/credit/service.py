"""The credit service: predikat to credit points (angka kredit), checked and attested."""

from contracts import imports
from contracts.service import Service
from credit.domain.books import load
from credit.drafts import commands as drafts
from credit.erasing import ERASING
from credit.imports.kinds import IMPORTING
from credit.settings import Settings
from roster.erasing import erase_command
from roster.expiring import expire_command

SERVICE = Service(
    name="credit",
    title="Jejak: credit points (angka kredit)",
    port=8003,
    features=[
        "agencies",
        "deputies",
        "posts",
        "facts",
        "promotions",
        "forecasts",
        "guide",
        "professionalism",
        "drafts",
        "trials",
        "predicates",
        "openings",
        "reported",
        "cases",
        "parts",
        "ledger",
        "explanations",
        "papers",
        "evidence",
        "reforms",
        "restrictions",
        "personal",
        "erasures",
        "rule_packs",
        "imports",
    ],
    settings=Settings,
    rules=load,
    emits=True,
    answers_once=True,
    jobs={imports.JOB: IMPORTING.step, drafts.JOB: drafts.step},
    commands={
        "erase": erase_command(ERASING),
        "drop-imports": imports.DROP,
        "expire": expire_command("idempotency", "jobs"),
    },
)
