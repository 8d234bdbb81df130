"""The story of a cohort that `make demo` tells: from applications to hours in the ledger, as tables."""

import asyncio
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pypdf
from icalendar import Calendar
from rich.table import Table

from jejak_local.baselines import first_come, greedy
from jejak_local.books import ask, rest
from jejak_local.past import service_at
from jejak_local.processes import LocalError
from jejak_local.stories import PAGE, Scene, run_command
from mentoring.domain.matching.limits import Mentors
from mentoring.domain.matching.pairs import NOBODY, pairs_of
from mentoring.runs.inputs import unpacked
from mentoring.service import SERVICE

MENTEES = 48
SEATS = 3
"""Of each mentor; there is one for four mentees, so that seats are scarce."""
MEETING = 5
"""Pairs that hold sessions."""
SESSIONS = 6
ADDRESS = "mentee@instansi.example"
AGREED = {
    "goals": [{"competency": "menulis", "start": 2, "wanted": 4}],
    "plan": "Enam pertemuan",
    "confidentiality": "Tetap di antara kita",
}
HALVES = ("mon-am", "tue-pm", "wed-am", "thu-pm", "fri-am")


@dataclass(frozen=True)
class Cohort:
    """A programme of one agency with people of all, and the run that matched them."""

    scene: Scene
    id: str
    run: str
    mentees: Sequence[str]
    names: Mapping[str, str]
    desk: Mapping[str, Any]

    async def do(self, method: str, path: str, body: Any = None, **caller: Any) -> Any:
        """What is answered. Raises LocalError for a refusal."""
        return await _do(self.scene, method, path, body, **caller)


async def cohort(scene: Scene) -> list[Table]:
    """Applications, one match, three reasons, a decline repaired, sessions over months, and what both have of them."""
    made, matched = await _matched(scene)
    reasons = await _reasons(made)
    await made.do("POST", f"runs/{made.run}/draft", **made.desk)
    await made.do("POST", f"programmes/{made.id}/publish", **made.desk)
    repaired = await _declined(made)
    pairs = (await scene.get("mentoring", f"programmes/{made.id}/pairs?state=offered&limit={PAGE}", **made.desk))[
        "items"
    ]
    for pair in pairs:
        await asyncio.gather(*(made.do("POST", f"pairs/{pair['id']}/accept", **one) for one in _both(pair)))
    fairness = await _fairness(made)
    invited = await _invited(made, pairs[0])
    return [matched, reasons, repaired, invited, await _held(made, pairs[1 : 1 + MEETING]), fairness]


async def _matched(scene: Scene) -> tuple[Cohort, Table]:
    agency = scene.agencies[scene.nation.person(0).agency.code]
    desk = {"role": "programme_manager", "agency": agency}
    found = (await scene.get("registry", f"people?limit={PAGE}", role="lan"))["items"]
    serving = [person for person in found if person["status"] == "active"]
    mentees = [person for person in serving if person["jenjang"] == "ahli_muda"][:MENTEES]
    mentors = [person for person in serving if person["jenjang"] in {"ahli_madya", "ahli_utama"}][: len(mentees) // 4]
    today = scene.nation.today.isoformat()
    body = {"title": "Mentoring lintas jenjang", "opens_on": today, "closes_on": today, "rules": {"seats": SEATS}}
    programme = await _do(scene, "POST", "programmes", body, **desk)
    came = [
        person["id"]
        for person, side in [*((each, "mentor") for each in mentors), *((each, "mentee") for each in mentees)]
        if await _applies(scene, programme["id"], person, side)
    ]
    run = await _do(scene, "POST", f"programmes/{programme['id']}/runs", {}, **desk)

    async def done() -> Any:
        told = await scene.get("mentoring", f"runs/{run['id']}", **desk)
        return told if told["matched"] is not None else None

    told = await scene.until(done)
    names = {person["id"]: person["name"] for person in found}
    made = Cohort(
        scene, programme["id"], run["id"], [each["id"] for each in mentees if each["id"] in came], names, desk
    )
    return made, await _beside(made, told, came)


async def _applies(scene: Scene, programme: str, person: dict[str, Any], side: str) -> bool:
    """Whether somebody is taken. What they say follows from their number, so that the same nation has the same cohort."""
    number = UUID(person["id"]).int
    said: dict[str, Any] = {"side": side, "free": [HALVES[number % 5], HALVES[number // 5 % 5]]}
    if side == "mentee":
        said["goals"] = {"menulis": 4}
    asked = {"role": "person", "person": person["id"]}
    answer = await scene.ask("mentoring", "PUT", f"programmes/{programme}/applications/me", json=said, **asked)
    return answer.is_success


async def _beside(made: Cohort, told: dict[str, Any], came: Sequence[str]) -> Table:
    """The match beside what the best pair first, and whoever came first, would have had of it."""
    kept = await ask(made.scene.stack, "mentoring", f"SELECT inputs FROM matching_runs WHERE id = '{UUID(made.run)}'")
    case = unpacked(kept)
    mentors = Mentors(case.mentors)
    pairs = pairs_of(case, mentors)
    turn = {UUID(person): number for number, person in enumerate(came)}
    order = sorted(range(len(case.mentees)), key=lambda number: turn[case.mentees[number].id])
    table = Table(
        "way",
        "matched",
        "total of scores",
        "of ours",
        title=f"{told['mentees']} mentees, {told['seats']} seats of {told['mentors']} mentors",
    )
    ways = {"all at once (ours)": (told["matched"], told["total"])}
    for name, match in {
        "highest score first": greedy(case, mentors, pairs),
        "first come, first served": first_come(case, mentors, pairs, order),
    }.items():
        ways[name] = int((match.mentor != NOBODY).sum()), match.total
    if max(ways.values()) != ways["all at once (ours)"]:
        raise LocalError(f"A simple way is better than the match: {ways}")
    for name, (matched, total) in ways.items():
        table.add_row(name, f"{matched}", f"{total:,}", f"{total / told['total']:.1%}")
    return table


async def _reasons(made: Cohort) -> Table:
    found = (await made.scene.get("mentoring", f"runs/{made.run}/results?limit={PAGE}", **made.desk))["items"]
    matched = [each for each in found if each["mentor_id"]]
    without = [each for each in found if not each["mentor_id"]]
    table = Table("mentee", "mentor", "why", title="Why this mentor, and why none")
    for each in [*matched[: 3 - len(without[:1])], *without[:1]]:
        path = f"runs/{made.run}/results/{each['person_id']}"
        why = await made.scene.get("mentoring", path, headers={"accept-language": "en"}, **made.desk)
        change = [why["change"]["sentence"]] if why["change"] else []
        best = [part["sentence"] for part in sorted(why["parts"], key=lambda part: -part["points"])[:2]]
        table.add_row(
            made.names[each["person_id"]],
            made.names.get(each["mentor_id"] or "", "-"),
            "\n".join([why["sentence"], *best, *change]),
        )
    return table


async def _declined(made: Cohort) -> Table:
    """Somebody declines; the seat goes to the next best within a minute."""
    pairs = (await made.scene.get("mentoring", f"programmes/{made.id}/pairs?limit={PAGE}", **made.desk))["items"]
    first, known = pairs[0], {pair["id"] for pair in pairs}
    mentee, _ = _both(first)
    await made.do("POST", f"pairs/{first['id']}/decline", {"reason": "Jadwal tidak cocok"}, **mentee)
    began = datetime.now(UTC)

    async def repaired() -> Any:
        now = (await made.scene.get("mentoring", f"programmes/{made.id}/pairs?limit={PAGE}", **made.desk))["items"]
        return [pair for pair in now if pair["id"] not in known]

    offered = await made.scene.until(repaired)
    seconds = (datetime.now(UTC) - began).total_seconds()
    table = Table("what", "mentee", "mentor", "score", title=f"A decline, repaired after {seconds:.1f} s")
    for what, pair in [("declined", first), *(("offered next", pair) for pair in offered)]:
        table.add_row(what, made.names[pair["mentee_id"]], made.names[pair["mentor_id"]], f"{pair['score']:,}")
    return table


async def _invited(made: Cohort, pair: dict[str, Any]) -> Table:
    """What a calendar is told of a session that is planned, as it arrived by SMTP."""
    mentee, mentor = _both(pair)
    await _checked_address(made.scene, pair["mentee_id"])
    proposed = await made.do("PUT", f"pairs/{pair['id']}/agreement", AGREED, **mentee)
    await made.do("POST", f"pairs/{pair['id']}/agreement/sign", {"version": proposed["proposed"]["version"]}, **mentor)
    planned = {"starts_at": (datetime.now(UTC) + timedelta(days=7)).isoformat()}
    await made.do("POST", f"pairs/{pair['id']}/sessions", planned, **mentee)

    async def came() -> Any:
        for mail in made.scene.stack.mail.mails():
            for part in mail.message.walk() if ADDRESS in mail.recipients else ():
                if part.get_content_type() == "text/calendar":
                    return mail.subject, part
        return None

    subject, part = await made.scene.until(came)
    event: Any
    [event] = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
    table = Table("mail", "method", "starts", "zone", "sequence", title="What the calendar of a mentee is told")
    starts = event["DTSTART"]
    table.add_row(
        subject, part.get_param("method"), f"{starts.dt:%Y-%m-%d %H:%M}", starts.params["TZID"], str(event["SEQUENCE"])
    )
    return table


async def _checked_address(scene: Scene, person: str) -> None:
    me = {"role": "person", "person": person}
    await scene.ask("registry", "PUT", "people/me/contact", json={"email": ADDRESS}, **me)

    async def link() -> Any:
        mails = [mail for mail in scene.stack.mail.mails() if ADDRESS in mail.recipients]
        return re.search(r"http\S+/contact/check\?token=\S+", mails[0].body()) if mails else None

    token = parse_qs(urlsplit((await scene.until(link))[0]).query)["token"][0]
    await scene.ask("registry", "POST", "people/me/contact/check", json={"token": token}, **me)


async def _held(made: Cohort, pairs: Sequence[dict[str, Any]]) -> Table:
    """Six sessions of some pairs in six months of last year, and what follows for both."""
    scene, year = made.scene, made.scene.nation.year - 1
    async with service_at(scene.stack, SERVICE, datetime(year, 1, 5, 2, tzinfo=UTC)) as (then, clock):
        tokens = {one["person"]: await scene.stack.token(**one) for pair in pairs for one in _both(pair)}

        async def call(one: dict[str, Any], method: str, path: str, body: Any = None) -> Any:
            headers = {"authorization": f"Bearer {tokens[one['person']]}"}
            answer = await then.request(method, f"/v1/{path}", json=body, headers=headers)
            if answer.is_error:
                raise LocalError(f"{method} {path} was refused: {answer.text}")
            return answer.json()

        for pair in pairs:
            mentee, mentor = _both(pair)
            await call(mentee, "PUT", f"pairs/{pair['id']}/agreement", AGREED)
            await call(mentor, "POST", f"pairs/{pair['id']}/agreement/sign", {"version": 1})
        for month in range(1, SESSIONS + 1):
            for pair in pairs:
                clock.moment = datetime(year, month, 10, 2, tzinfo=UTC)
                planned = {"starts_at": clock.moment.isoformat()}
                session = await call(_both(pair)[0], "POST", f"pairs/{pair['id']}/sessions", planned)
                clock.moment = datetime(year, month, 10, 4, tzinfo=UTC)
                for one in _both(pair):
                    await call(one, "POST", f"sessions/{session['id']}/confirm")
    for pair in pairs:
        await made.do("POST", f"pairs/{pair['id']}/end", {"reason": "Selesai"}, **_both(pair)[0])
    await rest(scene.stack)
    await run_command(scene.stack, "mentoring", "recognise")
    table = Table(
        "mentee",
        "sessions",
        "became",
        f"JP of {year}",
        "mentor",
        "certificate",
        title=f"{SESSIONS} sessions in {SESSIONS} months",
    )
    for pair in pairs:
        [told] = (await scene.get("mentoring", f"pairs/{pair['id']}/completions", **made.desk))["items"]
        hours = await scene.get("training", f"people/{pair['mentee_id']}/jp?year={year}")
        record = await scene.get("training", f"trainings/{told['record_id']}") if told["record_id"] else {}
        table.add_row(
            made.names[pair["mentee_id"]],
            str(len(told["days"])),
            f"{record['form']}, {record['jp_counted']} JP" if record else told["sentence"],
            str(hours["verified"]),
            made.names[pair["mentor_id"]],
            await _certified(scene, pair["mentor_id"], year),
        )
    return table


async def _certified(scene: Scene, mentor: str, year: int) -> str:
    """The line with the figures of a mentor's certificate."""
    paper = await scene.ask("mentoring", "GET", f"recognitions/me/{year}/certificate", role="person", person=mentor)
    written = " ".join(pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text().split())
    found = re.search(rf"Tahun {year}: ([^.]*mentee)", written)
    return found[1] if found else "-"


async def _fairness(made: Cohort) -> Table:
    await run_command(made.scene.stack, "mentoring", "count-by-sex")
    told = await made.scene.get("mentoring", f"programmes/{made.id}/coverage", **made.desk)
    without = (await made.scene.get("mentoring", f"programmes/{made.id}/unmatched?limit={PAGE}", **made.desk))["items"]
    if told["matched"] + told["unmatched"] != told["applicants"] or len(without) != told["unmatched"]:
        raise LocalError(f"Who is matched and who is not are not all: {told}")
    table = Table("group", "applicants", "matched", "unmatched", "median score", title="Who has a mentor")
    rows = [{"region": "everybody", "jenjang": None, "median_score": None, **told}, *told["groups"][:8]]
    for row in rows:
        name = " ".join(part for part in (row["region"], row["jenjang"]) if part)
        shown = [row[part] for part in ("applicants", "matched", "unmatched", "median_score")]
        table.add_row(name, *("-" if number is None else f"{number:,}" for number in shown))
    for each in told["by_sex"]:
        counts = each["matched"], each["unmatched"], each["mean_score"]
        table.add_row(f"{each['sex']}, as counted", "-", *("-" if each is None else f"{each:,}" for each in counts))
    limits = Counter(each["limited_by"] for each in without)
    table.caption = "Without: " + ", ".join(f"{limit} {number}" for limit, number in limits.most_common())
    return table


def _both(pair: dict[str, Any]) -> list[dict[str, Any]]:
    """Mentee and mentor of a pair, as callers."""
    return [{"role": "person", "person": pair[side]} for side in ("mentee_id", "mentor_id")]


async def _do(scene: Scene, method: str, path: str, body: Any = None, **caller: Any) -> Any:
    answer = await scene.ask("mentoring", method, path, json=body, **caller)
    if answer.is_error:
        raise LocalError(f"{method} {path} was refused: {answer.text}")
    return answer.json()
