"""What people read about records and rules, in Indonesian or English."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, Field

from common.texts import Language, Texts, text_named

TEXTS = Texts(Path(__file__).parent)
say = TEXTS.say

WHY: Mapping[str, str] = {
    "stated": text_named("why.stated"),
    "default": text_named("why.default"),
    "international": text_named("why.international"),
    "sessions": text_named("why.sessions"),
    "sessions-capped": text_named("why.sessions-capped"),
    "session-dates": text_named("why.session-dates"),
    "session-dates-capped": text_named("why.session-dates-capped"),
    "days": text_named("why.days"),
    "days-capped": text_named("why.days-capped"),
    "fixed": text_named("why.fixed"),
    "education": text_named("why.education"),
}
"""Why a record counts what it counts, by `Why` of the domain."""

KIND: Mapping[str, str] = {
    "programme": text_named("kind.programme"),
    "stated": text_named("kind.stated"),
    "session": text_named("kind.session"),
    "day": text_named("kind.day"),
    "fixed": text_named("kind.fixed"),
    "education": text_named("kind.education"),
}
"""How a form counts, by `Kind` of the domain."""


SIGNS: Mapping[str, str] = {
    "overlap": text_named("sign.overlap"),
    "long-day": text_named("sign.long-day"),
    "leave": text_named("sign.leave"),
    "too-fast": text_named("sign.too-fast"),
    "shared-file": text_named("sign.shared-file"),
}
"""What points at a record that was not earned as told, by its name in the domain."""


class Explained(Protocol):
    """A rule with its source, how far it is confirmed, and the name of the text that says how it is read."""

    @property
    def text(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def status(self) -> str: ...


def explained(rule: Explained, language: Language) -> dict[str, str]:
    """The fields of `ExplanationOut` for a rule."""
    return {"explanation": say(rule.text, language), "source": rule.source, "status": rule.status}


class ExplanationOut(BaseModel):
    """How a rule is read, for people."""

    explanation: str
    source: str
    status: str = Field(description="how far this is confirmed")
