"""The copy of people that training keeps: who owes hours, from when until when, where they served, their
absences and posts, and which posts of the registry they hold.
"""

from roster.people import People

PEOPLE = People(
    __name__,
    "staff_type",
    assignments=("agency_id", "unit_id"),
    absences=(),
    posts=("jenjang", "position"),
    holdings=("post_id", "kind"),
)
