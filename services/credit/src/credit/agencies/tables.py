"""The copy of agencies."""

from roster.agencies import Agencies

AGENCIES = Agencies(__name__, "code", "name", "region")
