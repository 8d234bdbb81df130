"""Whoever is told a number of people either may read them one by one, or is told of no group under ten: route by route."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from jejak_local.processes import CHECKOUT
from jejak_local.services import services

SEEN = {
    "training": {
        "GET /v1/agencies/{agency_id}/jp-summary": "GET /v1/duty-people",
        "GET /v1/duty-counts": "GET /v1/duty-people",
        "GET /v1/sweeps": "GET /v1/shortfalls",
        "GET /v1/audits/{audit_id}/samples": "GET /v1/audits/{audit_id}/records",
        "GET /v1/agencies/{agency_id}/classes": "GET /v1/classes/{class_id}/people",
    },
    "credit": {
        "GET /v1/queue-ages": "GET /v1/cases",
        "GET /v1/agreement": "GET /v1/cases/{case_id}",
        "GET /v1/replays/{replay_id}": "GET /v1/replays/{replay_id}/changes",
    },
    "mentoring": {
        "GET /v1/programmes/{programme_id}/audits": "GET /v1/pairs/{pair_id}/sessions",
        "GET /v1/programmes/{programme_id}/runs": "GET /v1/runs/{run_id}/results",
        "GET /v1/runs/{run_id}": "GET /v1/runs/{run_id}/results",
    },
    "connectors": {
        "GET /v1/connections": "GET /v1/connections/{connection_id}/reports",
        "GET /v1/connections/{connection_id}": "GET /v1/connections/{connection_id}/reports",
        "GET /v1/connections/{connection_id}/unmapped-courses": "GET /v1/connections/{connection_id}/arrivals",
        "GET /v1/connections/{connection_id}/unmapped-users": "GET /v1/connections/{connection_id}/reports",
    },
    "registry": {
        "GET /v1/agencies/{agency_id}/posts": "GET /v1/people",
        "GET /v1/posts/{post_id}": "GET /v1/people",
        "GET /v1/reform-previews/{preview_id}": "GET /v1/people",
    },
    "notification": {},
}
"""What counts people, and the route by which everybody whom it lets in reads the same people one by one."""
HIDDEN = {
    "training": {"GET /v1/duty-totals", "GET /v1/classes/{class_id}/feedback"},
    "credit": {"GET /v1/waiting-times", "GET /v1/agencies/{agency_id}/professionalism"},
    "mentoring": {"GET /v1/programmes/{programme_id}/coverage", "GET /v1/programmes/{programme_id}/report"},
    "connectors": set[str](),
    "registry": set[str](),
    "notification": {
        "GET /v1/rounds",
        "GET /v1/rounds/{round_id}",
        "GET /v1/rounds/{round_id}/digests",
        "GET /v1/waiting",
        "GET /v1/messages/{message_id}",
    },
}
"""What tells of no small group; each has an attack for a test."""
NAMED = {
    "training": {"GET /v1/classes/{class_id}/people", "GET /v1/people/me/classes"},
    "credit": {"GET /v1/assessors"},
    "mentoring": {"GET /v1/recognitions/me"},
}
"""What is of one person, or of each by name."""
SEATS = {
    "training": {"GET /v1/classes", "GET /v1/classes/{class_id}", "GET /v1/people/me/class-offers"},
    "mentoring": {"GET /v1/circles", "GET /v1/circles/me", "GET /v1/circles/{circle_id}"},
}
"""Seats that are taken: what is left of an offer, which says nothing of anybody."""
COUNTS = {
    "accepted", "active", "answered", "answers", "applicants", "applied", "asked", "attended", "cases", "checkers",
    "count", "decisions", "drawn", "enrolled", "evaluations", "exempt", "gain", "goals_reached", "holders",
    "later_evaluations", "listed", "lose", "lost_mentees", "matched", "mentees", "mentors", "met", "needs_action",
    "not_held", "not_proved", "offered", "on_track", "over_ceiling", "overdue", "pairs", "people", "proved",
    "rated", "reflections", "resolved", "served", "short", "staying", "taken", "talks", "thanked", "to_a_third",
    "unmatched", "used", "waiting",
}  # fmt: skip
"""Fields that count people, or what people did."""


def counted(document: Mapping[str, Any], schema: Any, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The fields of an answer, however deep, that are numbers of people."""
    if isinstance(schema, list):
        for each in schema:
            yield from counted(document, each, seen)
    elif isinstance(schema, dict):
        name = schema.get("$ref", "").rpartition("/")[2]
        if name and name not in seen:
            yield from counted(document, document["components"]["schemas"][name], seen | {name})
        for field, of in schema.get("properties", {}).items():
            if field in COUNTS and "integer" in json.dumps(of):
                yield field
        for part in schema.values():
            yield from counted(document, part, seen)


def answers(service: str) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    document = json.loads((CHECKOUT / "docs" / "api" / f"{service}.json").read_text())
    for path, item in document["paths"].items():
        if (operation := item.get("get")) and "/operations" not in path:
            yield f"GET {path}", operation, document


@pytest.mark.parametrize("service", sorted(SEEN))
def test_whoever_is_told_a_number_of_people_reads_them_or_is_told_of_no_few(service: str) -> None:
    roles = {route: {*operation.get("x-roles", ["everybody"])} for route, operation, _ in answers(service)}
    found = {
        route
        for route, operation, document in answers(service)
        if [*counted(document, operation["responses"].get("200", {}).get("content", {}))]
    }
    decided = [SEEN[service].keys(), HIDDEN[service], NAMED.get(service, set()), SEATS.get(service, set())]
    assert found == set().union(*decided)
    for route, by_name in SEEN[service].items():
        assert roles[route] <= roles[by_name], route


def test_no_service_is_forgotten() -> None:
    assert {service.name for service in services()} - {"portal"} == SEEN.keys() == HIDDEN.keys()
