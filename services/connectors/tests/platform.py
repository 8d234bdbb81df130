"""A learning platform as it asks a learning record store, and statements for it to send."""

import base64
import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2

FINISHED = "http://adlnet.gov/expapi/verbs/completed"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
COURSE = "https://lms.example/course/view.php?id=7"
SARI = {"account": {"homePage": "https://lms.example", "name": "sari"}}


def statement(**changes: Any) -> dict[str, Any]:
    """Somebody has finished a course; what is None is left out."""
    usual = {"actor": SARI, "verb": {"id": FINISHED}, "object": {"id": COURSE}}
    return {name: value for name, value in (usual | changes).items() if value is not None}


def void(target: str, **changes: Any) -> dict[str, Any]:
    """Somebody takes a statement back."""
    return statement(verb={"id": VOIDED}, object={"objectType": "StatementRef", "id": target}, **changes)


@dataclass
class Platform:
    """A platform with the key and the secret of its connection."""

    http: httpx2.AsyncClient
    connection_id: str
    key: str
    secret: str
    edition: str = "1.0.3"

    def headers(self, **further: str) -> dict[str, str]:
        signed = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        version = {"1.0.3": "1.0.3", "2.0": "2.0.0"}[self.edition]
        return {"authorization": f"Basic {signed}", "x-experience-api-version": version, **further}

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str | None] | None = None,
        content: bytes | None = None,
        **asked: Any,
    ) -> httpx2.Response:
        """What is answered; parameters that are no text are written as JSON, a header of None is left out."""
        if content is None and body is not None:
            content = json.dumps(body).encode()
        told = self.headers() | ({"content-type": "application/json"} if content is not None else {}) | (headers or {})
        return await self.http.request(
            method,
            f"/xapi/{self.edition}{path}",
            params={name: value if isinstance(value, str) else json.dumps(value) for name, value in asked.items()},
            content=content,
            headers={name: value for name, value in told.items() if value is not None},
        )

    async def send(self, *statements: dict[str, Any]) -> list[str]:
        """The ids under which statements were stored."""
        answer = await self.ask("POST", "/statements", list(statements))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def found(self, **asked: Any) -> list[dict[str, Any]]:
        """The statements of one page."""
        answer = await self.ask("GET", "/statements", **asked)
        assert answer.status_code == 200, answer.text
        return answer.json()["statements"]

    async def ids(self, **asked: Any) -> list[str]:
        """Their ids, in order."""
        return [each["id"] for each in await self.found(**asked)]

    async def refused(self, method: str, path: str, *arguments: Any, **asked: Any) -> tuple[int, str, str | None]:
        """Status, code and field of a problem."""
        answer = await self.ask(method, path, *arguments, **asked)
        problem = answer.json()
        return answer.status_code, problem["code"], problem["errors"][0]["field"]


def new_id() -> str:
    """An id for a statement."""
    return str(uuid4())
