"""Wow 9: a sample of confirmed sessions by lot, looked into by somebody outside the pair and both lines."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from common.ids import new_id
from common.store.database import counted_statements
from contracts.events.notification import MessageRequested
from contracts.events.registry import Holding
from jejak_local.harness import OTHER_AGENCY
from roster.outside import given
from services.mentoring.tests.both import AUDIT
from services.mentoring.tests.completion.test_completion import HOUR

FOUND = {"finding": "not-held", "words": "Keduanya tidak ingat pernah bertemu\nPada hari itu mentor dinas luar"}


@pytest.fixture
def ran(both, programme, clock):
    """A programme of so many pairs that have held so many sessions each."""

    async def done(pairs: int = 1, sessions: int = 1, **changes: Any) -> list[Any]:
        programme_id = await programme()
        made = [await both(programme_id=programme_id, **changes) for _ in range(pairs)]
        for _ in range(sessions):
            clock.moment += timedelta(days=20)
            planned = [await two.plan(clock.now()) for two in made]
            clock.moment += 2 * HOUR
            for two, session in zip(made, planned, strict=True):
                await two.confirm(session)
        return made

    return done


@pytest.fixture
def draw(api):
    """Draws, and gives the sample with its sessions."""

    async def drawn(two: Any, *auditors: UUID, **asked: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        body = AUDIT | {"auditor_ids": [str(each) for each in auditors]} | asked
        answer = await api.call("programme_manager", "POST", f"/programmes/{two.pair.programme_id}/audits", body)
        assert answer.status_code == 201, answer.text
        return answer.json(), (await api.get(f"/audits/{answer.json()['id']}/sessions", "programme_manager"))["items"]

    return drawn


async def test_the_same_seed_draws_the_same_sessions_and_another_draws_others(world, ran, draw) -> None:
    pairs = await ran(5, 3)
    auditor = await world.person("ahli_utama")
    drawn = {seed: {each["session_id"] for each in (await draw(pairs[0], auditor, seed=seed))[1]} for seed in (1, 2)}
    again, sessions = await draw(pairs[0], auditor)
    assert {each["session_id"] for each in sessions} == drawn[1]
    assert len(drawn[1]) == again["sessions"] == 5
    assert drawn[1] != drawn[2]
    whole, _ = await draw(pairs[0], auditor, size=500)
    assert (whole["sessions"], whole["without_auditor"]) == (15, 0)


async def test_no_auditor_is_of_the_pair_or_of_either_line(api, world, ran, draw) -> None:
    top = await world.post()
    middle = await world.post(top)
    low = await world.post(middle)
    chief, near = await world.person("ahli_utama", top), await world.person("ahli_madya", middle)
    below = await world.person("ahli_muda", await world.post(low))
    [two] = await ran()
    for person, post, jenjang, kind in (
        (two.pair.mentee_id, low, "ahli_muda", "definitive"),
        (two.pair.mentor_id, low, "ahli_madya", "plt"),
    ):
        held = Holding(post_id=post, kind=kind, valid_from=date(2020, 1, 1), valid_to=None)
        state = world.state(person_id=person, jenjang=jenjang).model_copy(update={"holdings": [held]})
        await world.people(state, sequence=2)
    inside = (chief, near, below, *two.people.values())
    sample, [item] = await draw(two, *inside)
    assert (sample["without_auditor"], item["auditor_id"]) == (1, None)
    outside = await world.person("ahli_utama")
    sample, [item] = await draw(two, *inside, outside)
    assert (sample["without_auditor"], item["auditor_id"]) == (0, str(outside))
    asked = [each.event for each in await world.told() if isinstance(each.event, MessageRequested)]
    told = [(each.recipient_id, each.values["sessions"]) for each in asked if each.template == "session-audit"]
    assert told == [(outside, 1)]


async def test_an_auditor_says_once_what_they_found_and_it_changes_nothing(api, world, ran, draw, clock) -> None:
    [two] = await ran()
    auditor, other = await world.person("ahli_utama"), await world.person("ahli_utama")
    sample, [item] = await draw(two, auditor)
    path = f"/audited-sessions/{item['id']}/finding"
    assert (await api.get("/audited-sessions/me", "person", person=other))["items"] == []
    for stranger in (other, *two.people.values()):
        assert (await api.refused("person", "POST", path, FOUND, person=stranger))[0] == 404
    [own] = (await api.get("/audited-sessions/me", "person", person=auditor))["items"]
    assert own["id"] == item["id"]
    assert not {"log", "actions", "place", "files"} & own.keys(), "what was talked about is for the two alone"
    found = await api.call("person", "POST", path, FOUND, person=auditor)
    assert (found.json()["finding"], found.json()["words"]) == (FOUND["finding"], FOUND["words"])
    assert (await api.refused("person", "POST", path, FOUND, person=auditor))[:2] == (409, "finding-given")
    [shown] = (await api.get(f"/programmes/{two.pair.programme_id}/audits"))["items"]
    assert {name: shown[name] for name in ("sessions", "held", "not_held", "unclear")} == {
        "sessions": 1,
        "held": 0,
        "not_held": 1,
        "unclear": 0,
    }
    [session] = (await two.get(f"{two.path}/sessions"))["items"]
    assert session["state"] == "confirmed"
    assert (await api.refused("programme_manager", "GET", f"/audits/{sample['id']}/sessions", agency=OTHER_AGENCY))[
        0
    ] == 404


async def test_whoever_came_into_a_line_since_says_nothing(api, world, ran, draw) -> None:
    [two] = await ran()
    auditor = await world.person("ahli_utama")
    _, [item] = await draw(two, auditor)
    low = await world.post(top := await world.post())
    for person, post, jenjang in ((two.pair.mentee_id, low, "ahli_muda"), (auditor, top, "ahli_utama")):
        held = Holding(post_id=post, kind="definitive", valid_from=date(2020, 1, 1), valid_to=None)
        state = world.state(person_id=person, jenjang=jenjang).model_copy(update={"holdings": [held]})
        await world.people(state, sequence=2)
    refused = await api.refused("person", "POST", f"/audited-sessions/{item['id']}/finding", FOUND, person=auditor)
    assert refused[:2] == (409, "not-outside")


async def test_what_cannot_be_drawn_is_refused(api, world, both) -> None:
    two, auditor = await both(), await world.person("ahli_utama")
    gone = await world.person(left_on=world.clock.today())
    draw = ("programme_manager", "POST", f"/programmes/{two.pair.programme_id}/audits")

    def asked(*auditors: UUID, **changes: Any) -> dict[str, Any]:
        return AUDIT | {"auditor_ids": [str(each) for each in auditors]} | changes

    assert (await api.refused(*draw, asked(auditor)))[:2] == (409, "nothing-held")
    assert (await api.refused(*draw, asked(auditor, gone)))[1:] == ("not-in-service", "auditor_ids.1")
    assert (await api.refused(*draw, asked(auditor, until="2019-01-01")))[1:] == ("dates-reversed", "until")


async def test_the_statements_of_a_draw_do_not_grow_with_sessions(world, ran, draw) -> None:
    auditor, counts = await world.person("ahli_utama"), []
    for pairs in (1, 4):
        [two, *_] = await ran(pairs)
        with counted_statements(world.database) as statements:
            await draw(two, auditor)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_of_any_lines_nobody_inside_is_chosen_and_the_load_is_even() -> None:
    rng = random.Random(9)
    for _ in range(200):
        people = [new_id() for _ in range(12)]
        above = {each: {other for other in people[:at] if rng.random() < 0.2} for at, each in enumerate(people)}
        auditors = [*rng.sample(people, 4), new_id(), new_id()]
        pairs = [frozenset(rng.sample(people, 2)) for _ in range(10)]
        chosen = given(pairs, auditors, above)
        for two, auditor in zip(pairs, chosen, strict=True):
            assert auditor is not None
            assert auditor not in two
            assert not above.get(auditor, set()) & two
            assert not any(auditor in above[each] for each in two)
        free = [chosen.count(each) for each in auditors[4:]]
        assert abs(free[0] - free[1]) <= 1
