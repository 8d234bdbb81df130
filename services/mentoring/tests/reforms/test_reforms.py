"""Whoever plans a reform is told of the programmes that the heir would go on with."""

from jejak_local.harness import AGENCY, OTHER_AGENCY


async def test_open_programmes_are_told_to_whoever_plans_a_reform(world, programme):
    for _ in range(2):
        await programme()
    assert await world.holds(AGENCY) == {"programmes": ("heir", 2, None)}
    assert await world.holds(OTHER_AGENCY) == {"programmes": ("heir", 0, None)}
