"""Who holds which post, and which units and superior follow from it on any day."""

from uuid import uuid4

import pytest

from common.store.database import counted_statements
from jejak_local.harness import AGENCY, OTHER_AGENCY

JOINED, DAY = "2015-01-01", "2026-11-20"


def post(code: str, superior: str | None = None, **changes) -> dict:
    made = {"agency_code": "K-001", "code": code, "type": "JA", "name": f"Kepala {code}", "jenjang": "administrator"}
    return made | {"unit_code": "K-001-U01", "superior_code": superior} | changes


@pytest.fixture
async def staff(api, nation, world, a_person):
    """Five people, and a line of four posts: P1 stands above P2, that above P3, that above P4; P2 is in the second unit."""
    moved = {"agency_code": "K-001", "code": "K-001-U02", "name": "Biro", "parent_code": "K-001-U01"} | {
        "valid_from": "1900-01-01"
    }
    assert (await api.bulk("/units:batch", [moved]))[0]["status"] == "updated"
    posts = [post("P1"), post("P2", "P1", unit_code="K-001-U02"), post("P3", "P2"), post("P4", "P3", seats=2)]
    assert {answer["status"] for answer in await api.bulk("/posts:batch", posts)} == {"stored"}
    answers = await api.bulk("/people:batch", [a_person(number) for number in range(1, 6)])
    await world.emitted()
    return [answer["id"] for answer in answers]


@pytest.fixture
def give(api, a_person):
    """Gives posts by code to people by number, and returns the answers."""

    async def give(*given: tuple, by: str = "service") -> list[str]:
        lines = [
            {
                "nip": a_person(number)["nip"],
                "agency_code": "K-001",
                "post_code": code,
                "valid_from": start,
                "until": until,
                "kind": kind,
            }
            for number, code, start, until, kind in given
        ]
        return [answer.get("code", answer["status"]) for answer in await api.bulk("/holdings:batch", lines, by)]

    return give


@pytest.fixture
def above(api):
    """Who stands above somebody on a day, and how that one holds the post."""

    async def above(person_id: str, day: str) -> tuple | None:
        found = (await api.get(f"/people/{person_id}/place?as_of={day}"))["superior"]
        return found and (found["person_id"], found["kind"], found["post_name"])

    return above


async def test_the_superior_of_a_day_is_the_holder_else_acting_else_the_next_above(staff, give, above):
    """Vacant posts are passed over; whoever acts in one counts; nobody is above the top."""
    top, second, third, fourth, acting = staff
    assert (
        await give(
            (1, "P1", JOINED, None, "definitive"),
            (2, "P2", JOINED, "2024-01-01", "definitive"),
            (3, "P3", JOINED, None, "definitive"),
            (4, "P4", "2016-01-01", None, "definitive"),
            (5, "P2", "2024-06-01", "2025-01-01", "plt"),
        )
        == ["stored"] * 5
    )
    assert await above(third, "2023-12-31") == (second, "definitive", "Kepala P2")
    assert await above(third, "2024-01-01") == (top, "definitive", "Kepala P1")
    assert await above(third, "2024-06-01") == (acting, "plt", "Kepala P2")
    assert await above(third, "2025-01-01") == (top, "definitive", "Kepala P1")
    assert await above(fourth, DAY) == (third, "definitive", "Kepala P3")
    assert await above(top, DAY) is None
    assert await above(fourth, "2015-06-01") is None  # held no post yet
    assert await above(second, "2026-01-01") is None  # holds none any more


async def test_units_and_post_of_a_day_and_one_event_for_who_got_a_post(api, world, staff, give):
    assert await give((2, "P2", "2020-01-01", None, "definitive")) == ["stored"]
    [told] = await world.emitted()
    assert [(str(each.valid_from), each.kind) for each in told.event.holdings] == [("2020-01-01", "definitive")]
    for day, units, held in (("2019-12-31", ["K-001-U01"], None), ("2020-01-01", ["K-001-U01", "K-001-U02"], "P2")):
        place = await api.get(f"/people/{staff[1]}/place?as_of={day}")
        assert [unit["code"] for unit in place["units"]] == units
        assert (place["post"] and place["post"]["code"]) == held
    assert (await api.get("/people/me/place", "person", person=staff[1]))["post"]["code"] == "P2"


async def test_a_place_is_seen_by_the_agency_of_its_day_alone(api, staff, give):
    """It names a superior, whom the new agency never had."""
    await give((1, "P1", "2020-01-01", None, "definitive"), (2, "P2", "2020-01-01", None, "definitive"))
    move = {"agency_code": "D-001", "unit_code": "D-001-U01", "on": DAY}
    assert (await api.call("agency_hr", "POST", f"/people/{staff[1]}/transfer", move)).status_code == 200
    before = f"/people/{staff[1]}/place?as_of=2025-01-01"
    assert (await api.get(before, "lan"))["superior"]["person_id"] == staff[0]
    assert (await api.get(f"/people/{staff[1]}/place", "agency_hr", agency=OTHER_AGENCY))["superior"] is None
    assert (await api.call("agency_hr", "GET", before, agency=OTHER_AGENCY)).status_code == 404


async def test_what_cannot_be_held_is_refused(api, nation, staff, give, a_person):
    assert await give(
        (1, "P1", JOINED, None, "definitive"),
        (2, "P1", "2020-01-01", None, "definitive"),
        (2, "P4", "2020-01-01", "2019-01-01", "definitive"),
        (2, "P4", "2014-12-31", None, "definitive"),
        (2, "P9", JOINED, None, "definitive"),
        (2, "P1", JOINED, None, "plt"),
        (3, "P1", "2020-01-01", "2020-02-01", "plh"),
        (9, "P2", JOINED, None, "definitive"),
    ) == [
        "stored",
        "seats-exceeded",
        "dates-reversed",
        "before-joining",
        "post-unknown",
        "stored",
        "acting-twice",
        "person-unknown",
    ]
    # A post with two seats takes two, and loses none while both are held.
    assert await give((2, "P4", JOINED, None, "definitive"), (3, "P4", JOINED, None, "definitive")) == ["stored"] * 2
    assert await give((4, "P4", "2020-01-01", None, "definitive")) == ["seats-exceeded"]
    assert (await api.bulk("/posts:batch", [post("P4", "P3", seats=1)]))[0]["code"] == "seats-exceeded"
    # Nobody holds a post of an agency in which they do not serve, and who moves away gives up what they held.
    moved = {"agency_code": "D-001", "unit_code": "D-001-U01", "on": "2026-11-20"}
    assert (await api.call("service", "POST", f"/people/{staff[2]}/transfer", moved)).status_code == 200
    assert (await api.get(f"/people/{staff[2]}/place?as_of=2026-11-19"))["post"]["code"] == "P4"
    assert (await api.get(f"/people/{staff[2]}/place"))["post"] is None
    assert await give((3, "P2", "2020-01-01", None, "definitive")) == ["post-elsewhere"]
    assert await give((3, "P2", "2020-01-01", "2021-01-01", "definitive"), by="agency_hr") == ["agency-mismatch"]


async def test_a_new_post_of_ones_own_ends_the_one_before_and_a_holding_is_taken_back(api, staff, give):
    assert await give((2, "P2", JOINED, None, "definitive"), (2, "P4", "2024-01-01", None, "definitive")) == [
        "stored",
        "stored",
    ]
    place = f"/people/{staff[1]}/place"
    assert (await api.get(f"{place}?as_of=2023-12-31"))["post"]["code"] == "P2"
    assert (await api.get(place))["post"]["code"] == "P4"
    assert await give((2, "P4", "2024-01-01", "2024-01-01", "definitive")) == ["stored"]
    assert (await api.get(place))["post"] is None


async def test_the_places_of_an_agency_come_in_a_fixed_number_of_statements(api, nation, staff, give, database):
    assert (
        await give(
            (1, "P1", JOINED, None, "definitive"),
            *((number, "P4", JOINED, None, "definitive") for number in (2, 3)),
        )
        == ["stored"] * 3
    )
    path = f"/agencies/{nation.agencies['K-001']}/places"
    counts = []
    for limit in (1, 5):
        with counted_statements(database) as statements:
            found = (await api.get(f"{path}?limit={limit}"))["items"]
        assert len(found) == limit
        counts.append(len(statements))
    assert counts[0] == counts[1]
    # P2 and P3 are vacant, so the holder of P1 stands above both who hold P4.
    assert [each["superior"] and each["superior"]["person_id"] for each in found] == [
        None if number in (0, 3, 4) else staff[0] for number in range(5)
    ]


async def test_nobody_is_in_two_agencies_on_one_day(api, nation, staff, a_person):
    """Another agency cannot claim somebody, and a move has the person in one agency on each day."""
    claimed = a_person(2, agency_code="D-001", unit_code="D-001-U01", valid_from=DAY)
    assert (await api.bulk("/people:batch", [claimed], "agency_hr", agency=OTHER_AGENCY))[0][
        "code"
    ] == "agency-mismatch"
    assert (await api.bulk("/people:batch", [claimed]))[0]["status"] == "updated"
    for day, agency in (("2026-11-19", "K-001"), (DAY, "D-001")):
        found = [
            each["id"]
            for code in nation.agencies
            for each in (await api.get(f"/people?agency_id={nation.agencies[code]}&as_of={day}"))["items"]
        ]
        assert found.count(staff[1]) == 1
        assert (await api.get(f"/people/{staff[1]}?as_of={day}"))["agency_code"] == agency


async def test_where_a_superior_s_record_rests_neither_their_name_nor_the_post_they_hold_is_told(api, staff, give):
    assert await give((1, "P1", JOINED, None, "definitive"), (2, "P2", JOINED, None, "definitive")) == ["stored"] * 2
    rest = {"kind": "restriction", "part": "identity", "wrong": "Diperiksa"}
    request = (await api.call("person", "POST", "/people/me/data-requests", rest, person=staff[0])).json()["id"]
    granted = await api.call("agency_hr", "POST", f"/data-requests/{request}/grant", {}, person=uuid4())
    assert granted.json()["state"] == "in_force"
    [post_id] = [each["id"] for each in (await api.get(f"/agencies/{AGENCY}/posts"))["items"] if each["code"] == "P1"]
    for role, name, holders in (("lan", None, []), ("inspector", None, []), ("agency_hr", "Siti Rahma", [staff[0]])):
        superior = (await api.get(f"/people/{staff[1]}/place", role))["superior"]
        assert (superior["person_id"], superior["name"]) == (staff[0], name)
        held = (await api.get(f"/posts/{post_id}/history", role))["holders"]
        assert [each["person_id"] for each in held] == holders
