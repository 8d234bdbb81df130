"""The copy of units."""

from roster.structure import Units

UNITS = Units(__name__, "parent_id")
