"""`python -m registry breach` and `python -m registry drop-looks`."""

import argparse
import json
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from common.parts import Parts
from common.texts import LANGUAGES
from contracts.zone import JAKARTA
from registry.access.breach import Breach, fields_of, list_touched, notice_to_authority, notice_to_people
from registry.domain.access_log import kept_from
from registry.texts import TEXTS


def add_breach(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--client", help="the suspected client, as `azp` or `client_id` of its tokens names it")
    parser.add_argument("--since", required=True, type=_moment, help="YYYY-MM-DDTHH:MM, in Asia/Jakarta unless it says")
    parser.add_argument("--until", required=True, type=_moment, help="the moment after the last")
    parser.add_argument("--how", help="how it came about, for the notice")
    parser.add_argument("--done", help="what was done about it, for the notice")
    parser.add_argument("--folder", required=True, type=Path, help="where the list and the drafts are written")


async def breach(asked: argparse.Namespace, parts: Parts) -> int:
    """Writes the people concerned, a line each with the parts they were shown, the fields of each part, and drafts of the
    notices in both languages; says how many they are.
    """
    asked.folder.mkdir(parents=True, exist_ok=True)
    groups = await list_touched(
        parts.database.dsn, asked.folder / "people.ndjson", asked.since, asked.until, asked.client
    )
    shown = sorted({part for group in groups for part in group})
    # Once, not with each person: written out five million times they were most of the list.
    (asked.folder / "fields.json").write_text(json.dumps({part: fields_of([part]) for part in shown}), encoding="utf-8")
    found = Breach(asked.since, asked.until, asked.client, groups.total(), shown, asked.how, asked.done)
    for language in LANGUAGES:
        (asked.folder / f"authority.{language}.txt").write_text(notice_to_authority(found, language), encoding="utf-8")
        for group in groups:
            named = asked.folder / f"people-{'-'.join(group)}.{language}.txt"
            named.write_text(notice_to_people(found, group, language), encoding="utf-8")
    print(TEXTS.tell_count("breach.done", found.people))
    if asked.client and not groups:
        print(TEXTS.tell("breach.program", client=asked.client))
    return 0


async def drop_looks(_: argparse.Namespace, parts: Parts) -> int:
    """Drops the months of the access log that have been kept long enough, and says how many they are."""
    first = kept_from(parts.clock.today())
    async with parts.database.transaction() as session:
        dropped = await session.scalar(text("SELECT drop_months(:before)"), {"before": first})
    print(TEXTS.tell_count("drop-looks.done", dropped or 0, day=first))
    return 0


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=JAKARTA)
