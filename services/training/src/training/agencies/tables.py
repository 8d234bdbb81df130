"""The copy of agencies."""

from roster.agencies import PlacedAgencies

AGENCIES = PlacedAgencies(__name__, "code", "name", "kind")
