"""The two editions of xAPI: 1.0.3, which platforms send, and 2.0 (IEEE 9274.1.1)."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Edition:
    """An edition: the part of the address it is under, what it says it is, and the versions that a request may name."""

    path: str
    version: str
    asked: re.Pattern[str]
    stated: re.Pattern[str]
    """The versions that a statement may say it is of."""

    @property
    def is_first(self) -> bool:
        """Whether it is 1.0.3."""
        return self.path == "1.0.3"


FIRST = Edition("1.0.3", "1.0.3", re.compile(r"1\.0(\.[0-9]+)?"), re.compile(r"1\.0(\.[0-9]+)?"))
SECOND = Edition("2.0", "2.0.0", re.compile(r"2\.0(\.[0-9]+)?"), re.compile(r"(1\.0|2\.0)(\.[0-9]+)?"))
EDITIONS = {edition.path: edition for edition in (FIRST, SECOND)}
