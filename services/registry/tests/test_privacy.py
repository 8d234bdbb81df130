"""When something fails on our side, nothing that is told or logged holds a NIP or a name."""

import httpx2
import pytest
from sqlalchemy import text

from jejak_local.harness import owning


@pytest.fixture
async def broken(database):
    """A registry whose audit cannot be written."""
    async with owning(database) as connection:
        await connection.execute(text("ALTER TABLE changes RENAME TO lost"))
    yield
    async with owning(database) as connection:
        await connection.execute(text("ALTER TABLE lost RENAME TO changes"))


async def test_a_failing_line(api, nation, broken, a_person, world, capfd, caplog):
    answers = await api.bulk("/people:batch", [a_person(1), a_person(2)])
    assert [answer["code"] for answer in answers] == ["internal-error"] * 2
    told = str(answers) + "".join(capfd.readouterr()) + caplog.text
    assert "line failed" in told
    assert a_person(1)["nip"] not in told
    assert "Siti" not in told
    assert (await api.get("/people"))["items"] == []
    assert await world.emitted() == []


async def test_a_failing_request(app, api, nation, broken, a_person, world, capfd, caplog):
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://registry") as client:
        answer = await client.post("/v1/people", json=a_person(), headers=api.headers("service"))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    told = answer.text + "".join(capfd.readouterr()) + caplog.text
    assert a_person()["nip"] not in told
    assert "Siti" not in told
    assert await world.emitted() == []
