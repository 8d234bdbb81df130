"""`python -m training erase-files`."""

import argparse

from common.parts import Parts
from common.store.files import take_nameless
from training.evidence.store import files_of
from training.texts import TEXTS


async def erase_files(_: argparse.Namespace, parts: Parts) -> int:
    """Takes away the evidence of whoever was erased, and says how many files that were."""
    async with parts.database.transaction() as session:
        taken = await take_nameless(session, "evidence_files", files_of(parts))
    print(TEXTS.tell_count("erase-files.done", taken))
    return 0
