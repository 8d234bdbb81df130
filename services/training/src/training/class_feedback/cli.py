"""`python -m training ask-use`."""

import argparse

from common.parts import Parts
from training.class_feedback.commands import ask_all
from training.texts import TEXTS


async def run(_: argparse.Namespace, parts: Parts) -> int:
    """Asks whoever was in a class some time ago whether they have used it, and says how many they are."""
    print(TEXTS.tell_count("ask-use.done", await ask_all(parts.database, parts.clock)))
    return 0
