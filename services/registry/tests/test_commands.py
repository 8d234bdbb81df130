"""What an operator runs."""

from sqlalchemy import text


async def test_check_tells_what_is_broken(run, api, nation, parts, a_person, capsys):
    await api.call("service", "POST", "/people", a_person())
    assert await run("check") == 0
    assert "BROKEN" not in capsys.readouterr().out

    gap = "UPDATE grades SET valid_to = valid_from + 1"
    mended = "UPDATE grades SET valid_to = NULL"
    for statement, status in ((gap, 1), (mended, 0)):
        async with parts.database.transaction() as session:
            await session.execute(text(statement))
        assert await run("check") == status
        lines = [line for line in capsys.readouterr().out.splitlines() if "BROKEN 1 time" in line]
        assert [line.split(" of a person")[0] for line in lines] == ["the grades"] * status


async def test_announce_begun_says_how_many(run, capsys):
    assert await run("announce-begun") == 0
    assert capsys.readouterr().out == "0 people announced\n"
