"""Addresses, as the registry takes them and as mail is sent to them."""

import pytest

from contracts.addresses import Address, MailboxNotAscii, read_address


@pytest.mark.parametrize("address", ["a@k.go.id", "first.last+jejak@sub-domain.example", "o'brien@x.id"])
def test_an_address_of_ascii_is_itself(address: str) -> None:
    assert read_address(address) == Address(address, address)


@pytest.mark.parametrize("written", ["Pic@bücher.id", "Pic@BÜCHER.id", "Pic@xn--bcher-kva.id"])
def test_an_international_domain_is_shown_as_people_write_it_and_known_by_its_ascii_form(written: str) -> None:
    assert read_address(written) == Address("Pic@bücher.id", "Pic@xn--bcher-kva.id")


@pytest.mark.parametrize("address", ["à@k.go.id", "siti@instansi.go.id".replace("i", "і")])
def test_a_mailbox_that_is_not_ascii_is_told_apart(address: str) -> None:
    with pytest.raises(MailboxNotAscii):
        read_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "a@", "@k.go.id", "a@k", "a b@k.go.id", "a@k..id", "a@-k.id", "a@k.go.id\n", "a@k.go.id\r\nBcc: x@y.id",
        "a@k.go.id, x@y.id", "<a@k.go.id>", "a@k.go.id>", "a@ké", '"a b"@k.go.id', "a@[127.0.0.1]", "a@k.go.id SIZE=1",
    ],
)  # fmt: skip
def test_no_addresses(address: str) -> None:
    with pytest.raises(ValueError, match="not an address mail can be sent to"):
        read_address(address)
