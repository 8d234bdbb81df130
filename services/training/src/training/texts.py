"""What is said about records and rules, in Indonesian or English."""

from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, Field

from common.web.problems import Language
from common.web.texts import Texts

TEXTS = Texts.load(Path(__file__).with_name("texts.toml"))


class Explained(Protocol):
    """A rule with how it is read in both languages, where from, and how far that is confirmed."""

    @property
    def id(self) -> str: ...
    @property
    def en(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def status(self) -> str: ...


def explained(rule: Explained, language: Language) -> dict[str, str]:
    """The fields of `Explanation` for a rule."""
    return {
        "explanation": rule.id if language == "id" else rule.en,
        "source": rule.source,
        "status": rule.status,
    }


class Explanation(BaseModel):
    """How a rule is read, for people."""

    explanation: str
    source: str
    status: str = Field(description="how far this is confirmed")


def say(group: str, name: str, language: Language, **values: object) -> str:
    """A text of `texts.toml`, filled with values."""
    return TEXTS.say(f"{group}.{name}", language, **values)
