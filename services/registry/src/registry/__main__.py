"""The registry: agencies, their units and PICs, and people with a dated history."""

import argparse
from pathlib import Path

from fastapi import APIRouter

from common.check import check
from common.clock import Clock
from common.service import Command, Service, main
from common.store.database import Database
from common.texts import Texts
from common.web.auth import Principal
from contracts.events import AgencyChanged, PersonChanged
from contracts.roles import ROLES, named
from registry.agencies import api as agencies
from registry.invariants import INVARIANTS
from registry.people import api as people
from registry.people.daily import announce_all_begun
from registry.settings import Settings
from registry.writing import Writing

TEXTS = Texts(Path(__file__).parent)


def build(settings: Settings) -> Service:
    uploads = APIRouter(max_body_size=settings.batch_body_limit)
    uploads.include_router(agencies.uploads)
    uploads.include_router(people.uploads)
    return Service(
        name="registry",
        title="Jejak: agencies and people",
        settings=settings,
        routers=[agencies.router, people.router, uploads],
        problems=Path(__file__).with_name("problems.toml"),
        callers=ROLES,
        published=(AgencyChanged, PersonChanged),
        commands={
            "check": check(lambda _: INVARIANTS),
            "announce-begun": (announce_begun(settings), describe_announce_begun),
        },
    )


def describe_announce_begun(parser: argparse.ArgumentParser) -> None:
    parser.description = "Daily: announce again whoever changes today by something recorded beforehand."


def announce_begun(settings: Settings) -> Command:
    async def command(_: argparse.Namespace, database: Database, clock: Clock) -> int:
        itself = Principal("registry", named("service"))
        announced = await announce_all_begun(database, Writing.at(clock, itself, settings.nip_key.get_secret_value()))
        print(TEXTS.tell_count("announce-begun.done", announced))
        return 0

    return command


if __name__ == "__main__":
    main(build(Settings.read()))
