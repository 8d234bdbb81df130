"""Files are what their content says, and are handed out as they were stored or not at all."""

from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from common.ids import new_id
from common.refused import Refused
from common.store.files import FileAltered, Files, Kept, media_type_of

PDF = b"%PDF-1.7\n..."


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b'{"nama": "Siti"}', "application/json"),
        (b'{"nama": ', None),
        (b"\xff\xfe{", None),
        (b"MZ\x90", None),
        (b"", None),
    ],
)
def test_what_a_file_is_follows_from_its_content(content: bytes, found: str | None) -> None:
    assert media_type_of(content) == found


async def test_a_file_comes_back_as_it_was_stored_and_goes_for_good(tmp_path: Path) -> None:
    files, file_id = Files(tmp_path / "new"), new_id()
    assert await files.put(file_id, b"[1]", {"application/json"}) == Kept(
        "application/json", 3, sha256(b"[1]").hexdigest()
    )
    kept = await files.put(file_id, b"[2]", {"application/json"})
    assert await files.get(file_id, kept.sha256) == b"[2]"
    await files.remove(file_id)
    await files.remove(file_id)
    with pytest.raises(FileNotFoundError):
        await files.get(file_id, kept.sha256)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_an_altered_file_is_not_handed_out(tmp_path: Path) -> None:
    files, file_id = Files(tmp_path), UUID(int=1)
    kept = await files.put(file_id, PDF, {"application/pdf"})
    [path] = [path for path in tmp_path.rglob("*") if path.is_file()]
    path.write_bytes(PDF + b"!")
    with pytest.raises(FileAltered):
        await files.get(file_id, kept.sha256)


@pytest.mark.parametrize("content", [PDF, b"MZ\x90"])
async def test_another_type_is_refused_and_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Refused, match="file-type-refused"):
        await Files(tmp_path).put(UUID(int=1), content, {"image/png"})
    assert list(tmp_path.iterdir()) == []
