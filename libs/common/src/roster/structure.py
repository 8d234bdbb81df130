"""The copies of units and posts: what each was on any day."""

from collections.abc import Sequence
from typing import ClassVar

from common.events import Event
from contracts.events.registry import PostChanged, UnitChanged
from roster.copies import DatedCopy
from roster.tables import PERIOD, made


class _Dated(DatedCopy):
    def __init__(
        self, module: str, name: str, key: str, states: str, kept: Sequence[str], indexed: Sequence[str]
    ) -> None:
        super().__init__(
            made(module, name, (key,), ("agency_id", "sequence"), indexed=("agency_id",)),
            made(module, states, (key, "number"), (*PERIOD, *kept), indexed=indexed),
        )


class Units(_Dated):
    """The units a service knows (`units`), with those fields of their states (name, parent_id) that it keeps."""

    event: ClassVar[type[Event]] = UnitChanged

    def __init__(self, module: str, *kept: str) -> None:
        super().__init__(module, "units", "unit_id", "unit_states", kept, indexed=("parent_id",))


class Posts(_Dated):
    """The posts a service knows (`established_posts`), with those fields of their states that it keeps.

    `post_states` may hold type, name, jenjang, unit_id, seats and superior_id. `posts` is what a person served as.
    """

    event: ClassVar[type[Event]] = PostChanged

    def __init__(self, module: str, *kept: str) -> None:
        super().__init__(module, "established_posts", "post_id", "post_states", kept, indexed=("superior_id",))
