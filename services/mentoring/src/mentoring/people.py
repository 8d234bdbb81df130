"""The copy of people that mentoring keeps: where they serve, as what, which posts they hold, and what is said of them for a time."""

from roster.people import People

PEOPLE = People(
    __name__,
    assignments=("agency_id", "unit_id"),
    posts=("jenjang", "position"),
    holdings=("post_id", "kind"),
    tags=("tag",),
)
