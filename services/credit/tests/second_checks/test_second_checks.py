"""A lot of decisions is made again by somebody who does not see the first, and how far they agree is told (K14, 001.24)."""

from argparse import Namespace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.domain.agreement import Pairs, kappa
from credit.second_checks.commands import draw
from jejak_local.harness import AGENCY, OTHER_AGENCY

QUARTER = "/agreement?day=2026-10-01"
OVER = datetime(2026, 9, 30, 17, 0, tzinfo=UTC)


@pytest.fixture
async def decided(world, api, predicate):
    """Makes cases that wati has decided: checked or returned."""

    async def make(checked: int, returned: int = 0) -> list[str]:
        people = await world.people(*(world.state() for _ in range(checked + returned)))
        ids = [each["id"] for each in await api.bulk("/predicates:batch", [predicate(each) for each in people])]
        await api.bulk("/cases:check", [{"id": each} for each in ids[:checked]], "verifier", subject="wati")
        for each in ids[checked:]:
            await api.call("verifier", "POST", f"/cases/{each}/return", {"reason": "kurang"}, subject="wati")
        return ids

    return make


async def drawn(api, who: str) -> list[dict]:
    return (await api.get("/second-checks?limit=100", role="verifier", subject=who))["items"]


async def said(api, check, verdict: str, who: str):
    return await api.call(
        "verifier", "POST", f"/second-checks/{check['id']}/verdict", {"verdict": verdict}, subject=who
    )


async def test_the_second_does_not_see_the_first_and_a_third_is_asked_where_they_differ(
    world, api, decided, everything_is_drawn
) -> None:
    await decided(7, 5)
    for _ in range(2):
        await draw(Namespace(), world.parts)
    assert await drawn(api, "wati") == [], "who has decided first"
    waiting = await drawn(api, "budi")
    assert len(waiting) == 12
    assert not {"state", "case_id", "person_id", "checked_by", "returned_by", "first", "history"} & waiting[0].keys()
    right = set(await world.value("SELECT array_agg(CAST(id AS text)) FROM second_checks WHERE first = 'right'"))
    firsts = sorted(waiting, key=lambda each: each["id"] not in right)
    # Right to both: 6; to the first alone: 1; to the second alone: 2; to neither: 3.
    for check, verdict in zip(firsts, [*["right"] * 6, "wrong", *["right"] * 2, *["wrong"] * 3], strict=True):
        assert (await said(api, check, verdict, "budi")).status_code == 204
    assert (await said(api, firsts[0], "wrong", "citra")).status_code == 404, "said once"
    assert await drawn(api, "budi") == []
    thirds = await drawn(api, "citra")
    assert len(thirds) == 3
    assert (await said(api, thirds[0], "right", "citra")).status_code == 204

    world.clock.moment = OVER
    [figures] = (await api.get(QUARTER))["items"]
    expected = kappa(Pairs(6, 1, 2, 3))
    assert expected == Fraction(8, 17)
    assert figures == {
        "agency_id": str(AGENCY), "pairs": 12, "agreed": "0.750", "kappa": "0.471", "to_a_third": 3,
        "decisions": 12, "checkers": 1, "busiest": "1.000",
    }  # fmt: skip
    assert (await api.get(QUARTER, role="inspector", agency=OTHER_AGENCY))["items"] == []


async def test_few_decisions_tell_nothing(world, api, decided, everything_is_drawn) -> None:
    await decided(9)
    await draw(Namespace(), world.parts)
    for check in await drawn(api, "budi"):
        await said(api, check, "right", "budi")
    world.clock.moment = OVER
    [figures] = (await api.get(QUARTER))["items"]
    assert {value for name, value in figures.items() if name != "agency_id"} == {None}


async def test_no_verdict_of_one_is_the_difference_of_what_is_told(world, api, decided, everything_is_drawn) -> None:
    """The planted attack: ten verdicts, then an eleventh; asked on every day, and of a quarter that is not over."""
    await decided(11)
    await draw(Namespace(), world.parts)
    checks = await drawn(api, "budi")
    for check in checks[:10]:
        await said(api, check, "right", "budi")
    live = [await api.get(path) for path in ("/agreement", QUARTER, "/agreement?day=2026-09-30")]
    assert {(each["since"], each["until"], len(each["items"])) for each in live} == {("2026-04-01", "2026-06-30", 0)}
    world.clock.moment = OVER
    before = await api.get("/agreement")
    assert (before["since"], before["until"]) == ("2026-07-01", "2026-09-30")
    assert (before["items"][0]["pairs"], before["items"][0]["agreed"]) == (10, "1.000")
    await said(api, checks[10], "wrong", "budi")
    assert await api.get("/agreement") == await api.get(QUARTER) == before
    world.clock.moment = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    assert await api.get(QUARTER) == before
    [later] = (await api.get("/agreement"))["items"]
    assert (later["pairs"], later["agreed"], later["to_a_third"]) == (None, None, None)


async def test_the_lot_is_the_same_each_time_and_about_its_share(world, decided) -> None:
    await decided(100)
    await draw(Namespace(), world.parts)
    first = await world.rows("SELECT case_id FROM second_checks ORDER BY 1")
    await draw(Namespace(), world.parts)
    assert await world.rows("SELECT case_id FROM second_checks ORDER BY 1") == first
    assert len(first) < 20


async def test_nobody_judges_their_own_nor_what_they_had_a_hand_in(world, api, predicate, everything_is_drawn) -> None:
    [person] = await world.people(world.state())
    case = (await api.call("agency_hr", "POST", "/predicates", predicate(person), subject="hr")).json()
    await api.call("verifier", "POST", f"/cases/{case['id']}/check", subject="wati")
    await draw(Namespace(), world.parts)
    [check] = await drawn(api, "budi")
    for who in ({"subject": "hr"}, {"subject": "wati"}, {"subject": "siti", "person": person}):
        answer = await api.call(
            "verifier", "POST", f"/second-checks/{check['id']}/verdict", {"verdict": "right"}, **who
        )
        assert answer.status_code == 404, who


@pytest.mark.parametrize(
    ("pairs", "figure"),
    [((20, 5, 10, 15), "0.4000"), ((45, 15, 25, 15), "0.1304"), ((25, 35, 5, 35), "0.2593")],
)
def test_kappa_is_that_of_published_examples(pairs, figure: str) -> None:
    """Three 2 x 2 tables worked out in the literature on Cohen's kappa."""
    found = kappa(Pairs(*pairs))
    assert found is not None
    assert f"{float(found):.4f}" == figure


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40))
def test_kappa_is_what_pairing_everybody_with_everybody_gives(said_) -> None:
    """Agreement by chance, counted out: each first verdict beside each second one."""
    counts = [sum(each == pair for each in said_) for pair in product((True, False), repeat=2)]
    found = kappa(Pairs(*counts))
    if not said_:
        assert found is None
        return
    seen = Fraction(sum(one == other for one, other in said_), len(said_))
    chance = Fraction(sum(one == other for one, _ in said_ for _, other in said_), len(said_) ** 2)
    assert found == (None if chance == 1 else (seen - chance) / (1 - chance))
