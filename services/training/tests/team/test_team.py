"""My team: whom a superior sees and reminds, and how often."""

from datetime import date, timedelta
from uuid import UUID

from common.store.database import counted_statements
from contracts.events.registry import Holding
from training.domain.nudges import possible_from

START = date(2020, 1, 1)


def holding(post_id: UUID, kind="definitive", start=START, after=None) -> Holding:
    return Holding(post_id=post_id, kind=kind, valid_from=start, valid_to=after)


async def team(api, person) -> dict[str, dict]:
    return {member["person_id"]: member for member in (await api.get("/team", "person", person=person))["items"]}


async def messages(world) -> list[dict]:
    return [body for name, _, body in await world.emitted() if name == "MessageRequested"]


async def nudged(api, superior, person):
    return await api.call("person", "POST", f"/team/{person}/nudge", person=superior)


async def test_a_superior_sees_their_own_tree_alone(world, api, line):
    """Two heads under one chief: neither sees the other's people, and the chief sees all. Who has met their duty is not shown."""
    top = await world.post()
    left, right = await world.post(top), await world.post(top)
    under = await world.post(left)
    chief, head, other = await world.holder(top), await world.holder(left), await world.holder(right)
    below, elsewhere = await world.holder(under), await world.holder(await world.post(right))
    met = await world.holder(under)
    await world.store(line(met, jp="20"), line(below, jp="7.5"))
    shown = await team(api, head)
    assert shown.keys() == {str(below)}
    assert shown[str(below)] == {
        "person_id": str(below),
        "superior_id": str(head),
        "year": 2026,
        "state": "needs_action",
        "target": "20.00",
        "verified": "7.500",
        "missing": "12.500",
        "exempt_until": None,
        "nudge_from": None,
    }
    everybody = await team(api, chief)
    assert {UUID(each): UUID(member["superior_id"]) for each, member in everybody.items()} == {
        head: chief,
        other: chief,
        below: head,
        elsewhere: other,
    }
    assert await api.refused("person", "POST", f"/team/{elsewhere}/nudge", person=head) == (404, "not-found", None)
    assert await api.refused("person", "POST", f"/team/{head}/nudge", person=head) == (404, "not-found", None)
    assert await api.refused("person", "POST", f"/team/{chief}/nudge", person=head) == (404, "not-found", None)
    assert await messages(world) == []


async def test_nobody_without_a_superior_post_sees_anybody(world, api):
    """A post that was left yesterday, one without anybody below, none at all; and no token role opens the tree."""
    top = await world.post()
    under = await world.post(top)
    left = await world.holder(holding(top, after=date(2026, 6, 15)))
    below, without = await world.holder(under), await world.person()
    for person in (left, below, without):
        assert await team(api, person) == {}
        assert (await nudged(api, person, without)).status_code == 404
    for role in ("lan", "service", "agency_hr", "agency_head"):
        assert (await api.call(role, "GET", "/team")).status_code == 403


async def test_whoever_acts_above_sees_the_tree_and_what_hangs_below_another_post(world, api):
    """The head of one line acts in another: whoever is there belongs to the head's own superior too."""
    top, apart = await world.post(), await world.post()
    first, second = await world.post(top), await world.post(apart)
    chief = await world.holder(top)
    head = await world.holder(first, holding(second, "plt", date(2026, 6, 15)))
    below = await world.holder(await world.post(second))
    assert (await team(api, head)).keys() == {str(below)}
    assert (await team(api, chief)).keys() == {str(head), str(below)}


async def test_of_whoever_is_exempt_nothing_shows_but_until_when(world, api):
    top = await world.post()
    chief, away = await world.holder(top), await world.holder(await world.post(top))
    asked = {"ground": "cuti-sakit", "valid_from": "2026-03-01", "valid_to": "2026-09-01", "paper": "SK-12/2026"}
    made = await api.call("person", "POST", "/exemptions", {"person_id": str(away), **asked}, person=away)
    assert (await api.call("agency_hr", "POST", f"/exemptions/{made.json()['id']}/approve")).status_code == 200
    shown = (await team(api, chief))[str(away)]
    assert {name: value for name, value in shown.items() if value is not None} == {
        "person_id": str(away),
        "superior_id": str(chief),
        "year": 2026,
        "state": "exempt",
        "exempt_until": "2026-09-01",
    }
    assert await api.refused("person", "POST", f"/team/{away}/nudge", person=chief) == (409, "not-short", None)


async def test_a_reminder_is_one_message_a_week_at_most(world, api, line):
    """Whoever above sends it: the next one waits for seven days from the last."""
    top = await world.post()
    middle = await world.post(top)
    chief, head, below = (
        await world.holder(top),
        await world.holder(middle),
        await world.holder(await world.post(middle)),
    )
    await world.store(line(below, jp="7.5"))
    sent = await nudged(api, head, below)
    assert (sent.status_code, sent.json()) == (
        201,
        {"person_id": str(below), "nudged_on": "2026-06-15", "nudge_from": "2026-06-22"},
    )
    start = world.clock.moment
    world.clock.moment = start + timedelta(days=6)
    for superior in (head, chief):
        again = await nudged(api, superior, below)
        assert (again.status_code, again.json()["code"]) == (409, "nudged-already")
        assert "22 Juni 2026" in again.json()["errors"][0]["message"]
    assert (await team(api, chief))[str(below)]["nudge_from"] == "2026-06-22"
    world.clock.moment = start + timedelta(days=7)
    assert (await team(api, chief))[str(below)]["nudge_from"] is None
    assert (await nudged(api, chief, below)).status_code == 201
    first, second = await messages(world)
    assert first == {
        "request_id": first["request_id"],
        "recipient": "person",
        "recipient_id": str(below),
        "asked_by": None,
        "template": "nudge",
        "values": {"year": 2026, "target": "20.00", "verified": "7.500", "missing": "12.500"},
        "reason": "superior",
        "expires_at": first["expires_at"],
        "attachments": [],
    }
    assert first["request_id"] != second["request_id"]


async def test_who_has_met_their_duty_is_not_reminded(world, api, line):
    top = await world.post()
    chief, met = await world.holder(top), await world.holder(await world.post(top))
    await world.store(line(met, jp="20"))
    assert await api.refused("person", "POST", f"/team/{met}/nudge", person=chief) == (409, "not-short", None)


async def test_a_team_comes_in_pages(world, api):
    top = await world.post()
    chief, under = await world.holder(top), await world.post(top)
    people = sorted([str(await world.holder(under)) for _ in range(3)])
    first = await api.get("/team?limit=2", "person", person=chief)
    rest = await api.get(f"/team?limit=2&after={first['next']}", "person", person=chief)
    assert [member["person_id"] for member in first["items"] + rest["items"]] == people
    assert rest["next"] is None


async def test_one_statement_however_many_are_below(world, api):
    """And one more that leaves the entry that the caller has looked."""
    top = await world.post()
    chief, under = await world.holder(top), await world.post(top)
    counts = []
    for number in (1, 20):
        for _ in range(number):
            await world.holder(under)
        await team(api, chief)
        with counted_statements(world.database) as statements:
            await team(api, chief)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 2


def test_the_next_reminder_is_possible_today_at_the_earliest():
    today = date(2026, 6, 15)
    assert possible_from(today, None) == possible_from(today, date(2026, 6, 1)) == today
    assert possible_from(today, today) == date(2026, 6, 22)
