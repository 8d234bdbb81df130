"""Texts for people that are no errors, in Indonesian or English."""

import tomllib
from pathlib import Path
from typing import Any

from common.problems import Language

_TEXTS: dict[str, dict[str, dict[str, str]]] = tomllib.loads(
    Path(__file__).with_name("texts.toml").read_text(encoding="utf-8")
)


def say(group: str, name: str, language: Language, **values: Any) -> str:
    """A text of `texts.toml`, filled with values."""
    return _TEXTS[group][name][language].format_map(values)
