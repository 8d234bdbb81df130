"""What a rise in rank or in level, told by the registry, does to the ledger; and that every number says where it comes from."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.invariants import find_broken
from contracts.events.credit import CreditBooked
from contracts.events.registry import Promotion
from credit.domain.accumulation import Amount, Rise, accumulate
from credit.domain.amounts import total
from credit.domain.books import load
from credit.service import SERVICE
from jejak_local.harness import owning

BOOK = load()
DAY = date(2026, 1, 1)


def rise(kind: str, day: date = DAY, jenjang: str = "ahli_pertama", golongan: str = "III/b") -> Promotion:
    """Somebody of Ahli Pertama rises: to III/c, or to Ahli Muda."""
    higher = {
        "jenjang": "ahli_muda" if kind == "level" else jenjang,
        "golongan": "III/c" if kind == "rank" else golongan,
    }
    return Promotion(
        kind=kind, valid_from=day, valid_to=None, jenjang_before=jenjang, golongan_before=golongan, **higher
    )


@pytest.fixture
def told(world):
    """Lets credit hear of somebody with rises, ever newer states of them."""
    newest: dict = {}

    async def tell(*rises: Promotion, person=None, jenjang: str = "ahli_pertama"):
        posts = [("ahli_pertama", date(2010, 1, 1), DAY), ("ahli_muda", DAY, None)] if jenjang == "ahli_muda" else None
        state = world.state(person_id=person, jenjang=jenjang, posts=posts)
        newest[state.person_id] = newest.get(state.person_id, 0) + 1
        await world.people(state.model_copy(update={"promotions": list(rises)}), sequence=newest[state.person_id])
        return state.person_id

    return tell


@pytest.fixture
def attest(api):
    async def attest(path: str, line: dict) -> None:
        case = (await api.call("agency_hr", "POST", path, line)).json()["id"]
        for role, act in (("verifier", "check"), ("validator", "attest")):
            answer = await api.call(role, "POST", f"/cases/{case}/{act}")
            assert answer.status_code == 200, answer.text

    return attest


def pak(person, stated: str) -> dict:
    said = {"way": "balance", "method": "conversion", "day": "2024-12-31", "paper": "PAK-1", "paper_date": "2025-01-15"}
    return said | {"person_id": str(person), "stated": stated}


async def signed(world, person) -> list[tuple[str, str, str]]:
    rows = await world.rows(
        "SELECT kind, jenjang, twelfths / 12 AS ak FROM entries WHERE person_id = :id ORDER BY number", id=person
    )
    return [(row.kind, row.jenjang, f"{row.ak:.3f}") for row in rows]


async def test_a_level_uses_its_need_and_loses_the_rest_also_when_points_and_decree_come_late(
    world, api, told, attest, predicate
) -> None:
    """AK-13: 102 become 0 in the new jenjang, 2 are lost. Each news afterwards is a reversal and a new entry, never a change."""
    person = await told()
    await attest("/openings", pak(person, "102"))
    await told(rise("level"), person=person, jenjang="ahli_muda")
    first = [
        ("opening", "ahli_pertama", "102.000"),
        ("level-used", "ahli_pertama", "-100.000"),
        ("level-lost", "ahli_pertama", "-2.000"),
    ]
    assert await signed(world, person) == first
    credit = await api.get(f"/people/{person}/credit")
    assert (credit["jenjang"], credit["balance"]) == ("ahli_muda", "0.000")
    [told_rise] = credit["rises"]
    assert (told_rise["ak_before"], told_rise["surplus"], told_rise["surplus_is"]) == ("102.000", "2.000", "lost")

    await attest("/predicates", predicate(person))  # of 2025, in the old jenjang: it came late
    late = [
        ("conversion", "ahli_pertama", "12.500"),
        ("reversal", "ahli_pertama", "2.000"),
        ("level-lost", "ahli_pertama", "-14.500"),
    ]
    assert await signed(world, person) == first + late
    await told(rise("level"), person=person, jenjang="ahli_muda")
    assert await signed(world, person) == first + late, "told again, nothing happens"
    await told(person=person)
    back = [("reversal", "ahli_pertama", "100.000"), ("reversal", "ahli_pertama", "14.500")]
    assert await signed(world, person) == first + late + back, "the decree was withdrawn"
    assert (await api.get(f"/people/{person}/credit"))["balance"] == "114.500"
    booked = [event for headers, event in await world.outbox() if headers["ce_type"] == CreditBooked.type]
    assert [each["kind"] for each in booked] == [
        "opening",
        "level-used",
        "level-lost",
        "reversal",
        "level-lost",
        "reversal",
        "reversal",
    ]
    assert await find_broken(world.parts, SERVICE.invariants) == []


async def test_a_rank_carries_its_surplus_and_one_that_follows_a_level_is_met_by_it(world, api, told, attest) -> None:
    """PAN1-KP: the level first, then the rank with the same AK; without a vacancy one rank above, which takes nothing."""
    both, above = await told(), await told()
    for person, stated in ((both, "103.5"), (above, "104")):
        await attest("/openings", pak(person, stated))
    await told(rise("rank", jenjang="ahli_muda"), rise("level"), person=both, jenjang="ahli_muda")
    await told(rise("rank"), person=above)
    level, rank = (await api.get(f"/people/{both}/credit"))["rises"]
    assert (level["kind"], level["surplus"], rank["kind"], rank["with_the_same_ak"], rank["short"]) == (
        "level",
        "3.500",
        "rank",
        True,
        "0.000",
    )
    credit = await api.get(f"/people/{above}/credit")
    assert (credit["balance"], credit["rises"][0]["surplus"], credit["rises"][0]["surplus_is"]) == (
        "104.000",
        "4.000",
        "carried",
    )
    await told(rise("rank"), rise("level", date(2026, 6, 1), golongan="III/c"), person=above, jenjang="ahli_muda")
    assert [each[0] for each in await signed(world, above)] == ["opening", "level-used", "level-lost"]
    assert await find_broken(world.parts, SERVICE.invariants) == []


rises = st.builds(
    lambda day, step: Rise("level", day, *step),
    st.dates(date(2023, 2, 1), date(2030, 1, 1)),
    st.sampled_from([("ahli_pertama", "III/b", "ahli_muda", "III/b"), ("ahli_muda", "III/d", "ahli_madya", "III/d")]),
)
amounts = st.builds(
    Amount,
    st.sampled_from(["ahli_pertama", "ahli_muda"]),
    st.dates(date(2023, 1, 1), date(2030, 1, 1)),
    st.integers(0, 30_000_000).map(lambda steps: Decimal(steps) / 10_000),
)


@settings(max_examples=200)
@given(st.lists(rises, max_size=4, unique_by=lambda each: each.valid_from), st.lists(amounts, max_size=8))
def test_whatever_order_news_comes_in_a_level_takes_each_point_once(acts, earned) -> None:
    done = accumulate(BOOK, acts, earned)
    assert accumulate(BOOK, acts[::-1], earned[::-1]) == done
    for jenjang in ("ahli_pertama", "ahli_muda"):
        here = [each for each in done if each.jenjang == jenjang]
        taken = total(each.done.used + each.done.lost for each in here)
        last = max((each.rise.valid_from for each in here), default=date.min)
        assert taken == total(each.twelfths for each in earned if each.jenjang == jenjang and each.day < last)


async def test_every_number_opens_to_its_inputs_rule_decisions_and_event_and_adds_up(
    world, api, told, attest, predicate
) -> None:
    """K09, wow 1."""
    person = await told()
    await attest("/openings", pak(person, "87.5"))
    await attest("/predicates", predicate(person))
    await told(rise("level"), person=person, jenjang="ahli_muda")
    credit = await api.get(f"/people/{person}/credit")
    totals = (await api.get(f"/people/{person}/credit/explain"))["totals"]
    assert {each["jenjang"]: each["twelfths"] for each in totals} == {
        each["jenjang"]: each["twelfths"] for each in credit["balances"]
    }
    for each in totals:
        assert sum(Decimal(addend["twelfths"]) for addend in each["addends"]) == Decimal(each["twelfths"])
    events = {headers["ce_id"]: event for headers, event in await world.outbox()}
    for entry in credit["entries"]:
        told_of = await api.get(f"/people/{person}/credit/explain/{entry['id']}")
        assert Decimal(events[told_of["event_id"]]["twelfths"]) == Decimal(entry["twelfths"])
        if entry["kind"] == "conversion":
            factors = Decimal(len(told_of["months"])) * entry["percent"] * Decimal(entry["base"]) / 100
            assert factors == Decimal(entry["twelfths"])
            assert told_of["status"] == "verified"
            assert told_of["sources"]
        if entry["case_id"]:
            assert [move["to_state"] for move in told_of["case"]["history"]] == ["submitted", "checked", "attested"]
    stranger = await told()
    refused = await api.call("agency_hr", "GET", f"/people/{stranger}/credit/explain/{credit['entries'][0]['id']}")
    assert refused.status_code == 404


TAMPERED = (
    "UPDATE entries SET predikat = 'baik' WHERE id = :id",
    "UPDATE entries SET twelfths = twelfths + 18, base = base + 1 WHERE id = :id",
    "UPDATE cases SET attested_by = 'palsu' WHERE id = (SELECT case_id FROM entries WHERE id = :id)",
    "DELETE FROM entries WHERE id = :id",
)


@pytest.mark.breaks_invariants
@pytest.mark.parametrize("statement", TAMPERED)
async def test_a_row_that_was_tampered_with_is_named(world, api, told, attest, predicate, statement: str) -> None:
    """K16: by whoever owns the tables and turns every guard off."""
    person = await told()
    for year in (2023, 2024, 2025):
        line = predicate(person, predikat="sangat_baik", period_start=f"{year}-01-01", period_end=f"{year}-12-31")
        await attest("/predicates", line)
    first, second, third = await world.rows("SELECT id, number FROM entries ORDER BY number")
    with pytest.raises(IntegrityError):
        async with owning(world.database) as connection:
            await connection.execute(text(TAMPERED[0]), {"id": second.id})
    async with owning(world.database) as connection:
        for table in ("entries", "cases"):
            await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        await connection.execute(text(statement), {"id": second.id})
        for table in ("entries", "cases"):
            await connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    found = {each.invariant: each for each in await find_broken(world.parts, SERVICE.invariants)}
    named = str(found["an entry is as it was made, and so is who decided it"].examples)
    named_one, spared = (third, first) if statement.startswith("DELETE") else (second, first)
    assert str(named_one.id) in named
    assert str(spared.id) not in named


happenings = st.one_of(
    st.tuples(st.just("month"), st.integers(1, 36)),
    st.tuples(st.just("level"), st.booleans()),
    st.tuples(st.just("again"), st.none()),
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(happenings, min_size=4, max_size=10))
async def test_after_any_history_of_points_and_decrees_the_ledger_is_as_if_all_had_come_in_order(
    world, told, attest, predicate, history
) -> None:
    person, risen, months = await told(), False, set()
    for what, which in history:
        if what == "month" and which not in months:
            months.add(which)
            year, month = 2023 + (which - 1) // 12, (which - 1) % 12 + 1
            end = date(year + month // 12, month % 12 + 1, 1).toordinal() - 1
            await attest(
                "/predicates",
                predicate(person, period_start=f"{year}-{month:02}-01", period_end=str(date.fromordinal(end))),
            )
        elif what != "month":
            risen = which if what == "level" else risen
            await told(
                *([rise("level")] if risen else []), person=person, jenjang="ahli_muda" if risen else "ahli_pertama"
            )
    left = await world.value(
        "SELECT coalesce(sum(twelfths), 0) FROM entries WHERE person_id = :id AND jenjang = 'ahli_pertama'", id=person
    )
    assert left == (0 if risen else Decimal("12.5") * len(months))
    assert await find_broken(world.parts, SERVICE.invariants) == []
