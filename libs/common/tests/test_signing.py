"""The signer: who has signed a paper, when, and whether a byte has changed since."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from common.papers import pdf
from common.signing import NONE, PaperSigner, Seal
from jejak_local import authority

AT = datetime(2026, 6, 15, 3, 0, tzinfo=UTC)
PAPER = pdf(b'#let data = json("data.json")\n= #data.title', {"title": "Sertifikat"}, AT)


@pytest.fixture(scope="module")
def signer(tmp_path_factory) -> PaperSigner:
    return authority.signer(tmp_path_factory.mktemp("signer"))


def test_a_paper_says_who_has_signed_it_and_when_and_that_it_is_whole(signer):
    signed = signer.sign(PAPER, AT)
    assert signer.verify(signed) == Seal(authority.SIGNER, AT, whole=True, trusted=True)
    assert "CONTOH" in signer.name, "nobody takes the authority of tests for a real one"
    assert signed.startswith(PAPER), "what was signed is still there, byte for byte"
    assert b"/ETSI.CAdES.detached" in signed


def test_one_changed_byte_fails(signer):
    signed = signer.sign(PAPER, AT)
    [signature] = PdfFileReader(BytesIO(signed)).embedded_signatures
    _, begins, ends, _ = signature.byte_range
    # What a signature says of itself before and after what is signed of it; then whatever comes.
    within = [*range(begins - 1, begins + 90, 4), *range(begins + 900, begins + 1_200, 12), *range(ends - 4, ends + 1)]
    anywhere = Random(7).sample(range(len(signed)), 40)
    for place in (*within, *anywhere):
        changed = bytearray(signed)
        changed[place] ^= 0x01
        assert not signer.verify(bytes(changed)).whole, f"byte {place} of {len(signed)}"
    lower = signed[:begins] + signed[begins:ends].lower() + signed[ends:]
    for other in (lower, signed + b"\n", signed + PAPER, signed[:-1]):
        assert not signer.verify(other).whole


def test_what_bears_no_signature_says_nothing(signer):
    for paper in (PAPER, b"", b"%PDF-1.7"):
        assert signer.verify(paper) == NONE


def test_whom_one_does_not_trust_is_whole_but_not_trusted(signer, tmp_path):
    stranger = authority.signer(tmp_path)
    seal = signer.verify(stranger.sign(PAPER, AT))
    assert (seal.signer, seal.whole, seal.trusted) == (authority.SIGNER, True, False)


def test_the_authority_is_made_once(tmp_path):
    first = authority.settings(tmp_path)
    key = Path(first["signer_key"]).read_bytes()
    assert (authority.settings(tmp_path), Path(first["signer_key"]).read_bytes()) == (first, key)
    assert Path(first["signer_key"]).stat().st_mode & 0o077 == 0, "only its owner reads the key"


def test_a_paper_is_pdf_a_and_one_with_a_character_of_no_font_is_a_pdf_all_the_same():
    template = b'#let data = json("data.json")\n= #data.title'
    assert b"pdfaid" in PAPER
    odd = pdf(template, {"title": "\U0001f600 \u65e5"}, AT)
    assert (odd[:5], b"pdfaid" in odd) == (b"%PDF-", False)
