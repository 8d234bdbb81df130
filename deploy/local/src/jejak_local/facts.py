"""What a stack that is up says of itself, and a token of its issuer: for commands that a person waits for."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2

from common.trust import trust
from jejak_local.processes import LocalError


def read_facts(root: Path) -> dict[str, Any] | None:
    """The content of stack.json, None when no stack is up."""
    try:
        return json.loads((root / "stack.json").read_text())
    except FileNotFoundError:
        return None


async def request_token(facts: Mapping[str, Any], role: str, **scope: object) -> str:
    """Asks the issuer of a stack for a token. Raises LocalError with the issuer's reason."""
    form = {"grant_type": "client_credentials", **facts["clients"].get(role, {"client_id": role})}
    form |= {name: str(value) for name, value in scope.items() if value}
    async with httpx2.AsyncClient(verify=trust()) as client:
        answer = await client.post(facts["token_url"], data=form)
    if answer.status_code != 200:
        raise LocalError(answer.json()["error_description"])
    return answer.json()["access_token"]
