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
    "appeal-granted": text_named("reason.appeal-granted"),
    "reversed": text_named("reason.reversed"),
    "ground-has-gone": text_named("reason.ground-has-gone"),
    "ground-is-back": text_named("reason.ground-is-back"),
}
"""Why something gives no points, or why the service itself returned a case. The rule packs hold the legal sources."""

CONDITIONS: Mapping[tuple[str, str], str] = {
    ("credit-for-rank", "met"): text_named("promotion.credit-for-rank.met"),
    ("credit-for-rank", "not-met"): text_named("promotion.credit-for-rank.not-met"),
    ("years-in-rank", "met"): text_named("promotion.years-in-rank.met"),
    ("years-in-rank", "not-met"): text_named("promotion.years-in-rank.not-met"),
    ("years-in-rank", "unknown"): text_named("promotion.years-in-rank.unknown"),
    ("predicate", "met"): text_named("promotion.predicate.met"),
    ("predicate", "not-met"): text_named("promotion.predicate.not-met"),
    ("predicate", "unknown"): text_named("promotion.predicate.unknown"),
    ("discipline", "met"): text_named("promotion.discipline.met"),
    ("discipline", "not-met"): text_named("promotion.discipline.not-met"),
    ("discipline", "unknown"): text_named("promotion.discipline.unknown"),
    ("credit-for-level", "met"): text_named("promotion.credit-for-level.met"),
    ("credit-for-level", "not-met"): text_named("promotion.credit-for-level.not-met"),
    ("open-post", "met"): text_named("promotion.open-post.met"),
    ("open-post", "not-met"): text_named("promotion.open-post.not-met"),
    ("open-post", "unknown"): text_named("promotion.open-post.unknown"),
    ("test-passed", "met"): text_named("promotion.test-passed.met"),
    ("test-passed", "not-met"): text_named("promotion.test-passed.not-met"),
    ("rank", "met"): text_named("promotion.rank.met"),
    ("rank", "not-met"): text_named("promotion.rank.not-met"),
    ("rank", "unknown"): text_named("promotion.rank.unknown"),
    ("rank", "none"): text_named("promotion.rank.none"),
    ("level", "met"): text_named("promotion.level.met"),
    ("level", "not-met"): text_named("promotion.level.not-met"),
    ("level", "unknown"): text_named("promotion.level.unknown"),
    ("level", "none"): text_named("promotion.level.none"),
}
"""What is said of an act, and of a condition of it, in each state."""

CHANGES: Mapping[str, str] = {
    "credit-for-rank": text_named("change.credit-for-rank"),
    "years-in-rank": text_named("change.years-in-rank"),
    "predicate": text_named("change.predicate"),
    "discipline": text_named("change.discipline"),
    "credit-for-level": text_named("change.credit-for-level"),
    "open-post": text_named("change.open-post"),
    "test-passed": text_named("change.test-passed"),
}
"""What would change a condition that is not met."""

INDEX: Mapping[tuple[str, str], str] = {
    ("qualification", "known"): text_named("index.qualification.known"),
    ("qualification", "unknown"): text_named("index.qualification.unknown"),
    ("competence", "known"): text_named("index.competence.known"),
    ("competence", "unknown"): text_named("index.competence.unknown"),
    ("performance", "known"): text_named("index.performance.known"),
    ("performance", "unknown"): text_named("index.performance.unknown"),
    ("discipline", "known"): text_named("index.discipline.known"),
    ("discipline", "unknown"): text_named("index.discipline.unknown"),
    ("more", "leadership"): text_named("index.more.leadership"),
    ("more", "functional"): text_named("index.more.functional"),
    ("more", "technical"): text_named("index.more.technical"),
    ("more", "seminar"): text_named("index.more.seminar"),
}
"""What is said of a dimension of the index, known or not, and of one more training."""


def in_words(said: str, language: Language) -> str:
    """What a rule pack calls something: a pack of the service names a text, one that was made law here says it itself."""
    try:
        return say(said, language)
    except KeyError:
        return said


def explain(reason: str, language: Language) -> str:
    """What a reason code says; a reason in a person's own words stays as it is."""
    return say(REASONS[reason], language) if reason in REASONS else reason
