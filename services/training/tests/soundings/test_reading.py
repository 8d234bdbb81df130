"""Who sees which sweeps and shortfalls."""

from uuid import UUID, uuid4

import pytest

MAY, SEPTEMBER = "2026-05-01", "2026-09-01"
AGENCY = UUID("0199a000-0000-7000-8000-00000000000a")
OTHER = UUID("0199a000-0000-7000-8000-00000000000b")


@pytest.fixture
async def swept(sounding, world):
    """Two people short in each of two agencies, one of each met the second period's share meanwhile."""
    people = {agency: [await world.person(agency=agency) for _ in range(2)] for agency in (AGENCY, OTHER)}
    await sounding.reach(await world.person(agency=OTHER), "20")
    await sounding.sweep(SEPTEMBER)
    for ones in people.values():
        await sounding.reach(ones[0], "8")
    return people


async def test_sweeps_with_the_numbers_of_those_one_may_see(world, api, swept):
    for role in ("lan", "service"):
        [second, first] = (await api.get("/sweeps", role))["items"]
        assert (first["year"], first["period"], first["as_of"], first["state"]) == (2026, 1, SEPTEMBER, "done")
        assert (second["period"], second["rule_pack"], second["replaces"]) == (2, "caturwulan-2019", None)
        assert (first["people"], first["short"]) == (5, 4)
    await world.agency(AGENCY, region="Jawa Barat")
    for role in ("agency_hr", "agency_head", "pic", "verifier", "inspector", "analis"):
        [_, first] = (await api.get("/sweeps", role))["items"]
        assert (first["people"], first["short"]) == (2, 2)
    [_, first] = (await api.get("/sweeps", "agency_hr", agency=uuid4()))["items"]
    assert (first["people"], first["short"]) == (0, 0)


async def test_shortfalls_of_the_nation_of_a_region_and_of_the_own_agency(world, api, swept):
    everything = (await api.get("/shortfalls"))["items"]
    assert len(everything) == 8
    own = (await api.get("/shortfalls", "agency_hr"))["items"]
    assert {item["person_id"] for item in own} == {str(person) for person in swept[AGENCY]}
    assert await api.get(f"/shortfalls?agency_id={OTHER}", "inspector") == {"items": [], "next": None}
    await world.agency(OTHER, region="Papua")
    others = (await api.get("/shortfalls", "analis", region="Papua"))["items"]
    assert {item["agency_id"] for item in others} == {str(OTHER)}


async def test_a_shortfall_in_full(api, swept):
    query = f"/shortfalls?agency_id={AGENCY}&year=2026&period=2"
    [item] = [i for i in (await api.get(query))["items"] if i["person_id"] == str(swept[AGENCY][0])]
    del item["sweep_id"], item["changed_at"]
    pace = item.pop("pace")
    assert pace["status"] == "belum dikonfirmasi"
    assert "setiap bulan bertugas yang sudah lewat" in pace["explanation"]
    assert item == {
        "year": 2026,
        "period": 2,
        "as_of": SEPTEMBER,
        "person_id": str(swept[AGENCY][0]),
        "agency_id": str(AGENCY),
        "unit_id": None,
        "unit_name": None,
        "page": 1,
        "target": "20.000",
        "threshold": "13.330",
        "verified": "0.000",
        "missing": "13.330",
        "verified_now": "8.000",
        "state": "open",
    }


async def test_filters(api, swept):
    async def counted(query: str) -> int:
        return len((await api.get(f"/shortfalls?{query}"))["items"])

    assert [await counted(query) for query in ("period=1", "period=2", "year=2025", "state=resolved")] == [4, 4, 0, 2]
    assert await counted("period=1&state=open") == 2
    assert await counted("period=2&state=resolved") == 0


async def test_filters_that_make_no_sense(api):
    for query in ("period=4", "period=x", "state=closed", "year=0", "agency_id=x", "after=%22", "limit=0"):
        status, code, field = await api.refused("lan", "GET", f"/shortfalls?{query}")
        assert (status, code, field) == (422, "field-invalid", query.split("=")[0])


async def test_pages_hold_everything_once(api, swept, sounding):
    await sounding.many(230, OTHER)
    await sounding.sweep(SEPTEMBER, again=(2026, 1))
    seen, after = [], ""
    while True:
        page = await api.get(f"/shortfalls?period=1&limit=100{after}")
        seen += [item["person_id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert len(seen) == len(set(seen)) == 232
    sweeps = await api.get("/sweeps?limit=2")
    rest = await api.get(f"/sweeps?limit=2&after={sweeps['next']}")
    assert [len(sweeps["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    for path in ("/sweeps", "/shortfalls?limit=2"):
        joint = "&" if "?" in path else "?"
        for forged in ("WyJ4Il0=", "W10=", "MQ=="):  # ["x"], [], 1
            status, code, field = await api.refused("lan", "GET", f"{path}{joint}after={forged}")
            assert (status, code, field) == (422, "field-invalid", "after")


async def test_a_sweep_that_was_replaced_shows_nobody(api, swept, sounding):
    await sounding.sweep("2026-09-02", again=(2026, 1))
    [newest, *_] = (await api.get("/sweeps"))["items"]
    assert newest["replaces"] is not None
    items = (await api.get("/shortfalls?period=1"))["items"]
    assert {item["sweep_id"] for item in items} == {newest["id"]}
    assert {item["person_id"] for item in items} == {str(people[1]) for people in swept.values()}


async def test_a_running_sweep_is_listed_but_its_shortfalls_are_not(api, sounding, world):
    await world.person()
    await sounding.begin(2026, 1, MAY)
    [sweep] = (await api.get("/sweeps"))["items"]
    assert (sweep["state"], sweep["finished_at"]) == ("running", None)
    assert (await api.get("/shortfalls"))["items"] == []


async def test_a_person_sees_their_own_only(api, swept):
    me = swept[OTHER][0]
    items = (await api.get("/people/me/shortfalls", "person", person=me))["items"]
    assert [(item["person_id"], item["period"], item["state"]) for item in items] == [
        (str(me), 1, "resolved"),
        (str(me), 2, "open"),
    ]
    assert (await api.get("/people/me/shortfalls?period=2", "person", person=uuid4()))["items"] == []
    assert await api.refused("person", "GET", "/people/me/shortfalls") == (403, "forbidden", None)


async def test_others_may_not(api):
    for path in ("/sweeps", "/shortfalls"):
        for role in ("person", "provider", "validator", "operator"):
            assert (await api.refused(role, "GET", path))[:2] == (403, "forbidden")


async def test_an_agency_role_without_an_agency_sees_nothing(api):
    assert (await api.refused("agency_hr", "GET", "/shortfalls", agency=None))[:2] == (403, "forbidden")
    assert (await api.refused("lan", "GET", "/people/me/shortfalls"))[:2] == (403, "forbidden")
