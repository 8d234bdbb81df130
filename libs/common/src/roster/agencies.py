"""The copy of agencies."""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import Table

from common.events import Event
from common.fields import FIRST_DAY
from contracts.events.registry import AgencyChanged, AgencyPlace
from roster.copies import Copy, DatedCopy
from roster.tables import PERIOD, made

PIC = {"rank", "email", "language", "time_zone"}
"""What addressing a mail needs of a PIC: not the name."""


ALWAYS = ("closed_on", "successors")
"""What every copy holds of an agency: since when it is no more, and who has today what it had. Rights follow from it."""


class Agencies(Copy):
    """The agencies a service knows, with those fields of the event `AgencyChanged` that it keeps: all as they are now."""

    event: ClassVar[type[Event]] = AgencyChanged

    def __init__(self, module: str, *fields: str) -> None:
        super().__init__(_table(module, fields))

    def _row(self, event: AgencyChanged) -> Sequence[Any]:
        return _row(event, self.columns)


class PlacedAgencies(DatedCopy):
    """The agencies a service knows, each with the region and the zone that it had on any day (`agency_places`)."""

    event: ClassVar[type[Event]] = AgencyChanged

    def __init__(self, module: str, *fields: str) -> None:
        super().__init__(
            _table(module, fields),
            made(module, "agency_places", ("agency_id", "number"), (*PERIOD, "region", "zone"), indexed=("region",)),
        )

    def _row(self, event: AgencyChanged) -> Sequence[Any]:
        return _row(event, self.columns)

    def _states(self, event: AgencyChanged) -> Sequence[AgencyPlace]:
        """Events from before places had dates are read as if an agency had always been where it is."""
        always = AgencyPlace(region=event.region, zone=event.zone, valid_from=FIRST_DAY, valid_to=None)
        return event.places or [always]


def _table(module: str, fields: Sequence[str]) -> Table:
    return made(module, "agencies", ("agency_id",), (*fields, *ALWAYS, "sequence"), indexed=())


def _row(event: AgencyChanged, columns: Sequence[str]) -> Sequence[Any]:
    written = {
        "pics": json.dumps([pic.model_dump(include=PIC) for pic in event.pics]),
        "successors": json.dumps([str(each) for each in event.successors]),
    }
    return [written[column] if column in written else getattr(event, column) for column in columns[:-1]]
