"""`python -m connectors reconcile`: compares a platform's own list with what a connection has reported, and takes what is missing."""

import argparse
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from uuid import UUID

import httpx2

from common.parts import Parts
from common.refused import Refused
from common.service import Command
from common.trust import trust
from connectors.domain.payloads import Told
from connectors.reconciling import canvas, moodle
from connectors.reconciling.asking import ListRefused, Site
from connectors.reconciling.commands import compare
from connectors.signing.tables import Connection
from connectors.texts import TEXTS

LISTS: Mapping[str, Callable[[Site, Iterable[int]], Awaitable[list[Told]]]] = {
    "canvas": canvas.completions,
    "moodle": moodle.completions,
}
"""Who has finished courses, by the platform of a connection."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("connection", type=UUID, help="id of the connection; its platform is moodle or canvas")
    parser.add_argument("--site", required=True, help="address of the platform")
    parser.add_argument("--token-file", required=True, type=Path, help="file with the token of its web services")
    parser.add_argument("--courses", required=True, nargs="+", type=int, help="ids of courses on the platform")
    parser.add_argument("--look", action="store_true", help="only tell what is missing")


async def _reconcile(asked: argparse.Namespace, parts: Parts) -> int:
    # The list first: no transaction waits for a platform.
    async with parts.database.reading() as session:
        platform = (await session.get_one(Connection, asked.connection)).platform
    if platform not in LISTS:
        return _no(TEXTS.tell("reconcile.no-such-list", platform=platform))
    try:
        async with httpx2.AsyncClient(trust_env=False, timeout=None, verify=trust()) as client:
            token = asked.token_file.read_text().strip()
            site = Site(client, asked.site.rstrip("/"), token, parts.settings.webhook_inside)
            listed = await LISTS[platform](site, asked.courses)
    except ListRefused as error:
        return _no(TEXTS.tell("reconcile.no-list", site=asked.site, why=str(error)))
    except Refused as error:
        return _no(TEXTS.tell("reconcile.not-asked", site=asked.site, why=error.code))
    async with parts.database.transaction() as session:
        connection = await session.get_one(Connection, asked.connection)
        nip_key = parts.settings.nip_key.get_secret_value()
        missing = await compare(session, connection, listed, nip_key, parts.clock.now(), take=not asked.look)
    courses = [listed[place].course for place in missing]
    told = {"listed": len(listed), "known": len(listed) - len(missing), "missing": courses, "taken": not asked.look}
    print(json.dumps(told))  # noqa: T201 - a command talks to its user
    return 0


def _no(why: str) -> int:
    print(why, file=sys.stderr)  # noqa: T201 - a command talks to its user
    return 1


RECONCILE = Command(
    _reconcile,
    description="Compare Moodle's or Canvas' list with what was reported; take what is missing.",
    arguments=_arguments,
)
