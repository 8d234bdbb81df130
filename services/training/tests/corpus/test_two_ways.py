"""Lines in an upload come to the same as the same lines sent one by one: answers, rows, fingerprints, ledger, events.

What may differ: activities that share a cap are shared out once in an upload, and after each line when they come
alone. So a record may have come to its share by versions, and somebody may have met what was due by other hours; what
all of it comes to in the end is the same.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from common.app import create_app
from common.parts import Parts
from jejak_local.harness import OwnedDatabase, client_of, owning
from services.training.tests.corpus.cast import CALLERS, Person
from services.training.tests.corpus.making import SESSIONS, Dice, Line, good, odd, whom
from services.training.tests.corpus.playing import Player, Seen, parts
from services.training.tests.corpus.script import Call, before
from training.service import SERVICE

WRITTEN, CHANGED = ("record_versions", "records", "outbox", "idempotency"), ("jp_ledger", "shortfalls")
NAMES = ("training_upload", "training_singles")
SENDERS = ("service", "hr-A", "hr-A-berdua", "penyelenggara-1", "sambungan-A", "orang-0")
EXAMPLES = 60
JSON = {"content-type": "application/json"}


class Twin:
    """One of two worlds that are the same. No dataclass: hypothesis would print all there is in it."""

    def __init__(self, database: OwnedDatabase, player: Player) -> None:
        self.database = database
        self.player = player

    async def begin_again(self) -> None:
        """As it was before the first line."""
        async with owning(self.database) as owner:
            for table in (*WRITTEN, *CHANGED):
                await owner.execute(text(f"DELETE FROM {table}"))
            for table in CHANGED:
                await owner.execute(text(f"INSERT INTO {table} SELECT * FROM kept.{table}"))
        self.player = replace(self.player, names=type(self.player.names)(), stored={}, outbox=0)

    async def outcome(self, answers: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
        said = [json.loads(self.player.names.of(answer)) for answer in answers]
        told = [json.loads(seen.what) for seen in await self.player.events("", "")]
        events = [each for each in told if isinstance(each, dict)]
        records = [event for event in events if ".Training" in event["ce_type"]]
        rows = [row for row in await self.player.rows() if not row.where.startswith("row of record_versions")]
        return {
            "answers": said,
            "rows": [_in_the_end(row) for row in rows],
            "told of records": {event["ce_subject"]: _state(event) for event in records},
            "first told of": [event["ce_subject"] for event in records if event["ce_sequence"] == "1"],
            "met what was due": sorted(
                {
                    (event["ce_subject"], event["says"]["person_id"])
                    for event in events
                    if "Resolved" in event["ce_type"]
                }
            ),
        }


def _in_the_end(row: Seen) -> Any:
    values = json.loads(row.what)
    if row.where.startswith("row of records"):
        del values["version"]
    if row.where.startswith("row of shortfalls"):
        for name in ("verified", "missing", "version"):
            del values[name]
    return values


def _state(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event["says"].items() if name != "reason"}


@pytest.fixture
async def twins(postgres, parts, api, world) -> AsyncIterator[tuple[Twin, Twin]]:
    """Two databases, copies of that in which the corpus begins."""
    await Player(api.http, api.issuer, world).play(list(before()))
    await world.database.close()  # a copy is made of what nobody is connected to
    async with AsyncExitStack() as stack:
        pair = [await copied(name, stack, postgres, parts, api, world) for name in NAMES]
        yield pair[0], pair[1]
    for name in NAMES:
        await postgres.drop_database(name)


async def copied(name: str, stack: AsyncExitStack, postgres: Any, parts: Parts, api: Any, world: Any) -> Twin:
    template = world.database.url.database
    database = OwnedDatabase(await postgres.create_service_database("training", name=name, template=template))
    stack.push_async_callback(database.close)
    async with owning(database) as owner:
        await owner.execute(text("CREATE SCHEMA kept"))
        for table in CHANGED:
            await owner.execute(text(f"CREATE TABLE kept.{table} AS SELECT * FROM {table}"))
    app = create_app(SERVICE, replace(parts, database=database))
    http = await stack.enter_async_context(client_of(app))
    return Twin(database, Player(http, api.issuer, replace(world, database=database)))


@st.composite
def lines(draw: Any, sender: str) -> list[Line]:
    dice = Dice(lambda most: draw(st.integers(0, most - 1)))
    made: list[Line] = []
    hero = whom(dice, CALLERS[sender])
    for number in range(draw(st.integers(1, 10))):
        fresh = good(dice, CALLERS[sender], f"R-{number}")
        fresh = crowded(dice, hero, fresh) if dice.chance(50) else fresh
        match dice.below(10):
            case 9 if made:
                line = dice.pick(made)
            case 8 if made:
                line = dice.pick(made) | {"reference": f"R-{number}"}
            case 7 if made:
                line = odd(dice, dice.pick(made))
            case 6 | 5 | 4:
                line = odd(dice, fresh)
            case _:
                line = fresh
        made.append(line)
    return made


def crowded(dice: Dice, hero: Person, line: Line) -> Line:
    """An activity under a cap, of one person and around one New Year: it meets others of its kind."""
    gone = {"nip", "course_code", "provider_code", "session_dates", "sessions", "degree", "jp"}
    end = dice.pick(("2026-01-03", "2026-01-02", "2025-12-31"))
    made = {name: value for name, value in line.items() if name not in gone} | {
        "person_id": str(hero.id),
        "form": dice.pick(("NKL01", "NKL02", "NKL09", "NKL10")),
        "start_date": dice.pick((end, end, "2025-12-30")),
        "end_date": end,
    }
    if made["form"] in SESSIONS:
        return made | {"sessions": 1 + dice.below(3)}
    return made | ({"jp": dice.pick(("1", "2.5"))} if dice.chance(50) else {})


sent = st.sampled_from(SENDERS).flatmap(lambda sender: st.tuples(st.just(sender), lines(sender)))


@pytest.mark.timeout(900)  # some 20 s by itself; many runs at once on a small machine take long
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # ten lines are few enough to look at
    suppress_health_check=list(HealthCheck),
)
@given(sent=sent)
async def test_an_upload_comes_to_the_same_as_its_lines_one_by_one(twins, sent):
    sender, given_lines = sent
    upload, singles = twins
    await upload.begin_again()
    await singles.begin_again()
    bodies = [json.dumps(line).encode() for line in given_lines]
    together, apart = await by_upload(upload, sender, bodies), await by_singles(singles, sender, bodies)
    differ = [f"{path}: {told}" for path, told in parts(together, apart)]
    assert not differ, "\n".join((*differ, f"sent by {sender}:", *map(repr, bodies)))


async def by_upload(twin: Twin, sender: str, bodies: Sequence[bytes]) -> dict[str, Any]:
    answer = await twin.player.send(Call("POST", "/v1/trainings:batch", sender, b"\n".join(bodies)))
    told = [json.loads(line) for line in answer.text.splitlines()]
    return await twin.outcome(
        [
            (line["status"], line["code"], line["field"], line["message"])
            if "code" in line
            else (line["status"], line["id"])
            for line in told
        ]
    )


async def by_singles(twin: Twin, sender: str, bodies: Sequence[bytes]) -> dict[str, Any]:
    answers: list[tuple[Any, ...]] = []
    for body in bodies:
        answer = await twin.player.send(Call("POST", "/v1/trainings", sender, body, JSON))
        told = answer.json()
        if answer.status_code in {200, 201}:
            answers.append(("stored" if answer.status_code == 201 else "duplicate", told["id"]))
        else:
            first = told["errors"][0]
            answers.append(("refused", first["code"], first["field"], first["message"]))
    return await twin.outcome(answers)
