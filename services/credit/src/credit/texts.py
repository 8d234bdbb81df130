"""The texts of reason codes, in the caller's language."""

from pathlib import Path

from common.web.problems import Language
from common.web.texts import Texts

REASONS = Texts.load(Path(__file__).with_name("reasons.toml"))


def explain(reason: str, language: Language) -> str:
    """What a reason code says; a reason in a person's own words stays as it is."""
    return REASONS.say(reason, language) if reason in REASONS else reason
