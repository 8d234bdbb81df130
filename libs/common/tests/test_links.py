"""Links that are given by mail: signed, for one purpose, for a time."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pytest

from common.links import Link, Signer
from common.refused import Refused

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SIGNER = Signer("key", "address-check")
LINK = Link(uuid4(), uuid4())


def test_a_link_is_read_until_its_time_is_over() -> None:
    token = SIGNER.token(LINK, NOW + timedelta(hours=1))
    assert SIGNER.link(token, NOW) == LINK
    with pytest.raises(Refused, match="link-expired"):
        SIGNER.link(token, NOW + timedelta(hours=1))
    assert token == SIGNER.token(LINK, NOW + timedelta(hours=1)), "said again it is the same link"


@pytest.mark.parametrize("other", [Signer("key", "report"), Signer("another key", "address-check")])
def test_a_link_of_another_purpose_or_key_is_none(other: Signer) -> None:
    with pytest.raises(Refused, match="link-invalid"):
        SIGNER.link(other.token(LINK, NOW + timedelta(hours=1)), NOW)


def test_a_link_without_a_signature_is_none() -> None:
    said = {"jti": str(LINK.id), "sub": str(LINK.subject), "exp": NOW + timedelta(hours=1)}
    for token in (jwt.encode(said, "", "none"), "", "a.b.c", "é" * 10):
        with pytest.raises(Refused, match="link-invalid"):
            SIGNER.link(token, NOW)
