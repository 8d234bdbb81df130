"""Whatever is sent to the service, the answer is one that its document tells."""

from jejak_local.harness import AGENCY


async def test_every_answer_is_documented(keeps_its_word, app, database, world, api, predicate) -> None:
    people = await world.people(*(world.state() for _ in range(12)))
    cases = [(await api.call("service", "POST", "/predicates", predicate(person))).json()["id"] for person in people]
    for checked, returned in zip(cases[:4], cases[4:8], strict=True):
        await api.call("verifier", "POST", f"/cases/{checked}/check")
        await api.call("verifier", "POST", f"/cases/{returned}/return", {"reason": "Berkas kurang"})
    record = world.completed(people[0])
    await world.hear(world.received(record))
    another_year = {"reference": "lain", "period_start": "2024-01-01", "period_end": "2024-12-31"}
    await keeps_its_word(
        "credit",
        app,
        scope={"agency": AGENCY, "person": people[0]},
        known={"person_id": [*people, "me"], "case_id": cases, "record_id": [record.record_id]},
        bodies={
            "POST /v1/predicates": predicate(people[0], **another_year),
            "POST /v1/cases/{case_id}/return": {"reason": "Berkas kurang"},
        },
    )
