"""What the page says on which somebody reads whether a certificate is valid."""

from collections.abc import Mapping

from common.texts import Language, day, number, text_named
from contracts.papers import Row, Told
from training.certificates.schemas import CheckOut
from training.texts import say

VERDICTS: Mapping[str, str] = {
    "valid": text_named("check.valid"),
    "revoked": text_named("check.revoked"),
    "not-found": text_named("check.not-found"),
    "at-rest": text_named("check.at-rest"),
}


def told(verdict: str, said: CheckOut | None, language: Language) -> Told:
    """What is said of a certificate, or why nothing is."""
    rows = _rows(said, language) if said else []
    return Told(say("check.title", language), say(VERDICTS[verdict], language), rows)


def _rows(said: CheckOut, language: Language) -> list[Row]:
    return [
        (say("check.number", language), said.number),
        (say("check.initials", language), said.initials),
        (say("check.course", language), said.title),
        (say("check.provider", language), said.provider),
        (say("check.days", language), f"{day(said.begins_on, language)} - {day(said.ends_on, language)}"),
        (say("check.jp", language), number(said.jp, language)),
        (say("check.issued", language), day(said.issued_on, language)),
    ]
