"""The credit service: predikat to credit points (angka kredit), checked and attested."""

from contracts.service import Service
from credit.domain.packs import load

SERVICE = Service(
    name="credit",
    title="Jejak: credit points (angka kredit)",
    port=8003,
    features=["agencies", "deputies", "predicates", "cases", "ledger", "evidence", "personal", "rule_packs"],
    rules=load,
    emits=True,
    answers_once=True,
)
