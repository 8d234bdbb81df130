"""What training answers when somebody's data are asked for."""

from common.ids import new_id
from contracts.events.data_files import DataFilePart, DataFileRequested
from jejak_local.harness import AGENCY


async def test_a_part_has_what_is_held_of_the_person_and_of_nobody_else(api, world) -> None:
    me, other = await world.people(world.state(), world.state())
    for person_id, title in ((me, "Pelatihan saya"), (other, "Pelatihan orang lain")):
        training = {
            "source_name": "uji", "reference": title, "person_id": str(person_id), "form": "KL03", "title": title,
            "start_date": "2026-03-02", "end_date": "2026-03-03", "jp": "8.5",
        }  # fmt: skip
        assert (await api.call("agency_hr", "POST", "/trainings", training)).status_code == 201
    before = len(await world.outbox())
    asked = world.received(DataFileRequested(file_id=new_id(), person_id=me, language="en", asking=2))
    await world.hear(asked)
    await world.hear(asked)  # once more, after a crash: it is the same event
    (headers, body), again = (await world.outbox())[before:]
    assert again[0]["ce_id"] == headers["ce_id"]
    part = DataFilePart.model_validate(body)
    assert (part.service, part.asking, part.number, part.of) == ("training", 2, 1, 1)
    sections = {section.name: section for section in part.sections}
    records = sections["records"]
    [row] = [dict(zip((column.name for column in records.columns), row, strict=True)) for row in records.rows]
    assert (row["title"], row["jp_counted"], row["end_date"], row["agency_id"]) == (
        "Pelatihan saya", "8.500", "2026-03-03", str(AGENCY),
    )  # fmt: skip
    assert {column.name: (column.label, column.kind) for column in records.columns}["jp_counted"] == (
        "JP counted",
        "number",
    )
    assert [row[0] for row in sections["jp_ledger"].rows] == [2026]
    assert str(other) not in part.model_dump_json()


async def test_of_somebody_nobody_knows_there_is_nothing(world) -> None:
    await world.hear(world.received(DataFileRequested(file_id=new_id(), person_id=new_id(), language="id", asking=1)))
    [(_, body)] = await world.outbox()
    assert not any(section.rows for section in DataFilePart.model_validate(body).sections)
