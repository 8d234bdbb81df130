"""Agencies with their PICs, line by line."""

import asyncio
from uuid import uuid4

from common.store.database import counted_statements
from common.web.bulk import CHUNK
from jejak_local.harness import caller
from registry.agencies.commands import upsert_agencies
from registry.agencies.schemas import AgencyLine


def line(number: int, **changes):
    return {
        "code": f"K-{number:03d}",
        "name": f"Kementerian {number}",
        "kind": "K",
        "region": "DKI Jakarta",
        "pics": [
            {"rank": "main", "name": "PIC", "email": f"pic{number}@contoh.go.id"},
            {"rank": "deputy", "name": "Wakil", "email": f"wakil{number}@contoh.go.id", "time_zone": "Asia/Makassar"},
        ],
        **changes,
    }


async def test_stored_unchanged_updated(api, world):
    first = await api.bulk("/agencies:batch", [line(1), line(2)])
    assert [(answer["line"], answer["status"]) for answer in first] == [(1, "stored"), (2, "stored")]
    ids = [answer["id"] for answer in first]
    assert [received.event.code for received in await world.emitted()] == ["K-001", "K-002"]

    again = await api.bulk("/agencies:batch", [line(1), line(2)])
    assert [(answer["status"], answer["id"]) for answer in again] == [("unchanged", ids[0]), ("unchanged", ids[1])]
    assert await world.emitted() == []

    third = await api.bulk("/agencies:batch", [line(1, name="Baru"), line(2)])
    assert [answer["status"] for answer in third] == ["updated", "unchanged"]
    [received] = await world.emitted()
    assert (received.sequence, received.event.name, len(received.event.pics)) == (2, "Baru", 2)


async def test_pics_left_out_stay_and_an_empty_list_removes_them(api, world):
    [stored] = await api.bulk("/agencies:batch", [line(1)])
    without = line(1)
    del without["pics"]
    assert (await api.bulk("/agencies:batch", [without]))[0]["status"] == "unchanged"
    for none in ([], None):
        assert (await api.bulk("/agencies:batch", [line(1, pics=none)]))[0]["status"] == "updated"
        assert (await api.get(f"/agencies/{stored['id']}/pics"))["pics"] == []
        assert (await api.bulk("/agencies:batch", [line(1)]))[0]["status"] == "updated"


async def test_what_a_line_leaves_out_stays_and_null_clears(api, nation):
    parent = str(nation.agencies["D-001"])
    [stored] = await api.bulk("/agencies:batch", [line(101, active=False, zone="WIT", parent_id=parent)])
    path = f"/agencies/{stored['id']}"

    async def now() -> tuple:
        agency = await api.get(path)
        return agency["active"], agency["zone"], agency["region"], agency["parent_id"], agency["name"]

    silent = {"code": "K-101", "name": "Baru", "kind": "K"}
    assert (await api.bulk("/agencies:batch", [silent]))[0]["status"] == "updated"
    assert await now() == (False, "WIT", "DKI Jakarta", parent, "Baru")
    alone = silent | {"name": "Lain"}
    assert (await api.call("service", "PUT", path, alone)).status_code == 200
    assert await now() == (False, "WIT", "DKI Jakarta", parent, "Lain")
    cleared = alone | {"region": None, "parent_id": None}
    assert (await api.bulk("/agencies:batch", [cleared]))[0]["status"] == "updated"
    assert await now() == (False, "WIT", None, None, "Lain")
    [refused] = await api.bulk("/agencies:batch", [alone | {"active": None}])
    assert (refused["code"], refused["field"]) == ("field-invalid", "active")
    assert (await api.call("service", "PUT", path, alone | {"active": True})).json()["active"] is True


async def test_a_line_is_refused_as_a_whole_and_the_others_count(api, nation):
    good, parent = str(uuid4()), str(uuid4())
    answers = await api.bulk(
        "/agencies:batch",
        [
            line(10, id=parent),
            line(11, parent_id=parent),
            b'{"code": "K-012"',
            b"",
            line(13, parent_id=str(uuid4())),
            line(14, pics=[{"rank": "main", "name": "PIC", "email": "nowhere"}]),
            line(16, id=parent),
            line(10, id=good),
            line(10, parent_id=parent),
            line(17, pics=[{"rank": "main", "name": "PIC", "email": f"p{n}@contoh.go.id"} for n in range(2)]),
        ],
    )
    assert [(answer["line"], answer.get("code", answer["status"]), answer.get("field")) for answer in answers] == [
        (1, "stored", None),
        (2, "stored", None),
        (3, "invalid-json", None),
        (5, "agency-unknown", "parent_id"),
        (6, "email-invalid", "pics.0.email"),
        (7, "id-taken", "id"),
        (8, "id-taken", "id"),
        (9, "parent-cycle", "parent_id"),
        (10, "pic-rank-twice", "pics"),
    ]
    codes = [agency["code"] for agency in (await api.get("/agencies"))["items"]]
    assert codes == ["D-001", "K-001", "K-010", "K-011"]


async def test_a_line_sees_the_lines_before_it(api, world):
    answers = await api.bulk("/agencies:batch", [line(1), line(1), line(1, name="Akhir")])
    assert [answer["status"] for answer in answers] == ["stored", "unchanged", "updated"]
    [received] = await world.emitted()
    assert (received.sequence, received.event.name) == (1, "Akhir")


async def test_the_number_of_statements_does_not_grow(api, database):
    counts = []
    for first, size in ((0, 5), (100, CHUNK)):
        lines = [line(number) for number in range(first, first + size)]
        with counted_statements(database) as created:
            await api.bulk("/agencies:batch", lines)
        with counted_statements(database) as unchanged:
            await api.bulk("/agencies:batch", lines)
        with counted_statements(database) as changed:
            await api.bulk("/agencies:batch", [{**one, "name": "Lain", "pics": []} for one in lines])
        counts.append((len(created), len(unchanged), len(changed)))
    assert counts == [(10, 5, 9)] * 2


async def test_opposite_orders_wait_for_each_other_and_end_as_one(database, clock, settings, world):
    loader = caller("service", clock=clock)

    async def chunk(lines: list[dict]) -> set[str]:
        # Not through the upload, which would try again after a deadlock.
        async with database.transaction() as session:
            answers = await upsert_agencies(session, [AgencyLine.model_validate(one) for one in lines], loader)
        return {answer.status for answer in answers}

    lines = [line(number) for number in range(50)]
    statuses = await asyncio.gather(chunk(lines), chunk([*reversed(lines)]), chunk(lines))
    assert sorted(statuses, key=str) == [{"stored"}, {"unchanged"}, {"unchanged"}]
    assert len(await world.emitted()) == 50
