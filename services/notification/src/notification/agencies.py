"""The copy of agencies that notification keeps: their names, where they are, and the PICs it writes to."""

from roster.agencies import Agencies

AGENCIES = Agencies(__name__, "code", "name", "region", "active", "pics")
