"""Whatever is sent to the routes of our own, the answer is one that their document tells."""

from jejak_local.harness import AGENCY


async def test_every_answer_is_documented(keeps_its_word, app, database, connect, double, world) -> None:
    platforms = [await connect(), await connect()]
    await world.course("C-7")
    mapping = {"course": "https://lms.example/course/7", "course_code": "C-7"}
    await keeps_its_word(
        "connectors",
        app,
        scope={"agency": AGENCY, "connection": platforms[0].connection_id},
        known={
            "connection_id": [each.connection_id for each in platforms],
            "credential_id": [each.key for each in platforms],
            "report_id": [await double(each.connection_id) for each in platforms],
        },
        bodies={"POST /v1/connections/{connection_id}/course-mappings": mapping},
    )
