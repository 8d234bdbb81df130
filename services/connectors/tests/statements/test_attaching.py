"""What is attached to statements, and signatures."""

import base64
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.domain.attaching import parts_of
from services.connectors.tests.platform import statement

CERTIFICATE = b"%PDF-1.7\r\n\r\n--b\n\x00\xff"
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"


def attachment(content: bytes, **changes):
    usual = {
        "usageType": "https://x.example/certificate",
        "display": {"id": "Sertifikat"},
        "contentType": "application/pdf",
        "length": len(content),
        "sha2": sha256(content).hexdigest(),
    }
    return usual | changes


def mixed(body, *contents: bytes, headers: dict[str, str] | None = None, boundary: str = "xyz") -> bytes:
    whole = [b"Content-Type: application/json\r\n\r\n" + json.dumps(body).encode()]
    for content in contents:
        usual = {"Content-Type": "application/pdf", "Content-Transfer-Encoding": "binary"}
        usual |= {"X-Experience-API-Hash": sha256(content).hexdigest()} | (headers or {})
        head = "".join(f"{name}: {value}\r\n" for name, value in usual.items() if value)
        whole.append(head.encode() + b"\r\n" + content)
    line = b"--" + boundary.encode()
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in whole) + line + b"--\r\n"


async def send(platform, body, *contents: bytes, **how):
    return await platform.ask(
        "POST",
        "/statements",
        content=mixed(body, *contents, **how),
        headers={"content-type": "multipart/mixed; boundary=xyz"},
    )


async def test_an_attachment_comes_back_byte_by_byte_with_its_statement(platform) -> None:
    sent = statement(attachments=[attachment(CERTIFICATE)])
    answer = await send(platform, [sent, sent], CERTIFICATE)
    assert answer.status_code == 200, answer.text
    told = await platform.ask("GET", "/statements", attachments="true")
    first, second = parts_of(told.content, told.headers["content-type"])
    assert [each["id"] for each in json.loads(first.content)["statements"]] == answer.json()[::-1]
    assert (second.content, second.headers["content-type"]) == (CERTIFICATE, "application/pdf")
    assert second.headers["x-experience-api-hash"] == sha256(CERTIFICATE).hexdigest()
    assert second.headers["content-transfer-encoding"] == "binary"
    assert (await platform.ask("GET", "/statements")).headers["content-type"] == "application/json"


async def test_a_page_holds_no_more_of_attachments_than_a_request(platform) -> None:
    contents = [bytes([number]) * 6_000_000 for number in range(3)]
    for content in contents:
        await send(platform, statement(attachments=[attachment(content)]), content)
    told = await platform.ask("GET", "/statements", attachments="true", ascending="true")
    first, *others = parts_of(told.content, told.headers["content-type"])
    assert [each.content for each in others] == contents[:2]
    rest = await platform.http.get(json.loads(first.content)["more"], headers=platform.headers())
    first, *others = parts_of(rest.content, rest.headers["content-type"])
    assert ([each.content for each in others], json.loads(first.content)["more"]) == (contents[2:], "")


async def test_what_is_said_where_need_not_come(platform) -> None:
    sent = statement(attachments=[attachment(CERTIFICATE, fileUrl="https://lms.example/c.pdf")])
    await platform.send(sent)
    told = await platform.ask("GET", "/statements", attachments="true")
    assert len(parts_of(told.content, told.headers["content-type"])) == 1


@pytest.mark.parametrize(
    ("contents", "how", "code"),
    [
        ([], {}, "xapi-not-attached"),
        ([CERTIFICATE + b"."], {}, "xapi-not-attached"),
        ([CERTIFICATE, b"more"], {}, "xapi-multipart"),
        ([CERTIFICATE], {"headers": {"X-Experience-API-Hash": "0" * 64}}, "xapi-hash"),
        ([CERTIFICATE], {"headers": {"X-Experience-API-Hash": "0"}}, "xapi-hash"),
        ([CERTIFICATE], {"headers": {"X-Experience-API-Hash": ""}}, "xapi-multipart"),
        ([CERTIFICATE], {"headers": {"Content-Transfer-Encoding": ""}}, "xapi-multipart"),
        ([CERTIFICATE], {"boundary": "abc"}, "xapi-multipart"),
    ],
)
async def test_what_does_not_fit_its_statement_is_refused_with_it(platform, contents, how, code) -> None:
    answer = await send(platform, statement(attachments=[attachment(CERTIFICATE)]), *contents, **how)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert await platform.found() == []


@pytest.fixture(scope="module")
def signer() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate_of(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "LMS contoh")])
    day = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day + timedelta(days=9)).sign(key, SHA256())
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()


def signed(body, key: rsa.RSAPrivateKey, algorithm: str = "RS256", **headers) -> bytes:
    return jwt.PyJWS().encode(json.dumps(body).encode(), key, algorithm, headers).encode()


def with_signature(body, signature: bytes, **changes):
    told = attachment(signature, usageType=SIGNATURE, contentType="application/octet-stream") | changes
    return body | {"attachments": [told]}


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
async def test_a_signature_of_the_statement_is_kept_with_it(platform, signer, algorithm) -> None:
    body = statement(result={"duration": "PT1.234S"})
    rounded = body | {"result": {"duration": "PT1.239S"}}
    signature = signed(rounded, signer, algorithm, x5c=[certificate_of(signer)] * 2)
    assert (await send(platform, with_signature(body, signature), signature)).status_code == 200


async def test_a_signature_of_anything_else_is_refused(platform, signer) -> None:
    body = statement()
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    bad = [
        signed(body | {"verb": {"id": "https://x.example/other"}}, signer),
        signed(body, other, x5c=[certificate_of(signer)]),
        signed(body, signer, x5c=[certificate_of(signer), certificate_of(other)]),
        signed([body], signer),
        jwt.PyJWS().encode(json.dumps(body).encode(), "s" * 32, "HS256").encode(),
        b"no signature",
    ]
    for signature in bad:
        answer = await send(platform, with_signature(body, signature), signature)
        assert (answer.status_code, answer.json()["code"]) == (400, "xapi-signature")
    good = signed(body, signer)
    answer = await send(platform, with_signature(body, good, contentType="text/plain"), good)
    assert (answer.status_code, answer.json()["code"]) == (400, "xapi-signature")
    assert await platform.found() == []
