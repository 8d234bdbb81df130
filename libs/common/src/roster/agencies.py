"""The copy of agencies."""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from common.events import Event
from contracts.events.registry import AgencyChanged
from roster.copies import Copy
from roster.tables import made

PIC = {"rank", "email", "language", "time_zone"}
"""What addressing a mail needs of a PIC: not the name."""


class Agencies(Copy):
    """The agencies a service knows, with those fields of the event `AgencyChanged` that it keeps."""

    event: ClassVar[type[Event]] = AgencyChanged

    def __init__(self, module: str, *fields: str) -> None:
        super().__init__(made(module, "agencies", ("agency_id",), (*fields, "sequence"), indexed=()))

    def _row(self, event: AgencyChanged) -> Sequence[Any]:
        pics = json.dumps([pic.model_dump(include=PIC) for pic in event.pics])
        return [pics if column == "pics" else getattr(event, column) for column in self.columns[:-1]]
