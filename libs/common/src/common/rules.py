"""Rule packs: regulations as data.

A pack is a TOML file with an id, the legal source, a validity period, tables, and its own test
cases. What it says to people stands in the catalogues (`common.texts`), under the names it gives. A pack whose cases fail, or that has none, cannot be loaded, so a service with a wrong or
unproven pack does not start.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")


class RulePackError(Exception):
    """A pack cannot be used; the message names the pack, the case and what came out instead."""


@dataclass(frozen=True)
class RulePack(Generic[T]):
    """Rules of one subject, valid from `valid_from` until the day before `valid_to`; `title` names a text."""

    id: str
    title: str
    source: str
    valid_from: date
    valid_to: date | None
    tables: T

    def covers(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, eq=False)
class RuleBook(Generic[T]):
    """All packs of one subject, in order of validity. Each is its own, so that answers can be remembered by it."""

    packs: tuple[RulePack[T], ...]

    def at(self, day: date) -> RulePack[T]:
        """The pack valid on `day`. Raises LookupError when no rule covers it."""
        for pack in self.packs:
            if pack.covers(day):
                return pack
        raise LookupError(f"no rule pack covers {day.isoformat()}")


class Page(Protocol):
    """A pack as it is written; a file is one."""

    @property
    def name(self) -> str: ...
    def read_text(self, encoding: str) -> str: ...


class Pages(Protocol):
    """Where packs are; a folder of files is such a place."""

    def glob(self, pattern: str, /) -> Iterable[Page]: ...


@dataclass(frozen=True)
class Draft:
    """A pack that stands in no folder: it is read as if it were the only one of its subject."""

    content: str
    name: str = "draft"

    def glob(self, pattern: str, /) -> Iterable[Page]:
        del pattern
        return [self]

    def read_text(self, encoding: str) -> str:
        del encoding
        return self.content


def load_rule_book(
    folder: Pages,
    parse: Callable[[Mapping[str, Any]], T],
    run_case: Callable[[T, Mapping[str, Any]], Mapping[str, object]],
) -> RuleBook[T]:
    """Loads every pack of a folder and proves each by its own cases.

    `parse` turns the tables into typed rules; `run_case` answers one case's `given`, and the
    answer must hold everything the case's `expect` holds. Numbers are read as Decimal.
    Raises RulePackError for a failing case, one that expects nothing, a pack without cases, or two packs valid on one day;
    TOMLDecodeError, and whatever `parse` and `run_case` raise.
    """
    pages = sorted(folder.glob("*.toml"), key=lambda page: page.name)
    packs = sorted((_load(page, parse, run_case) for page in pages), key=lambda pack: pack.valid_from)
    if not packs:
        raise RulePackError(f"{folder}: no rule pack found")
    for earlier, later in pairwise(packs):
        if earlier.valid_to is None or earlier.valid_to > later.valid_from:
            raise RulePackError(f"{earlier.id} and {later.id} are both valid on {later.valid_from.isoformat()}")
    return RuleBook(tuple(packs))


def _load(
    page: Page,
    parse: Callable[[Mapping[str, Any]], T],
    run_case: Callable[[T, Mapping[str, Any]], Mapping[str, object]],
) -> RulePack[T]:
    raw = tomllib.loads(page.read_text(encoding="utf-8"), parse_float=Decimal)
    try:
        pack = RulePack(
            id=raw["id"],
            title=raw["title"],
            source=raw["source"],
            valid_from=raw["valid_from"],
            valid_to=raw.get("valid_to"),
            tables=parse(raw["tables"]),
        )
        cases = [(each["id"], each["given"], each["expect"]) for each in raw["cases"]]
    except KeyError as error:
        raise RulePackError(f"{page.name}: {error.args[0]} is missing") from error
    if not cases:
        raise RulePackError(f"{pack.id} has no cases: nothing proves it")
    for case, given, expect in cases:
        if not expect:
            raise RulePackError(f"{pack.id}, case {case}: it expects nothing, so it proves nothing")
        answer = run_case(pack.tables, given)
        wrong = {key: answer.get(key) for key, value in expect.items() if answer.get(key) != value}
        if wrong:
            raise RulePackError(f"{pack.id}, case {case}: expected {expect}, got {wrong}")
    return pack
