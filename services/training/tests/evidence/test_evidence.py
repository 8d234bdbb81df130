"""T04: files are what their content says, photos show no place, one file of two people shows on both, and nothing altered is shown."""

import struct
import zlib
from argparse import Namespace
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from contracts.personal import personal
from training.erasing import ERASING
from training.evidence.cli import erase_files

PDF = b"%PDF-1.7 sertifikat"
NAME = "sertifikat.pdf"


def photo(kind="JPEG", turned=False) -> bytes:
    """A photo of 40 by 20 pixels as a telephone makes it: with the place, and on its side if `turned`."""
    exif = Image.Exif()
    exif[0x010F] = "Telepon-Uji"
    exif[0x0112] = 6 if turned else 1
    exif.get_ifd(0x8825).update({1: "S", 2: (6.0, 10.0, 30.0), 3: "E", 4: (106.0, 49.0, 12.0)})
    kept = BytesIO()
    Image.new("RGB", (40, 20), "white").save(kept, kind, exif=exif)
    return kept.getvalue()


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says that it is 60,000 by 60,000 pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def send(api):
    async def sent(record, content, role="person", name=NAME, path="evidence", **claims):
        headers = api.headers(role, **claims)
        return await api.http.post(
            f"/v1/trainings/{record}/{path}", content=content, headers=headers, params={"name": name}
        )

    return sent


@pytest.fixture
async def mine(world, line):
    """Somebody, and a record they have declared."""
    person = await world.person()
    [answer] = await world.store(line(person, evidence="https://sertifikat.example/123"), role="person", person=person)
    return person, answer.id


async def kept(parts) -> list[Path]:
    return [path for path in Path(parts.settings.files).rglob("*") if path.is_file()]


async def test_a_file_comes_back_to_whoever_may_see_its_record(api, world, send, mine):
    person, record = mine
    answer = await send(record, PDF, person=person)
    file = answer.json()
    assert (answer.status_code, file["media_type"], file["size"], file["shared"]) == (
        201, "application/pdf", len(PDF), False,
    )  # fmt: skip
    path = f"/trainings/{record}/evidence"
    got = await api.call("person", "GET", f"{path}/{file['id']}", person=person)
    assert (got.content, got.headers["content-type"], got.headers["cache-control"]) == (
        PDF,
        "application/pdf",
        "no-store",
    )
    assert file["id"] in got.headers["content-disposition"]
    assert NAME not in got.headers["content-disposition"]
    shown = await api.get(path, "agency_hr")
    assert (shown["link"], [each["id"] for each in shown["files"]]) == ("https://sertifikat.example/123", [file["id"]])
    assert (await api.call("agency_hr", "GET", f"{path}/{file['id']}")).content == PDF
    for role, claims in (("agency_hr", {"agency": world.there}), ("person", {"person": await world.person()})):
        assert (await api.refused(role, "GET", f"{path}/{file['id']}", **claims))[:2] == (404, "not-found")
        assert (await send(record, PDF, role, **claims)).status_code == 404
    looks = [each.event for each in await world.told() if type(each.event).__name__ == "RecordViewed"]
    assert [look.roles for look in looks] == [["agency_hr"]] * 2, "each opening by somebody else is in the access log"


async def test_a_verifier_opens_what_proves_a_record_while_it_is_in_their_hands(api, world, send, mine):
    person, record = mine
    file = (await send(record, PDF, person=person)).json()["id"]
    [check] = (await api.call("verifier", "POST", "/checks:take", {})).json()["items"]
    path = f"/checks/{check['id']}/evidence"
    assert [each["id"] for each in (await api.get(path, "verifier"))["files"]] == [file]
    assert (await api.call("verifier", "GET", f"{path}/{file}")).content == PDF
    assert await api.refused("verifier", "GET", f"{path}/{file}", subject="lain") == (409, "lease-over", None)
    assert await api.refused("verifier", "GET", f"/trainings/{record}/evidence/{file}") == (403, "forbidden", None)
    assert (await api.call("verifier", "POST", f"/checks/{check['id']}/confirm")).status_code == 200
    assert await api.refused("verifier", "GET", path) == (409, "check-decided", None)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
async def test_a_photo_is_shown_without_where_it_was_taken_and_upright(api, world, send, mine, parts, kind):
    person, record = mine
    original = photo(kind, turned=True)
    assert Image.open(BytesIO(original)).getexif().get_ifd(0x8825)
    file = (await send(record, original, person=person)).json()
    got = await api.call("person", "GET", f"/trainings/{record}/evidence/{file['id']}", person=person)
    shown = Image.open(BytesIO(got.content))
    assert (shown.format, shown.size, dict(shown.getexif())) == (kind, (20, 40), {})
    for path in await kept(parts):
        assert b"Telepon-Uji" not in path.read_bytes(), "not kept either"
    # The hash is the original's, so the file itself is known again, and one changed byte is not.
    path = f"evidence/{file['id']}/compare"
    assert (await send(record, original, path=path, person=person)).json()["same"] is True
    changed = original[:-1] + bytes([original[-1] ^ 1])
    assert (await send(record, changed, path=path, person=person)).json()["same"] is False
    again = (await send(record, original, person=person)).json()
    assert (again["id"], await world.value("SELECT count(*) FROM evidence_files")) == (file["id"], 1)


async def test_one_file_of_two_people_shows_on_both(api, world, line, send, mine):
    person, record = mine
    await send(record, PDF, person=person)
    [second] = await world.store(line(person), role="person", person=person)
    assert (await send(second.id, PDF, person=person)).json()["shared"] is False, "one's own twice is no sign"
    other = await world.person(agency=world.there)
    [theirs] = await world.store(line(other), role="person", person=other)
    assert (await send(theirs.id, PDF, person=other, name="lain.pdf")).json()["shared"] is True
    for role, claims, which in (
        ("agency_hr", {}, record),
        ("person", {"person": person}, second.id),
        ("agency_hr", {"agency": world.there}, theirs.id),
    ):
        [file] = (await api.get(f"/trainings/{which}/evidence", role, **claims))["files"]
        assert file["shared"] is True, role


async def test_a_file_that_was_altered_or_is_gone_is_not_shown(api, send, mine, parts):
    person, record = mine
    file = (await send(record, PDF, person=person)).json()["id"]
    [path] = [each for each in await kept(parts) if each.name == UUID(file).hex]
    path.write_bytes(PDF[:-1] + b"T")
    opened = f"/trainings/{record}/evidence/{file}"
    assert await api.refused("agency_hr", "GET", opened) == (409, "file-altered", None)
    path.unlink()
    assert await api.refused("agency_hr", "GET", opened) == (409, "file-altered", None)


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"<html><script>", (415, "file-type-refused")),
        (b'{"json": 1}', (415, "file-type-refused")),
        (b"", (422, "file-empty")),
        (b"MZ" + PDF, (415, "file-type-refused")),
        (PDF + b"x" * 20 * 1024 * 1024, (413, "file-too-large")),
        (bomb(), (422, "picture-too-large")),
        (photo()[:200], (422, "picture-unreadable")),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, (422, "picture-unreadable")),
    ],
    ids=["html", "json", "empty", "program", "20 MB", "pixel bomb", "half a photo", "no picture"],
)
async def test_what_is_no_evidence_is_answered_and_leaves_nothing(world, send, mine, parts, content, answer):
    person, record = mine
    before = await kept(parts)
    refused = await send(record, content, person=person)
    assert (refused.status_code, refused.json()["code"]) == answer
    assert await world.value("SELECT count(*) FROM evidence_files") == 0
    assert await kept(parts) == before


@pytest.mark.parametrize("name", ["a\x00b.pdf", "tukar\u202efdp.exe", "\u2066x.pdf", "a\nb.pdf", " ", "x" * 201])
async def test_a_name_that_reads_as_another_is_refused(send, mine, name):
    person, record = mine
    refused = await send(record, PDF, person=person, name=name)
    assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["field"]) == (
        422, "field-invalid", "name",
    )  # fmt: skip


async def test_a_file_is_of_its_own_record_alone_and_a_record_has_ten(api, world, line, send, mine):
    person, record = mine
    file = (await send(record, PDF, person=person)).json()["id"]
    [other] = await world.store(line(person), role="person", person=person)
    for path in (f"/trainings/{other.id}/evidence/{file}",):
        assert (await api.refused("person", "GET", path, person=person))[:2] == (404, "not-found")
    for number in range(9):
        assert (await send(record, PDF + bytes([number]), person=person)).status_code == 201
    assert (await send(record, PDF + b"11", person=person)).json()["code"] == "files-over"
    revoked = await api.call("person", "POST", f"/trainings/{other.id}/revoke", {"reason": "Ganda"}, person=person)
    assert revoked.status_code == 200
    assert (await send(other.id, PDF, person=person)).json()["code"] == "record-revoked"


async def test_the_files_of_whoever_is_erased_go_and_the_data_file_names_them(api, world, send, mine, parts):
    person, record = mine
    file = (await send(record, PDF, person=person)).json()
    async with world.database.reading() as session:
        sections = await personal("training").part(session, person, "id")
    [section] = [each for each in sections if each.name == "evidence_files"]
    assert (file["id"] in str(section.rows), NAME in str(section.rows), file["sha256"] in str(section.rows)) == (
        True,
    ) * 3
    async with world.database.transaction() as session:
        await ERASING.erase(session, [person])
    assert await erase_files(Namespace(), parts) == 0
    assert UUID(file["id"]).hex not in {path.name for path in await kept(parts)}
    assert (await api.refused("person", "GET", f"/trainings/{record}/evidence/{file['id']}", person=person))[0] == 404
    [left] = await world.rows("SELECT name, sha256, size FROM evidence_files")
    assert tuple(left) == ("", "", 0)
