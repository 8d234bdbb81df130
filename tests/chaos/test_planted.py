"""Each planted bug still has its place in the code: what plants nothing is never caught, or caught for nothing."""

import os
import subprocess
import sys

import pytest

from chaos.arena import PLANTED
from chaos.planted import NAMES

SERVICE = {
    "digest-early": "notification",
    "mail-lost": "notification",
    "ignores-sequence": "credit",
    "seats-unheeded": "mentoring",
    "applicant-lost": "mentoring",
    "both-at-once": "mentoring",
    "claims-recognised": "mentoring",
    "end-untold": "registry",
    "lift-untold": "registry",
    "lost-id-untold": "registry",
    "last-word-unread": "connectors",
    "refusal-taken": "connectors",
    **dict.fromkeys(("taken-by-two", "kept-in-hand", "answer-untold", "revocation-untold"), "credit"),
    "platform-untold": "connectors",
}


def start(bug: str, service: str) -> "subprocess.CompletedProcess[str]":
    """An interpreter that is started as the service's are, and ends at once."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(PLANTED),
        "CHAOS_PLANTED": bug,
        "CHAOS_PAGE": "7",
        "CHAOS_SWIFT": "[0, 0]",
    }
    return subprocess.run(
        [sys.executable, "-c", "print('planted')", service],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("bug", NAMES)
def test_a_bug_finds_its_place(bug: str) -> None:
    ended = start(bug, SERVICE.get(bug, "training"))
    assert (ended.returncode, ended.stdout) == (0, "planted\n"), ended.stderr


def test_a_bug_that_has_lost_its_place_ends_the_process() -> None:
    ended = start("nobody-wrote-it", "training")
    assert ended.returncode == 1
    assert "lost its place" in ended.stderr
