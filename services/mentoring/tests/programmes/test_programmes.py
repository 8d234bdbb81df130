"""Programmes, and who may join them."""

from datetime import timedelta

import pytest

from jejak_local.harness import OTHER_AGENCY


def apply(programme_id: str) -> tuple[str, str]:
    return "PUT", f"/programmes/{programme_id}/applications/me"


async def test_two_programmes_with_other_rules_run_at_once_and_closing_one_leaves_the_other(
    api, world, programme, joins
) -> None:
    """M01."""
    early = await programme(mentee_jenjang=["ahli_pertama"], mentor_jenjang=["ahli_muda"], seats=1)
    usual = await programme()
    muda, madya = await world.person("ahli_muda"), await world.person("ahli_madya")
    assert (await joins(early, muda, "mentor"))["seats"] == 1
    assert (await api.call("programme_manager", "POST", f"/programmes/{early}/close")).json()["state"] == "closed"
    assert await api.refused("person", *apply(early), {"side": "mentor"}, person=muda) == (
        409,
        "programme-closed",
        None,
    )
    assert (await joins(usual, madya, "mentor"))["seats"] == 3
    assert (await api.get(f"/programmes/{usual}"))["state"] == "open"
    told = [(headers["ce_type"].split(".")[-2], body["programme_id"]) for headers, body in await world.outbox()]
    assert told == [("ProgrammeOpened", early), ("ProgrammeOpened", usual), ("ProgrammeClosed", early)]


async def test_a_pair_is_shown_the_goals_that_its_programme_proposes(programme, both) -> None:
    """M01: the templates of the pair's own programme, before and after the two have agreed."""
    templates = ["Menulis telaahan staf", "Memimpin rapat"]
    ours = await both(agreed=False, programme_id=await programme(templates=templates))
    other = await both(agreed=False, programme_id=await programme())
    assert (await ours.get(f"{ours.path}/agreement", "mentor"))["templates"] == templates
    assert (await other.get(f"{other.path}/agreement"))["templates"] == []
    await ours.agree()
    assert (await ours.get(f"{ours.path}/agreement"))["templates"] == templates


async def test_who_may_not_join_is_told_the_rule(api, world, programme) -> None:
    """000.11: a pertama as mentor."""
    programme_id, pertama = await programme(), await world.person("ahli_pertama")
    answer = await api.call("person", *apply(programme_id), {"side": "mentor"}, person=pertama)
    [error] = answer.json()["errors"]
    assert (answer.status_code, answer.json()["code"], error["field"]) == (422, "mentor-jenjang", "side")
    assert "ahli_madya, ahli_utama" in error["message"]
    assert (await api.refused("person", *apply(programme_id), {"side": "mentee"}, person=pertama))[
        1
    ] == "mentee-jenjang"


@pytest.mark.parametrize(
    ("said", "code"),
    [({"side": "mentor", "seats": 4}, "seats-over"), ({"side": "mentor", "languages": []}, "field-invalid")],
)
async def test_what_is_said_is_held_against_the_programme(api, world, programme, said, code) -> None:
    programme_id, madya = await programme(), await world.person("ahli_madya")
    assert (await api.refused("person", *apply(programme_id), said, person=madya))[:2] == (422, code)


async def test_a_mentee_is_in_one_open_programme_at_a_time(api, world, programme, joins) -> None:
    first, second, muda = await programme(), await programme(), await world.person()
    await joins(first, muda, "mentee")
    assert (await api.refused("person", *apply(second), {"side": "mentee"}, person=muda))[1] == "in-another-programme"
    await api.call("person", "POST", f"/programmes/{first}/applications/me/withdraw", person=muda)
    assert (await joins(second, muda, "mentee"))["withdrawn_at"] is None


async def test_nobody_joins_before_the_first_day_or_after_the_last(api, world, programme, clock) -> None:
    programme_id, muda = await programme(), await world.person()
    clock.moment -= timedelta(days=1)
    assert (await api.refused("person", *apply(programme_id), {"side": "mentee"}, person=muda))[
        1
    ] == "programme-not-open"
    clock.moment += timedelta(days=2)
    assert (await api.refused("person", *apply(programme_id), {"side": "mentee"}, person=muda))[1] == "programme-closed"


async def test_a_programme_is_run_by_its_agency_alone(api, world, programme, joins) -> None:
    programme_id = await programme()
    mentor, mentee = await world.person("ahli_madya"), await world.person()
    await joins(programme_id, mentor, "mentor", avoids=[str(mentee)])
    await joins(programme_id, mentee, "mentee")
    other = {"agency": OTHER_AGENCY}
    close = ("POST", f"/programmes/{programme_id}/close")
    assert (await api.refused("programme_manager", *close, **other))[:2] == (404, "not-found")
    path = f"/programmes/{programme_id}/applications"
    assert (await api.refused("programme_manager", "GET", path, **other))[:2] == (404, "not-found")
    seen = (await api.get(path, "programme_manager"))["items"]
    assert {(each["person_id"], each["avoids"] is None) for each in seen} == {(str(mentor), True), (str(mentee), True)}
    [own] = (await api.get(path, "person", person=mentor))["items"]
    assert own["avoids"] == [str(mentee)]
