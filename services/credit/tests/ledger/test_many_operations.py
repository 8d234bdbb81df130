"""K09: twenty thousand operations of writers who get into each other's way, and every balance is the sum of its entries."""

from jejak_local.ledger import COEFFICIENTS, Writers

OPERATIONS = 20_000
WRITERS = 4
LINES = 250


async def test_after_twenty_thousand_operations_of_many_writers_all_adds_up(world, api) -> None:
    levels = list(COEFFICIENTS)
    states = [world.state(jenjang=levels[number % len(levels)]) for number in range(600)]
    people = [(state.person_id, state.jenjang) for state in states]
    await world.people(*states)

    async def send(path, lines, role):
        return await api.bulk(f"/{path}", lines, role)

    writers = Writers(send, world.database, world.parts.rules, world.clock.now(), people, LINES)
    await writers.write(OPERATIONS, WRITERS, seed=1)
    assert await writers.broken() == []
    assert writers.operations >= OPERATIONS
    assert writers.entries.total() > OPERATIONS // 10, writers.answers
    assert writers.answers.keys() >= {"stored", "updated", "months-already-booked", "illegal-transition", "reversal"}
