"""Files in a directory, each under an id that its row gives; what it is follows from its content, not from its name.

The row keeps size, media type and hash (`Kept`), so that a file that was altered is not handed out. A file is written
before its row is committed, and taken away before the row says so: what a crash leaves is written, or taken away, again.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from common.refused import Refused

BEGINNINGS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class FileAltered(Exception):  # noqa: N818 - the name says what has happened
    """A file is not the one that was stored."""


@dataclass(frozen=True)
class Kept:
    """What is known of a stored file."""

    media_type: str
    size: int
    sha256: str


class Files:
    """The files under a directory; every process of a service sees the same one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, file_id: UUID, content: bytes, allowed: AbstractSet[str]) -> Kept:
        """Stores a file of one of these media types; stored again, it takes the place of the one before.

        Raises Refused `file-type-refused`.
        """
        media_type = media_type_of(content)
        if media_type is None or media_type not in allowed:
            raise Refused("file-type-refused")
        await asyncio.to_thread(_write, self.path(file_id), content)
        return Kept(media_type, len(content), sha256(content).hexdigest())

    async def take_in(self, file_id: UUID, pieces: AsyncIterator[bytes], most: int) -> int:
        """Stores what comes piece by piece, whatever it is, and gives its size. Raises Refused `body-too-large`."""
        path, size = self.path(file_id), 0
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        try:
            with unfinished.open("wb") as file:
                async for piece in pieces:
                    size += len(piece)
                    if size > most:
                        raise Refused("body-too-large")
                    await asyncio.to_thread(file.write, piece)
                await asyncio.to_thread(_settle, file)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        return size

    async def get(self, file_id: UUID, digest: str) -> bytes:
        """A stored file. Raises FileNotFoundError for one that is gone, FileAltered for another than the digest is of."""
        content = await asyncio.to_thread(self.path(file_id).read_bytes)
        if sha256(content).hexdigest() != digest:
            raise FileAltered(str(file_id))
        return content

    async def remove(self, file_id: UUID) -> None:
        """Takes a file away, if it is there."""
        await asyncio.to_thread(self.path(file_id).unlink, missing_ok=True)

    def path(self, file_id: UUID) -> Path:
        """Where a file lies, for what is read or written piece by piece."""
        # By the last digits: the first ones of an id are its time, so that all of a day would lie in one folder.
        return self._folder / file_id.hex[-2:] / file_id.hex


async def take_nameless(session: AsyncSession, table: str, files: Files) -> int:
    """Takes away the files whose rows tell nothing any more since somebody was erased; returns how many.

    A row of the table has `id`, `size` and `sha256`, which erasing empties. Killed in the middle, it finds them again.
    """
    nameless = text(f"SELECT id FROM {table} WHERE sha256 = '' AND size > 0 ORDER BY id FOR UPDATE")  # noqa: S608 - built of names in our own code
    ids = (await session.scalars(nameless)).all()
    for file_id in ids:
        await files.remove(file_id)
    taken = text(f"UPDATE {table} SET size = 0 WHERE id = ANY(CAST(:ids AS uuid[]))")  # noqa: S608 - built of names in our own code
    await session.execute(taken, {"ids": list(ids)})
    return len(ids)


def media_type_of(content: bytes) -> str | None:
    """What a file is by its content: PDF, PNG, JPEG, or JSON in UTF-8; None for anything else."""
    for beginning, media_type in BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    try:
        json.loads(content.decode())
    except ValueError:
        return None
    return "application/json"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    with unfinished.open("wb") as file:
        file.write(content)
        _settle(file)
    unfinished.replace(path)


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
