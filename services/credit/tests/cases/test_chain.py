"""Whoever changes a move of a case past every guard is found, also while nothing is attested (K16)."""

import pytest
from sqlalchemy import text

from common.invariants import find_broken
from credit.service import SERVICE
from jejak_local.harness import owning

CHAINED = "a move of a case is as it was made"


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    ("statement", "version"),
    [
        ("UPDATE case_history SET by = 'lain' WHERE version = 1", 1),
        ("UPDATE case_history SET at = at - interval '1 day' WHERE version = 2", 2),
        ("UPDATE case_history SET hands = '{}' WHERE version = 2", 2),
        ("DELETE FROM case_history WHERE version = 2", 3),
    ],
)
async def test_a_move_that_was_tampered_with_is_named(world, api, predicate, statement: str, version: int) -> None:
    [person] = await world.people(world.state())
    case = (await api.call("agency_hr", "POST", "/predicates", predicate(person))).json()
    await api.call("verifier", "POST", f"/cases/{case['id']}/check", subject="wati")
    await api.call("verifier", "POST", f"/cases/{case['id']}/return", {"reason": "kurang"}, subject="budi")
    assert await find_broken(world.parts, SERVICE.invariants) == []
    async with owning(world.database) as connection:
        await connection.execute(text("ALTER TABLE case_history DISABLE TRIGGER USER"))
        await connection.execute(text(statement))
        await connection.execute(text("ALTER TABLE case_history ENABLE TRIGGER USER"))
    found = {each.invariant: each for each in await find_broken(world.parts, SERVICE.invariants)}
    assert f"case_id {case['id']}, version {version}" in str(found[CHAINED].examples)
