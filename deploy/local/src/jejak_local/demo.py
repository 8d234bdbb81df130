"""`make demo`: a synthetic nation goes through the whole of Jejak, and what came of it is shown and checked."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from jejak_local.books import ask, balance, rest
from jejak_local.cohort import cohort
from jejak_local.collector import trace_tree
from jejak_local.mail import Mail
from jejak_local.pictures import pictures, somebody
from jejak_local.platforms import INSIDE, platforms
from jejak_local.points import points
from jejak_local.processes import STATE, LocalError
from jejak_local.stack import Stack, running_stack
from jejak_local.stories import STORIES, Scene, run_command
from nation.generate import Nation
from nation.load import load
from nation.people import FUNCTIONAL_SHARE
from nation.session import Stack as LoaderStack
from nation.summary import LoadSummary

console = Console()


async def demo(root: Path, *, agencies: int, people: int, seed: int) -> int:
    """Runs the demo on a stack of its own under `root`. Gives 0 when everything was as it should be."""
    begun = time.monotonic()
    today = datetime.now(ZoneInfo("Asia/Jakarta")).date()
    nation = Nation(
        seed=seed, agencies=agencies, people=people, year=today.year, today=today, predicate_share=FUNCTIONAL_SHARE
    )
    console.rule("1  Kafka, PostgreSQL, SMTP and the services")
    async with running_stack(root, trace_ratio=1.0, environment=INSIDE, say=console.print) as stack:
        console.rule(f"2  A nation of {agencies} agencies and {people:,} people, through the public APIs")
        loaded = await _load(stack, nation)
        await rest(stack)
        console.rule("3  The sweep of all closed caturwulan")
        sweep = await run_command(stack, "training", "sweep")
        console.print(sweep)
        await rest(stack)
        async with _client(stack) as client:
            trace = await _one_story(stack, client, loaded)
            await rest(stack)
            console.rule("4  What came of it")
            console.print(_streams(loaded))
            console.print(await _hours(stack, client, loaded))
            console.print(_credits(loaded, await ask(stack, "credit", "SELECT count(*) FROM entries")))
        console.rule("5  Learning platforms; a cohort of mentoring; credit points; people, units, rights")
        await _stories(stack, nation, loaded)
        mails = stack.mail.mails()
        console.print(_mails(mails))
        console.rule("6  One revoked training, followed from the request to the mail")
        console.print(await _trace(stack, trace))
        console.rule("7  Do the books balance?")
        findings = await balance(stack)
        table = Table("must hold", "figures", "")
        for finding in findings:
            table.add_row(finding.holds, finding.figures, "[green]yes[/]" if finding.ok else "[bold red]NO[/]")
        console.print(table)
        console.rule("8  The pages")
        console.print(f"The portal was at {stack.url('portal')}; to look around in one of your own: make up")
        console.print(await pictures(stack.url("portal"), await somebody(stack), STATE / "pictures"), soft_wrap=True)
    planted = sum(stream.planted for stream in loaded.streams.values())
    good = loaded.ok and bool(mails) and all(finding.ok for finding in findings)
    console.print(
        f"Every planted fault ({planted:,}) was answered as foretold: {'[green]yes[/]' if loaded.ok else '[bold red]NO[/]'}."
        f" All in {time.monotonic() - begun:.0f} s."
    )
    if not loaded.ok:
        for stream in loaded.streams.values():
            for surprise in (*stream.missing.examples[:5], *stream.unexpected.examples[:5]):
                console.print(
                    f"  {surprise.stream} line {surprise.line}: expected {surprise.expected}, got {surprise.got}"
                )
    return 0 if good else 1


async def _load(stack: Stack, nation: Nation) -> LoadSummary:
    with Progress(
        TextColumn("{task.description:<52}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    ) as progress:
        tasks: dict[str, Any] = {}

        def show(done: int, total: int, label: str) -> None:
            if label not in tasks:
                for earlier in tasks.values():
                    progress.stop_task(earlier)
                tasks[label] = progress.add_task(label, total=total)
            progress.update(tasks[label], completed=done, total=total)

        summary = await load(LoaderStack.of(stack.facts), nation, show)
        for label, task in tasks.items():
            sent = summary.streams[label].sent if label in summary.streams else progress.tasks[task].total
            progress.update(task, completed=sent, total=sent)
    return summary


@asynccontextmanager
async def _client(stack: Stack) -> AsyncGenerator[httpx2.AsyncClient]:
    """A client that may read everything, and write for any agency."""
    headers = {"authorization": f"Bearer {await stack.token('service')}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as client:
        yield client


async def _stories(stack: Stack, nation: Nation, loaded: LoadSummary) -> None:
    async with httpx2.AsyncClient(timeout=60) as http:
        scene = Scene(stack, http, nation, loaded.agencies)
        console.print(await platforms(scene))
        # While one waits for a mail or a match, the other has the cores.
        for tables in await asyncio.gather(cohort(scene), points(scene)):
            for table in tables:
                console.print(table)
        for story in STORIES:
            console.print(await story(scene))


async def _one_story(stack: Stack, client: httpx2.AsyncClient, loaded: LoadSummary) -> str:
    """Somebody short catches up, and then the training is revoked: gives the trace of the revocation."""
    training = stack.url("training")
    today = datetime.now(ZoneInfo("Asia/Jakarta")).date().isoformat()
    without_pic = {row["agency_id"] for row in await _items(client, f"{stack.url('notification')}/v1/waiting")}
    for agency in loaded.agencies.values():
        if agency in without_pic:
            continue
        short = await _items(client, f"{training}/v1/shortfalls?agency_id={agency}&state=open&limit=1")
        if not short:
            continue
        record = await _sent(
            client,
            f"{training}/v1/trainings",
            {
                "source_name": "demo", "reference": "satu-cerita", "person_id": short[0]["person_id"], "form": "KL03",
                "title": "Pelatihan teknis susulan", "start_date": today, "end_date": today, "jp": "40",
            },
        )  # fmt: skip
        await rest(stack)
        trace = secrets.token_hex(16)
        await _sent(
            client,
            f"{training}/v1/trainings/{record['id']}/revoke",
            {"reason": "Sertifikat dibatalkan penyelenggara"},
            traceparent=f"00-{trace}-{secrets.token_hex(8)}-01",
        )
        return trace
    raise LocalError("Nobody is short in this nation; ask for more people.")


async def _sent(client: httpx2.AsyncClient, url: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = await client.post(url, json=body, headers=headers)
    if answer.is_error:
        raise LocalError(f"POST {url} was refused: {answer.text}")
    return answer.json()


async def _items(client: httpx2.AsyncClient, url: str) -> list[dict[str, Any]]:
    answer = await client.get(url)
    answer.raise_for_status()
    return answer.json()["items"]


def _streams(loaded: LoadSummary) -> Table:
    table = Table("what was sent", title="Intake")
    for name in ("lines", "stored", "changed", "same", "duplicate", "refused", "lines/s"):
        table.add_column(name, justify="right")
    for stream in loaded.streams.values():
        figures = (
            stream.sent, stream.stored, stream.updated, stream.unchanged, stream.duplicate, stream.refused.total(), stream.rate,
        )  # fmt: skip
        table.add_row(stream.label, *(f"{figure:,.0f}" for figure in figures))
    return table


async def _hours(stack: Stack, client: httpx2.AsyncClient, loaded: LoadSummary) -> Table:
    total: Counter[str] = Counter()
    counted = ("people", "met", "short", "exempt")
    year = datetime.now(ZoneInfo("Asia/Jakarta")).year
    for agency in loaded.agencies.values():
        answer = await client.get(f"{stack.url('training')}/v1/agencies/{agency}/jp-summary?year={year}")
        answer.raise_for_status()
        total.update({name: value for name, value in answer.json().items() if name in counted})
    table = Table("people", "target of the year met", "not yet", "exempt", title=f"Learning hours (JP) {year}")
    table.add_row(*(f"{total[name]:,}" for name in counted))
    return table


def _credits(loaded: LoadSummary, entries: int) -> Table:
    cases = loaded.cases
    table = Table(
        "cases", "checked", "attested", "returned", "still open", "CreditVerified", title="Credit points (AK)"
    )
    table.add_row(
        *(f"{n:,}" for n in (cases.found, cases.checked, cases.attested, cases.returned, cases.left, entries))
    )
    return table


def _mails(mails: list[Mail]) -> Panel:
    if not mails:
        return Panel("[bold red]No mail arrived.[/]", title="Mail")
    mail = max(mails, key=lambda one: len(one.body()))
    head = f"To: {', '.join(mail.recipients)}\nSubject: {mail.subject}\n\n"
    return Panel(head + mail.body().strip(), title=f"{len(mails)} mails arrived; one of them", expand=False)


async def _trace(stack: Stack, trace: str) -> Any:
    """The tree, once the spans that are still in the services' exporters have arrived."""
    async with asyncio.timeout(30):
        while not any(span["name"] == "send mail" and span["start"] >= _begin(stack, trace) for span in stack.spans()):
            await asyncio.sleep(0.5)
    return trace_tree(stack.spans(), trace)


def _begin(stack: Stack, trace: str) -> int:
    return min((span["start"] for span in stack.spans() if span["trace"] == trace), default=2**63)
