"""ETag and If-Match: a change that names the version it changes is refused when that is no longer the present one."""

import re
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Header, Response
from pydantic import WithJsonSchema

from common.refused import Refused

TAG = r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"'
TAGS = re.compile(rf"[ \t,]*{TAG}(?:[ \t]*,[ \t,]*{TAG})*[ \t,]*")


WrittenTag = Annotated[str, WithJsonSchema({"type": "string", "format": "entity-tag"})]


class Versioned(Protocol):
    """What an answer needs for an ETag."""

    version: int


V = TypeVar("V", bound=Versioned)
Versions = frozenset[str] | None
"""The tags that a caller takes for the present one; None for a caller whom every version suits."""


async def _seen(
    if_match: Annotated[
        list[WrittenTag] | None, Header(description='the ETag last seen, such as "3"; or several')
    ] = None,
) -> Versions:
    """RFC 9110, 13.1.1: several fields are one list, and a weak tag is equal to nothing."""
    given = ",".join(if_match or ["*"])
    if given.strip() == "*":
        return None
    if TAGS.fullmatch(given) is None:
        return frozenset()
    return frozenset(tag for weak, tag in re.findall(TAG, given) if not weak)


Seen = Annotated[Versions, Depends(_seen)]
"""What `If-Match` of a request says."""


def suits(seen: Versions, version: int) -> bool:
    """Whether a caller takes this version for the present one."""
    return seen is None or str(version) in seen


def check(seen: Versions, version: int) -> None:
    """Raises Refused `changed-meanwhile` when the caller has seen another version."""
    if not suits(seen, version):
        raise Refused("changed-meanwhile", field="If-Match")


def tagged(answer: V, response: Response) -> V:
    """The answer, with its version as ETag."""
    response.headers["etag"] = f'"{answer.version}"'
    return answer
