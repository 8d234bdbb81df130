"""What is kept of agencies."""

from common.ids import new_id
from contracts.events.registry import Pic
from jejak_local.harness import agency_changed

PIC = Pic(rank="main", name="Budi", email="budi@x.go.id", language="id", time_zone="Asia/Jakarta")


async def test_the_newest_word_is_kept_and_no_name_of_a_pic(service):
    agency = new_id()
    for name, sequence in (("kedua", 2), ("pertama", 1)):
        await service.told(agency_changed(agency, name=name, pics=[PIC]), sequence=sequence)
    [(kept, name, pics, sequence)] = await service.rows("SELECT agency_id, name, pics, sequence FROM agencies")
    assert (kept, name, sequence) == (agency, "kedua", 2)
    assert pics == [PIC.model_dump(exclude={"name"})]


async def test_a_service_hears_what_is_new_of_them(service):
    agency = new_id()
    states = [agency_changed(agency, code=code) for code in "AB"]
    for sequence, state in enumerate(states, 1):
        await service.told(state, sequence=sequence)
    first, second = service.news
    assert (first.arrived, first.changed, first.told) == ([agency], [], {agency: states[0]})
    assert (second.arrived, second.changed, second.told) == ([], [agency], {agency: states[1]})
