"""The story of credit points that `make demo` tells: a year of predikat of one agency, its queue, ten PAK, and a total explained."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from rich.table import Table

from credit.domain.books import Regulations, load
from credit.domain.promotion import rank_at
from credit.domain.working_days import last_day
from jejak_local.processes import STATE, LocalError
from jejak_local.stories import PAGE, Scene

PAPERS = STATE / "demo" / "pak"
"""Where the PAK stay when the demo has ended."""
ISSUED = 10
DAYS = 60
"""Working days for which the queue keeps its simulated verifiers busy."""
AT_ONCE = 200
PREDICATES = ("baik", "baik", "baik", "sangat_baik", "butuh_perbaikan")


async def points(scene: Scene) -> list[Table]:
    """Points from before Jejak and a year of predikat of the largest agency, until they are explained on paper."""
    book = load()
    structure = max(scene.nation.structures, key=lambda each: each.size)
    agency = scene.agencies[structure.agency.code]
    found = (await scene.get("registry", f"people?agency_id={agency}&limit={PAGE}"))["items"]
    officers = [each for each in found if each["jenjang"] and each["status"] == "active"]
    officers.sort(key=lambda each: each["joined_on"])
    await _opened(scene, agency, officers, book)
    year = scene.nation.year - 2
    rated = await _sent(scene, "predicates", [_predicate(each, year) for each in officers])
    queued = await _queue(scene, agency)
    orders = _in_both_orders(scene, queued, book)
    worked = await _worked(scene, agency)
    title = f"{rated} predikat of {year} wait: {worked} were taken and decided by two verifiers and two validators, none twice"
    orders.title = f"{title}.\nHad few hands taken {DAYS} working days"
    papers = await _papers(scene, agency, officers)
    return [orders, papers, await _explained(scene, officers[:ISSUED])]


async def _opened(scene: Scene, agency: str, officers: Sequence[Mapping[str, Any]], book: Regulations) -> None:
    """Books what each had before Jejak: some of them are a year or two from their next rank."""
    levels = book.at(scene.nation.today).tables.jenjang
    lines = [
        {"person_id": each["id"], "way": "balance", "method": "integrated", "day": "2022-12-31", "paper_date": "2023-01-31",
         "paper": f"PAK/{number}/2022", "stated": str(max(_before(each, levels), levels[each["jenjang"]].coefficient))}
        for number, each in enumerate(officers, start=1)
    ]  # fmt: skip
    await _sent(scene, "openings", lines)
    waiting = await scene.get("credit", f"cases?state=submitted&agency_id={agency}&limit={PAGE}")
    for role, act in (("verifier", "check"), ("validator", "attest")):
        await _sent(scene, "cases", [{"id": each["id"]} for each in waiting["items"]], act, role=role, agency=agency)


def _before(person: Mapping[str, Any], levels: Mapping[str, Any]) -> Decimal:
    """Points that lack some years of those that the next rank asks for; which years follows from the person's number."""
    level = levels[person["jenjang"]]
    need = rank_at(level, person["golongan"]) or Decimal(0)
    return need - level.coefficient * (UUID(person["id"]).int % 8 + 1)


def _predicate(person: Mapping[str, Any], year: int) -> dict[str, Any]:
    return {
        "source_name": "e-kinerja", "reference": f"demo/{year}/{person['id']}", "person_id": person["id"],
        "predikat": PREDICATES[UUID(person["id"]).int % len(PREDICATES)], "period_start": f"{year}-01-01", "period_end": f"{year}-12-31",
    }  # fmt: skip


async def _sent(scene: Scene, what: str, lines: Sequence[Mapping[str, Any]], act: str = "batch", **caller: Any) -> int:
    """Uploads lines. Returns how many were stored or moved; what is refused was not in the post, or is not in the agency any more."""
    content = "".join(json.dumps(line) + "\n" for line in lines)
    headers = {"content-type": "application/x-ndjson"}
    answer = await scene.ask("credit", "POST", f"{what}:{act}", content=content, headers=headers, **caller)
    if answer.is_error:
        raise LocalError(f"{what}:{act} was refused: {answer.text}")
    return sum(json.loads(line)["status"] in {"stored", "updated"} for line in answer.text.splitlines())


async def _queue(scene: Scene, agency: str) -> list[dict[str, Any]]:
    """All that waits for a check in the agency."""
    items: list[dict[str, Any]] = []
    after = ""
    while True:
        page = await scene.get("credit", f"queue?limit={PAGE}{after}", role="verifier", agency=agency)
        items += page["items"]
        if page["next"] is None:
            return items
        after = f"&after={page['next']}"


def _in_both_orders(scene: Scene, queued: Sequence[Mapping[str, Any]], book: Regulations) -> Table:
    """What waiting would do if as many were decided a working day as are done in DAYS: first come first, and by harm."""
    today = scene.nation.today
    lead = timedelta(days=book.waiting.at(today).tables.order.lead)
    days = [last_day(book.calendar, today, number + 1) for number in range(DAYS)]
    a_day = -(-len(queued) // DAYS)
    table = Table("order", "median wait", "nine of ten", "who would miss a promotion", "of", "months lost")
    missed: dict[str, int] = {}
    for name, order in (
        ("first come, first served", ("since", "case_id")),
        ("by harm of waiting", ("wanted_by", "case_id")),
    ):
        served = sorted(queued, key=lambda each: [each[field] for field in order])
        waits = [number // a_day + 1 for number in range(len(served))]
        late = [
            each
            for each, wait in zip(served, waits, strict=True)
            if each["period"] and (days[wait - 1] + lead).isoformat() > each["period"]
        ]
        missed[name] = len(late)
        rising = [wait for each, wait in zip(served, waits, strict=True) if each["period"]] or [0]
        table.add_row(
            name, f"{median(rising):.0f} working days", f"{rising[len(rising) * 9 // 10]}", f"{len(late)}",
            f"{sum(each['period'] is not None for each in served)} who may rise", f"{sum(each['months_lost'] for each in late)}",
        )  # fmt: skip
    if missed["by harm of waiting"] > missed["first come, first served"]:
        raise LocalError(f"Ordered by harm, more would miss a promotion: {missed}")
    table.caption = f"Waits of those who may rise; {a_day} decisions a working day"
    return table


async def _worked(scene: Scene, agency: str) -> int:
    """Two verifiers and then two validators empty the queue at once. Returns how many cases they have taken. Raises LocalError for one that was taken twice."""
    taken: list[str] = []

    async def hands(role: str, act: str) -> None:
        caller = {"role": role, "agency": agency, "person": uuid4()}
        while True:
            answer = await scene.ask("credit", "POST", "queue:take", json={"most": AT_ONCE}, **caller)
            ids = [each["case_id"] for each in answer.raise_for_status().json()["items"]]
            if not ids:
                return
            taken.extend(f"{act} {each}" for each in ids)
            decided = await _sent(scene, "cases", [{"id": each, "act": act} for each in ids], "decide", **caller)
            if decided != len(ids):
                raise LocalError(f"{act}: {decided} of {len(ids)} cases in one's hands were decided.")

    for role, act in (("verifier", "check"), ("validator", "attest")):
        await asyncio.gather(hands(role, act), hands(role, act))
    if len(taken) != len({*taken}):
        raise LocalError("A case was given to two people.")
    return len({each.split()[1] for each in taken})


async def _papers(scene: Scene, agency: str, officers: Sequence[Mapping[str, Any]]) -> Table:
    """PAK of some officers, as signed PDF files that stay."""
    numbers = {each["id"]: each["nip"] for each in officers[:ISSUED]}
    said = {"kind": "determination", "official": "Budi Contoh, Kepala Biro"}
    lines = [said | {"person_id": each["id"], "name": each["name"]} for each in officers[:ISSUED]]
    await _sent(scene, "papers", lines, role="validator", agency=agency)
    PAPERS.mkdir(parents=True, exist_ok=True)
    for old in PAPERS.glob("*.pdf"):
        old.unlink()
    table = Table("file", "of", "AK", "bytes", title=f"{ISSUED} PAK, signed, in {PAPERS}")
    for person, nip in numbers.items():
        [paper, *_] = (await scene.get("credit", f"papers?person_id={person}"))["items"]
        pdf = await scene.ask("credit", "POST", f"papers/{paper['id']}/print", json={"nip": nip}, role="lan")
        file = PAPERS / f"{paper['number'].replace('/', '-')}.pdf"
        file.write_bytes(pdf.raise_for_status().content)
        table.add_row(file.name, f"{paper['jenjang']} {paper['golongan']}", paper["ak"], f"{len(pdf.content):,}")
    return table


async def _explained(scene: Scene, officers: Sequence[Mapping[str, Any]]) -> Table:
    """The total of one of them that has most to tell, entry by entry, each with its formula and the legal source."""
    told = [await scene.get("credit", f"people/{each['id']}/credit/explain") for each in officers]
    total, person = max(
        ((total, each["person_id"]) for each in told for total in each["totals"]),
        key=lambda found: len(found[0]["addends"]),
    )
    credit = await scene.get("credit", f"people/{person}/credit")
    sources = {each["id"]: each["source"] for each in credit["entries"]}
    if sum(Decimal(each["twelfths"]) for each in total["addends"]) != Decimal(total["twelfths"]):
        raise LocalError(f"A total is not the sum of what it lists: {total}")
    title = f"Where {total['ak']} AK in {total['jenjang']} come from"
    table = Table("entry", "formula", "twelfths", "total then", "rule", title=title)
    for each in total["addends"]:
        table.add_row(each["kind"], each["formula"], each["twelfths"], each["running"], sources[each["entry_id"]])
    return table
