"""Whatever is sent to the service, the answer is one that its document tells."""

from jejak_local.harness import AGENCY


async def test_every_answer_is_documented(keeps_its_word, app, database, world, api, programme, joins, matched) -> None:
    mentor, mentee = await world.person("ahli_madya"), await world.person()
    programmes = [await programme(), await programme()]
    await joins(programmes[0], mentor, "mentor")
    await joins(programmes[0], mentee, "mentee")
    mentors = [await world.person("ahli_madya") for _ in range(2)]
    mentees = [await world.person() for _ in range(2)]
    for each in mentors:
        await joins(programmes[1], each, "mentor")
    for each in mentees:
        await joins(programmes[1], each, "mentee")
    runs = [await matched(programmes[0]), await matched(programmes[0], seed=2), await matched(programmes[1])]
    await api.call("programme_manager", "POST", f"/runs/{runs[2]['id']}/draft")
    drafts = [each["id"] for each in (await api.get(f"/programmes/{programmes[1]}/pairs"))["items"]]
    late = await world.person()
    await joins(programmes[1], late, "mentee")
    await api.call("person", "POST", f"/programmes/{programmes[0]}/applications/me/withdraw", person=mentee)
    waiting = (await api.call("programme_manager", "POST", f"/programmes/{programmes[0]}/runs", {})).json()
    why = {"reason": "Sudah saling mengenal"}
    await keeps_its_word(
        "mentoring",
        app,
        scope={"agency": AGENCY, "person": mentee},
        known={
            "programme_id": programmes,
            "person_id": [mentee],
            "run_id": [run["id"] for run in runs],
            "other_id": [run["id"] for run in runs],
            "job_id": [waiting["job_id"]],
            "pair_id": drafts,
        },
        bodies={
            "PUT /v1/programmes/{programme_id}/applications/me": {"side": "mentee"},
            "POST /v1/programmes/{programme_id}/pairs": {"mentee_id": str(late), "mentor_id": str(mentors[0])} | why,
            "POST /v1/pairs/{pair_id}/exchange": {"pair_id": drafts[1]} | why,
            "POST /v1/pairs/{pair_id}/mentor": {"mentor_id": str(mentors[0])} | why,
        },
    )
