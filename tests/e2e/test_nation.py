"""The synthetic nation on real services: planted faults are refused as foretold, nothing else is, and the demo's stories hold."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import httpx2
from rich.table import Table

from contracts.holders import HOLDERS
from jejak_local.books import balance, rest
from jejak_local.cohort import cohort
from jejak_local.mail import Mail
from jejak_local.postgres import temporary_folder
from jejak_local.stack import running_stack
from jejak_local.stories import STORIES, Scene, run_command
from nation.faults import KINDS
from nation.generate import Nation
from nation.load import load
from nation.orders import claim
from nation.session import Stack as LoaderStack


def quiet(_done: int, _total: int, _label: str) -> None: ...


def rows(table: Table) -> list[tuple[str, ...]]:
    return list(zip(*([str(cell) for cell in column.cells] for column in table.columns), strict=True))


def mailed_token(mails: list[Mail], address: str) -> str:
    """What the link holds that was mailed to an address."""
    [link] = {
        found for mail in mails if address in mail.recipients for found in re.findall(r"token=(\S+)", mail.body())
    }
    return unquote(link)


async def test_a_nation_is_taken_its_faults_are_refused_and_its_stories_told() -> None:
    today = datetime.now(ZoneInfo("Asia/Jakarta")).date()  # as the services have it
    nation = Nation(today=today, year=today.year, people=1_000, agencies=14, predicate_share=0.1)
    with temporary_folder("nation") as folder:
        async with running_stack(folder) as stack, httpx2.AsyncClient(timeout=60) as http:
            facts = LoaderStack.of(stack.facts)
            loaded = await load(facts, nation, quiet)
            assert loaded.ok, [summary for summary in loaded.streams.values() if not summary.ok]
            assert set(loaded.streams) | {"reforms", "addresses"} >= set(KINDS)
            assert all(
                loaded.streams[label].planted for label in ("agencies", "units", "posts", "holdings", "contacts")
            )

            await rest(stack)

            async def token_for(address: str) -> str:
                return mailed_token(stack.mail.mails(), address)

            claimed = await claim(facts, nation, token_for)
            assert claimed.ok and claimed.planted, claimed

            scene = Scene(stack, http, nation, loaded.agencies)
            agency_id = next(iter(loaded.agencies.values()))
            units: list[dict[str, Any]] = []
            for service, path, key in (("registry", "people", "id"), ("training", "duty-people", "person_id")):
                found = await scene.get(service, f"{path}?agency_id={agency_id}&limit=500")
                units.append({each[key]: each["unit_id"] for each in found["items"]})
            both = units[0].keys() & units[1].keys()
            assert len(both) > 10
            assert {each: units[0][each] for each in both} == {each: units[1][each] for each in both}

            matched, reasons, repaired, invited, held, fairness = map(rows, await cohort(scene))
            assert [row[0] for row in matched] == [
                "all at once (ours)",
                "highest score first",
                "first come, first served",
            ]
            assert len(reasons) == 3 and all(row[2] for row in reasons)
            assert [row[0] for row in repaired[:2]] == ["declined", "offered next"]
            assert [row[1] for row in invited] == ["REQUEST"]
            assert {row[1:3] for row in held} == {("6", "NKL02, 12.000 JP")}
            assert all("6 pertemuan" in row[5] or "12 pertemuan" in row[5] or "18 pertemuan" in row[5] for row in held)
            applicants, with_mentor, without = map(int, fairness[0][1:4])
            assert applicants == with_mentor + without and without > 0

            await run_command(stack, "training", "sweep")
            told = {story.__name__: rows(await story(scene)) for story in STORIES}
            before, now = told["superior_then_and_now"]
            assert before[0] < now[0] and before[1] != now[1] and before[3] != now[3]
            assert "-" not in {*before, *now}, "both days have units, a post and a superior"
            assert [row[1] for row in told["refused_loops"]] == ["refused: superior-loop", "refused: unit-loop"]
            assert all(row[2].count(">") >= 1 for row in told["refused_loops"])
            assert [row[2] for row in told["intern_sees_totals"][-3:]] == ["forbidden"] * 3
            assert "usul kenaikan pangkat" in told["who_looked"][0][1]
            assert {service for service, _ in told["a_persons_file"]} == {"registry", *HOLDERS}
            assert int(told["a_stolen_client"][0][0].replace(",", "")) >= 100
            for name, last_year, last_year_after, today_before, today_after in told["merger_and_last_year"]:
                assert last_year == last_year_after
                assert (today_before != today_after) and (today_after.startswith("0 /") == name.endswith("(ended)"))
            assert [finding for finding in await balance(stack) if not finding.ok] == []
