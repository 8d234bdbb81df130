"""The texts of rules and of reason codes, in the caller's language."""

from collections.abc import Mapping
from pathlib import Path

from common.texts import Language, Texts, text_named

TEXTS = Texts(Path(__file__).parent)
say = TEXTS.say

REASONS: Mapping[str, str] = {
    "activity-not-counted": text_named("reason.activity-not-counted"),
    "old-method-closed": text_named("reason.old-method-closed"),
    "higher-degree": text_named("reason.higher-degree"),
    "degree-not-higher": text_named("reason.degree-not-higher"),
    "degree-unknown": text_named("reason.degree-unknown"),
    "education-unknown": text_named("reason.education-unknown"),
    "degree-unverified": text_named("reason.degree-unverified"),
    "no-functional-post": text_named("reason.no-functional-post"),
    "booked": text_named("reason.booked"),
    "not-joined": text_named("reason.not-joined"),
    "on-leave": text_named("reason.on-leave"),
    "on-study": text_named("reason.on-study"),
    "retired": text_named("reason.retired"),
    "deceased": text_named("reason.deceased"),
    "degree-already-claimed": text_named("reason.degree-already-claimed"),
    "registry-changed": text_named("reason.registry-changed"),
    "no-points-left": text_named("reason.no-points-left"),
    "record-revoked": text_named("reason.record-revoked"),
    "record-corrected": text_named("reason.record-corrected"),
    "reversal-due": text_named("reason.reversal-due"),
}
"""Why something gives no points, or why the service itself returned a case. The rule packs hold the legal sources."""


def explain(reason: str, language: Language) -> str:
    """What a reason code says; a reason in a person's own words stays as it is."""
    return say(REASONS[reason], language) if reason in REASONS else reason
