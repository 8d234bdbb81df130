"""The one signer of papers: PAdES signatures (ETSI EN 319 142, baseline B) by pyHanko, and JWS of data by PyJWT; made and checked.

A paper that says something about somebody is signed when it is handed out, by the key that the settings name. Whoever has
it can check it without asking us: who signed it, when by the signer's own clock, and whether a byte has changed since.
Making and checking take some milliseconds of CPU and a loop of their own, so they belong into a thread.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingTypeStubs=false
# (pyHanko and asn1crypto ship no complete types)

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import jwt
from asn1crypto.cms import ContentInfo, IssuerAndSerialNumber, SignedData, SignerIdentifier
from asn1crypto.core import Null
from asn1crypto.parser import peek
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_der_x509_certificate
from jwt.api_jws import PyJWS
from jwt.utils import base64url_decode, base64url_encode
from pyhanko.keys import load_certs_from_pemder, load_private_key_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
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


JWS_BY_CURVE, JWS_BY_RSA = "ES256", "PS256"
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
        self._key = load_pem_private_key(key.read_bytes(), None)
        self._chain = [base64.b64encode(each.dump()).decode() for each in (self._own, *above[:-1])]
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

    def sign_data(self, said: bytes, at: datetime) -> bytes:
        """Data with their signature, made at that moment: a compact JWS (RFC 7515) that carries the signer's certificate."""
        algorithm = JWS_BY_CURVE if isinstance(self._key, EllipticCurvePrivateKey) else JWS_BY_RSA
        head = {"typ": "JOSE", "x5c": self._chain, "iat": int(at.timestamp())}
        return PyJWS().encode(said, self._key, algorithm, head).encode()  # pyright: ignore[reportArgumentType] - of the kinds it takes

    def verify(self, paper: bytes) -> Seal:
        """What the signature of a paper or of data says; of what was changed, at least that it is not whole."""
        return verify(paper, self._trusted)


class _At(PdfSigner):
    """pyHanko's signer, which says that it is the moment it is told, and not that of the machine."""

    def __init__(self, meta: PdfSignatureMetadata, signer: SimpleSigner, at: datetime) -> None:
        super().__init__(meta, signer)
        self._at = at

    def init_signing_session(self, pdf_out: Any, existing_fields_only: Any = False) -> Any:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session


def verify(paper: bytes, trusted: Sequence[Certificate]) -> Seal:
    """What the signature of a paper or of data says, to whoever trusts these authorities."""
    return asyncio.run((_verified if paper.startswith(b"%PDF") else _verified_data)(paper, trusted))


async def _verified_data(jws: bytes, trusted: Sequence[Certificate]) -> Seal:
    try:
        head = jwt.get_unverified_header(jws)
        own, *above = [Certificate.load(base64.b64decode(each)) for each in head["x5c"]]
        key: Any = load_der_x509_certificate(own.dump()).public_key()
        PyJWS().decode(jws, key, [JWS_BY_CURVE, JWS_BY_RSA])
        signature = jws.rpartition(b".")[2]
        whole = base64url_encode(base64url_decode(signature)) == signature  # its last letter has bits that say nothing
        signed_at = datetime.fromtimestamp(head["iat"], UTC)
    except Exception:  # noqa: BLE001 - whatever is no JWS of this kind raises what its reader happens to: none of it is signed
        return NONE
    context = ValidationContext(trust_roots=list(trusted), allow_fetching=False)
    try:
        await CertificateValidator(own, above, validation_context=context).async_validate_usage({"digital_signature"})
    except (PathError, ValidationError):
        return Seal(_name(own), signed_at, whole=whole, trusted=False)
    return Seal(_name(own), signed_at, whole=whole, trusted=whole)


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
