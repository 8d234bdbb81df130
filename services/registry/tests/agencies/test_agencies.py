"""Agencies and PICs, one at a time."""

from uuid import UUID, uuid4

import pytest

AGENCY = {"code": "K-009", "name": "Kementerian Contoh", "kind": "K", "region": "DKI Jakarta"}
MAIN = {"rank": "main", "name": "PIC Bangkom", "email": "pic@contoh.go.id"}
DEPUTY = {
    "rank": "deputy",
    "name": "Wakil PIC",
    "email": "wakil@contoh.go.id",
    "language": "en",
    "time_zone": "Asia/Jayapura",
}


async def test_create_read_change(api, world):
    created = await api.call("service", "POST", "/agencies", AGENCY)
    assert created.status_code == 201
    assert created.headers["etag"] == '"1"'
    agency_id = created.json()["id"]
    open_still = {"closed_on": None, "merged_into": None, "successors": []}
    assert created.json() == AGENCY | open_still | {
        "id": agency_id,
        "parent_id": None,
        "active": True,
        "zone": "WIB",
        "version": 1,
    }
    assert await api.get(f"/agencies/{agency_id}") == created.json()

    renamed = AGENCY | {"name": "Kementerian Teladan", "active": False, "zone": "WIT"}
    changed = await api.call("service", "PUT", f"/agencies/{agency_id}", renamed, headers={"if-match": '"1"'})
    assert changed.status_code == 200
    assert changed.headers["etag"] == '"2"'
    assert changed.json()["name"] == "Kementerian Teladan"

    first, second = await world.emitted()
    assert (first.sequence, second.sequence) == (1, 2)
    assert first.event.agency_id == second.event.agency_id == UUID(agency_id)
    assert (first.event.active, second.event.active) == (True, False)
    assert (first.event.zone, second.event.zone) == ("WIB", "WIT")
    assert second.event.model_dump(include={"code", "name", "kind", "region", "parent_id", "pics"}) == {
        "code": "K-009",
        "name": "Kementerian Teladan",
        "kind": "K",
        "region": "DKI Jakarta",
        "parent_id": None,
        "pics": [],
    }


async def test_the_same_again_is_no_change(api, world):
    agency_id = (await api.call("service", "POST", "/agencies", AGENCY)).json()["id"]
    await world.emitted()
    again = await api.call("service", "PUT", f"/agencies/{agency_id}", AGENCY)
    assert again.status_code == 200
    assert again.headers["etag"] == '"1"'
    assert await world.emitted() == []


async def test_region_and_zone_are_read_as_of_any_day(api, world):
    """A change holds from its day on, or from today; the past can be corrected; what is left out stays as it was then."""
    path = f"/agencies/{(await api.call('service', 'POST', '/agencies', AGENCY)).json()['id']}"

    async def put(**said) -> None:
        assert (await api.call("service", "PUT", path, AGENCY | said)).status_code == 200

    async def on(day: str) -> tuple[str, str]:
        found = await api.get(f"{path}?as_of={day}")
        return found["region"], found["zone"]

    await put(region="Papua Tengah", zone="WIT", valid_from="2026-07-01")
    await put(region="Papua Barat", valid_from="2022-11-17", zone="WIT")
    days = ("1950-01-01", "2022-11-16", "2022-11-17", "2026-06-30", "2026-07-01", "2026-11-20")
    western, barat, tengah = ("DKI Jakarta", "WIB"), ("Papua Barat", "WIT"), ("Papua Tengah", "WIT")
    assert [await on(day) for day in days] == [western, western, barat, barat, tengah, tengah]
    await put(region="Papua Selatan")
    assert (await on("2026-11-19"), await on("2026-11-20")) == (tengah, ("Papua Selatan", "WIT"))
    listed = [f"/agencies?region=Papua Barat&as_of={day}" for day in ("2026-06-30", "2026-07-01")]
    assert [len((await api.get(each))["items"]) for each in listed] == [1, 0]

    told = (await world.emitted())[-1].event
    assert (told.region, told.zone) == ("Papua Selatan", "WIT")
    assert [(place.region, str(place.valid_from), place.valid_to and str(place.valid_to)) for place in told.places] == [
        ("DKI Jakarta", "1900-01-01", "2022-11-17"),
        ("Papua Barat", "2022-11-17", "2026-07-01"),
        ("Papua Tengah", "2026-07-01", "2026-11-20"),
        ("Papua Selatan", "2026-11-20", None),
    ]
    to_come = AGENCY | {"region": "Bali", "valid_from": "2026-11-21"}
    assert await api.refused("service", "PUT", path, to_come) == (422, "day-to-come", "valid_from")


@pytest.mark.parametrize("seen", ['"1"', 'W/"1"', '"x"'])
async def test_a_version_conflict(api, seen):
    agency_id = (await api.call("service", "POST", "/agencies", AGENCY)).json()["id"]
    assert (
        await api.call("service", "PUT", f"/agencies/{agency_id}", AGENCY | {"name": "Dua"}, headers={"if-match": "*"})
    ).status_code == 200
    late = await api.call(
        "service", "PUT", f"/agencies/{agency_id}", AGENCY | {"name": "Tiga"}, headers={"if-match": seen}
    )
    assert late.status_code == 412
    assert late.json()["code"] == "changed-meanwhile"
    assert (await api.get(f"/agencies/{agency_id}"))["name"] == "Dua"


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"code": "K 1"}, 422, "field-invalid", "code"),
        ({"kind": "X"}, 422, "field-invalid", "kind"),
        ({"zone": "GMT"}, 422, "field-invalid", "zone"),
        ({"name": "   "}, 422, "field-invalid", "name"),
        ({"name": "Satu\nDua"}, 422, "field-invalid", "name"),
        ({"name": "nul \u0000"}, 422, "field-invalid", "name"),
        ({"type": "K"}, 422, "field-unknown", "type"),
        ({"parent_id": str(uuid4())}, 422, "agency-unknown", "parent_id"),
        ({"code": "K-001"}, 409, "code-taken", "code"),
    ],
)
async def test_refusals(api, nation, changes, status, code, field):
    answer = await api.call("service", "POST", "/agencies", AGENCY | changes)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == (code, field)


async def test_ids_and_codes_belong_to_one(api, nation):
    taken = await api.call("service", "POST", "/agencies", AGENCY | {"id": str(nation.agencies["K-001"])})
    assert (taken.status_code, taken.json()["code"]) == (409, "id-taken")
    chosen = str(uuid4())
    assert (await api.call("service", "POST", "/agencies", AGENCY | {"id": chosen})).json()["id"] == chosen
    moved = await api.call("service", "PUT", f"/agencies/{chosen}", AGENCY | {"id": str(uuid4())})
    assert (moved.status_code, moved.json()["code"]) == (409, "id-taken")
    renamed = await api.call("service", "PUT", f"/agencies/{chosen}", AGENCY | {"code": "K-001"})
    assert (renamed.status_code, renamed.json()["code"]) == (409, "code-taken")
    missing = await api.call("service", "PUT", f"/agencies/{uuid4()}", AGENCY)
    assert missing.status_code == 404


async def test_agencies_form_a_tree(api):
    ids = []
    for number in range(3):
        parent = ids[-1] if ids else None
        body = AGENCY | {"code": f"K-{number}", "parent_id": parent}
        ids.append((await api.call("service", "POST", "/agencies", body)).json()["id"])
    for parent in (ids[0], ids[2]):
        circle = await api.call("service", "PUT", f"/agencies/{ids[0]}", AGENCY | {"code": "K-0", "parent_id": parent})
        assert (circle.status_code, circle.json()["code"]) == (422, "parent-cycle")


async def test_lists_and_filters(api, nation):
    await api.call("service", "POST", "/agencies", AGENCY)
    pages, after = [], None
    while after is not None or not pages:
        page = await api.get(f"/agencies?limit=2{f'&after={after}' if after else ''}")
        pages.append([agency["code"] for agency in page["items"]])
        after = page["next"]
    assert pages == [["D-001", "K-001"], ["K-009"]]
    assert [a["code"] for a in (await api.get("/agencies?kind=K"))["items"]] == ["K-001", "K-009"]
    assert [a["code"] for a in (await api.get("/agencies?region=DKI Jakarta"))["items"]] == ["K-009"]
    for cursor in ("x", "W10=", "WzFd", "WyJcdTAwMDAiXQ=="):
        forged = await api.call("service", "GET", f"/agencies?after={cursor}")
        assert (forged.status_code, forged.json()["code"]) == (422, "field-invalid"), cursor
    assert (await api.call("service", "GET", "/agencies?region=%00")).status_code == 422


async def test_pics_main_first_with_every_field(api, nation, world):
    agency_id = nation.agencies["K-001"]
    named = await api.call(
        "service", "PUT", f"/agencies/{agency_id}/pics", {"pics": [DEPUTY, MAIN]}, headers={"if-match": '"1"'}
    )
    assert named.status_code == 200
    assert named.headers["etag"] == '"2"'
    expected = [MAIN | {"language": "id", "time_zone": "Asia/Jakarta"}, DEPUTY]
    assert named.json()["pics"] == expected
    assert await api.get(f"/agencies/{agency_id}/pics") == named.json()
    [received] = await world.emitted()
    assert received.sequence == 2
    assert [pic.model_dump() for pic in received.event.pics] == expected

    again = await api.call("service", "PUT", f"/agencies/{agency_id}/pics", {"pics": [MAIN, DEPUTY]})
    assert again.headers["etag"] == '"2"'
    alone = await api.call(
        "service", "PUT", f"/agencies/{agency_id}/pics", {"pics": [MAIN | {"email": "baru@contoh.go.id"}]}
    )
    assert [pic["email"] for pic in alone.json()["pics"]] == ["baru@contoh.go.id"]
    [received] = await world.emitted()
    assert (received.sequence, len(received.event.pics)) == (3, 1)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"email": "pic@"}, "email-invalid", "pics.0.email"),
        ({"email": "PIC Bangkom <pic@contoh.go.id>"}, "email-invalid", "pics.0.email"),
        ({"email": "pic@contoh.go.id\nBcc: x@contoh.go.id"}, "email-invalid", "pics.0.email"),
        ({"email": "siti.rahmà@contoh.go.id"}, "email-mailbox-not-ascii", "pics.0.email"),
        ({"time_zone": "Asia/Bandung"}, "time-zone-unknown", "pics.0.time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time-zone-unknown", "pics.0.time_zone"),
        ({"language": "fr"}, "field-invalid", "pics.0.language"),
        ({"rank": "deputy"}, "pic-rank-twice", "pics"),
    ],
)
async def test_refused_pics(api, nation, changes, code, field):
    answer = await api.call(
        "service", "PUT", f"/agencies/{nation.agencies['K-001']}/pics", {"pics": [MAIN | changes, DEPUTY]}
    )
    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == (code, field)


async def test_agencies_without_pic_are_listed(api, nation):
    """002.19: each agency has a PIC and a deputy."""
    await api.call("service", "PUT", f"/agencies/{nation.agencies['K-001']}/pics", {"pics": [MAIN]})
    whole = (await api.call("service", "POST", "/agencies", AGENCY | {"code": "K-011"})).json()["id"]
    await api.call("service", "PUT", f"/agencies/{whole}/pics", {"pics": [MAIN, DEPUTY]})
    await api.call("service", "POST", "/agencies", AGENCY | {"code": "K-010", "active": False})
    lonely = (await api.call("service", "POST", "/agencies", AGENCY)).json()["id"]
    await api.call("service", "PUT", f"/agencies/{lonely}/pics", {"pics": [DEPUTY]})
    listed = (await api.call("lan", "GET", "/agencies-without-pic")).json()["items"]
    assert [(agency["code"], agency["has_main"], agency["has_deputy"]) for agency in listed] == [
        ("D-001", False, False), ("K-001", True, False), ("K-009", False, True),
    ]  # fmt: skip


async def test_problems_speak_english_when_asked(api, nation):
    indonesian = await api.call("service", "POST", "/agencies", AGENCY | {"code": "K-001"})
    english = await api.call(
        "service", "POST", "/agencies", AGENCY | {"code": "K-001"}, headers={"accept-language": "en"}
    )
    assert indonesian.json()["title"] == "Kode ini sudah dipakai."
    assert english.json()["title"] == "This code is already in use."


@pytest.mark.parametrize("written", ["pic@BÜRO.id", "pic@xn--bro-hoa.id"])
async def test_an_international_domain_is_kept_as_people_write_it(api, nation, world, written):
    path = f"/agencies/{nation.agencies['K-001']}/pics"
    assert (await api.call("service", "PUT", path, {"pics": [MAIN | {"email": written}]})).status_code == 200
    [received] = await world.emitted()
    assert [pic.email for pic in received.event.pics] == ["pic@büro.id"]


async def test_a_pic_who_stays_keeps_what_is_left_out(api, nation):
    path = f"/agencies/{nation.agencies['K-001']}/pics"
    await api.call("service", "PUT", path, {"pics": [MAIN | {"language": "en", "time_zone": "Asia/Jayapura"}]})

    async def told(**changes) -> tuple[str, str]:
        [pic] = (await api.call("service", "PUT", path, {"pics": [MAIN | changes]})).json()["pics"]
        return pic["language"], pic["time_zone"]

    assert await told() == ("en", "Asia/Jayapura")
    assert await told(email="baru@contoh.go.id") == ("en", "Asia/Jayapura")
    assert await told(email="baru@contoh.go.id", name="Budi", language="id") == ("id", "Asia/Jayapura")
    assert await told(email="lain@contoh.go.id", name="Wati") == ("id", "Asia/Jakarta"), "somebody else"
