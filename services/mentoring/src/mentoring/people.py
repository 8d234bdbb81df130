"""The copy of people that mentoring keeps: where they serve, as what, which posts they hold, and what is said of them for a time.

Of their sex the figures of `by_sex` are made, and nothing else reads it.
"""

from roster.people import People

PEOPLE = People(
    __name__,
    "sex",
    assignments=("agency_id", "unit_id"),
    posts=("jenjang", "position"),
    holdings=("post_id", "kind"),
    tags=("tag",),
)
