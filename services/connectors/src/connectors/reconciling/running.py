"""`python -m connectors reconcile`: compares Moodle's own list with what a connection has reported, and takes what is missing."""

import argparse
import json
from pathlib import Path
from uuid import UUID

from common.parts import Parts
from common.service import Command
from connectors.reconciling.commands import compare
from connectors.reconciling.moodle import completions
from connectors.signing.tables import Connection


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("connection", type=UUID, help="id of the connection")
    parser.add_argument("--site", required=True, help="address of the Moodle site")
    parser.add_argument("--token-file", required=True, type=Path, help="file with the token of its web service")
    parser.add_argument("--courses", required=True, nargs="+", type=int, help="ids of courses in Moodle")
    parser.add_argument("--look", action="store_true", help="only tell what is missing")


async def _reconcile(asked: argparse.Namespace, parts: Parts) -> int:
    # The list first: no transaction waits for a platform.
    listed = await completions(asked.site, asked.token_file.read_text().strip(), asked.courses)
    async with parts.database.transaction() as session:
        connection = await session.get_one(Connection, asked.connection)
        nip_key = parts.settings.nip_key.get_secret_value()
        missing = await compare(session, connection, listed, nip_key, parts.clock.now(), take=not asked.look)
    courses = [listed[place].course for place in missing]
    told = {"listed": len(listed), "known": len(listed) - len(missing), "missing": courses, "taken": not asked.look}
    print(json.dumps(told))  # noqa: T201 - a command talks to its user
    return 0


RECONCILE = Command(
    _reconcile, description="Compare Moodle's list with what was reported; take what is missing.", arguments=_arguments
)
