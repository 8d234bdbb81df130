"""The copy of posts."""

from roster.structure import Posts

POSTS = Posts(__name__, "type", "name", "jenjang", "unit_id", "seats", "superior_id")
