"""The copy of posts."""

from roster.structure import Posts

POSTS = Posts(__name__, "type", "name", "jenjang", "seats", "superior_id")
