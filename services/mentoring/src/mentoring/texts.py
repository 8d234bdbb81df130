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

REFUSALS: Mapping[str, str] = {
    "not-in-service": text_named("refusal.not-in-service"),
    "before-service": text_named("refusal.before-service"),
    "rule-missing": text_named("refusal.rule-missing"),
    "record-revoked": text_named("refusal.record-revoked"),
    "kind-unconfirmed": text_named("refusal.kind-unconfirmed"),
    "other": text_named("refusal.other"),
}
"""Why sessions make no record of learning, or not as they were told, by the code that training answers."""

SIGNS: Mapping[str, str] = {
    "overlap": text_named("sign.overlap"),
    "rhythm": text_named("sign.rhythm"),
    "long-day": text_named("sign.long-day"),
    "mutual": text_named("sign.mutual"),
    "at-once": text_named("sign.at-once"),
    "same-log": text_named("sign.same-log"),
}
"""What points at sessions that were not held as told, by its name in the domain."""

CHANGES: Mapping[str, str] = {
    "meeting": text_named("change.meeting"),
    "language": text_named("change.language"),
    "conflict": text_named("change.conflict"),
    "seats": text_named("change.seats"),
}
"""What would match somebody, by the kind of change."""

FIGURES: Mapping[str, str] = {
    "enrolled": text_named("report.enrolled"),
    "matched": text_named("report.matched"),
    "attended": text_named("report.attended"),
    "pairs": text_named("report.pairs"),
    "ended_early": text_named("report.ended_early"),
    "drop_out": text_named("report.drop_out"),
    "sessions": text_named("report.sessions"),
    "hours": text_named("report.hours"),
    "circle_meetings": text_named("report.circle_meetings"),
    "circle_presences": text_named("report.circle_presences"),
    "talks": text_named("report.talks"),
    "guidance_talks": text_named("report.guidance_talks"),
    "guidance_hours": text_named("report.guidance_hours"),
    "goals": text_named("report.goals"),
    "goals_reached": text_named("report.goals_reached"),
    "rated": text_named("report.rated"),
    "satisfaction": text_named("report.satisfaction"),
    "sessions_rated": text_named("report.sessions_rated"),
    "session_satisfaction": text_named("report.session_satisfaction"),
    "thanked": text_named("report.thanked"),
    "helped": text_named("report.helped"),
    "days_to_first_session": text_named("report.days_to_first_session"),
}
"""What a figure of a programme's report is called."""

UPTAKE: Mapping[str, str] = {
    "offered": text_named("report.converted-offered"),
    "applied": text_named("report.converted-applied"),
    "matched": text_named("report.converted-matched"),
}
"""What a figure of converted staff is called there."""

TALKS: Mapping[str, str] = {"talk": text_named("talk.talk"), "guidance": text_named("talk.guidance")}
"""What calendars call a single talk, by its kind."""
