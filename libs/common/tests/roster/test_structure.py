"""What is kept of units."""

from datetime import date

from common.fields import FIRST_DAY
from common.ids import new_id
from contracts.events.registry import UnitChanged, UnitState
from jejak_local.harness import AGENCY

RENAMED = date(2024, 7, 1)


async def test_every_name_and_place_is_kept_with_its_days(service):
    unit, parent = new_id(), new_id()
    states = [
        UnitState(name="Pusat Data", parent_id=None, valid_from=FIRST_DAY, valid_to=RENAMED),
        UnitState(name="Pusat Data dan AI", parent_id=parent, valid_from=RENAMED, valid_to=None),
    ]
    for known, sequence in ((states, 2), (states[:1], 1)):
        told = UnitChanged(unit_id=unit, agency_id=AGENCY, code="P", states=known, successors=[])
        await service.told(told, sequence=sequence)
    assert await service.rows("SELECT unit_id, agency_id, sequence FROM units") == [(unit, AGENCY, 2)]
    assert await service.rows("SELECT name, parent_id, valid_from, valid_to FROM unit_states ORDER BY number") == [
        ("Pusat Data", None, FIRST_DAY, RENAMED),
        ("Pusat Data dan AI", parent, RENAMED, None),
    ]
