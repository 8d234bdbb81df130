"""The credit service: predikat to credit points (angka kredit), checked and attested."""

from pathlib import Path

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from common.check import check
from common.clock import Clock
from common.messages.inbox import Subscription
from common.rules import RuleBook
from common.service import Service, main
from contracts import PUBLISHED
from contracts.roles import ROLES
from credit.cases import api as cases
from credit.cases.judging import rejudge
from credit.domain.rules import Rules
from credit.evidence import api as evidence
from credit.evidence import consumers as records
from credit.evidence.commands import settle_again
from credit.invariants import INVARIANTS
from credit.ledger import api as ledger
from credit.people import PEOPLE
from credit.predicates import api as predicates
from credit.rule_packs import api as rule_packs
from credit.rulebook import load_rules
from credit.settings import Settings
from roster.copies import News


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
        subscriptions=subscriptions(rules, clock),
        state={"rules": rules},
        commands={"check": check(lambda _: INVARIANTS)},
    )


def subscriptions(book: RuleBook[Rules], clock: Clock) -> list[Subscription]:
    """What credit wants of others: of the registry people, by whom open cases are judged, and of training records."""
    of_training = records.subscription(book, clock)

    async def hear(session: AsyncSession, news: News) -> None:
        if news.changed:
            await settle_again(session, news.changed, book, clock.now())
            await rejudge(session, news.changed, book, clock.now())

    return [PEOPLE.subscription("credit.people", hear, awaited_by=[of_training]), of_training]


if __name__ == "__main__":
    main(build(Settings.read()))
