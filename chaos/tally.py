"""What all rounds came to, a line of JSON each: a run that is interrupted counts as far as it came."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jejak_local.processes import CHECKOUT, STATE

FOLDER = STATE / "chaos"
ROUNDS = FOLDER / "rounds.jsonl"


@dataclass(frozen=True)
class Tally:
    """Sums over the rounds without a planted bug whose books were checked."""

    rounds: int
    broken: int
    faults: int
    completions: int
    """Trainings that were answered as stored."""


def keep(outcome: dict[str, Any], **setting: Any) -> Tally:
    """Adds a round, and what is special about its setting; gives the sums of all in the file."""
    ROUNDS.parent.mkdir(parents=True, exist_ok=True)
    line = {"moment": datetime.now(UTC).isoformat(timespec="seconds"), "code": _code(), **setting, **outcome}
    with ROUNDS.open("a") as file:
        file.write(json.dumps(line) + "\n")
    return _sum([json.loads(line) for line in ROUNDS.read_text().splitlines()])


def _sum(rounds: Sequence[dict[str, Any]]) -> Tally:
    real = [each for each in rounds if not each["planted"] and not each["error"]]
    return Tally(
        len(real),
        sum(bool(each["broken"]) for each in real),
        sum(each["faults"] for each in real),
        sum(each["completions"] for each in real),
    )


def _code() -> str:
    """The commit, and whether something was changed since."""
    git = ("git", "-C", str(CHECKOUT), "describe", "--always", "--dirty")
    return subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
