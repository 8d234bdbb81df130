"""An authority for tests and the local stack, made once in `.jejak` and never in git: it signs nothing that counts.

Its names say *CONTOH* (example), so that no paper signed by it passes for a real one.
"""

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from common.signing import PaperSigner
from jejak_local.processes import STATE, write_atomically

FOLDER = STATE / "signer"
KEY, CHAIN = "key.pem", "chain.pem"
SINCE, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
"""Tests choose the day they are on."""
SIGNER = "Jejak CONTOH - bukan tanda tangan sah"


def settings(folder: Path = FOLDER) -> dict[str, str]:
    """The settings of a service that signs: key and chain of the authority, which is made where it is not yet."""
    key, chain = folder / KEY, folder / CHAIN
    if not chain.exists():
        folder.mkdir(parents=True, exist_ok=True)
        key_pem, chain_pem = made()
        write_atomically(key, key_pem, mode=0o600)
        write_atomically(chain, chain_pem)
    return {"signer_key": str(key), "signer_chain": str(chain)}


def signer(folder: Path = FOLDER) -> PaperSigner:
    """The signer of the local stack: who can also check what it has signed."""
    its = settings(folder)
    return PaperSigner(Path(its["signer_key"]), Path(its["signer_chain"]))


def made(signer: str = SIGNER) -> tuple[str, str]:
    """A key, and its chain up to an authority whose own key is kept by nobody; both PEM."""
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _name("Otoritas CONTOH Jejak")
    top = (
        _certificate(root, root, authority)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(authority, hashes.SHA256())
    )
    leaf = (
        _certificate(_name(signer), root, own)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .sign(authority, hashes.SHA256())
    )
    key = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return key, "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in (leaf, top))


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "CONTOH"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _certificate(whose: x509.Name, by: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(SINCE)
        .not_valid_after(UNTIL)
    )


def _usage(**allowed: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names})


if __name__ == "__main__":
    settings()
