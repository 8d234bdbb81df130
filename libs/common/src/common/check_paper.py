"""`python -m common.check_paper --trusted authority.pem PAPER`: what the signature of a paper or of data says, without asking anybody.

It ends with 0 for what is whole and signed by somebody whom the authority has named, and with 1 for everything else.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (pyHanko ships no complete types)

import argparse
from pathlib import Path

from pyhanko.keys import load_certs_from_pemder

from common.signing import Seal, verify
from common.texts import KIT, text_named


def told(seal: Seal) -> str:
    """What is said of a paper."""
    if not seal.whole:
        return KIT.tell("seal.not-whole")
    name = text_named("seal.trusted") if seal.trusted else text_named("seal.not-trusted")
    assert seal.signed_at is not None  # noqa: S101 - what is whole says when it was signed
    return KIT.tell(name, signer=seal.signer, at=seal.signed_at.isoformat())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m common.check_paper", description="Check a paper that Jejak signed")
    parser.add_argument("paper", type=Path, help="the PDF, or the data as JWS")
    parser.add_argument("--trusted", type=Path, required=True, help="PEM file of the authorities that you trust")
    options = parser.parse_args()
    seal = verify(options.paper.read_bytes(), [*load_certs_from_pemder([str(options.trusted)])])
    print(told(seal))  # noqa: T201 - a command talks to its user
    return 0 if seal.trusted else 1


if __name__ == "__main__":
    raise SystemExit(main())
