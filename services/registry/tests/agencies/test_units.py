"""Units, and what a new name of one means for its people."""

from uuid import UUID, uuid4

UNIT = {"code": "K-001-U09", "name": "Biro Umum"}


async def test_create_list_change(api, nation, world):
    agency_id = nation.agencies["K-001"]
    created = await api.call(
        "service", "POST", f"/agencies/{agency_id}/units", UNIT | {"parent_id": str(nation.units["K-001-U01"])}
    )
    assert created.status_code == 201
    unit_id = created.json()["id"]
    listed = (await api.get(f"/agencies/{agency_id}/units"))["items"]
    assert [unit["code"] for unit in listed] == ["K-001-U01", "K-001-U02", "K-001-U09"]
    assert listed[2] == created.json()
    changed = await api.call(
        "service", "PUT", f"/units/{unit_id}", UNIT | {"code": "K-001-U10"}, headers={"if-match": '"1"'}
    )
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert changed.json() == UNIT | {
        "id": unit_id,
        "agency_id": str(agency_id),
        "code": "K-001-U10",
        "parent_id": str(nation.units["K-001-U01"]),
        "version": 2,
    }
    conflict = await api.call("service", "PUT", f"/units/{unit_id}", UNIT, headers={"if-match": '"1"'})
    assert (conflict.status_code, conflict.json()["code"]) == (412, "changed-meanwhile")
    top = await api.call(
        "service", "PUT", f"/units/{unit_id}", {"code": "K-001-U10", "name": "Biro Umum", "parent_id": None}
    )
    assert (top.json()["parent_id"], top.json()["version"]) == (None, 3)
    assert await world.emitted() == []  # nobody serves there, and an agency's event does not tell its units


async def test_refusals(api, nation):
    agency_id, other = nation.agencies["K-001"], nation.units["D-001-U01"]
    own = nation.units["K-001-U01"]
    for path, body, status, code in (
        (f"/agencies/{uuid4()}/units", UNIT, 404, "not-found"),
        (f"/agencies/{agency_id}/units", UNIT | {"code": "K-001-U01"}, 409, "code-taken"),
        (f"/agencies/{agency_id}/units", UNIT | {"id": str(other)}, 409, "id-taken"),
        (f"/agencies/{agency_id}/units", UNIT | {"parent_id": str(other)}, 422, "unit-unknown"),
    ):
        answer = await api.call("service", "POST", path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    for body, status, code in (
        (UNIT | {"code": "K-001-U02"}, 409, "code-taken"),
        (UNIT | {"id": str(other)}, 409, "id-taken"),
        (UNIT | {"parent_id": str(other)}, 422, "unit-unknown"),
        (UNIT | {"parent_id": str(own)}, 422, "parent-cycle"),
    ):
        answer = await api.call("service", "PUT", f"/units/{own}", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await api.call("service", "PUT", f"/units/{uuid4()}", UNIT)).status_code == 404
    # The same code may stand in two agencies.
    assert (await api.call("service", "POST", f"/agencies/{nation.agencies['D-001']}/units", UNIT)).status_code == 201
    assert (await api.call("service", "POST", f"/agencies/{agency_id}/units", UNIT)).status_code == 201


async def test_a_new_name_is_announced_for_whoever_served_there(api, nation, world, a_person):
    stayed = (await api.call("service", "POST", "/people", a_person(1))).json()["id"]
    left = (await api.call("service", "POST", "/people", a_person(2))).json()["id"]
    await api.call("service", "POST", "/people", a_person(3, unit_code="K-001-U02"))
    move = {"agency_code": "D-001", "on": "2026-06-01"}
    assert (await api.call("service", "POST", f"/people/{left}/transfer", move)).status_code == 200
    await world.emitted()

    unit_id = nation.units["K-001-U01"]
    await api.call("service", "PUT", f"/units/{unit_id}", {"code": "K-001-U01", "name": "Unit Baru"})
    events = {received.event.person_id: received for received in await world.emitted()}
    assert events.keys() == {UUID(stayed), UUID(left)}
    assert events[UUID(stayed)].event.unit_name == "Unit Baru"
    assert (events[UUID(stayed)].sequence, events[UUID(left)].sequence) == (2, 3)
    assert [part.unit_name for part in events[UUID(left)].event.assignments] == ["Unit Baru", None]

    await api.call("service", "PUT", f"/units/{unit_id}", {"code": "K-001-U99", "name": "Unit Baru"})
    assert await world.emitted() == []
