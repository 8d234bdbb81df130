"""Matching runs: jobs that are killed and begun anew, stored with what they were made of, explained, compared, repeated."""

from datetime import date
from typing import Any
from unittest.mock import patch

import pytest

from common.store.database import counted_statements
from contracts.events.registry import Holding
from jejak_local.harness import AGENCY, OTHER_AGENCY
from libs.common.tests.delivery import Killed
from mentoring.runs import commands

ONLINE = {"meets": ["online"]}
NAMES = ("competency", "family", "goals", "place", "availability", "load", "wishes")


@pytest.fixture
async def cohort(world, programme, joins) -> dict[str, Any]:
    """Two mentors with a seat each, and four mentees, one of whom is not muda."""
    await world.agency(AGENCY, region="Jawa Barat")
    programme_id = await programme(seats=1, mentee_jenjang=["ahli_pertama", "ahli_muda"])
    mentors = [await world.person("ahli_madya") for _ in range(2)]
    mentees = [await world.person("ahli_pertama"), *[await world.person("ahli_muda") for _ in range(3)]]
    for mentor in mentors:
        await joins(programme_id, mentor, "mentor", **ONLINE)
    for mentee in mentees:
        await joins(programme_id, mentee, "mentee", **ONLINE)
    return {"id": programme_id, "mentors": mentors, "mentees": mentees}


async def results(api, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
    page = await api.get(f"/runs/{run['id']}/results")
    return {each["person_id"]: each for each in page["items"]}


async def test_a_run_is_a_job_and_fills_scarce_seats_with_muda_first(api, cohort, matched) -> None:
    run = await matched(cohort["id"])
    figures = {name: run[name] for name in ("mentors", "seats", "mentees", "matched", "lost_mentees", "lost_points")}
    assert figures == {"mentors": 2, "seats": 2, "mentees": 4, "matched": 2, "lost_mentees": 0, "lost_points": 0}
    found = await results(api, run)
    pertama = found[str(cohort["mentees"][0])]
    assert (pertama["mentor_id"], pertama["limited_by"]) == (None, "seats")
    assert sum(each["score"] or 0 for each in found.values()) == run["total"]
    job = await api.get(f"/jobs/{run['job_id']}", "programme_manager")
    assert (job["state"], job["done"], job["total"]) == ("done", 4, 4)


async def test_why_this_mentor_and_why_nobody_are_said_in_sentences(api, cohort, matched, runner) -> None:
    run = await matched(cohort["id"])
    for person_id, result in (await results(api, run)).items():
        why = await api.get(f"/runs/{run['id']}/results/{person_id}")
        assert (why["mentor_id"], why["score"], why["limited_by"]) == (
            result["mentor_id"],
            result["score"],
            result["limited_by"],
        )
        if why["mentor_id"]:
            assert sum(part["points"] for part in why["parts"]) == why["score"]
            assert "Rumpun jabatan keduanya" in " ".join(part["sentence"] for part in why["parts"])
        else:
            assert why["sentence"] == "Semua tempat pada mentor yang mungkin sudah terisi."
            assert (why["change"]["kind"], why["change"]["value"] in map(str, cohort["mentors"])) == ("seats", True)


async def test_what_a_mentee_changes_as_told_matches_them(api, world, programme, joins, matched) -> None:
    """Wow 8, from the outside: 'you would get a mentor if you met online'."""
    await world.agency(AGENCY, region="Jawa Barat")
    await world.agency(OTHER_AGENCY, region="Bali", zone="WITA")
    programme_id = await programme()
    mentor = await world.person("ahli_madya", agency=OTHER_AGENCY)
    mentee = await world.person("ahli_muda")
    await joins(programme_id, mentor, "mentor")
    await joins(programme_id, mentee, "mentee", meets=["onsite"])
    run = await matched(programme_id)
    why = await api.get(f"/runs/{run['id']}/results/{mentee}")
    assert (why["limited_by"], why["change"]["kind"], why["change"]["value"]) == ("meeting", "meeting", "online")
    await joins(programme_id, mentee, "mentee", meets=["onsite", why["change"]["value"]])
    again = await results(api, await matched(programme_id))
    assert again[str(mentee)]["mentor_id"] == str(mentor)


async def test_whom_a_mentee_avoids_is_not_told_by_the_change_that_would_match_them(
    api, world, programme, joins, matched
) -> None:
    programme_id = await programme()
    mentor, mentee = await world.person("ahli_madya"), await world.person()
    await joins(programme_id, mentor, "mentor")
    await joins(programme_id, mentee, "mentee", avoids=[str(mentor)])
    path = f"/runs/{(await matched(programme_id))['id']}/results/{mentee}"
    for role in ("lan", "programme_manager"):
        why = await api.get(path, role)
        assert (why["limited_by"], why["change"]["kind"], why["change"]["value"]) == ("conflict", "conflict", None)
        assert str(mentor) not in str(why)


async def test_a_mentee_reads_why_of_themselves_once_a_pair_was_offered(api, cohort, matched, desk) -> None:
    run, path = await matched(cohort["id"]), f"/programmes/{cohort['id']}/match/me"
    found = await results(api, run)
    await desk(f"/runs/{run['id']}/draft")
    for mentee in found:
        assert (await api.refused("person", "GET", path, person=mentee))[0] == 404, "a draft is the desk's alone"
    await desk(f"/programmes/{cohort['id']}/publish")
    for mentee, result in found.items():
        why = await api.get(path, "person", person=mentee)
        assert (why["person_id"], why["mentor_id"], why["score"]) == (mentee, result["mentor_id"], result["score"])
        if why["mentor_id"] is None:
            assert (why["limited_by"], why["change"]["kind"], why["change"]["value"]) == ("seats", "seats", None)
            assert not any(str(mentor) in str(why) for mentor in cohort["mentors"])
    assert (await api.refused("person", "GET", path, person=cohort["mentors"][0]))[0] == 404


async def test_a_mentor_of_whom_the_run_knows_nothing_is_not_explained_by_it(api, cohort, matched, desk) -> None:
    run = await matched(cohort["id"])
    await desk(f"/runs/{run['id']}/draft")
    one, other = (await api.get(f"/programmes/{cohort['id']}/pairs", "programme_manager"))["items"]
    await desk(f"/pairs/{one['id']}/exchange", {"pair_id": other["id"], "reason": "satu rumpun"})
    await desk(f"/programmes/{cohort['id']}/publish")
    for pair in (one, other):
        path = f"/programmes/{cohort['id']}/match/me"
        assert (await api.refused("person", "GET", path, person=pair["mentee_id"]))[:2] == (409, "run-not-done")


async def test_a_mentee_does_not_read_that_a_mentor_will_not_have_them(
    api, world, programme, joins, matched, desk
) -> None:
    programme_id = await programme()
    mentor, mentee, other = await world.person("ahli_madya"), await world.person(), await world.person()
    await joins(programme_id, mentor, "mentor", avoids=[str(mentee)])
    for each in (mentee, other):
        await joins(programme_id, each, "mentee")
    run = await matched(programme_id)
    assert (await api.get(f"/runs/{run['id']}/results/{mentee}"))["limited_by"] == "conflict"
    await desk(f"/runs/{run['id']}/draft")
    await desk(f"/programmes/{programme_id}/publish")
    why = await api.get(f"/programmes/{programme_id}/match/me", "person", person=mentee)
    assert (why["limited_by"], why["change"]) == (None, None)


async def test_both_of_a_pair_read_that_it_was_looked_at(api, world, cohort, matched) -> None:
    runs = [await matched(cohort["id"], seed=seed) for seed in range(1, 7)]
    found = [await results(api, run) for run in runs]
    moved = next(run for run, there in zip(runs, found, strict=True) if there != found[0])
    paths = [f"/runs/{runs[0]['id']}/moved/{moved['id']}"]
    paths += [f"/runs/{runs[0]['id']}/results/{mentee}" for mentee, each in found[0].items() if each["mentor_id"]]
    for path in paths:
        before = len(await world.told())
        answer = await api.get(path)
        shown = {each for one in answer.get("items", [answer]) for name, each in one.items() if name.endswith("_id")}
        [look] = (await world.told())[before:]
        assert {str(each) for each in look.event.person_ids} == shown - {None}


async def test_a_gap_that_changes_changes_who_is_proposed(api, world, programme, joins, matched) -> None:
    """M02."""
    programme_id = await programme(seats=1)
    writes, counts, mentee = await world.person("ahli_madya"), await world.person("ahli_madya"), await world.person()
    for person_id, levels in ((writes, {"menulis": 5}), (counts, {"anggaran": 5}), (mentee, {"menulis": 1})):
        await api.call("person", "PUT", f"/people/{person_id}/levels", {"levels": levels}, person=person_id)
    for mentor in (writes, counts):
        await joins(programme_id, mentor, "mentor")
    await joins(programme_id, mentee, "mentee")
    assert (await results(api, await matched(programme_id)))[str(mentee)]["mentor_id"] == str(writes)
    changed = {"levels": {"menulis": 5, "anggaran": 1}}
    await api.call("person", "PUT", f"/people/{mentee}/levels", changed, person=mentee)
    assert (await results(api, await matched(programme_id)))[str(mentee)]["mentor_id"] == str(counts)


async def test_a_gap_that_training_has_closed_counts_no_more(api, world, programme, joins, matched) -> None:
    """M02: levels that training shows are those of the next match."""
    programme_id = await programme(seats=1)
    writes, counts, mentee = await world.person("ahli_madya"), await world.person("ahli_madya"), await world.person()
    await world.trained(writes, 80, "menulis")
    await world.trained(counts, 60, "anggaran")
    await world.trained(mentee, 4, "menulis")
    for mentor in (writes, counts):
        await joins(programme_id, mentor, "mentor")
    await joins(programme_id, mentee, "mentee")
    assert (await results(api, await matched(programme_id)))[str(mentee)]["mentor_id"] == str(writes)
    await world.trained(mentee, 60, "menulis")
    await world.trained(mentee, 4, "anggaran")
    assert (await results(api, await matched(programme_id)))[str(mentee)]["mentor_id"] == str(counts)


async def test_nobody_is_matched_within_their_line_however_far_or_acting(api, world, programme, joins, matched) -> None:
    """M03: above at any depth, by an acting post too, and below."""
    top = await world.post()
    middle = await world.post(top)
    low = await world.post(middle)
    acting = Holding(post_id=top, kind="plt", valid_from=date(2026, 1, 1), valid_to=None)
    far = await world.person("ahli_utama")
    await world.people(
        world.state(person_id=far, jenjang="ahli_utama").model_copy(update={"holdings": [acting]}), sequence=2
    )
    near, mentee = await world.person("ahli_madya", middle), await world.person("ahli_muda", low)
    chief_of_mentors = await world.person("ahli_muda", top)
    programme_id = await programme()
    for mentor in (far, near):
        await joins(programme_id, mentor, "mentor")
    for each in (mentee, chief_of_mentors):
        await joins(programme_id, each, "mentee")
    found = await results(api, await matched(programme_id))
    assert found[str(mentee)]["limited_by"] == "line"
    # Whoever acts in the same post stands neither above nor below.
    assert found[str(chief_of_mentors)]["mentor_id"] == str(far)


async def test_the_same_seed_gives_the_same_and_another_weight_lists_who_moved(api, cohort, matched, world) -> None:
    """M21."""
    runs = [await matched(cohort["id"], seed=seed) for seed in (1, 1)]
    path = f"/runs/{runs[0]['id']}/moved"
    assert (await api.get(f"{path}/{runs[1]['id']}"))["items"] == []
    others = [await matched(cohort["id"], seed=seed) for seed in range(2, 7)]
    found = [await results(api, run) for run in (runs[0], *others)]
    for run, there in zip(others, found[1:], strict=True):
        moved = (await api.get(f"{path}/{run['id']}"))["items"]
        told = {each["person_id"]: (each["mentor_id"], each["other_mentor_id"]) for each in moved}
        assert told == {
            person: (found[0][person]["mentor_id"], there[person]["mentor_id"])
            for person in there
            if found[0][person]["mentor_id"] != there[person]["mentor_id"]
        }
    assert any(there != found[0] for there in found[1:])


async def test_a_run_repeated_is_the_same_whatever_has_changed_since(api, cohort, matched, runner, world) -> None:
    run = await matched(cohort["id"])
    await api.call(
        "person", "POST", f"/programmes/{cohort['id']}/applications/me/withdraw", person=cohort["mentors"][0]
    )
    repeated = (await api.call("programme_manager", "POST", f"/runs/{run['id']}/repeat")).json()
    assert await runner.turn()
    assert await results(api, repeated) == await results(api, run)
    assert (await matched(cohort["id"]))["mentors"] == 1


async def test_a_run_that_is_killed_begins_anew(api, cohort, runner) -> None:
    run = (await api.call("programme_manager", "POST", f"/programmes/{cohort['id']}/runs", {})).json()
    with patch.object(commands, "packed", side_effect=Killed), pytest.raises(Killed):
        await runner.turn()
    assert (await api.get(f"/runs/{run['id']}"))["matched"] is None
    assert (await api.refused("lan", "GET", f"/runs/{run['id']}/results/{cohort['mentees'][0]}"))[:2] == (
        409,
        "run-not-done",
    )
    assert await runner.turn() == 1
    assert (await api.get(f"/runs/{run['id']}"))["matched"] == 2


async def test_who_may_no_longer_take_part_is_counted_and_told_so(api, cohort, matched, world) -> None:
    gone = cohort["mentees"][1]
    await world.people(world.state(person_id=gone, jenjang="ahli_madya"), sequence=2)
    run = await matched(cohort["id"])
    assert (run["mentees"], (await results(api, run))[str(gone)]["limited_by"]) == (4, "not-admitted")


async def test_neither_sex_nor_age_nor_service_nor_schooling_changes_who_is_matched(
    api, cohort, matched, world
) -> None:
    """What a match does not ask of the roster cannot count: swapped, it is the same."""
    before = await results(api, await matched(cohort["id"]))
    for number, each in enumerate(cohort["mentors"] + cohort["mentees"]):
        jenjang = (
            "ahli_madya"
            if each in cohort["mentors"]
            else "ahli_pertama"
            if each == cohort["mentees"][0]
            else "ahli_muda"
        )
        changed = {"joined_on": date(2020 - number, 1, 1), "education": "SLTA", "staff_type": "PPPK"}
        changed["sex"] = "male" if number % 2 else "female"
        await world.people(world.state(person_id=each, jenjang=jenjang, **changed), sequence=2)
    assert await results(api, await matched(cohort["id"])) == before


async def test_the_statements_of_a_run_do_not_grow_with_people(api, world, programme, joins, matched, runner) -> None:
    counts = []
    programme_id = await programme()
    for more in (2, 6):
        for _ in range(more):
            await joins(programme_id, await world.person("ahli_madya"), "mentor")
            await joins(programme_id, await world.person("ahli_muda"), "mentee")
        await api.call("programme_manager", "POST", f"/programmes/{programme_id}/runs", {})
        with counted_statements(world.database) as statements:
            await runner.turn()
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_runs_are_those_of_the_programmes_agency(api, cohort, matched) -> None:
    run = await matched(cohort["id"])
    other = {"agency": OTHER_AGENCY}
    assert (await api.refused("programme_manager", "GET", f"/runs/{run['id']}", **other))[0] == 404
    path = f"/programmes/{cohort['id']}/runs"
    assert (await api.refused("programme_manager", "POST", path, {}, **other))[0] == 404
    assert (await api.refused("programme_manager", "POST", path, {"weights": dict.fromkeys(NAMES, 0)}))[1:] == (
        "weights-missing",
        "weights",
    )
    await api.call("programme_manager", "POST", f"/programmes/{cohort['id']}/close")
    assert (await api.refused("programme_manager", "POST", path, {}))[1] == "programme-closed"
