"""M18 by sex: figures for the coverage report alone, of no group under ten, also not by what changed between two days."""

import re
from datetime import timedelta
from uuid import UUID

from jejak_local.harness import OTHER_AGENCY
from mentoring.by_sex.counting import count_all
from mentoring.service import SERVICE

SEXES = ("male", "female")
READERS = {
    "by_sex",  # counts
    "domain/by_sex.py",  # says whom it may count
    "domain/matching/people.py",  # says that it is not known
    "migrations",
    "pairs/api.py",  # says what the report counts by
    "pairs/coverage.py",  # shows the figures
    "pairs/schemas.py",
    "people.py",  # keeps it
    "personal",  # tells the person
    "service.py",  # names the command
}


async def test_of_one_agency_it_is_told_who_has_a_mentor_and_a_few_who_come_change_nothing(
    api, world, programme, joins, matched, desk, parts, clock
) -> None:
    programme_id = await programme(seats=6)
    for _ in range(4):
        await joins(programme_id, await world.person("ahli_madya"), "mentor")
    people = [await world.person() for _ in range(47)]
    for each in people:
        await joins(programme_id, each, "mentee")
    assert await count_all(parts.database, clock) == 0, "nobody has been offered a mentor yet"
    run = await matched(programme_id)
    await desk(f"/runs/{run['id']}/draft")
    assert (await desk(f"/programmes/{programme_id}/publish"))["offered"] == 24
    pairs = (await api.get(f"/programmes/{programme_id}/pairs?limit=100"))["items"]
    having = {UUID(each["mentee_id"]) for each in pairs}

    async def are(*people: UUID, sequence: int = 2) -> None:
        for number, each in enumerate(people):
            said = world.state(person_id=each, jenjang="ahli_muda", sex=SEXES[number % 2])
            await world.people(said, sequence=sequence)

    async def figures():
        found = await api.get(f"/programmes/{programme_id}/coverage")
        return [(each["sex"], each["matched"], each["unmatched"]) for each in found["by_sex"]], found["by_sex_on"]

    assert await count_all(parts.database, clock) == 0, "of nobody it is known"
    await are(*sorted(having))
    await are(*sorted(set(people) - having))
    assert await figures() == ([], None), "counted once a day"
    assert await count_all(parts.database, clock) == 47
    told, day = await figures()
    assert told == [("male", 12, 12), ("female", 12, 11)]
    assert day == clock.today().isoformat()
    shown = (await api.get(f"/programmes/{programme_id}/coverage"))["by_sex"]
    assert all(each["mean_score"] % 100 == 0 for each in shown)

    clock.moment += timedelta(hours=1)
    await are(*reversed(people[:3]), sequence=3)
    for each in (await world.person(sex="male"), await world.person(sex="female")):
        await joins(programme_id, each, "mentee")
    withdrawn = f"/programmes/{programme_id}/applications/me/withdraw"
    assert (await api.call("person", "POST", withdrawn, person=people[1])).status_code == 200
    assert await count_all(parts.database, clock) == 0
    assert await figures() == (told, day), "whoever comes, goes or is corrected would tell of themselves"
    assert (await api.refused("programme_manager", "GET", f"/programmes/{programme_id}/coverage", agency=OTHER_AGENCY))[
        0
    ] == 404


def test_nothing_else_reads_anybodys_sex() -> None:
    """Whoever matches, offers, judges or shows people does not know of it."""
    package = SERVICE.folder
    named = {
        path.relative_to(package)
        for path in package.rglob("*.py")
        if re.search(r"\b(sex|by_sex|Sex)\b", path.read_text(encoding="utf8"))
    }
    assert {path for path in named if not {str(path), path.parts[0]} & READERS} == set()
