"""When the world is broken rather than the input: what counts as that, and doing the same again until it works."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# (asyncpg and aiokafka ship no complete types)

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from common.telemetry import log

T = TypeVar("T")

TRANSIENT_SQLSTATES = ("08", "40", "42501", "53", "55P03", "57", "58")
"""Connection lost, serialization failure or deadlock, a right that `migrate` has not given yet, out of resources, lock
wait, shutdown, disk."""


class Outrun(Exception):  # noqa: N818 - the name says what has happened
    """Another transaction has just stored what this one was about to: done again, it sees that."""


def is_transient(error: BaseException) -> bool:
    """Whether the world is broken rather than the input: doing the same again later can succeed."""
    # asyncpg calls a connection that breaks at an odd moment its own internal error.
    broken = (OSError, TimeoutError, PoolTimeout, OperationalError, asyncpg.InterfaceError, asyncpg.InternalClientError)
    if isinstance(error, (Outrun, *broken)):
        return True
    if isinstance(error, DBAPIError):
        original = error.orig
        state = str(getattr(original, "sqlstate", None) or "")
        return error.connection_invalidated or not state or state.startswith(TRANSIENT_SQLSTATES)
    if isinstance(error, asyncpg.PostgresError):
        return str(getattr(error, "sqlstate", None) or "").startswith(TRANSIENT_SQLSTATES)
    return False


async def insist(action: Callable[[], Awaitable[T]], *, seconds: float, what: str) -> T:
    """Repeats `action` with growing waits while the world is broken, for up to `seconds`; then lets it fail."""
    deadline = asyncio.get_running_loop().time() + seconds
    wait = 0.1
    while True:
        try:
            return await action()
        except Exception as error:
            if not is_transient(error) or asyncio.get_running_loop().time() + wait > deadline:
                raise
            log.warning("retry", what=what, wait=wait, error=type(error).__name__)
        await asyncio.sleep(wait)
        wait = min(wait * 2, 5.0)
