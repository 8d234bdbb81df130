"""Storing records: what is answered, what is counted, what is emitted."""

from common.bulk import Done


async def test_a_record_is_stored_counted_and_announced(world, line):
    person = await world.person()
    [answer] = await world.store(line(person))
    assert isinstance(answer, Done)
    assert answer.status == "stored"
    assert await world.ledger(person) == ("8.000", "0.000")
    [(name, sequence, body)] = await world.emitted()
    assert (name, sequence, body["record_id"], body["jp_counted"]) == ("TrainingCompleted", 1, str(answer.id), "8.000")
