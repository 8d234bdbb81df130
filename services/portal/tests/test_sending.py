"""A form that is sent twice, by a double click or on the way back, is done once; one that was not done may be sent again."""

import asyncio

import pytest

from jejak_local.visitor import Read

SAID = {"do": "add", "name": "Pusdiklat", "role": "Penyelenggara", "contribution": ""}


@pytest.fixture
async def form(visitor, registry):
    """The hidden fields of a page that was opened."""
    await visitor.log_in("lan")

    async def opened() -> dict[str, str]:
        return Read((await visitor.get("/stakeholders")).text).hidden

    return opened


async def test_what_is_sent_again_is_done_once_and_leads_to_the_same_page(visitor, form, registry) -> None:
    once = await form()
    assert once["once"] != (await form())["once"]
    answers = await asyncio.gather(*(visitor.http.post("/stakeholders", data=once | SAID) for _ in range(3)))
    answers.append(await visitor.http.post("/stakeholders", data=once | SAID))
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (303, answers[0].headers["location"])
    }
    assert await registry.value("SELECT count(*) FROM stakeholders WHERE name = 'Pusdiklat'") == 1
    other = await visitor.http.post("/stakeholders", data=once | SAID | {"name": "Lain"})
    assert other.status_code == 303
    assert await registry.value("SELECT count(*) FROM stakeholders WHERE name = 'Lain'") == 1, "other words"
    assert (await visitor.http.post("/stakeholders", data=await form() | SAID)).status_code == 303
    assert await registry.value("SELECT count(*) FROM stakeholders WHERE name = 'Pusdiklat'") == 2, "typed anew"


async def test_what_was_refused_or_not_answered_is_sent_again(visitor, form, registry, calls) -> None:
    once, wrong = await form(), SAID | {"name": "x" * 5000}
    answers = await asyncio.gather(*(visitor.http.post("/stakeholders", data=once | wrong) for _ in range(2)))
    assert [(answer.status_code, 'role="alert"' in answer.text) for answer in answers] == [(422, True)] * 2
    app = calls.apps.pop("registry")
    assert (await visitor.http.post("/stakeholders", data=once | SAID)).status_code == 409
    calls.apps["registry"] = app
    assert (await visitor.http.post("/stakeholders", data=once | SAID)).status_code == 303
    assert await registry.value("SELECT count(*) FROM stakeholders WHERE name = 'Pusdiklat'") == 1
