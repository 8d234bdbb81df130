"""The copy of people that mentoring keeps: where they serve, as what, and which posts they hold. Nothing else is asked."""

from roster.people import People

PEOPLE = People(
    __name__,
    assignments=("agency_id", "unit_id"),
    posts=("jenjang", "position"),
    holdings=("post_id", "kind"),
)
