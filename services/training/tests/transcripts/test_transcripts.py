"""The transcript: paper and data from the same rows, its totals those of the API, and one changed byte fails."""

import asyncio
import json
import subprocess
import sys
from io import BytesIO

import pypdf
import pytest
from jwt.utils import base64url_decode

from common.signing import PaperSigner, Seal
from jejak_local.authority import SIGNER

PATH = "/people/me/transcript"


@pytest.fixture
def signer(parts) -> PaperSigner:
    return PaperSigner(parts.settings.signer_key, parts.settings.signer_chain)


@pytest.fixture
async def learner(world, line):
    """Somebody with records of two years, one declared, one revoked."""
    nip = world.nip()
    [person] = await world.people(world.state(nip=nip))
    await world.store(
        line(person, jp="10.5"),
        line(person, form="KL06", jp=None, title="Seminar"),
        line(person, start_date="2025-03-03", end_date="2025-03-03", title="Tahun lalu"),
        line(person, jp="5", title="Sendiri", source="self"),
    )
    [gone] = await world.store(line(person, title="Dicabut"))
    return nip, person, gone.id


async def asked(api, nip, person, form):
    return await api.call("person", "POST", PATH, {"nip": nip, "form": form}, person=person)


async def test_paper_and_data_say_what_the_api_says(world, api, learner):
    nip, person, gone = learner
    revoked = await api.call("agency_hr", "POST", f"/trainings/{gone}/revoke", {"reason": "Salah orang"})
    assert revoked.status_code == 200
    data = await asked(api, nip, person, "jws")
    assert (data.status_code, data.headers["content-type"]) == (200, "application/jose")
    said = json.loads(base64url_decode(data.content.split(b".")[1]))
    assert said["nip"] == nip
    assert {year["year"] for year in said["years"]} >= {2026}
    for year in said["years"]:
        shown = await api.get(f"/people/me/jp?year={year['year']}", "person", person=person)
        for total in ("target", "verified", "unverified", "left", "fulfilled"):
            assert year[total] == shown[total], total
        records = {(record["id"], record["counted"]) for form in shown["forms"] for record in form["records"]}
        assert {(record["record_id"], record["counted"]) for record in year["records"]} == records
    assert str(gone) not in json.dumps(said)
    paper = await asked(api, nip, person, "pdf")
    assert paper.headers["content-type"] == "application/pdf"
    words = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(paper.content)).pages).split())
    for part in (
        nip,
        "Seminar",
        "Sendiri",
        "14,5 JP terverifikasi dari kewajiban 20 JP; 5 JP belum diverifikasi.",
        SIGNER,
    ):
        assert part in words, part
    assert "Dicabut" not in words


@pytest.mark.parametrize("form", ["pdf", "jws"])
async def test_one_changed_byte_fails_on_the_check_page_and_offline(world, api, learner, signer, parts, tmp_path, form):
    nip, person, _ = learner
    signed = (await asked(api, nip, person, form)).content
    assert await asyncio.to_thread(signer.verify, signed) == Seal(SIGNER, world.clock.now(), whole=True, trusted=True)
    told = await api.http.post("/v1/signature-checks", content=signed)
    assert told.json() == {"whole": True, "trusted": True, "signer": SIGNER, "signed_at": "2026-06-15T03:00:00Z"}
    every = range(len(signed)) if form == "jws" else (10, len(signed) // 3, len(signed) - 10)
    for place in every:
        changed = bytearray(signed)
        changed[place] ^= 1
        assert not (await asyncio.to_thread(signer.verify, bytes(changed))).whole, place
    (tmp_path / "changed").write_bytes(signed[:-1] + bytes([signed[-1] ^ 1]))
    (tmp_path / "signed").write_bytes(signed)
    assert not (await api.http.post("/v1/signature-checks", content=(tmp_path / "changed").read_bytes())).json()[
        "whole"
    ]
    for name, code, words in (("signed", 0, SIGNER), ("changed", 1, "tidak membuktikan")):
        command = [sys.executable, "-m", "common.check_paper", "--trusted", str(parts.settings.signer_chain)]
        ran = await asyncio.to_thread(
            subprocess.run,
            [*command, str(tmp_path / name)],
            capture_output=True,
            text=True,
            env={"LANGUAGE": "id"},
        )
        assert (ran.returncode, words in ran.stdout) == (code, True), ran.stderr


async def test_only_oneself_and_by_ones_own_number(api, learner):
    nip, person, _ = learner
    other = "209001012110011999"
    assert (await api.refused("person", "POST", PATH, {"nip": other, "form": "pdf"}, person=person))[:2] == (
        422,
        "nip-of-another",
    )
    body = {"nip": nip, "form": "pdf"}
    assert (await api.refused("person", "POST", PATH, body, person=learner[2]))[:2] == (404, "not-found")
    assert (await api.refused("lan", "POST", PATH, body))[:2] == (403, "forbidden")
    assert (await api.http.post("/v1/signature-checks", content=b"")).json()["code"] == "file-empty"
