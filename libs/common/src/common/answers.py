"""What becomes of many items that are decided about in one use case."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from common.refused import Refused

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True)
class Done:
    """What became of an item: `stored`, `updated`, `unchanged`, `found`, or `duplicate` of the record named."""

    status: str
    id: UUID


Answer = Done | Refused


def answer_each(items: Iterable[T], decide: Callable[[T], D]) -> list[D | Refused]:
    """Decides about one item after the other, so that a later one sees what earlier ones have changed.

    An item that `decide` refuses has its refusal as its answer, and the others go on.
    """

    def answer(item: T) -> D | Refused:
        try:
            return decide(item)
        except Refused as refused:
            return refused

    return [answer(item) for item in items]
