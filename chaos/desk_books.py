"""The books of the desk: objections and papers as they were answered, beside credit's tables and what it has told others."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from chaos.arena import Arena
from chaos.clients import History
from chaos.faults import AGAIN
from chaos.findings import differences, finding
from contracts.topics import DECISIONS
from jejak_local.books import Finding, records, rows


async def objections(arena: Arena, histories: Sequence[History]) -> Finding:
    """None is lost, each is as it was answered last or held granted where nobody has answered it, and each step was told."""
    told = {
        name: [each.case, each.answer_by, "held-granted" if each.state == "filed" else each.state]
        for history in histories
        for name, each in history.objections.items()
    }
    kept = await rows(
        arena.stack, "credit", "SELECT id::text, version, case_id::text, answer_by::text, state FROM appeals"
    )
    steps = await _told(arena, "CreditAppealed.v1")
    untold = [
        f"objection {name}, version {version}, is {state}; told were {steps[name]}"
        for name, version, case, answer_by, state in kept
        if [*steps[name]] != [*range(1, version + 1)]
        or [steps[name][version][said] for said in ("case_id", "answer_by", "state")] != [case, answer_by, state]
    ]
    return finding(
        "13 each objection is as it was answered last or by its clock, and each of its steps was told",
        differences(told, {name: facts for name, _, *facts in kept}) + untold,
        f"{len(kept):,} objections",
    )


async def papers(arena: Arena, histories: Sequence[History]) -> Finding:
    """The PAK of an agency and year are numbered from 1 on, none twice and none left out, each as it was answered and told."""
    kept = await rows(
        arena.stack,
        "credit",
        "SELECT id::text, number, revoked_on IS NOT NULL, agency_id::text, year, serial FROM papers",
    )
    series: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for *_, agency, year, serial in kept:
        series[agency, year].append(serial)
    broken = [
        f"the papers of {place} are numbered {sorted(serials)}"
        for place, serials in series.items()
        if sorted(serials) != [*range(1, len(serials) + 1)]
    ]
    stored = {paper: (number, revoked) for paper, number, revoked, *_ in kept}
    for history in histories:
        answered = {paper: (number, paper in history.revoked) for paper, number in history.papers.items()}
        broken += differences(answered, {paper: stored[paper] for paper in answered if paper in stored})
    issued, taken_back = await _told(arena, "PakIssued.v1"), await _told(arena, "PakRevoked.v1")
    revoked = {paper for paper, said in taken_back.items() if 2 in said}  # readers pass over what is no newer version
    broken += differences(stored, {paper: (said[1]["number"], paper in revoked) for paper, said in issued.items()})
    return finding(
        "13 papers are numbered without a gap, none twice, each as it was answered and told",
        broken,
        f"{len(kept):,} papers, {len(revoked):,} revoked",
    )


async def _told(arena: Arena, kind: str) -> defaultdict[str, dict[int, dict[str, Any]]]:
    """What credit has told of each of its things, by version."""
    told: defaultdict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    async for header, body in records(arena.stack.kafka.bootstrap, DECISIONS.name):
        if header.get("ce_type", "").endswith(kind) and AGAIN not in header:
            told[header["ce_subject"]][int(header["ce_sequence"])] = json.loads(body)
    return told
