"""Texts for people that are no errors, in Indonesian or English: a TOML file beside the code that says them."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.web.problems import Language


@dataclass(frozen=True)
class Texts:
    """Texts by name, in each language; one in a table of others has their names before its own: `why.stated`."""

    texts: Mapping[str, Mapping[Language, str]]

    @classmethod
    def load(cls, path: Path) -> "Texts":
        """Reads a file whose tables hold an `id` and an `en` each, or further tables."""
        return cls(dict(_named(tomllib.loads(path.read_text(encoding="utf-8")))))

    def __contains__(self, name: str) -> bool:
        return name in self.texts

    def say(self, name: str, language: Language, **values: object) -> str:
        """A text, filled with values. Raises KeyError for a name or a value that is not there."""
        return self.texts[name][language].format_map(values)


def _named(tables: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Mapping[Language, str]]]:
    for name, table in tables.items():
        if isinstance(table.get("id"), str):
            yield before + name, table
        else:
            yield from _named(table, f"{before}{name}.")
