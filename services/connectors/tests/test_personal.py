"""What connectors answers when somebody's data are asked for: nothing that it knows to be theirs."""

from common.ids import new_id
from connectors.service import SERVICE
from contracts.events.data_files import DataFilePart, DataFileRequested
from contracts.personal import personal
from jejak_local.harness import Inside


async def test_it_answers_at_once_with_what_it_knows_to_be_theirs(parts) -> None:
    connectors = Inside(parts.database, SERVICE, parts)
    asked = DataFileRequested(file_id=new_id(), person_id=new_id(), language="id", asking=1)
    await connectors.hear(connectors.received(asked))
    [(_, body)] = await connectors.outbox()
    part = DataFilePart.model_validate(body)
    assert [section.name for section in part.sections] == [held.table.name for held in personal("connectors").held]
