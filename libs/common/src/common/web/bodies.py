"""What a body may be: as it is, not compressed, and of the one type its route reads.

Unpacking a body would pass by every limit on its size; reading it packed would answer each line with nonsense.
"""

from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from common.refused import Refused
from common.web.problems import Catalogue, response
from common.web.rates import READING

NDJSON = "application/x-ndjson"
NDJSON_NAMES = frozenset({NDJSON, "application/ndjson", "application/jsonl", "application/x-jsonlines"})


@dataclass(frozen=True)
class RefuseCompressed:
    """Answers 415 to a body that says that it is compressed, before anybody reads it."""

    app: ASGIApp
    catalogue: Catalogue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in READING:
            headers = Headers(scope=scope)
            codings = {coding.strip().lower() for coding in ",".join(headers.getlist("content-encoding")).split(",")}
            if codings - {"", "identity"}:
                refused = Refused("encoding-unsupported", field="Content-Encoding", accept_encoding="identity")
                await response(self.catalogue, [refused], headers)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def check_ndjson(headers: Headers) -> None:
    """Raises Refused `media-type-unsupported` for a body that is said to be something else than NDJSON."""
    if headers.get("content-type", NDJSON).partition(";")[0].strip().lower() not in NDJSON_NAMES:
        raise media_type_unsupported(NDJSON)


def media_type_unsupported(accepted: str) -> Refused:
    """That the body is of another type than the one accepted here."""
    return Refused("media-type-unsupported", field="Content-Type", accept=accepted)
