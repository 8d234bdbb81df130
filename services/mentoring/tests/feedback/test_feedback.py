"""M12: the same items at the start and at the end, and the change of each goal."""

from datetime import timedelta

from services.mentoring.tests.both import AGREED


async def test_the_change_of_each_goal_shows_by_the_items_of_the_start(both) -> None:
    two = await both()
    path = f"{two.path}/feedback"

    async def says(side: str, stage: str, level: int, **more):
        answer = await two.call(side, "PUT", f"{path}/{stage}", {"levels": {"menulis": level}, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    await says("mentee", "start", 3)
    await says("mentee", "start", 2)
    other = AGREED | {"goals": [{"competency": "analisis", "start": 1, "wanted": 2}]}
    proposed = (await two.call("mentor", "PUT", f"{two.path}/agreement", other)).json()["proposed"]
    await two.call("mentee", "POST", f"{two.path}/agreement/sign", {"version": proposed["version"]})
    refused = ("mentor", "PUT", f"{path}/start", {"levels": {"analisis": 1}})
    assert await two.refused(*refused) == (422, "items-differ", "levels")
    await says("mentor", "start", 1)
    end = {"levels": {"menulis": 4}, "content": 5}
    assert (await two.refused("mentor", "PUT", f"{path}/end", end))[:2] == (409, "pair-not-over")
    await two.call("mentee", "POST", f"{two.path}/end", {"reason": "Selesai"})
    assert (await two.refused("mentee", "PUT", f"{path}/start", {"levels": {"menulis": 1}}))[1] == "pair-not-active"
    assert (await two.refused("mentee", "PUT", f"{path}/end", {"levels": {"menulis": 4}}))[1:] == (
        "field-missing",
        "content",
    )
    await says("mentor", "end", 4, content=5)
    shown = await says("mentee", "end", 3, content=4)
    assert shown["goals"] == [
        {
            "competency": "menulis",
            "wanted": None,
            "mentee": {"start": 2, "end": 3, "change": 1},
            "mentor": {"start": 1, "end": 4, "change": 3},
        }
    ]
    assert (shown["mentee_content"], shown["mentor_content"]) == (4, 5)


async def test_nothing_is_rated_before_there_are_goals_and_nobody_else_reads_it(both, world, api) -> None:
    two = await both(agreed=False)
    early = await two.refused("mentee", "PUT", f"{two.path}/feedback/start", {"levels": {"menulis": 2}})
    assert early[:2] == (409, "agreement-unsigned")
    stranger = await world.person()
    assert (await api.refused("person", "GET", f"{two.path}/feedback", person=stranger))[0] == 404


async def test_the_same_is_asked_after_each_session_and_nobody_has_to_answer(both, api, world, clock) -> None:
    """M12."""
    two = await both()
    answers = {"useful": 4, "clear": 3, "open": 5}
    sessions = [await two.plan(clock.now() + timedelta(hours=hours)) for hours in (0, 2)]
    path, other = (f"/sessions/{each['id']}/feedback" for each in sessions)
    assert (await two.refused("mentee", "PUT", path, answers))[:2] == (409, "session-not-over")
    clock.moment += timedelta(hours=3)
    assert await two.refused("mentee", "PUT", path, answers | {"clear": 6}) == (422, "field-invalid", "clear")
    await two.call("mentee", "PUT", path, answers | {"useful": 2})
    await two.call("mentee", "PUT", path, answers)
    shown = (await two.call("mentor", "PUT", path, answers | {"useful": 3})).json()
    assert {name: shown["mentee_says"][name] for name in answers} == answers
    assert shown["mentor_says"]["useful"] == 3
    unsaid = await two.get(other)
    assert (unsaid["mentee_says"], unsaid["mentor_says"]) == (None, None)
    assert (await api.refused("person", "GET", path, person=await world.person()))[0] == 404
    await two.call("mentor", "POST", f"/sessions/{sessions[1]['id']}/cancel", {"reason": "Batal"})
    assert (await two.refused("mentee", "PUT", other, answers))[:2] == (409, "session-cancelled")
