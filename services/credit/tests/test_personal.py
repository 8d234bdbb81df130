"""What credit answers when somebody's data are asked for."""

from common.ids import new_id
from contracts.events.data_files import DataFilePart, DataFileRequested
from contracts.personal import personal


async def test_every_section_can_be_read(world) -> None:
    await world.hear(world.received(DataFileRequested(file_id=new_id(), person_id=new_id(), language="id", asking=1)))
    [(_, body)] = await world.outbox()
    part = DataFilePart.model_validate(body)
    assert [section.name for section in part.sections] == [held.table.name for held in personal("credit").held]
    assert all(section.rows == [] for section in part.sections)
