"""The training service: the catalogue, records, the yearly ledger of learning hours (JP), and soundings."""

import argparse
from pathlib import Path

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from common.check import check
from common.clock import Clock
from common.messages.inbox import Subscription
from common.service import Command, Service, main
from common.store.database import Database
from contracts import PUBLISHED
from contracts.roles import ROLES
from roster.copies import News
from training.catalogue import api as catalogue
from training.domain.rules import Book, load
from training.invariants import invariants
from training.ledger import api as ledger
from training.ledger.commands import lay_again, open_year
from training.people import PEOPLE
from training.records import api as records
from training.records.writing import refile
from training.rule_packs import api as rule_packs
from training.settings import Settings
from training.soundings import api as soundings
from training.soundings import cli as sweep
from training.soundings.commands import follow
from training.texts import TEXTS


def build(settings: Settings) -> Service:
    book = load()
    uploads = APIRouter(max_body_size=settings.batch_body_limit)
    uploads.include_router(catalogue.uploads)
    uploads.include_router(records.uploads)
    return Service(
        name="training",
        title="Jejak: training records and learning hours (JP)",
        settings=settings,
        routers=[catalogue.router, records.router, soundings.router, ledger.router, rule_packs.router, uploads],
        problems=Path(__file__).with_name("problems.toml"),
        callers=ROLES,
        published=PUBLISHED,
        subscriptions=[people(book, Clock())],
        state={"book": book, "singles": records.joiner()},
        commands={
            "sweep": (sweep.command(book), sweep.add_arguments),
            "open-year": (_open_year(book), _add_year),
            "check": check(lambda clock: invariants(book, clock.today().year)),
        },
    )


def people(book: Book, clock: Clock) -> Subscription:
    """What training wants of the registry: what people owe, and the agency their hours count for, follow their history."""

    async def hear(session: AsyncSession, news: News) -> None:
        await lay_again(session, list(news.told), book, clock)
        if news.moved:
            await refile(session, news.moved, clock)
        if elsewhere := sorted({*news.moved, *news.redated}):
            await follow(session, elsewhere, clock)

    return PEOPLE.subscription("training.people", hear)


def _add_year(parser: argparse.ArgumentParser) -> None:
    parser.description = "Lay the yearly duty for everyone in service in a year who has none yet. Safe to run again."
    parser.add_argument("year", type=int, metavar="YEAR")


def _open_year(book: Book) -> Command:
    async def run(options: argparse.Namespace, database: Database, _: Clock) -> int:
        try:
            async with database.transaction() as session:
                laid = await open_year(session, options.year, book)
        except LookupError:
            print(TEXTS.tell("open-year.no-rules", year=options.year))
            return 2
        print(TEXTS.tell_count("open-year.done", laid, year=options.year))
        return 0

    return run


if __name__ == "__main__":
    main(build(Settings.read()))
