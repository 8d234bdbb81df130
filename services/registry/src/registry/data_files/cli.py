"""`python -m registry erase-data-files`."""

import argparse

from common.parts import Parts
from registry.data_files.commands import erase_old
from registry.data_files.store import files_of
from registry.texts import TEXTS


async def erase_data_files(_: argparse.Namespace, parts: Parts) -> int:
    """Erases the files of people's data whose time is over, and says how many they are."""
    async with parts.database.transaction() as session:
        erased = await erase_old(session, files_of(parts), parts.clock.today())
    print(TEXTS.tell_count("erase-data-files.done", erased))
    return 0
