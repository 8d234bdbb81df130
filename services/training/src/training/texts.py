"""What is said about records and rules, in Indonesian or English."""

from pathlib import Path

from common.problems import Language
from common.texts import Texts

TEXTS = Texts.load(Path(__file__).with_name("texts.toml"))


def say(group: str, name: str, language: Language, **values: object) -> str:
    """A text of `texts.toml`, filled with values."""
    return TEXTS.say(f"{group}.{name}", language, **values)
