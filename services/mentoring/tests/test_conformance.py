"""Whatever is sent to the service, the answer is one that its document tells."""

from jejak_local.harness import AGENCY


async def test_every_answer_is_documented(keeps_its_word, app, database, world, api, programme, joins) -> None:
    mentor, mentee = await world.person("ahli_madya"), await world.person()
    programmes = [await programme(), await programme()]
    await joins(programmes[0], mentor, "mentor")
    await keeps_its_word(
        "mentoring",
        app,
        scope={"agency": AGENCY, "person": mentee},
        known={"programme_id": programmes, "person_id": [mentee]},
        bodies={"PUT /v1/programmes/{programme_id}/applications/me": {"side": "mentee"}},
    )
