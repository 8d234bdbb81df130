"""The short tier of `make chaos`: the books balance after faults, and a bug in the same stack is found."""

from collections.abc import AsyncIterator
from itertools import chain

import pytest_asyncio

from chaos.arena import Arena, arena
from chaos.clients import History
from chaos.trial import trial

SEED = 1
SECONDS = 6


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage() -> AsyncIterator[Arena]:
    async with arena() as made:
        yield made


async def test_the_books_balance_after_faults_and_a_planted_bug_is_caught(stage: Arena) -> None:
    histories: list[History] = []
    outcome = await trial(stage, SEED, SECONDS, histories)
    assert not outcome.broken, f"python -m chaos --seed {SEED} --seconds {SECONDS}"
    assert outcome.faults
    assert outcome.completions

    api = stage.stack.process("training", "api")
    api.environment["CHAOS_PLANTED"] = "fresh-id"
    await api.restart()
    outcome = await trial(stage, SEED + 1, SECONDS / 2, histories)
    said = list(chain.from_iterable(finding.figures.split("; ") for finding in outcome.broken))
    assert any("and then" in figure for figure in said), "a repeat was answered with another record"
