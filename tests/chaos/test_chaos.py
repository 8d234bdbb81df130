"""The short tier of `make chaos`: the books balance after faults, and a bug planted in the same stack is found."""

from chaos.arena import arena
from chaos.clients import History
from chaos.faults import FAULTS, kafka_killed
from chaos.trial import trial

SEED = 1
SECONDS = 6
# Tests of its own take Kafka away, and its start alone takes longer than all of this.
QUICK = {fault: weight for fault, weight in FAULTS.items() if fault is not kafka_killed}


async def test_the_books_balance_after_faults_and_a_planted_bug_is_caught() -> None:
    histories: list[History] = []
    async with arena() as made:
        outcome = await trial(made, SEED, SECONDS, histories, QUICK)
        assert not outcome.broken, f"python -m chaos --seed {SEED} --seconds {SECONDS}"
        assert outcome.faults
        assert outcome.completions

        api = made.stack.process("training", "api")
        api.environment["CHAOS_PLANTED"] = "twice-in-a-file"
        await api.restart()
        outcome = await trial(made, SEED + 1, SECONDS / 2, histories, QUICK)
        assert {finding.holds[0] for finding in outcome.broken} >= {"1", "3", "4"}
