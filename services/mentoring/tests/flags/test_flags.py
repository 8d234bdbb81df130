"""Wow 9: signs that sessions were made up are shown to a person, who judges; nobody is refused anything."""

from argparse import Namespace
from datetime import timedelta
from typing import Any

import pytest

from common.store.database import counted_statements
from mentoring.domain.flags import BOOK
from mentoring.flags.cli import flag
from mentoring.flags.finding import find
from services.mentoring.tests.completion.test_completion import HOUR
from services.mentoring.tests.notes.test_notes import held_of

FINE = {"verdict": "plausible", "reason": "Dua mentee di satu meja, ada daftar hadir"}


@pytest.fixture
def meets(clock):
    """Lets pairs hold sessions at these hours from now, all at one time each, confirmed by both when the last is over."""

    async def done(hours: list[int], *pairs: Any, log: str | None = None) -> None:
        start = clock.moment
        for hour in hours:
            clock.moment = start + hour * HOUR
            sessions = [await two.plan(clock.now()) for two in pairs]
            clock.moment += 2 * HOUR
            for two, session in zip(pairs, sessions, strict=True):
                if log:
                    await two.call("mentee", "PUT", f"/sessions/{session['id']}/log", {"log": log})
                await two.confirm(session)

    return done


@pytest.fixture
def flagged(api, parts):
    """Looks for signs, and gives those of a programme that are open."""

    async def found(two: Any, **asked: Any) -> list[dict[str, Any]]:
        async with parts.database.transaction() as session:
            await find(session, parts.clock)
        path = f"/programmes/{two.pair.programme_id}/flags"
        return (await api.get(path, asked.pop("role", "programme_manager"), **asked))["items"]

    return found


async def test_overlapping_sessions_of_a_mentor_are_flagged_and_count_all_the_same(
    world, both, programme, meets, flagged
) -> None:
    programme_id = await programme()
    one = await both(programme_id=programme_id)
    two = await both(programme_id=programme_id, mentor_id=one.pair.mentor_id)
    await meets([1], one, two)
    assert await flagged(one) == [], "two mentees at one table, once"
    await meets([24 * 7], one, two)
    found = await flagged(one)
    assert {(each["pair_id"], each["kind"], each["figure"], each["verdict"]) for each in found} == {
        (str(each.pair.id), "overlap", 2, None) for each in (one, two)
    }
    assert "2 sesi" in found[0]["sentence"]
    for each in (one, two):
        shown = (await each.get(f"{each.path}/sessions"))["items"]
        assert {(session["id"], session["state"]) for session in shown} >= {
            (session_id, "confirmed") for session_id in found[0]["found_in"] if session_id in {s["id"] for s in shown}
        }
        assert all(session["state"] == "confirmed" for session in shown), "a flag takes no hour away"


async def test_each_sign_is_found_and_a_pair_without_one_is_not(both, programme, joins, meets, flagged, clock) -> None:
    fine = await both()
    await meets([1, 24 * 3, 24 * 30], fine)
    assert await flagged(fine) == []
    often = await both()
    await meets([1, 24, 48, 72], often)
    assert [(each["kind"], each["figure"]) for each in await flagged(often)] == [("rhythm", 4)]
    long = await both()
    whole = await long.plan(clock.now(), minutes=480)
    clock.moment += 9 * HOUR
    await long.confirm(whole)
    assert [(each["kind"], each["figure"]) for each in await flagged(long)] == [("long-day", 480)]
    alike = await both()
    words = "Membahas kemajuan penulisan telaahan dan rencana bulan depan"
    await meets([1, 24 * 10, 24 * 20], alike, log=words)
    assert [(each["kind"], each["figure"]) for each in await flagged(alike)] == [("same-log", 3)]
    late = await both()
    begun = clock.moment
    clock.moment += timedelta(days=60)
    for days in (1, 15, 30, 45):
        await late.confirm(await late.plan(begun + timedelta(days=days)))
    assert [(each["kind"], each["figure"]) for each in await flagged(late)] == [("at-once", 4)]


async def test_each_others_mentors_are_flagged_once_they_have_met(both, programme, joins, meets, flagged) -> None:
    one = await both()
    other = await programme(mentee_jenjang=["ahli_muda", "ahli_madya"], mentor_jenjang=["ahli_muda"])
    back = await both(programme_id=other, mentor_id=one.pair.mentee_id, mentee_id=one.pair.mentor_id)
    await meets([1], one)
    assert await flagged(one) == []
    await meets([48], back)
    [found] = await flagged(one)
    assert (found["kind"], found["found_in"]) == ("mutual", [str(back.pair.id)])
    assert [each["kind"] for each in await flagged(back)] == ["mutual"]


async def test_what_the_desk_has_settled_is_found_anew_only_in_what_it_did_not_see(
    api, both, meets, flagged, desk, clock, parts, capsys
) -> None:
    two = await both()
    await meets([1, 24, 48, 72], two)
    [found] = await flagged(two)
    assert [each["id"] for each in await flagged(two)] == [found["id"]], "found again, it is the same"
    settled = await desk(f"/flags/{found['id']}/settle", FINE)
    assert (settled["verdict"], settled["reason"]) == ("plausible", FINE["reason"])
    refused = await api.refused("programme_manager", "POST", f"/flags/{found['id']}/settle", FINE)
    assert refused[:2] == (409, "flag-settled")
    assert await flagged(two) == []
    path = f"/programmes/{two.pair.programme_id}/flags?settled=true"
    assert [each["id"] for each in (await api.get(path))["items"]] == [found["id"]]
    await meets([2], two)
    assert await flag(Namespace(), parts) == 0
    assert "1" in capsys.readouterr().out
    [again] = await flagged(two)
    assert again["id"] != found["id"]
    assert again["figure"] == 5


async def test_a_flag_is_never_for_one_of_the_pair(api, world, both, meets, flagged) -> None:
    two = await both()
    await meets([1, 24, 48, 72], two)
    [found] = await flagged(two)
    stranger = await world.person()
    for role in ("programme_manager", "lan"):
        assert len(await flagged(two, role=role, person=stranger)) == 1
        for person in two.people.values():
            assert await flagged(two, role=role, person=person) == []
    settle = ("programme_manager", "POST", f"/flags/{found['id']}/settle", FINE)
    for person in two.people.values():
        assert (await api.refused(*settle, person=person))[0] == 404
        assert (await held_of(world, person))["pair_flags"].rows == [], "not while it is looked into"
        assert (
            await api.call("person", "GET", f"/programmes/{two.pair.programme_id}/flags", person=person)
        ).status_code == 403
    await api.call(*settle)
    for person in two.people.values():
        [row] = (await held_of(world, person))["pair_flags"].rows
        assert "plausible" in row
        assert FINE["reason"] not in row


async def test_a_session_is_judged_by_the_rules_of_its_day(both, meets, flagged, monkeypatch, clock) -> None:
    two = await both()
    await meets([1, 24, 48, 72], two)
    [pack] = BOOK.packs
    over = type(pack)(pack.id, pack.title, pack.source, pack.valid_from, clock.today() - timedelta(days=2), pack.tables)
    monkeypatch.setattr("mentoring.flags.finding.BOOK", type(BOOK)((over,)))
    assert await flagged(two) == []


async def test_the_statements_of_looking_do_not_grow_with_pairs(both, meets, parts) -> None:
    counts: list[int] = []
    for size in (1, 3):
        await meets([1, 24, 48, 72], *[await both() for _ in range(size)])
        with counted_statements(parts.database) as statements:
            async with parts.database.transaction() as session:
                assert await find(session, parts.clock) == size
        counts.append(len(statements))
    assert counts[0] == counts[1]
