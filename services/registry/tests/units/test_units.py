"""Units: their names and places in the tree over time."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from common.store.database import counted_statements
from common.web.bulk import CHUNK

UNIT = {"code": "K-001-U09", "name": "Biro Umum"}


async def test_create_list_change(api, nation, world):
    agency_id, top = str(nation.agencies["K-001"]), str(nation.units["K-001-U01"])
    created = await api.call("service", "POST", f"/agencies/{agency_id}/units", UNIT | {"parent_id": top})
    assert created.status_code == 201
    unit_id = created.json()["id"]
    listed = (await api.call("service", "GET", f"/agencies/{agency_id}/units")).json()["items"]
    assert [unit["code"] for unit in listed] == ["K-001-U01", "K-001-U02", "K-001-U09"]
    assert listed[2] == created.json()
    changed = await api.call(
        "service", "PUT", f"/units/{unit_id}", UNIT | {"code": "K-001-U10"}, headers={"if-match": '"1"'}
    )
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert changed.json() == UNIT | {
        "id": unit_id,
        "agency_id": agency_id,
        "code": "K-001-U10",
        "parent_id": top,
        "valid_from": "1900-01-01",
        "valid_to": None,
        "version": 2,
    }
    conflict = await api.call("service", "PUT", f"/units/{unit_id}", UNIT, headers={"if-match": '"1"'})
    assert (conflict.status_code, conflict.json()["code"]) == (412, "changed-meanwhile")
    apart = await api.call(
        "service", "PUT", f"/units/{unit_id}", {"code": "K-001-U10", "name": "Biro Umum", "parent_id": None}
    )
    assert (apart.json()["parent_id"], apart.json()["version"]) == (None, 3)
    assert [(received.event.code, received.sequence) for received in await world.emitted()] == [
        ("K-001-U09", 1),
        ("K-001-U10", 2),
        ("K-001-U10", 3),
    ]


async def test_a_unit_is_read_as_of_any_day(api, nation, world):
    unit_id, top = nation.units["K-001-U02"], str(nation.units["K-001-U01"])
    path = f"/units/{unit_id}"
    for day, name, parent in (("2024-07-01", "Pusat Data", None), ("2026-12-01", "Pusat Data dan AI", top)):
        body = {"code": "K-001-U02", "name": name, "parent_id": parent, "valid_from": day}
        assert (await api.call("service", "PUT", path, body)).json()["valid_from"] == day

    async def on(day: str) -> tuple:
        found = (await api.call("service", "GET", f"{path}?as_of={day}")).json()
        listed = (await api.call("service", "GET", f"/agencies/{nation.agencies['K-001']}/units?as_of={day}")).json()[
            "items"
        ]
        assert found in listed
        return found["name"], found["parent_id"], found["valid_from"], found["valid_to"]

    old, now, then = (
        ("Unit 2 K-001", None, "1900-01-01", "2024-07-01"),
        ("Pusat Data", None, "2024-07-01", "2026-12-01"),
        ("Pusat Data dan AI", top, "2026-12-01", None),
    )
    assert [await on(day) for day in ("2015-01-01", "2024-06-30", "2024-07-01", "2026-11-30", "2026-12-01")] == [
        old,
        old,
        now,
        now,
        then,
    ]
    told = [received.event for received in await world.emitted()][-1]
    assert [(state.name, state.parent_id, state.valid_from, state.valid_to) for state in told.states] == [
        (name, UUID(parent) if parent else None, date.fromisoformat(start), date.fromisoformat(end) if end else None)
        for name, parent, start, end in (old, now, then)
    ]
    history = (await api.call("service", "GET", f"{path}/history")).json()
    assert [tuple(state.values()) for state in history["states"]] == [
        (start, end, name, parent) for name, parent, start, end in (old, now, then)
    ]
    # A change told late ends with the next one on record.
    late = {"code": "K-001-U02", "name": "Bidang Data", "valid_from": "2020-01-01"}
    assert (await api.call("service", "PUT", path, late)).json()["valid_to"] == "2024-07-01"
    begins = {"code": "K-001-U77", "name": "Unit Baru", "valid_from": "2025-01-01"}
    new = (await api.call("service", "POST", f"/agencies/{nation.agencies['K-001']}/units", begins)).json()
    assert (await api.call("service", "GET", f"/units/{new['id']}?as_of=2024-12-31")).status_code == 404


async def test_refusals(api, nation):
    agency_id, other = nation.agencies["K-001"], nation.units["D-001-U01"]
    own = nation.units["K-001-U01"]
    for path, body, status, code in (
        (f"/agencies/{uuid4()}/units", UNIT, 404, "not-found"),
        (f"/agencies/{agency_id}/units", UNIT | {"code": "K-001-U01"}, 409, "code-taken"),
        (f"/agencies/{agency_id}/units", UNIT | {"id": str(other)}, 409, "id-taken"),
        (f"/agencies/{agency_id}/units", UNIT | {"parent_id": str(other)}, 422, "unit-unknown"),
        (f"/agencies/{agency_id}/units", UNIT | {"parent_code": "K-001-U99"}, 422, "unit-unknown"),
    ):
        answer = await api.call("service", "POST", path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    for body, status, code in (
        (UNIT | {"code": "K-001-U02"}, 409, "code-taken"),
        (UNIT | {"id": str(other)}, 409, "id-taken"),
        (UNIT | {"parent_id": str(other)}, 422, "unit-unknown"),
        (UNIT | {"parent_id": str(own)}, 422, "unit-loop"),
        (UNIT | {"parent_id": str(nation.units["K-001-U02"]), "parent_code": "K-001-U01"}, 422, "unit-unknown"),
    ):
        answer = await api.call("service", "PUT", f"/units/{own}", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await api.call("service", "PUT", f"/units/{uuid4()}", UNIT)).status_code == 404
    # The same code may stand in two agencies.
    assert (await api.call("service", "POST", f"/agencies/{nation.agencies['D-001']}/units", UNIT)).status_code == 201
    young = UNIT | {"code": "K-001-U11", "valid_from": "2026-01-01"}
    assert (await api.call("service", "POST", f"/agencies/{agency_id}/units", young)).status_code == 201
    older = UNIT | {"code": "K-001-U12", "parent_code": "K-001-U11", "valid_from": "2025-01-01"}
    answer = await api.call("service", "POST", f"/agencies/{agency_id}/units", older)
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == ("unit-closed", "parent_id")


async def test_a_loop_of_three_is_refused_with_its_path_on_the_day_it_would_close(api, nation):
    def line(number: int, **values) -> dict:
        return {"agency_code": "K-001", "code": f"L{number}", "name": f"Bagian {number}", **values}

    answers = await api.bulk(
        "/units:batch",
        [line(1), line(2, parent_code="L1"), line(3, parent_code="L2"), line(1, parent_code="L3")],
        headers={"accept-language": "en"},
    )
    assert [answer["status"] for answer in answers] == ["stored", "stored", "stored", "refused"]
    assert (answers[3]["code"], answers[3]["field"]) == ("unit-loop", "parent_id")
    assert "Bagian 1 > Bagian 3 > Bagian 2 > Bagian 1" in answers[3]["message"]
    # Until the end of 2024 the second was apart, so under the third there was room for the first.
    for changed, status in (
        (line(2, parent_id=None, valid_from="2020-01-01"), "updated"),
        (line(2, parent_code="L1", valid_from="2025-01-01"), "updated"),
        (line(1, parent_code="L3", valid_from="2024-01-01"), "refused"),
        (line(1, parent_id=None, valid_from="2025-01-01"), "unchanged"),
        (line(1, parent_code="L3", valid_from="2024-01-01"), "refused"),
    ):
        assert (await api.bulk("/units:batch", [changed]))[0]["status"] == status
    answers = await api.bulk(
        "/units:batch",
        [
            line(2, parent_id=None, valid_from="2025-01-01"),
            line(1, parent_code="L3", valid_from="2024-01-01"),
            line(1, parent_id=None, valid_from="2025-01-01"),
            line(2, parent_code="L1", valid_from="2025-01-01"),
        ],
    )
    assert [answer["status"] for answer in answers] == ["updated", "updated", "updated", "updated"]


@pytest.mark.parametrize("people", [3, 300])
async def test_a_new_name_is_one_event_however_many_serve_there(api, nation, world, database, a_person, people):
    """One event, and as many statements for three people as for a hundred times as many."""
    await api.bulk("/people:batch", [a_person(number) for number in range(1, people + 1)])
    await world.emitted()
    unit_id = nation.units["K-001-U01"]
    with counted_statements(database) as statements:
        await api.call("service", "PUT", f"/units/{unit_id}", {"code": "K-001-U01", "name": "Unit Baru"})
    assert len(statements) == 9
    [received] = await world.emitted()
    assert (received.event.unit_id, received.event.states[-1].name) == (unit_id, "Unit Baru")
    shown = (await api.call("service", "GET", f"/people?unit_id={unit_id}&limit=1000")).json()["items"]
    assert {person["unit_name"] for person in shown} == {"Unit Baru"} and len(shown) == people
    # Next time a person is told of, it is by the new name.
    await api.bulk("/people:batch", [a_person(1, name="Ani")])
    assert (await world.emitted())[0].event.unit_name == "Unit Baru"


async def test_a_person_of_a_past_day_is_shown_with_the_name_of_that_day(api, nation, a_person):
    unit_id = nation.units["K-001-U01"]
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    await api.call(
        "service", "PUT", f"/units/{unit_id}", {"code": "K-001-U01", "name": "Baru", "valid_from": "2026-06-01"}
    )
    for day, name in (("2026-05-31", "Unit 1 K-001"), ("2026-06-01", "Baru")):
        assert (await api.call("service", "GET", f"/people/{person_id}?as_of={day}")).json()["unit_name"] == name


async def test_lines_are_answered_each_and_see_those_before(api, nation, world):
    await world.emitted()
    own = nation.agencies["K-001"]
    answers = await api.bulk(
        "/units:batch",
        [
            {"agency_code": "K-001", "code": "A", "name": "Deputi A"},
            {"agency_id": str(own), "code": "B", "name": "Biro B", "parent_code": "A"},
            {"agency_code": "K-001", "code": "B", "name": "Biro B"},
            {"agency_code": "D-001", "code": "C", "name": "Bukan milik kami"},
            {"agency_code": "K-999", "code": "C", "name": "Tidak ada"},
            {"code": "C", "name": "Milik siapa?"},
            b'{"code":',
            {"agency_code": "K-001", "code": "B", "name": "Biro Baru"},
        ],
        "agency_hr",
    )
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "stored",
        "stored",
        "unchanged",
        "agency-mismatch",
        "agency-unknown",
        "field-missing",
        "invalid-json",
        "updated",
    ]
    assert sorted(received.event.code for received in await world.emitted()) == ["A", "B"]


async def test_the_number_of_statements_does_not_grow(api, nation, database):
    counts = []
    for first, size in ((0, 5), (100, CHUNK)):
        lines = [
            {"agency_code": "K-001", "code": f"S{number}", "name": f"Seksi {number}", "parent_code": "K-001-U01"}
            for number in range(first, first + size)
        ]
        with counted_statements(database) as created:
            await api.bulk("/units:batch", lines)
        with counted_statements(database) as unchanged:
            await api.bulk("/units:batch", lines)
        with counted_statements(database) as changed:
            await api.bulk("/units:batch", [{**line, "name": "Lain"} for line in lines])
        counts.append((len(created), len(unchanged), len(changed)))
    assert counts == [(8, 4, 9)] * 2


async def test_what_breaks_a_tree_is_found(api, nation, parts, database):
    from common.invariants import find_broken
    from registry.service import SERVICE

    own, other = nation.units["K-001-U01"], nation.units["K-001-U02"]
    for statement, name in (
        ("UPDATE unit_states SET parent_id = unit_id WHERE unit_id = :own", "no unit stands above itself"),
        ("UPDATE unit_states SET valid_to = '2020-01-01' WHERE unit_id = :own", "the unit that a unit names"),
    ):
        async with database.transaction() as session:
            await session.execute(
                text("UPDATE unit_states SET parent_id = :own WHERE unit_id = :other"), {"own": own, "other": other}
            )
            await session.execute(text(statement), {"own": own, "other": other})
        assert any(found.invariant.startswith(name) for found in await find_broken(parts, SERVICE.invariants))
        async with database.transaction() as session:
            await session.execute(text("UPDATE unit_states SET parent_id = NULL, valid_to = NULL"))


async def test_a_unit_may_be_sent_before_its_parent_and_a_loop_is_told_of_each_of_its_lines(api, nation):
    def line(code: str, parent: str | None = None) -> dict:
        return {"agency_code": "K-001", "code": code, "name": f"Bagian {code}", "parent_code": parent}

    top, given = str(uuid4()), nation.units["K-001-U02"]
    sent = [
        line("U3", "U2"),
        line("U2", "U1"),
        line("L1", "L3"),
        line("U4") | {"parent_id": top},
        line("U1") | {"id": top, "parent_id": str(given)},
        line("L3", "L2"),
        line("L2", "L1"),
    ]
    answers = await api.bulk("/units:batch", sent, headers={"accept-language": "en"})
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "stored",
        "stored",
        "unit-loop",
        "stored",
        "stored",
        "unit-loop",
        "unit-loop",
    ]
    assert all("Bagian L1 > Bagian L3 > Bagian L2 > Bagian L1" in answers[each]["message"] for each in (2, 5, 6))
    found = {unit["code"]: unit for unit in (await api.get(f"/agencies/{nation.agencies['K-001']}/units"))["items"]}
    assert [found[code]["parent_id"] for code in ("U1", "U2", "U3", "U4")] == [
        str(given),
        top,
        found["U2"]["id"],
        top,
    ]
