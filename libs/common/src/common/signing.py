"""The one signer of papers: PAdES signatures (ETSI EN 319 142, baseline B) by pyHanko, made and checked.

A paper that says something about somebody is signed when it is handed out, by the key that the settings name. Whoever has
it can check it without asking us: who signed it, when by the signer's own clock, and whether a byte has changed since.
Making and checking take some milliseconds of CPU and a loop of their own, so they belong into a thread.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingTypeStubs=false
# (pyHanko and asn1crypto ship no complete types)

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto.cms import ContentInfo, IssuerAndSerialNumber, SignedData, SignerIdentifier
from asn1crypto.core import Null
from asn1crypto.parser import peek
from asn1crypto.x509 import Certificate
from pyhanko.keys import load_certs_from_pemder, load_private_key_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = PdfSignatureMetadata(field_name="Jejak", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")

BESIDE_CERTIFICATES = 2048
"""Bytes of a signature beside its certificates: what is signed of it, and a signature by RSA of 4,096 bits at the most."""


@dataclass(frozen=True)
class Seal:
    """What the signature of a paper says: by whom, when, and whether the paper is whole, as it was signed.

    `trusted` says that an authority one trusts has named the signer; a paper that is not whole is never trusted.
    """

    signer: str | None
    signed_at: datetime | None
    whole: bool
    trusted: bool


NONE = Seal(None, None, whole=False, trusted=False)
"""Of what bears no signature, or cannot be read any more."""


class PaperSigner:
    """Signs papers by a key, and knows whom it trusts: the authority at the end of its own chain.

    `chain` is a PEM file of the signer's certificate and those that lead to its authority, in this order.
    """

    def __init__(self, key: Path, chain: Path) -> None:
        """Raises OSError for a file that is not there, ValueError for one that holds something else."""
        self._own, *above = load_certs_from_pemder([str(chain)])
        store = SimpleCertificateStore()
        store.register_multiple(above)
        self._signer = SimpleSigner(
            self._own, load_private_key_from_pemder(str(key), passphrase=None), store, embed_roots=False
        )
        self._trusted = [(above or [self._own])[-1]]
        # Told how much room a signature may take, pyHanko does not sign twice to find out: half of the time. In hexadecimal digits.
        self._room = 2 * (sum(len(each.dump()) for each in (self._own, *above)) + BESIDE_CERTIFICATES)

    @property
    def name(self) -> str:
        """Whom its certificate names."""
        return _name(self._own)

    def sign(self, pdf: bytes, at: datetime) -> bytes:
        """The paper with its signature, made at that moment."""
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        return asyncio.run(_At(FIELD, self._signer, at).async_sign_pdf(writer, bytes_reserved=self._room)).getvalue()

    def verify(self, pdf: bytes) -> Seal:
        """What the signature of a paper says; of one that was changed, at least that it is not whole."""
        return verify(pdf, self._trusted)


class _At(PdfSigner):
    """pyHanko's signer, which says that it is the moment it is told, and not that of the machine."""

    def __init__(self, meta: PdfSignatureMetadata, signer: SimpleSigner, at: datetime) -> None:
        super().__init__(meta, signer)
        self._at = at

    def init_signing_session(self, pdf_out: Any, existing_fields_only: Any = False) -> Any:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session


def verify(pdf: bytes, trusted: Sequence[Certificate]) -> Seal:
    """What the signature of a paper says, to whoever trusts these authorities."""
    return asyncio.run(_verified(pdf, trusted))


async def _verified(pdf: bytes, trusted: Sequence[Certificate]) -> Seal:
    try:
        signatures = PdfFileReader(BytesIO(pdf)).embedded_signatures
        if len(signatures) != 1:
            return NONE
        signature: Any = signatures[0]
        context = ValidationContext(trust_roots=list(trusted), allow_fetching=False)
        status = await async_validate_pdf_signature(signature, context)
        whole = (
            status.intact
            and status.valid
            and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
            and _as_we_write(pdf, signature)
        )
    except Exception:  # noqa: BLE001 - a byte that was changed can break a PDF in any way
        return NONE
    return Seal(_name(status.signing_cert), status.signer_reported_dt, whole=whole, trusted=whole and status.trusted)


def _as_we_write(pdf: bytes, signature: Any) -> bool:
    """Whether what stands between the two signed parts, the signature itself, is byte for byte as we write it.

    What a signature says of itself is not signed, and readers take it in many forms: else a byte there could change, and
    nobody would be told.
    """
    _, begins, ends, _ = signature.byte_range
    contents = bytes(signature.sig_object.raw_get("/Contents"))
    length = peek(contents)
    signed = ContentInfo.load(contents[:length])["content"]
    told = signed["signer_infos"][0]
    certificate = signature.signer_cert
    digest = {"algorithm": "sha256", "parameters": Null()}
    issuer = IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
    again = ContentInfo({
        "content_type": "signed_data",
        "content": SignedData({
            "version": "v1",
            "digest_algorithms": [digest],
            "encap_content_info": {"content_type": "data"},
            "certificates": signed["certificates"],
            "signer_infos": [{
                "version": "v1",
                "sid": SignerIdentifier({"issuer_and_serial_number": issuer}),
                "digest_algorithm": digest,
                "signed_attrs": told["signed_attrs"],
                "signature_algorithm": told["signature_algorithm"],
                "signature": told["signature"],
            }],
        }),
    })  # fmt: skip
    written = again.dump().ljust(len(contents), b"\0")
    return pdf[begins:ends] == b"<" + written.hex().upper().encode() + b">"


def _name(whose: Certificate) -> str:
    return str(whose.subject.native["common_name"])
