"""Pairs, and who sees them."""

from datetime import date

import pytest

from jejak_local.harness import OTHER_AGENCY
from mentoring.domain.pairs import last_day


async def test_a_pair_is_seen_by_both_and_by_its_desk_and_a_draft_by_the_desk_alone(api, world, active_pair) -> None:
    pair = await active_pair()
    nothing = dict.fromkeys(("answer_by", "mentee_accepted_at", "mentor_accepted_at", "begins_on", "ends_on"))
    draft = await active_pair(str(pair.programme_id), pair.mentor_id, state="draft", **nothing)
    for person in (pair.mentee_id, pair.mentor_id):
        [own] = (await api.get("/pairs/me", "person", person=person))["items"]
        assert (own["id"], own["state"], own["mentee_id"]) == (str(pair.id), "active", str(pair.mentee_id))
    assert (await api.get("/pairs/me", "person", person=draft.mentee_id))["items"] == []
    path = f"/programmes/{pair.programme_id}/pairs"
    assert {each["state"] for each in (await api.get(path, "programme_manager"))["items"]} == {"active", "draft"}
    assert [each["id"] for each in (await api.get(f"{path}?state=draft"))["items"]] == [str(draft.id)]
    assert (await api.refused("programme_manager", "GET", path, agency=OTHER_AGENCY))[0] == 404


@pytest.mark.parametrize(
    ("begins_on", "months", "last"),
    [
        (date(2026, 1, 15), 6, date(2026, 7, 14)),
        (date(2026, 8, 31), 6, date(2027, 2, 27)),
        (date(2026, 12, 1), 12, date(2027, 11, 30)),
    ],
)
def test_a_pair_is_planned_in_months(begins_on, months, last) -> None:
    assert last_day(begins_on, months) == last
