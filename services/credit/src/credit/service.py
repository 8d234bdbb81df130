"""The credit service: predikat to credit points (angka kredit), checked and attested."""

from common.service import Command
from contracts import imports
from contracts.service import Service
from credit.appeals.commands import hold_granted
from credit.domain.books import load
from credit.drafts import commands as drafts
from credit.drafts.enacting import enacted
from credit.erasing import ERASING
from credit.imports.kinds import IMPORTING
from credit.queue.cli import escalate_cases, order_queue
from credit.second_checks.commands import draw
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
        "units",
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
        "queue",
        "reversals",
        "appeals",
        "data_fixes",
        "second_checks",
        "conflicts",
        "ledger",
        "explanations",
        "audit",
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
    enacts=enacted,
    emits=True,
    answers_once=True,
    jobs={imports.JOB: IMPORTING.step, drafts.JOB: drafts.step},
    commands={
        "erase": erase_command(ERASING),
        "drop-imports": imports.DROP,
        "draw-second-checks": Command(
            draw,
            description="Draw a lot of checkers' decisions to be made again by somebody else. Safe to run at any time.",
            daily=True,
        ),
        "hold-granted": Command(
            hold_granted,
            description="Hold granted the objections and appeals that nobody has answered in time. Safe to run at any time.",
            daily=True,
        ),
        "escalate-cases": Command(
            escalate_cases,
            description="Tell the PICs of cases that were not decided in time. Safe to run at any time.",
            daily=True,
        ),
        "order-queue": Command(
            order_queue,
            description="Put the cases that wait in the order of today, and publish how long others have waited. Safe to run at any time.",
            daily=True,
        ),
        "expire": expire_command("idempotency", "jobs"),
    },
)
