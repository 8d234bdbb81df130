"""The rule packs of the service, loaded and proven once when a process starts."""

from pathlib import Path

from common.rules import load_rule_book
from credit.domain.packs import parse, run_case
from credit.domain.rules import Book

FOLDER = Path(__file__).with_name("rules")


def load_rules() -> Book:
    """Every pack of `credit/rules`. Raises RulePackError when a case of its own fails."""
    return load_rule_book(FOLDER, parse, run_case)
