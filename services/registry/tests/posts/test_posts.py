"""Posts: what they were over time, under which post they stand, and thousands of them at once."""

from random import Random
from uuid import UUID

from common.store.database import counted_statements
from common.web.bulk import CHUNK
from nation.posts import line, planted


async def test_a_post_is_read_as_of_any_day_and_told_with_all_its_states(api, nation, world):
    answers = await api.bulk("/posts:batch", [line("P1"), line("P2", seats=3)])
    top, own = (answer["id"] for answer in answers)
    kept = line("P2")
    del kept["agency_code"]
    changed = await api.call(
        "agency_hr", "PUT", f"/posts/{own}", kept | {"superior_id": top, "valid_from": "2025-03-01", "seats": 5}
    )
    assert (changed.status_code, changed.json()["superior_id"], changed.json()["seats"]) == (200, top, 5)
    for day, superior, seats in (("2025-02-28", None, 3), ("2025-03-01", top, 5)):
        found = await api.get(f"/posts/{own}?as_of={day}")
        assert (found["superior_id"], found["seats"], found["holders"]) == (superior, seats, 0)
        assert found in (await api.get(f"/agencies/{nation.agencies['K-001']}/posts?as_of={day}"))["items"]
    told = (await world.emitted())[-1]
    assert (told.event.post_id, told.sequence) == (UUID(own), 2)
    assert [(state.seats, state.superior_id) for state in told.event.states] == [(3, None), (5, UUID(top))]
    history = await api.get(f"/posts/{own}/history")
    assert [state["valid_to"] for state in history["states"]] == ["2025-03-01", None]


async def test_a_loop_of_three_posts_is_refused_with_its_path(api, nation):
    answers = await api.bulk(
        "/posts:batch",
        [line("P1"), line("P2", "P1"), line("P3", "P2"), line("P1", "P3"), line("P9", "P9")],
        headers={"accept-language": "en"},
    )
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "stored",
        "stored",
        "stored",
        "superior-loop",
        "superior-loop",
    ]
    assert answers[3]["field"] == "superior_id"
    assert "Kepala P1 > Kepala P3 > Kepala P2 > Kepala P1" in answers[3]["message"]


async def test_what_a_post_cannot_be_is_refused(api, nation):
    other = str(nation.units["D-001-U01"])
    young = {"valid_from": "2026-01-01"}
    answers = await api.bulk(
        "/posts:batch",
        [
            line("P1", jenjang="ahli_muda"),
            line("P1", unit_code=None, unit_id=other),
            line("P1", unit_code=None),
            line("P1", "P8"),
            line("P1", seats=0),
            line("P1", agency_code="D-001"),
            line("P2", **young),
            line("P3", "P2", valid_from="2025-01-01"),
            line("P3", "P2", **young),
        ],
        "agency_hr",
    )
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "level-type-mismatch",
        "unit-unknown",
        "field-missing",
        "post-unknown",
        "field-invalid",
        "agency-mismatch",
        "stored",
        "post-closed",
        "stored",
    ]


async def test_thousands_in_random_order_with_one_in_a_hundred_wrong_are_answered_each_set_by_set(
    api, nation, database
):
    """The right ones are stored, each wrong one says what is wrong, and no chunk needs more statements than a small one."""
    lines, refused = planted(6 * CHUNK - 4, Random(12))
    with counted_statements(database) as few:
        await api.bulk("/posts:batch", [line("A2", "A1"), line("A1")])
    with counted_statements(database) as many:
        answers = await api.bulk("/posts:batch", lines)
    found = {sent["code"]: answer.get("code", answer["status"]) for sent, answer in zip(lines, answers, strict=True)}
    assert [answer["line"] for answer in answers] == list(range(1, len(lines) + 1))
    assert found == {code: refused.get(code, "stored") for code in found}
    assert len(many) <= 6 * len(few) + 1
    stored = {post["code"]: post for post in await everything(api, f"/agencies/{nation.agencies['K-001']}/posts")}
    assert stored.keys() == {code for code in found if code not in refused} | {"A1", "A2"}
    above = {post["id"]: post["code"] for post in stored.values()}
    for each in lines:
        if each["code"] in stored:
            assert above.get(stored[each["code"]]["superior_id"]) == each.get("superior_code")


async def everything(api, path: str) -> list[dict]:
    """What all pages of a list hold."""
    items: list[dict] = []
    after = ""
    while True:
        page = await api.get(f"{path}?limit=1000{after}")
        items += page["items"]
        if page["next"] is None:
            return items
        after = f"&after={page['next']}"


async def test_a_post_may_be_sent_before_the_one_above_it_and_the_loop_is_told_of_each_of_its_lines(api, nation):
    answers = await api.bulk(
        "/posts:batch",
        [line("P3", "P2"), line("P2", "P1"), line("L1", "L3"), line("P1"), line("L3", "L2"), line("L2", "L1")],
        headers={"accept-language": "en"},
    )
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "stored",
        "stored",
        "superior-loop",
        "stored",
        "superior-loop",
        "superior-loop",
    ]
    assert all("Kepala L1 > Kepala L3 > Kepala L2 > Kepala L1" in answers[each]["message"] for each in (2, 4, 5))
    # One that is on record may change places with one that is new.
    answers = await api.bulk("/posts:batch", [line("P1", "P0"), line("P0")])
    assert [answer["status"] for answer in answers] == ["updated", "stored"]
