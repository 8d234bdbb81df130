"""The people training knows: who owes hours, since and until when, where they served, and when the duty rests."""

from roster.people import People

PEOPLE = People(__name__, "staff_type", assignments=("agency_id", "unit_id", "unit_name"), absences=())
