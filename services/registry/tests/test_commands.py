"""What an operator runs."""

import argparse

from sqlalchemy import text

from common.process import commands_of
from registry.service import SERVICE


async def test_check_tells_what_is_broken(api, nation, parts, a_person, capsys):
    check = commands_of(SERVICE)["check"].run
    await api.call("service", "POST", "/people", a_person())
    assert await check(argparse.Namespace(), parts) == 0
    assert "BROKEN" not in capsys.readouterr().out

    gap = "UPDATE grades SET valid_to = valid_from + 1"
    mended = "UPDATE grades SET valid_to = NULL"
    for statement, status in ((gap, 1), (mended, 0)):
        async with parts.database.transaction() as session:
            await session.execute(text(statement))
        assert await check(argparse.Namespace(), parts) == status
        lines = [line for line in capsys.readouterr().out.splitlines() if "BROKEN 1 time" in line]
        assert [line.split(" of a person")[0] for line in lines] == ["the grades"] * status


async def test_announce_begun_says_how_many(parts, capsys):
    assert await SERVICE.commands["announce-begun"].run(argparse.Namespace(), parts) == 0
    assert capsys.readouterr().out == "0 people announced\n"
