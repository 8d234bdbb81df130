"""The copy of restrictions."""

from roster.restrictions import Restrictions

RESTRICTIONS = Restrictions(__name__)
