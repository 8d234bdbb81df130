"""ETag and If-Match: a change that names the version it changes is refused when that is no longer the present one."""

from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Header, Response

from common.problems import Problem


class Versioned(Protocol):
    """What an answer needs for an ETag."""

    version: int


V = TypeVar("V", bound=Versioned)


async def _seen(
    if_match: Annotated[str | None, Header(description='the ETag last seen, such as "3"')] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    written = if_match.strip().removeprefix("W/").strip('"')
    if not written.isdecimal():
        raise Problem("changed-meanwhile", field="If-Match")
    return int(written)


Seen = Annotated[int | None, Depends(_seen)]
"""The version a caller has seen; None for a caller who does not say."""


def check(seen: int | None, version: int) -> None:
    """Raises Problem `changed-meanwhile` when the caller has seen another version."""
    if seen is not None and seen != version:
        raise Problem("changed-meanwhile", field="If-Match")


def tagged(answer: V, response: Response) -> V:
    """The answer, with its version as ETag."""
    response.headers["etag"] = f'"{answer.version}"'
    return answer
