"""Posts: what they were over time, under which post they stand, and thousands of them at once."""

from random import Random
from uuid import UUID

from common.store.database import counted_statements
from common.web.bulk import CHUNK

FAULTS = 0.01


def line(code: str, superior: str | None = None, **changes) -> dict:
    """An administrator of K-001 in its first unit."""
    made = {"agency_code": "K-001", "code": code, "type": "JA", "name": f"Kepala {code}", "jenjang": "administrator"}
    return made | {"unit_code": "K-001-U01"} | ({"superior_code": superior} if superior else {}) | changes


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
        "post-unknown",
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


async def test_thousands_with_one_in_a_hundred_wrong_are_answered_each_set_by_set(api, nation, database):
    """The right ones are stored, each wrong one says what is wrong, and no chunk needs more statements than a small one."""
    chance = Random(12)
    lines = [line("P0")] + [line(f"P{number}", f"P{chance.randrange(number)}") for number in range(1, 3 * CHUNK)]
    wrong = chance.sample(range(1, len(lines)), int(len(lines) * FAULTS))
    leaves = {each["code"] for each in lines} - {each.get("superior_code") for each in lines}
    wrong = [number for number in wrong if lines[number]["code"] in leaves]
    for number in wrong:
        lines[number] |= chance.choice(
            [{"jenjang": "utama"}, {"superior_code": lines[number]["code"]}, {"unit_code": "K-001-U77"}]
        )
    with counted_statements(database) as few:
        await api.bulk("/posts:batch", [line("A1"), line("A2", "A1")])
    with counted_statements(database) as many:
        answers = await api.bulk("/posts:batch", lines)
    assert wrong and [number for number, answer in enumerate(answers) if answer["status"] == "refused"] == sorted(wrong)
    assert {answers[number]["code"] for number in wrong} <= {"level-type-mismatch", "post-unknown", "unit-unknown"}
    assert {answer["status"] for answer in answers} == {"stored", "refused"}
    assert len(many) == 3 * len(few)
