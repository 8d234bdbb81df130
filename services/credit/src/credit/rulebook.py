"""The rule packs of the service, loaded and proven once when a process starts."""

from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from common.rules import RuleBook, load_rule_book
from common.web.parts import parts_of
from credit.domain.packs import parse, run_case
from credit.domain.rules import Rules

FOLDER = Path(__file__).with_name("rules")


def load_rules() -> RuleBook[Rules]:
    """Every pack of `credit/rules`. Raises RulePackError when a case of its own fails."""
    return load_rule_book(FOLDER, parse, run_case)


async def _rules(request: Request) -> RuleBook[Rules]:
    return parts_of(request).rules


UsedRules = Annotated[RuleBook[Rules], Depends(_rules)]
