"""Whatever is sent to the routes of our own, the answer is one that their document tells."""

from jejak_local.harness import AGENCY


async def test_every_answer_is_documented(keeps_its_word, app, database, connect, double) -> None:
    platforms = [await connect(), await connect()]
    await keeps_its_word(
        "connectors",
        app,
        scope={"agency": AGENCY, "connection": platforms[0].connection_id},
        known={
            "connection_id": [each.connection_id for each in platforms],
            "credential_id": [each.key for each in platforms],
            "report_id": [await double(each.connection_id) for each in platforms],
        },
        bodies={},
    )
