"""What people read about matches, in Indonesian or English."""

from collections.abc import Mapping
from pathlib import Path

from common.texts import Texts, text_named

TEXTS = Texts(Path(__file__).parent)
say = TEXTS.say

PARTS: Mapping[str, str] = {
    "competency": text_named("part.competency"),
    "family": text_named("part.family"),
    "goals": text_named("part.goals"),
    "place": text_named("part.place"),
    "availability": text_named("part.availability"),
    "load": text_named("part.load"),
    "wishes": text_named("part.wishes"),
}
"""What a part of a score says, by its name in the domain."""

LIMITS: Mapping[str, str] = {
    "seats": text_named("limit.seats"),
    "jenjang": text_named("limit.jenjang"),
    "line": text_named("limit.line"),
    "conflict": text_named("limit.conflict"),
    "agency": text_named("limit.agency"),
    "language": text_named("limit.language"),
    "zone": text_named("limit.zone"),
    "meeting": text_named("limit.meeting"),
    "not-admitted": text_named("limit.not-admitted"),
}
"""Why somebody has no mentor, by the limit that binds them."""

CHANGES: Mapping[str, str] = {
    "meeting": text_named("change.meeting"),
    "language": text_named("change.language"),
    "conflict": text_named("change.conflict"),
    "seats": text_named("change.seats"),
}
"""What would match somebody, by the kind of change."""
