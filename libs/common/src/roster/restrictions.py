"""The copy of whose record rests: each service that shows people's records keeps one, and `contracts.looks` keeps to it.

What the law asks for goes on without a look of anybody: hours and points are counted, soundings are made (PP 11/2017), and
Pasal 41 of UU 27/2022 yields to that.
"""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from common.events import Event
from contracts.events.registry import RestrictionChanged
from roster.copies import Copy
from roster.tables import made


class Restrictions(Copy):
    """Which parts of whose record rest (`restrictions`)."""

    event: ClassVar[type[Event]] = RestrictionChanged

    def __init__(self, module: str) -> None:
        super().__init__(made(module, "restrictions", ("person_id",), ("parts", "sequence"), indexed=()))

    def _row(self, event: RestrictionChanged) -> Sequence[Any]:
        return [event.person_id, json.dumps(event.parts)]
