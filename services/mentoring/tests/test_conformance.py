"""Whatever is sent to the service, the answer is one that its document tells."""

from jejak_local.harness import AGENCY


async def test_every_answer_is_documented(keeps_its_word, app, database, world, api, programme, joins, matched) -> None:
    mentor, mentee = await world.person("ahli_madya"), await world.person()
    programmes = [await programme(), await programme()]
    await joins(programmes[0], mentor, "mentor")
    await joins(programmes[0], mentee, "mentee")
    runs = [await matched(programmes[0]), await matched(programmes[0], seed=2)]
    await api.call("person", "POST", f"/programmes/{programmes[0]}/applications/me/withdraw", person=mentee)
    waiting = (await api.call("programme_manager", "POST", f"/programmes/{programmes[0]}/runs", {})).json()
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
        },
        bodies={"PUT /v1/programmes/{programme_id}/applications/me": {"side": "mentee"}},
    )
