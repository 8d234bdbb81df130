"""Who takes part: dated, kept by LAN alone, and empty where nobody has written anything."""

from datetime import timedelta

PART = {"name": "P3K Bangkom", "role": "Penanggung jawab"}


async def test_what_is_changed_holds_from_today_and_what_stood_before_stays_readable(api, world, clock):
    first = (await api.call("lan", "POST", "/stakeholders", PART)).json()
    assert first["contribution"] is None, "nothing is invented"
    began = clock.today()
    clock.moment += timedelta(days=3)
    path = f"/stakeholders/{first['id']}"
    changed = PART | {"contribution": "Menyusun pedoman"}
    for _ in range(2):  # a double click
        assert (await api.call("lan", "PUT", path, changed)).json()["contribution"] == "Menyusun pedoman"
    again = await api.call("lan", "PUT", path, changed | {"role": "Pengarah"})
    assert again.json()["valid_from"] == str(clock.today())
    [now] = (await api.get("/stakeholders"))["items"]
    assert (now["role"], now["valid_from"]) == ("Pengarah", str(clock.today()))
    [before] = (await api.get(f"/stakeholders?as_of={began}"))["items"]
    assert (before["contribution"], before["valid_to"]) == (None, str(clock.today()))
    assert (await api.get(f"/stakeholders?as_of={began - timedelta(days=1)}"))["items"] == []
    assert await world.value("SELECT count(*) FROM stakeholders") == 2


async def test_who_takes_part_no_more_is_gone_from_today_on(api, clock):
    first = (await api.call("lan", "POST", "/stakeholders", PART)).json()
    began = clock.today()
    clock.moment += timedelta(days=1)
    second = (await api.call("lan", "POST", "/stakeholders", PART | {"name": "Keliru"})).json()
    for each in (first, second):
        assert (await api.call("lan", "POST", f"/stakeholders/{each['id']}/end")).status_code == 200
    assert (await api.get("/stakeholders"))["items"] == []
    assert [each["id"] for each in (await api.get(f"/stakeholders?as_of={began}"))["items"]] == [first["id"]]
    assert (await api.refused("lan", "POST", f"/stakeholders/{first['id']}/end"))[:2] == (404, "not-found")


async def test_lan_alone_writes(api):
    for role in ("analis", "agency_hr", "service"):
        assert (await api.refused(role, "POST", "/stakeholders", PART))[:2] == (403, "forbidden")
    empty = await api.refused("lan", "POST", "/stakeholders", {"name": "", "role": "x"})
    assert (empty[0], empty[2]) == (422, "name")
