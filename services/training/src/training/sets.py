"""Lists as SQL tables: one statement for any number of rows."""

from collections.abc import Iterable, Mapping
from typing import Any

Columns = Mapping[str, str]
"""Names of columns and their PostgreSQL types."""


def unnest(columns: Columns, alias: str = "given") -> str:
    """A table of the lists bound under the columns' names; see `lists`."""
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in columns.items())
    return f"unnest({arrays}) AS {alias}({', '.join(columns)})"


def lists(columns: Columns, rows: Iterable[Any]) -> dict[str, list[Any]]:
    """The values of rows, which have the columns as attributes, list by list."""
    held = list(rows)
    return {name: [getattr(row, name) for row in held] for name in columns}


WORD_END = "\x1f"


def parted(words: Iterable[str]) -> str:
    """Words as one text, for a list inside a list: PostgreSQL has no lists of lists of different lengths."""
    return WORD_END.join(words)


def words(name: str) -> str:
    """The SQL that makes an array of a text made by `parted`."""
    return f"string_to_array({name}, chr(31))"
