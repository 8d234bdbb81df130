"""Cases of people, and what is done with the queue."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def submitted(world, api, predicate) -> Callable[..., Any]:
    """So many cases, each of a person of their own; gives their ids."""

    async def make(count: int = 1, *people: Any) -> list[str]:
        people = people or tuple(await world.people(*(world.state() for _ in range(count))))
        answers = await api.bulk("/predicates:batch", [predicate(person) for person in people], "agency_hr")
        assert {answer["status"] for answer in answers} == {"stored"}, answers
        return [answer["id"] for answer in answers]

    return make


@pytest.fixture
def take(api) -> Callable[..., Any]:
    """The ids of cases that somebody has taken."""

    async def take(most: int = 20, role: str = "verifier", headers: Any = None, **claims: Any) -> list[str]:
        answer = await api.call(role, "POST", "/queue:take", {"most": most}, headers, **claims)
        assert answer.status_code == 200, answer.text
        return [item["case_id"] for item in answer.json()["items"]]

    return take
