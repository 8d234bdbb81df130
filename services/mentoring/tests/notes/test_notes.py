"""Private notes: their author's alone."""

import pytest

from common.ids import new_id
from contracts.events.data_files import DataFilePart, DataFileRequested
from mentoring.notes.commands import MOST


async def held_of(world, person_id) -> dict[str, DataFilePart]:
    """What mentoring tells of somebody's data, by section."""
    await world.hear(world.received(DataFileRequested(file_id=new_id(), person_id=person_id, language="id", asking=1)))
    _, body = (await world.outbox())[-1]
    return {section.name: section for section in DataFilePart.model_validate(body).sections}


async def test_what_is_private_is_told_before_anything_is_typed(api, active_pair) -> None:
    """M16."""
    pair = await active_pair()
    before = await api.get(f"/pairs/{pair.id}/notes", "person", person=pair.mentee_id)
    assert before["items"] == []
    assert "tidak dibaca siapa pun" in before["private"]


async def test_a_private_note_is_read_by_its_author_alone(api, world, active_pair) -> None:
    """M16: in no view of the other, the desk or LAN, and in nobody's file but the author's own."""
    pair = await active_pair()
    path = f"/pairs/{pair.id}/notes"
    secret = "Mentor sering terlambat"
    answer = await api.call("person", "POST", path, {"words": secret}, person=pair.mentee_id)
    [note] = answer.json()["items"]
    for role, call in (
        ("person", {"person": pair.mentor_id}),
        ("programme_manager", {}),
        ("lan", {}),
        ("agency_hr", {}),
    ):
        for asked in (path, "/pairs/me", f"/programmes/{pair.programme_id}/pairs", f"/people/{pair.mentee_id}/profile"):
            assert secret not in (await api.call(role, "GET", asked, **call)).text
    assert secret not in str([body for _, body in await world.outbox()])
    own, others = await held_of(world, pair.mentee_id), await held_of(world, pair.mentor_id)
    assert own["private_notes"].private
    assert [secret in row for row in own["private_notes"].rows] == [True]
    assert secret not in str(others)
    change = ("PUT", f"/notes/{note['id']}", {"words": "x"})
    assert (await api.refused("person", *change, person=pair.mentor_id))[0] == 404
    assert (await api.refused("person", "DELETE", change[1], person=pair.mentor_id))[0] == 404
    changed = await api.call("person", *change, person=pair.mentee_id)
    assert [each["words"] for each in changed.json()["items"]] == ["x"]
    assert (await api.call("person", "DELETE", change[1], person=pair.mentee_id)).status_code == 204
    assert (await api.get(path, "person", person=pair.mentee_id))["items"] == []


async def test_notes_are_of_ones_own_pair_and_of_a_number_that_can_be_read_at_once(
    api, world, active_pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair, stranger = await active_pair(), await world.person()
    note = ("POST", f"/pairs/{pair.id}/notes", {"words": "x"})
    assert (await api.refused("person", *note, person=stranger))[0] == 404
    assert MOST > 1
    monkeypatch.setattr("mentoring.notes.commands.MOST", 1)
    assert (await api.call("person", *note, person=pair.mentor_id)).status_code == 201
    assert (await api.refused("person", *note, person=pair.mentor_id))[1] == "notes-over"
