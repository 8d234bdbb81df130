"""Nobody decides a case of somebody with whom they have a conflict of interest (K14)."""

from dataclasses import replace
from datetime import date
from functools import partial
from random import Random
from uuid import UUID, uuid4

import pytest

from common.ids import new_id
from common.store.database import counted_statements
from contracts.events.registry import Holding, PostChanged, PostState, UnitChanged, UnitState
from credit.conflicts.commands import DECLARE
from credit.conflicts.queries import conflicted
from jejak_local.harness import AGENCY, OTHER_AGENCY, bare, caller

QUEUE_STATEMENTS = 2


@pytest.fixture
async def line(world):
    """Head, boss, somebody, and whoever serves below; and a colleague beside: each with a post in one tree."""
    head = await world.post()
    boss = await world.post(head)
    somebody, beside = await world.post(boss), await world.post(boss)
    below = await world.post(somebody)
    posts = {"head": head, "boss": boss, "somebody": somebody, "beside": beside, "below": below}
    return {name: await world.holder(post_id) for name, post_id in posts.items()}


@pytest.fixture
async def case(api, line, predicate) -> str:
    return (await api.call("agency_hr", "POST", "/predicates", predicate(line["somebody"]))).json()["id"]


async def test_whoever_stands_in_the_line_neither_checks_attests_nor_returns(api, line, case) -> None:
    bodies = {"check": None, "return": {"reason": "kurang"}}
    for name in ("head", "boss", "below"):
        for act, body in bodies.items():
            answer = await api.call("verifier", "POST", f"/cases/{case}/{act}", body, person=line[name], subject=name)
            assert (answer.status_code, answer.json()["code"]) == (403, "conflict-of-interest"), name
    [refused] = await api.bulk("/cases:check", [{"id": case}], "verifier", person=line["boss"])
    assert refused["code"] == "conflict-of-interest"
    done = await api.call("verifier", "POST", f"/cases/{case}/check", person=line["beside"], subject="beside")
    assert done.status_code == 200, done.text
    attest = partial(api.call, "validator", "POST", f"/cases/{case}/attest")
    assert (await attest(person=line["head"], subject="head")).json()["code"] == "conflict-of-interest"
    assert (await attest(subject="lain")).status_code == 200


async def test_whoever_is_not_known_decides_nothing(api, case) -> None:
    """A token that names no person could be anybody's: also that of somebody's superior (every route: `test_rights`)."""
    said = api.issuer.claims("verifier", agency=AGENCY)
    del said["person"]
    headers = {"authorization": f"Bearer {api.issuer.sign(said)}"}
    for path, body in ((f"/cases/{case}/check", None), ("/queue:take", {"most": 1})):
        answer = await api.http.post(f"/v1{path}", json=body, headers=headers)
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["errors"][0]["field"]) == (403, "claim-missing", "person")
    assert (await api.http.get(f"/v1/cases/{case}", headers=headers)).json()["state"] == "submitted"


async def test_a_judge_is_shown_no_objection_they_may_not_judge_and_a_head_judges_appeals_from_above(
    api, line, case
) -> None:
    why = {"reason": "kurang"}
    await api.call("verifier", "POST", f"/cases/{case}/return", why, person=line["beside"], subject="beside")
    appeal = {"grounds": "buktinya lengkap"}
    own = {"person": line["somebody"]}
    filed = (await api.call("person", "POST", f"/cases/{case}/appeals", appeal, **own)).json()["id"]

    async def shown(role: str, who: str) -> set[str]:
        return {each["id"] for each in (await api.get("/appeals", role, person=line[who], subject=who))["items"]}

    assert [await shown("validator", who) for who in ("head", "boss", "below")] == [set()] * 3
    assert await shown("validator", "beside") == await shown("person", "somebody") == {filed}
    assert await shown("validator", "somebody") == {filed}, "it is theirs"
    answer = {"answer": "tetap"}
    await api.call("validator", "POST", f"/appeals/{filed}/deny", answer, subject="lain")
    second = (await api.call("person", "POST", f"/cases/{case}/appeals", appeal, **own)).json()["id"]
    assert await shown("agency_head", "head") == {second}, "the law gives it to whoever stands above"
    denied = await api.call("agency_head", "POST", f"/appeals/{second}/deny", answer, person=line["head"])
    assert denied.status_code == 200, denied.text
    await api.call("verifier", "PUT", f"/people/{line['somebody']}/conflict", person=line["head"])
    assert await shown("agency_head", "head") == set(), "but not to who has declared a conflict"


async def test_what_a_head_has_granted_is_issued_by_nobody_in_conflict(api, line, case) -> None:
    """That whoever stands above may judge an appeal is for the head alone: who issues it attests the case."""
    why, appeal, own = {"reason": "kurang"}, {"grounds": "buktinya lengkap"}, {"person": line["somebody"]}
    await api.call("verifier", "POST", f"/cases/{case}/return", why, person=line["beside"], subject="beside")
    first = (await api.call("person", "POST", f"/cases/{case}/appeals", appeal, **own)).json()["id"]
    await api.call("validator", "POST", f"/appeals/{first}/deny", {"answer": "tetap"}, subject="lain")
    path = f"/appeals/{(await api.call('person', 'POST', f'/cases/{case}/appeals', appeal, **own)).json()['id']}"
    granted = await api.call("agency_head", "POST", f"{path}/grant", {"answer": "benar"}, person=line["head"])
    assert granted.status_code == 200, granted.text
    for name in ("boss", "below"):
        refused = await api.refused("validator", "POST", f"{path}/issue", person=line[name], subject=name)
        assert refused[:2] == (403, "conflict-of-interest"), name
    issued = await api.call("validator", "POST", f"{path}/issue", subject="rani")
    assert (issued.status_code, issued.json()["state"]) == (200, "issued")


async def test_who_declares_a_conflict_decides_no_case_of_theirs(api, line, case) -> None:
    judge = {"person": line["beside"], "subject": "beside"}
    answer = await api.call("verifier", "PUT", f"/people/{line['somebody']}/conflict", **judge)
    assert answer.status_code == 204, answer.text
    refused = await api.call("verifier", "POST", f"/cases/{case}/check", **judge)
    assert (refused.status_code, refused.json()["code"]) == (403, "conflict-of-interest")
    unknown = await api.call("verifier", "PUT", f"/people/{new_id()}/conflict", **judge)
    assert unknown.json()["code"] == "person-unknown"


async def test_a_planted_conflict_never_reaches_its_taker(world, api, line, predicate, clock) -> None:
    """Nor is it shown to them as waiting, nor given to be decided again; in as many statements as without one."""
    unit = new_id()
    [mate, judge] = await world.people(*(world.state(unit=(unit, "Bidang")) for _ in range(2)))
    [stranger] = await world.people(world.state())
    lines = [predicate(each) for each in (*line.values(), mate, judge, stranger)]
    answers = await api.bulk("/predicates:batch", lines, "agency_hr", subject="hr")
    case_of = dict(zip((*line, "mate", "judge", "stranger"), (answer["id"] for answer in answers), strict=True))
    names = {case: name for name, case in case_of.items()}

    async def given(who: UUID) -> set[str]:
        with counted_statements(world.database) as statements:
            shown = await api.get("/queue?limit=200", "verifier", person=who, subject=str(who))
        assert (len(statements), shown["withheld"]) == (QUEUE_STATEMENTS, False), statements
        with counted_statements(world.database) as statements:
            taken = await api.call("verifier", "POST", "/queue:take", {"most": 200}, person=who, subject=str(who))
        found = [item["case_id"] for item in taken.json()["items"]]
        assert [item["case_id"] for item in shown["items"]] == found
        assert len(statements) == 6, statements
        clock.moment += world.parts.rules.leases.at(clock.today()).tables.lease
        return {names[each] for each in found}

    for declares, on in ((judge, "stranger"), (line["beside"], "mate")):
        of = stranger if on == "stranger" else mate
        await api.call("verifier", "PUT", f"/people/{of}/conflict", person=declares, subject=str(declares))
    everybody = set(case_of)
    assert await given(line["head"]) == {"mate", "judge", "stranger"}
    assert await given(line["boss"]) == {"mate", "judge", "stranger"}
    assert await given(line["somebody"]) == {"beside", "mate", "judge", "stranger"}
    assert await given(line["below"]) == {"beside", "mate", "judge", "stranger"}
    assert await given(line["beside"]) == {"somebody", "below", "judge", "stranger"}
    assert await given(judge) == everybody - {"judge", "mate", "stranger"}
    assert await given(stranger) == everybody - {"stranger"}
    refused = await api.call("verifier", "POST", f"/cases/{case_of['mate']}/check", person=judge, subject="j")
    assert (refused.status_code, refused.json()["code"]) == (403, "conflict-of-interest")


async def test_whose_queue_is_empty_for_a_conflict_alone_is_told_so(world, api, line, case) -> None:
    """One statement more, and that on an empty queue only; of nobody is said who they are, or how many."""

    async def shown(asked: str = "", role: str = "verifier", **claims: object) -> tuple[int, int, bool]:
        with counted_statements(world.database) as statements:
            page = await api.get(f"/queue{asked}", role, **claims)
        assert page.keys() == {"items", "next", "withheld"}
        return len(page["items"]), len(statements), page["withheld"]

    boss = {"person": line["boss"], "subject": "boss"}
    assert await shown(person=line["beside"]) == (1, QUEUE_STATEMENTS, False)
    assert await shown(**boss) == (0, QUEUE_STATEMENTS + 1, True)
    assert await shown("?held=true", **boss) == (0, QUEUE_STATEMENTS, False), "nothing of it can be in their hands"
    for nothing in ("?kind=education", "?overdue=true", f"?agency_id={OTHER_AGENCY}"):
        assert await shown(nothing, **boss) == (0, QUEUE_STATEMENTS + 1, False), "nor is there any of these"
    assert await shown(agency=OTHER_AGENCY, **boss) == (0, QUEUE_STATEMENTS + 1, False), "nor in their agency"
    assert (await shown(person=line["somebody"]))[2] is False, "their own is theirs"
    assert (await shown(role="validator", **boss))[2] is False, "it does not wait for that decision yet"
    await api.call("verifier", "POST", f"/cases/{case}/check", person=line["beside"], subject="beside")
    assert (await shown(**boss))[2] is False
    assert (await shown(role="validator", **boss))[2] is True


async def test_a_unit_is_as_wide_as_the_rule_says(world, rules) -> None:
    """A tree of units, some served in by a post and some by an assignment: in SQL as by the rule, whatever counts."""
    draw = Random(7)
    [pack] = rules.conflicts.packs
    units = [uuid4() for _ in range(12)]
    above: dict[UUID, UUID | None] = {unit: draw.choice([None, *units[:at]]) for at, unit in enumerate(units)}
    for unit, parent in above.items():
        state = UnitState(name="U", parent_id=parent, valid_from=date(2000, 1, 1), valid_to=None)
        await world.hear(
            world.received(UnitChanged(unit_id=unit, agency_id=AGENCY, code="U", states=[state], successors=[]))
        )
    posts: dict[UUID, tuple[UUID, UUID | None]] = {}
    for _ in range(14):
        post, unit, superior = uuid4(), draw.choice(units), draw.choice([None, *posts])
        posts[post] = (unit, superior)
        held = {"type": "JA", "name": "Kepala", "jenjang": "administrator", "seats": 9}
        state = bare(PostState, **held, unit_id=unit, superior_id=superior, valid_from=date(2000, 1, 1))
        await world.hear(world.received(PostChanged(post_id=post, agency_id=AGENCY, code="P", states=[state])))
    own: dict[UUID, UUID | None] = {}
    held_by: dict[UUID, list[UUID]] = {}
    for _ in range(24):
        assigned, post = draw.choice([None, *units]), draw.choice([None, *posts])
        acting = draw.choice([None, None, *posts])
        holdings = [
            bare(Holding, post_id=each, kind=kind, valid_from=date(2020, 1, 1))
            for each, kind in {acting: "plt", post: "definitive"}.items()
            if each
        ]
        state = world.state(unit=(assigned, "U") if assigned else (None, None))
        state = state.model_copy(update={"holdings": holdings})
        await world.hear(world.received(state))
        own[state.person_id] = posts[post][0] if post else assigned
        held_by[state.person_id] = [each.post_id for each in holdings]
    people = list(own)

    def path(unit: UUID | None) -> list[UUID]:
        return [] if unit is None else [unit, *path(above[unit])]

    def line(person: UUID) -> set[UUID]:
        """Who stands above, found the long way round."""
        reached = {posts[post][1] for post in held_by[person]} - {None}
        while True:
            more = {posts[post][1] for post in reached}
            more |= {posts[other][1] for held in held_by.values() if reached.intersection(held) for other in held}
            if more - {None} <= reached:
                return {each for each in people if each != person and reached.intersection(held_by[each])}
            reached |= more - {None}

    judges, paths = draw.sample(people, 8), {person: path(unit) for person, unit in own.items()}
    lines = {person: line(person) for person in people}
    declared = {(judge, draw.choice(people)) for judge in judges[:4]}
    async with world.database.transaction() as session:
        for judge, person in declared:
            given = {"judge": judge, "person": person, "now": world.clock.now()}
            await session.execute(DECLARE, given)
    seen: set[str | None] = set()
    for levels in (None, 0, 1, 2):
        tables = replace(pack.tables, unit_levels=levels)
        packs = replace(rules.conflicts, packs=(replace(pack, tables=tables),))
        for judge in judges:
            who = caller("verifier", rules=replace(rules, conflicts=packs), clock=world.clock, person=str(judge))
            async with world.database.transaction() as session:
                found = await conflicted(session, people, who)
            expected = {each: tables.between([judge], each, lines, declared, paths) for each in people}
            assert found == {each: why for each, why in expected.items() if why}, levels
            seen |= set(expected.values())
    assert seen == {None, "declared", "superior-line", "same-unit"}
