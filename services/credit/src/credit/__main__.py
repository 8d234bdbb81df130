"""The credit service: predikat to credit points (angka kredit), checked and attested."""

from pathlib import Path

from fastapi import APIRouter

from common.check import check
from common.clock import Clock
from common.service import Service, main
from contracts import PUBLISHED
from contracts.roles import ROLES
from credit.cases import api as cases
from credit.evidence import api as evidence
from credit.evidence import consumers as records
from credit.invariants import INVARIANTS
from credit.ledger import api as ledger
from credit.people import consumers as people
from credit.predicates import api as predicates
from credit.rule_packs import api as rule_packs
from credit.rulebook import load_rules
from credit.settings import Settings


def build(settings: Settings) -> Service:
    rules = load_rules()
    clock = Clock()
    bulk = APIRouter(max_body_size=settings.batch_body_limit)
    bulk.include_router(predicates.bulk_router)
    bulk.include_router(cases.bulk_router)
    return Service(
        name="credit",
        title="Jejak: credit points (angka kredit)",
        settings=settings,
        routers=[predicates.router, cases.router, ledger.router, evidence.router, rule_packs.router, bulk],
        problems=Path(__file__).with_name("problems.toml"),
        callers=ROLES,
        published=PUBLISHED,
        subscriptions=[people.subscription(rules, clock), records.subscription(rules, clock)],
        state={"rules": rules},
        commands={"check": check(lambda _: INVARIANTS)},
    )


if __name__ == "__main__":
    main(build(Settings.read()))
