"""What attendees say of a class: evaluations, reflections, and whether they used it."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from common.store.database import counted_statements
from services.training.tests.teaching import AFTER, BEFORE, LEARNED, MARKS, course, enrolled, over, published


async def a_class(world, api, many: int):
    people = await world.people(*(world.state() for _ in range(many)))
    return await over(world, api, people), people


async def test_only_who_was_there_evaluates_and_each_once(world, api):
    class_id, [there] = await a_class(world, api, 1)
    absent, stranger = await world.people(world.state(), world.state())
    world.clock.moment = BEFORE
    await enrolled(api, class_id, [absent])
    world.clock.moment = AFTER
    path = f"/classes/{class_id}/evaluation"
    for other in (absent, stranger):
        assert (await api.refused("person", "POST", path, MARKS, person=other))[:2] == (403, "not-attended")
        assert (await api.refused("person", "PUT", f"/classes/{class_id}/reflection", LEARNED, person=other))[0] == 403
    said = await api.call("person", "POST", path, MARKS | {"words": "Jelas"}, person=there)
    assert (said.status_code, said.json()["evaluation"]["content"]) == (201, 5)
    again = await api.refused("person", "POST", path, MARKS | {"content": 1}, person=there)
    assert again[:2] == (409, "evaluated-already")
    for wrong in ({"content": 6}, {"teaching": 0}, {"organisation": "3"}, {"words": "x" * 10_000}, {"words": "\x00"}):
        refused = await api.refused("person", "POST", path, MARKS | wrong, person=there)
        assert (refused[0], refused[2]) == (422, next(iter(wrong)))
    assert await world.value("SELECT content FROM class_evaluations") == 5


async def test_nothing_is_said_of_a_class_that_is_not_over(world, api):
    [person] = await world.people(world.state())
    class_id = await published(api, await course(world, api))
    await enrolled(api, class_id, [person])
    world.clock.moment = datetime(2026, 6, 13, 12, 0, tzinfo=UTC)
    lines = [{"person_id": person, "session": 1, "present": True}]
    await api.bulk(f"/classes/{class_id}/attendance:batch", lines, "provider")
    refused = await api.refused("person", "POST", f"/classes/{class_id}/evaluation", MARKS, person=person)
    assert refused[:2] == (409, "class-not-over")


async def test_evaluations_are_told_together_from_five_answers_on(world, api):
    class_id, people = await a_class(world, api, 6)
    path = f"/classes/{class_id}"
    for number, person in enumerate(people[:5]):
        shown = await api.get(f"{path}/feedback", "provider")
        assert (shown["evaluations"], shown["marks"]) == (number, None)
        marks = MARKS | {"content": 1 + number, "words": f"{'edcba'[number]} kata"}
        await api.call("person", "POST", f"{path}/evaluation", marks, person=person)
    shown = await api.get(f"{path}/feedback", "provider")
    assert (shown["attended"], shown["evaluations"]) == (6, 5)
    assert shown["marks"] == {
        "answers": 5, "content": "3.00", "teaching": "4.00", "organisation": "3.00",
        "words": ["a kata", "b kata", "c kata", "d kata", "e kata"],
    }, "words stand in no order that would tell whose they are"  # fmt: skip
    assert not any(str(person) in str(shown) for person in people)
    assert (await api.refused("provider", "GET", f"{path}/feedback", provider=world.other_school))[:2] == (
        404,
        "not-found",
    )


async def test_later_each_evaluates_once_more_once_they_were_asked_and_both_are_told_apart(world, api, run):
    class_id, people = await a_class(world, api, 6)
    [absent] = await world.people(world.state())
    path = f"/classes/{class_id}/later-evaluation"
    await api.call("person", "POST", f"/classes/{class_id}/evaluation", MARKS, person=people[0])
    assert (await api.refused("person", "POST", path, MARKS, person=people[0]))[:2] == (409, "not-asked")
    world.clock.moment += timedelta(days=75)
    assert await run("ask-use") == 0
    assert (await api.refused("person", "POST", path, MARKS, person=absent))[:2] == (403, "not-attended")
    for number, person in enumerate(people[:5]):
        shown = await api.get(f"/classes/{class_id}/feedback", "provider")
        assert (shown["later_evaluations"], shown["later_marks"]) == (number, None)
        said = await api.call("person", "POST", path, MARKS | {"content": 1 + number, "words": "x"}, person=person)
        assert (said.status_code, said.json()["later_evaluation"]["content"]) == (201, 1 + number)
    assert (await api.refused("person", "POST", path, MARKS, person=people[0]))[:2] == (409, "evaluated-already")
    shown = await api.get(f"/classes/{class_id}/feedback", "provider")
    assert (shown["evaluations"], shown["marks"], shown["later_evaluations"]) == (1, None, 5)
    assert shown["later_marks"] == {
        "answers": 5, "content": "3.00", "teaching": "4.00", "organisation": "3.00", "words": ["x"] * 5
    }  # fmt: skip
    own = await api.get(f"/classes/{class_id}/feedback/me", "person", person=people[0])
    assert (own["evaluation"]["content"], own["later_evaluation"]["content"]) == (5, 1)


async def test_what_is_told_never_differs_by_the_answers_of_a_few(world, api, run):
    """The planted attack: whoever reads after each answer and after each change finds nobody's by the difference."""
    class_id, people = await a_class(world, api, 10)
    path = f"/classes/{class_id}"

    async def told() -> tuple:
        shown = await api.get(f"{path}/feedback", "provider")
        return shown["marks"], shown["served"], shown["uses"]

    async def say(person, used: bool) -> None:
        first = {"words": "Baik"} if used else {"content": 1, "words": "Buruk"}
        await api.call("person", "POST", f"{path}/evaluation", MARKS | first, person=person)
        served = ["skill"] if used else ["attitude"]
        for asked, body in (("reflection", LEARNED | {"served": served}), ("use", {"used": used})):
            answer = await api.call("person", "PUT", f"{path}/{asked}", body, person=person)
            assert answer.status_code == 200, answer.text

    world.clock.moment = datetime(2026, 6, 14, 3, 0, tzinfo=UTC) + timedelta(days=75)
    assert await run("ask-use") == 0
    for person in people[:5]:
        await say(person, True)
    before = marks, served, uses = await told()
    assert (marks["answers"], marks["content"], served["attitude"], uses["used"]) == (5, "5.00", 0, 5)
    # The sixth to the eighth say otherwise, and one of the first changes what they said: four of five that it takes.
    for person in people[5:8]:
        await say(person, False)
        assert await told() == before
    await say(people[0], False)
    assert await told() == before
    await say(people[8], False)
    marks, served, uses = await told()
    assert (marks["answers"], served["attitude"], uses["used"]) == (5, 5, 4), "nobody evaluates twice: one is missing"
    await say(people[9], False)
    marks, *others = await told()
    assert (marks["answers"], marks["content"], others) == (10, "3.00", [served, uses])


async def test_a_reflection_says_what_was_learned_and_what_it_served(world, api):
    class_id, people = await a_class(world, api, 5)
    path = f"/classes/{class_id}"
    for person in people:
        said = await api.call("person", "PUT", f"{path}/reflection", LEARNED, person=person)
        assert said.status_code == 200, said.text
    changed = await api.call(
        "person", "PUT", f"{path}/reflection", LEARNED | {"served": ["attitude"]}, person=people[0]
    )
    assert changed.json()["reflection"]["served"] == ["attitude"]
    own = await api.get(f"{path}/feedback/me", "person", person=people[1])
    assert (own["reflection"]["words"], own["reflection"]["served"]) == (LEARNED["words"], ["knowledge", "skill"])
    shown = await api.get(f"{path}/feedback", "provider")
    assert (shown["reflections"], shown["served"]) == (5, {"knowledge": 5, "skill": 5, "attitude": 0})
    assert "Membaca" not in str(shown), "what somebody writes for themselves is theirs"


async def test_on_day_75_whoever_was_there_is_asked_once_whether_they_used_it(world, api, run):
    states = [world.state() for _ in range(8)]
    *people, gone, absent = await world.people(*states)
    class_id = await over(world, api, [*people, gone])
    world.clock.moment = BEFORE
    await enrolled(api, class_id, [absent])
    world.clock.moment = AFTER
    await world.people(states[6].model_copy(update={"left_on": date(2026, 7, 1), "status": "retired"}), sequence=2)
    ended = datetime(2026, 6, 14, 3, 0, tzinfo=UTC)

    async def asked() -> Counter:
        return Counter(
            body["recipient_id"]
            for name, _, body in await world.emitted()
            if name == "MessageRequested" and body["template"] == "class-use"
        )

    path = f"/classes/{class_id}/use"
    assert (await api.refused("person", "PUT", path, {"used": True}, person=people[0]))[:2] == (409, "not-asked")
    for days, expected in ((74, 0), (75, 6), (75, 6), (76, 6)):
        world.clock.moment = ended + timedelta(days=days)
        assert await run("ask-use") == 0
        assert await asked() == Counter({str(person): 1 for person in people} if expected else {})
    assert await world.value("SELECT count(*) FROM outbox o WHERE o.events LIKE '%Sari%'") == 0
    for number, person in enumerate(people[:5]):
        shown = await api.get(f"/classes/{class_id}/feedback", "provider")
        assert (shown["asked"], shown["answered"], shown["uses"]) == (6, number, None)
        answer = await api.call("person", "PUT", path, {"used": number < 3}, person=person)
        assert answer.status_code == 200, answer.text
    shown = await api.get(f"/classes/{class_id}/feedback", "provider")
    assert (shown["answer_rate"], shown["uses"]) == ("0.83", {"answers": 5, "used": 3, "rate": "0.60"})


async def test_who_was_not_asked_in_time_is_asked_no_more(world, api, run):
    await a_class(world, api, 1)
    world.clock.moment = datetime(2026, 6, 14, 3, 0, tzinfo=UTC) + timedelta(days=91)
    assert await run("ask-use") == 0
    assert await world.value("SELECT count(*) FROM class_uses") == 0


async def test_asking_takes_the_same_statements_however_many_people(world, api, run):
    taken = []
    for many in (1, 25):
        await a_class(world, api, many)
        world.clock.moment = datetime(2026, 8, 28, 3, 0, tzinfo=UTC)
        with counted_statements(world.database) as statements:
            assert await run("ask-use") == 0
        taken.append(len(statements))
    assert taken[0] == taken[1], taken
    assert await world.value("SELECT count(*) FROM class_uses") == 26
