"""The credit service: predikat to credit points (angka kredit), checked and attested."""

from contracts.service import Service
from credit.domain.packs import load
from credit.erasing import ERASING
from roster.erasing import erase_command
from roster.expiring import expire_command

SERVICE = Service(
    name="credit",
    title="Jejak: credit points (angka kredit)",
    port=8003,
    features=[
        "agencies",
        "deputies",
        "predicates",
        "cases",
        "ledger",
        "evidence",
        "reforms",
        "restrictions",
        "personal",
        "erasures",
        "rule_packs",
    ],
    rules=load,
    emits=True,
    answers_once=True,
    commands={"erase": erase_command(ERASING), "expire": expire_command("idempotency")},
)
