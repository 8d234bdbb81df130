"""The copy of deputies."""

from roster.deputies import Deputies

DEPUTIES = Deputies(__name__)
