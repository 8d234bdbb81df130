"""What is attached to statements: parts of a request by their hashes, and signatures (xAPI 1.0.3, part 2, 2.4.11 and 2.6)."""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import jwt
import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from common.refused import Refused
from connectors.domain.sending import comparable
from connectors.domain.statements import Statement

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
SIGNED_AS = "application/octet-stream"
ALGORITHMS = ("RS256", "RS384", "RS512")
UNSIGNED = ("attachments", "id", "timestamp")
"""What a signature need not be of: it is attached itself, and the rest may be given by the store."""
HASHES = {56: hashlib.sha224, 64: hashlib.sha256, 96: hashlib.sha384, 128: hashlib.sha512}
"""The functions of SHA-2 by the length of what they give, in hexadecimal digits."""
WRONG = (
    jwt.PyJWTError, msgspec.MsgspecError, UnsupportedAlgorithm, InvalidSignature,
    ValueError, TypeError, KeyError, AttributeError, RecursionError,
)  # fmt: skip
"""What reading a signature may come to that is none: by the libraries, and of what was signed in another shape."""
BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^\s;]+))', re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """A part of a request of several; names of headers are in small letters."""

    headers: Mapping[str, str]
    content: bytes


def parts_of(body: bytes, content_type: str) -> list[Part]:
    """The parts of a body of `multipart/mixed` (RFC 2046, 5.1). Raises Refused `xapi-multipart`."""
    found = BOUNDARY.search(content_type)
    if found is None:
        raise Refused("xapi-multipart")
    boundary = b"--" + (found[1] or found[2]).encode()
    pieces = re.split(rb"(?:\A|\r?\n)" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|\Z)", body)
    # What stands between is whether it is the closing one.
    contents, closing = pieces[2:-1:2], pieces[1::2]
    if not contents or closing[-1] is None:
        raise Refused("xapi-multipart")
    return [_part(content) for content in contents]


def _part(content: bytes) -> Part:
    head, _, rest = re.sub(rb"\A\r?\n", b"\r\n\r\n", content).partition(b"\r\n\r\n")
    if not _:
        head, _, rest = content.partition(b"\n\n")
    lines = [line.partition(":") for line in head.decode(errors="replace").splitlines()]
    return Part({name.strip().lower(): value.strip() for name, _, value in lines}, rest)


def split(parts: Sequence[Part]) -> tuple[bytes, dict[str, bytes]]:
    """The statements of a request, and what is attached by its hash. Raises Refused `xapi-multipart`, `xapi-hash`."""
    first, *others = parts
    if first.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused("xapi-multipart")
    attached: dict[str, bytes] = {}
    for part in others:
        named = part.headers.get("x-experience-api-hash", "").lower()
        if part.headers.get("content-transfer-encoding", "").lower() != "binary" or not named:
            raise Refused("xapi-multipart")
        hashed = HASHES.get(len(named))
        if hashed is None or hashed(part.content).hexdigest() != named:
            raise Refused("xapi-hash")
        attached[named] = part.content
    return first.content, attached


def check_attached(statements: Sequence[Statement], attached: Mapping[str, bytes]) -> None:
    """Whatever is attached is there or said where, and nothing else came. Raises Refused."""
    named: set[str] = set()
    for statement in statements:
        for each in attachments(statement):
            sha2 = each["sha2"].lower()
            named.add(sha2)
            if sha2 not in attached and "fileUrl" not in each:
                raise Refused("xapi-not-attached", "attachments")
            if each["usageType"] == SIGNATURE:
                if each["contentType"] != SIGNED_AS or sha2 not in attached:
                    raise Refused("xapi-signature", "attachments")
                check_signature(statement, attached[sha2])
    if attached.keys() - named:
        raise Refused("xapi-multipart")


def attachments(statement: Statement) -> Iterator[dict[str, Any]]:
    """What is attached to a statement, or to the one within it."""
    yield from statement.get("attachments", ())
    if "verb" in statement["object"]:
        yield from attachments(statement["object"])


def check_signature(statement: Statement, signature: bytes) -> None:
    """Whether a signature is one of this statement, by the certificates that it brings, each issued by the next.

    Raises Refused `xapi-signature`.
    """
    try:
        payload = _signed(signature)
        is_same = comparable(msgspec.json.decode(payload), *UNSIGNED) == comparable(statement, *UNSIGNED)
    except WRONG as error:
        raise Refused("xapi-signature", "attachments") from error
    if not is_same:
        raise Refused("xapi-signature", "attachments")


def _signed(signature: bytes) -> bytes:
    """What was signed. Raises one of WRONG."""
    header = jwt.get_unverified_header(signature)
    chain = [x509.load_der_x509_certificate(base64.b64decode(each)) for each in header.get("x5c", ())]
    for certificate, issuer in pairwise(chain):
        certificate.verify_directly_issued_by(issuer)
    key: Any = chain[0].public_key() if chain else ""
    if header["alg"] not in ALGORITHMS:
        raise ValueError("an algorithm that is none of the standard's")
    return jwt.PyJWS().decode(signature, key, algorithms=[header["alg"]], options={"verify_signature": bool(chain)})
