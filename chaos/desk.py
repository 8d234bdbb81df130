"""Those who work the queue of credit: two take at once, decide what they took, answer objections, issue PAK and revoke some.

The cases are those of an agency's officers, whose jenjang nobody else has: so no other client moves them.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from chaos.arena import Busy
from chaos.clients import (
    MONTHS,
    OFFICER,
    OFFICERS_COEFFICIENT,
    REPEATS,
    Client,
    Judged,
    Objection,
    Person,
    predicate,
)
from chaos.faults import killed

LEASE = timedelta(hours=1)
"""How long a case is in somebody's hands (`rules/checking`)."""
ROLES = {"check": "verifier", "attest": "validator", "judge": "validator"}
"""Of those at a desk, by what they do; two do each."""
WAITS = {"check": "submitted", "attest": "checked"}
WORDS = {"grant": {"answer": "berkasnya lengkap"}, "deny": {"answer": "berkasnya kurang"}}
AFTER = {"grant": "granted", "deny": "denied", "withdraw": "withdrawn", "issue": "issued"}

Caller = dict[str, Any]
Hands = dict[str, tuple[str, datetime]]
"""Who was given a case last, and until when."""


async def desk(client: Client) -> None:
    """Has officers rated, works the queue with two verifiers and two validators, contests returns, and issues PAK."""
    chance, agency = client.chance, client.chance.choice(client.history.agencies)
    callers = {
        act: [{"role": role, "agency": agency.id, "person": _somebody(client)} for _ in range(2)]
        for act, role in ROLES.items()
    }
    free = [(officer, month) for officer in agency.officers for month in MONTHS]
    chance.shuffle(free)
    cases: dict[str, Judged] = {}
    first = True  # also where the time is over before it has begun
    while free and (first or not client.over.is_set()):
        new = await _rated(client, [free.pop() for _ in range(min(len(free), chance.randint(2, 8)))])
        cases |= new
        for act, waits in WAITS.items():
            hands: Hands = {}
            if first and act == "check":
                await _take(client, callers[act][0], hands)
                await _struck(client)
            while any(case.state == waits for case in new.values()):
                await asyncio.gather(*(_work(client, new, act, caller, hands) for caller in callers[act]))
        contested = [case for case in new.values() if case.state == "returned" and chance.random() < 0.7]
        await asyncio.gather(*(_contest(client, case, callers["judge"]) for case in contested))
        credited = sorted({case.person for case in cases.values() if case.state == "attested"})
        await asyncio.gather(*(_issue(client, credited, caller) for caller in callers["attest"]))
        first = False


def _somebody(client: Client) -> str:
    """The id of somebody whom the registry does not know: who has a conflict of interest with nobody."""
    return str(UUID(int=client.chance.getrandbits(128), version=4))


async def _struck(client: Client) -> None:
    """Kills the API with which somebody has just taken cases, before they decide them."""
    with contextlib.suppress(Busy):
        await killed(client.arena, client.chance, client.arena.stack.process("credit", "api"))


async def _rated(client: Client, taken: Sequence[tuple[Person, date]]) -> dict[str, Judged]:
    """The cases of officers' months, by id."""
    lines = [predicate(client, officer, month) for officer, month in taken]
    new: dict[str, Judged] = {}
    answers = await client.upload("credit", "/predicates:batch", lines)
    for (officer, _), line, answer in zip(taken, lines, answers, strict=False):
        if answer["status"] not in {"stored", "duplicate"}:
            client.wrong(f"a predicate of an officer was answered {answer}")
            continue
        case = Judged(answer["id"], officer.id, line["predikat"], coefficient=OFFICERS_COEFFICIENT)
        client.history.cases[line["reference"]] = new[case.id] = case
    return new


async def _take(client: Client, caller: Caller, hands: Hands) -> None:
    """Takes some cases: of those in somebody's hands nobody else is given any."""
    wanted = {"most": client.chance.randint(1, 5), "jenjang": OFFICER}
    answer = await client.insist("credit", "POST", "/queue:take", json=wanted, **caller)
    if answer.status_code != 200:
        client.wrong(f"taking was answered {answer.status_code}: {answer.text[:200]}")
        return
    for item in answer.json()["items"]:
        until = datetime.fromisoformat(item["held_until"])
        holder, before = hands.get(item["case_id"], (caller["person"], until))
        if holder != caller["person"] and abs(until - before) < LEASE:
            client.wrong(f"{client.history.source}: case {item['case_id']} was in two hands at once")
        hands[item["case_id"]] = (caller["person"], until)


async def _work(client: Client, cases: Mapping[str, Judged], act: str, caller: Caller, hands: Hands) -> None:
    """Takes and decides until nothing waits. What the answer was lost of is in one's hands all the same."""
    mine = {"held": "true", "limit": 200, "jenjang": OFFICER}
    while True:
        await _take(client, caller, hands)
        page = await client.insist("credit", "GET", "/queue", params=mine, **caller)
        held = [cases[item["case_id"]] for item in page.json()["items"]]
        if not held:
            return
        await _decide(client, held, act, caller)


async def _decide(client: Client, held: Sequence[Judged], act: str, caller: Caller) -> None:
    chance = client.chance
    lines: list[dict[str, Any]] = [
        {"id": case.id, "act": "return" if chance.random() < 0.2 else act, "reason": "bukti"} for case in held
    ]
    for _ in range(2 if chance.random() < REPEATS else 1):
        answers = await client.upload("credit", "/cases:decide", lines, **caller)
        for case, line, answer in zip(held, lines, answers, strict=False):
            if answer["status"] not in {"updated", "unchanged"}:
                client.wrong(f"{line['act']} of a case in one's hands was answered {answer}")
            case.state = "returned" if line["act"] == "return" else f"{act}ed"


async def _contest(client: Client, case: Judged, judges: Sequence[Caller]) -> None:
    """Objects to a return: it is left as it is, withdrawn, denied, or granted by one judge and issued by the other."""
    owner = {"role": "person", "person": case.person}
    path = f"/cases/{case.id}/appeals"
    filed = await client.insist("credit", "POST", path, json={"grounds": "berkas lengkap"}, **owner)
    if filed.status_code == 201:
        shown = filed.json()
    else:  # the answer to the first try was lost
        mine = (await client.insist("credit", "GET", "/appeals", params={"limit": 200}, **owner)).json()["items"]
        shown = next((each for each in mine if each["case_id"] == case.id), None)
        if shown is None:
            client.wrong(f"an objection was answered {filed.status_code}: {filed.text[:200]}")
            return
    objection = client.history.objections[shown["id"]] = Objection(case.id, shown["answer_by"])
    match client.chance.choice(("leave", "withdraw", "deny", "grant", "grant")):
        case "withdraw":
            await _answer(client, shown["id"], objection, "withdraw", owner)
        case "deny":
            await _answer(client, shown["id"], objection, "deny", judges[0])
        case "grant":
            await _answer(client, shown["id"], objection, "grant", judges[0])
            await _answer(client, shown["id"], objection, "issue", judges[1])
            case.state = "attested"
        case _:
            pass  # the clock of the objection decides


async def _answer(client: Client, name: str, objection: Objection, act: str, caller: Caller) -> None:
    """Moves an objection on, once, however often it is sent."""
    sent = await client.insist("credit", "POST", f"/appeals/{name}/{act}", json=WORDS.get(act), **caller)
    shown = await client.insist("credit", "GET", f"/appeals/{name}", **caller)
    if shown.json().get("state") != AFTER[act]:
        client.wrong(f"{act} of an objection was answered {sent.status_code}, and it is {shown.text[:200]}")
    objection.state = AFTER[act]


async def _issue(client: Client, credited: Sequence[str], caller: Caller) -> None:
    """Issues PAK of some who have points, while the other does so of the same people; now and then revokes one."""
    chance, history = client.chance, client.history
    said = {"kind": "determination", "name": "Pegawai", "official": "Kepala Biro"}
    wanted = chance.sample(credited, k=chance.randint(min(1, len(credited)), len(credited)))
    lines = [{**said, "person_id": person} for person in wanted]
    for answer in await client.upload("credit", "/papers:batch", lines, **caller):
        if answer["status"] not in {"stored", "duplicate"}:
            client.wrong(f"a PAK was answered {answer}")
            continue
        paper = (await client.insist("credit", "GET", f"/papers/{answer['id']}", **caller)).json()
        if history.papers.setdefault(paper["id"], paper["number"]) != paper["number"]:
            client.wrong(f"{history.source}: paper {paper['id']} has two numbers")
        if chance.random() < 0.2:
            await _revoke(client, paper, caller)


async def _revoke(client: Client, paper: Mapping[str, Any], caller: Caller) -> None:
    """Revokes a paper, and asks at its check address."""
    path, reason = f"/papers/{paper['id']}/revoke", {"reason": "salah jumlah"}
    answer = await client.insist("credit", "POST", path, json=reason, **caller)
    check = f"/paper-checks/{paper['check_url'].rpartition('/')[2]}"
    seen = await client.insist("credit", "GET", check, headers={"accept": "application/json"})
    if answer.status_code != 200 or seen.json().get("state") != "revoked":
        client.wrong(f"revoking a paper was answered {answer.status_code}, and its check address {seen.text[:200]}")
    client.history.revoked.add(paper["id"])
