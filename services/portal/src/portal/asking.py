"""What a page asks services: all at once, with the token of whoever looks, each within the time it has.

A service that is away, or too slow, is an answer too: its part of the page says so, and the rest stands.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
from fastapi import Response
from opentelemetry import propagate

from common.telemetry import log
from common.texts import Language

AWAY = 0
NOT_HERE = {502, 503, 504}
"""What stands between us and a service says, or the service itself, when it cannot answer now."""


@dataclass(frozen=True)
class Question:
    """What one service is asked."""

    service: str
    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    json: Any = None
    content: bytes | AsyncIterator[bytes] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    seconds: float | None = None
    """How long it has for its answer, where that is longer than any other question has."""


def get(service: str, path: str, **params: Any) -> Question:
    """To read something; a parameter that is None is not sent. The path begins behind `/v1`."""
    return Question(service, "GET", path, {name: value for name, value in params.items() if value is not None})


def post(service: str, path: str, json: Any = None, *, once: str | None = None, seen: str | None = None) -> Question:
    """To change something; sent again with the same `once` it is done once, where the route takes an Idempotency-Key; with
    `seen`, of that version alone.
    """
    once_said = {"idempotency-key": once} if once else {}
    return Question(service, "POST", path, json=json, headers=once_said | _of(seen))


def put(service: str, path: str, json: Any, *, seen: str | None = None) -> Question:
    """To put something in the place of what is there; with `seen`, of that version alone."""
    return Question(service, "PUT", path, json=json, headers=_of(seen))


def _of(version: str | None) -> dict[str, str]:
    return {"if-match": f'"{version}"'} if version else {}


def bulk(service: str, path: str, lines: Sequence[Any]) -> Question:
    """To tell many things at once, a line each; they are answered one by one (`Answer.lines`)."""
    content = "\n".join(json.dumps(line) for line in lines).encode()
    return Question(service, "POST", path, content=content, headers={"content-type": "application/x-ndjson"})


def file(
    service: str, path: str, content: bytes | AsyncIterator[bytes], *, seconds: float | None = None, **params: Any
) -> Question:
    """To hand over a file, by itself."""
    headers = {"content-type": "application/octet-stream"}
    return Question(service, "POST", path, params, content=content, headers=headers, seconds=seconds)


def take_away(service: str, path: str) -> Question:
    """To take something away."""
    return Question(service, "DELETE", path)


@dataclass(frozen=True)
class Answer:
    """What a service says, by the HTTP status; AWAY when it said nothing in time."""

    status: int
    body: Any = None
    content: bytes = field(default=b"", repr=False)
    media_type: str = ""
    disposition: str = ""
    introduction: str = field(default="", repr=False)
    """By which registry names those whom it shows."""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def away(self) -> bool:
        """Whether it may answer later: nothing is known of what was asked."""
        return self.status == AWAY or self.status in NOT_HERE

    @property
    def forbidden(self) -> bool:
        return self.status == 403

    @property
    def missing(self) -> bool:
        return self.status == 404

    @property
    def page(self) -> int:
        """The status of a page that is about this answer: it is there also while a service is away."""
        return self.status if self.status in {403, 404} else 200

    @property
    def faults(self) -> Sequence[Mapping[str, Any]]:
        """What is wrong with what was asked, each with its field, code and message (RFC 9457)."""
        return self.body.get("errors", ()) if not self.ok and isinstance(self.body, dict) else ()

    @property
    def lines(self) -> Sequence[Mapping[str, Any]]:
        """What became of each line of a bulk upload; nothing where there is no answer."""
        return [json.loads(line) for line in self.content.splitlines()] if self.ok else ()

    @property
    def items(self) -> Sequence[Any]:
        """The rows of a page of a list; none where there is no answer."""
        return self.body["items"] if self.ok else ()


def handed_on(answer: Answer) -> Response:
    """A file that a service has given, under its name there."""
    headers = {"content-disposition": answer.disposition}
    return Response(answer.content, media_type=answer.media_type, headers=headers)


@dataclass(frozen=True)
class Asker:
    """Asks as one person, in one language."""

    http: httpx2.AsyncClient
    services: Mapping[str, str]
    seconds: float
    token: str | None = field(repr=False)
    language: Language
    address: str
    """From where they look: services count calls by it, if they believe us (`FORWARDED_ALLOW_IPS`)."""
    acting_for: str | None = None
    """For whom they act: a service heeds it where a deputy may do a thing."""

    async def ask(self, *questions: Question) -> list[Answer]:
        """The answers, in the order of the questions."""
        return await asyncio.gather(*(self._one(question) for question in questions))

    async def _one(self, question: Question) -> Answer:
        headers = {"accept-language": self.language, "x-forwarded-for": self.address, **question.headers}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        if self.acting_for:
            headers["acting-for"] = self.acting_for
        propagate.inject(headers)
        address = f"{self.services[question.service]}/v1{question.path}"
        try:
            async with asyncio.timeout(question.seconds or self.seconds):
                got = await self.http.request(
                    question.method,
                    address,
                    params=_written(question.params),
                    json=question.json,
                    content=question.content,
                    headers=headers,
                )
        except (TimeoutError, httpx2.HTTPError) as error:
            log.warning("service away", asked=question.service, error=type(error).__name__)
            return Answer(AWAY)
        media_type = got.headers.get("content-type", "").partition(";")[0]
        is_json = media_type in {"application/json", "application/problem+json"}
        said = got.json() if is_json and got.content else None
        return Answer(
            got.status_code,
            said,
            got.content,
            media_type,
            got.headers.get("content-disposition", "attachment"),
            got.headers.get("introduction", ""),
        )


def _written(params: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """Parameters as the services read them: `true`, not `True`."""
    return {
        name: [_word(each) for each in value] if isinstance(value, list) else _word(value)
        for name, value in params.items()
    }


def _word(value: str | int | bool | UUID) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
