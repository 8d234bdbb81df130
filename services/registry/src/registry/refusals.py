"""How the API's documentation tells what a route may refuse."""

from typing import Any

TEXTS = {
    403: "`forbidden`, or `agency-mismatch`: it concerns another agency",
    404: "`not-found`: nobody and nothing within the caller's sight",
    409: "`code-taken`, `id-taken` or `nip-taken`",
    412: "`changed-meanwhile`: the version in If-Match is no longer the present one",
    422: "a field is missing or a rule broken; `errors` names each field and code",
}


def may_answer(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer problems with these statuses."""
    return {status: {"description": TEXTS[status], "content": {"application/problem+json": {}}} for status in statuses}
