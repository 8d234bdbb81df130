"""What is kept of a statement that was sent: with what the store adds to it, and what tells it from any other."""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import msgspec

from connectors.domain import naming
from connectors.domain.editions import Edition
from connectors.domain.statements import VOIDED, Statement
from connectors.domain.values import read_moment

HOME = "https://jejak.asn.go.id/connections"
"""Where the accounts of connections are: the authority of what they send."""
OURS = ("authority", "stored", "version")
"""What the store says of a statement itself."""
FINER = re.compile(r"(\.[0-9]{2})[0-9]+")
"""What of a duration makes no difference."""
UNVERSIONED = "1.0.0"
"""What a statement of 1.0.3 is that names no version."""


@dataclass(frozen=True)
class Prepared:
    """A statement that is ready to be stored, all but the moment of it."""

    id: UUID
    body: str
    """Its JSON without `stored`, and without a timestamp where it came without one."""
    has_timestamp: bool
    fingerprint: bytes
    keys: list[int]
    single_keys: tuple[int, int | None, int | None]
    target: UUID | None
    voids: bool
    definitions: dict[str, dict[str, Any]]
    """What it says of each activity that it says anything of."""

    def told(self, stored: str) -> str:
        """Its JSON, stored at a moment."""
        timestamp = "" if self.has_timestamp else f'"timestamp":"{stored}",'
        return f'{{"stored":"{stored}",{timestamp}{self.body[1:]}'


def prepare(statement: Statement, connection_id: UUID, edition: Edition) -> Prepared:
    """A statement that `statements.check` has passed, as it is to be stored. What was sent is used up."""
    fingerprint = fingerprint_of(statement)
    version = statement.get("version", UNVERSIONED if edition.is_first else edition.version)
    account = {"homePage": HOME, "name": str(connection_id)}
    statement |= {"version": version, "authority": {"objectType": "Agent", "account": account}}
    statement.pop("stored", None)
    named = UUID(statement["id"]) if "id" in statement else uuid4()
    statement["id"] = str(named)
    _as_lists(statement)
    if not edition.is_first and "timestamp" in statement:
        statement["timestamp"] = read_moment(statement["timestamp"]).isoformat().replace("+00:00", "Z")
    told = statement["object"]
    definitions: dict[str, dict[str, Any]] = {}
    for activity in naming.activities(statement):
        if definition := activity.get("definition"):
            definitions[activity["id"]] = definition
    return Prepared(
        id=named,
        body=msgspec.json.encode(statement).decode(),
        has_timestamp="timestamp" in statement,
        fingerprint=fingerprint,
        keys=naming.keys(statement),
        single_keys=naming.single_keys(statement),
        target=UUID(told["id"]) if told.get("objectType") == "StatementRef" else None,
        voids=statement["verb"]["id"] == VOIDED,
        definitions=definitions,
    )


def fingerprint_of(statement: Statement) -> bytes:
    """What is equal of two statements that say the same; what the store itself says of them makes no difference."""
    return sha256(comparable(statement, "id")).digest()


def comparable(statement: Statement, *without: str) -> bytes:
    """A statement as it is compared: without what the store says of it, and durations to a hundredth of a second."""
    kept = {name: value for name, value in statement.items() if name not in {*OURS, *without}}
    if "duration" in (result := kept.get("result", {})):
        kept["result"] = {**result, "duration": FINER.sub(r"\1", result["duration"])}
    return msgspec.json.encode(kept, order="sorted")


def _as_lists(statement: Statement) -> None:
    """Related activities are lists, also one alone."""
    for part in (statement, statement["object"]):
        context: dict[str, Any] = part.get("context", {}) if "verb" in part else {}
        relations: dict[str, Any] = context.get("contextActivities", {})
        relations |= {name: [value] for name, value in relations.items() if type(value) is dict}
