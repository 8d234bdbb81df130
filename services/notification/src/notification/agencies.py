"""The agencies notification knows: whom mails name, and who of them is written to."""

from roster.agencies import Agencies

AGENCIES = Agencies(__name__, "code", "name", "active", "pics")
