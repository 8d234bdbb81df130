"""What an operator runs."""

import argparse

from sqlalchemy import text

from registry.__main__ import build


async def test_check_tells_what_is_broken(service, nation, settings, database, clock, a_person, capsys):
    check, _ = build(settings).commands["check"]
    await service.post("/people", a_person())
    assert await check(argparse.Namespace(), database, clock) == 0
    assert "BROKEN" not in capsys.readouterr().out

    gap = "UPDATE posts SET valid_to = valid_from + 1"
    mended = "UPDATE posts SET valid_to = NULL"
    for statement, status in ((gap, 1), (mended, 0)):
        async with database.transaction() as session:
            await session.execute(text(statement))
        assert await check(argparse.Namespace(), database, clock) == status
        lines = [line for line in capsys.readouterr().out.splitlines() if "BROKEN 1 time" in line]
        assert [line.split(" of a person")[0] for line in lines] == ["the posts"] * status


async def test_announce_begun_says_how_many(settings, database, clock, capsys):
    command, _ = build(settings).commands["announce-begun"]
    assert await command(argparse.Namespace(), database, clock) == 0
    assert capsys.readouterr().out == "0 people announced\n"
