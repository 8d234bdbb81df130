"""The texts of reason codes, in the caller's language."""

import tomllib
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from common.problems import Language, language_of

REASONS: dict[str, dict[Language, str]] = tomllib.loads(
    Path(__file__).with_name("reasons.toml").read_text(encoding="utf-8")
)


def explain(reason: str, language: Language) -> str:
    """What a reason code says; a reason in a person's own words stays as it is."""
    return REASONS[reason][language] if reason in REASONS else reason


def _language(request: Request) -> Language:
    return language_of(request.headers.get("accept-language"))


UsedLanguage = Annotated[Language, Depends(_language)]
