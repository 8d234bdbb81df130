"""Who is written to."""

import pytest

from notification.domain import pics
from notification.domain.pics import Addressee, addressee_now, addressees


def pic(rank: str, email: str, language: str = "id", zone: str = "Asia/Jakarta") -> dict[str, str]:
    return {"rank": rank, "email": email, "language": language, "time_zone": zone}


def test_the_main_pic_is_addressed_and_the_deputy_copied() -> None:
    assert addressees([pic("deputy", "b@k.go.id", "en"), pic("main", "a@k.go.id", zone="Asia/Jayapura")]) == [
        Addressee("main", "a@k.go.id", ("b@k.go.id",), "id", "Asia/Jayapura")
    ]


def test_the_deputy_alone_when_there_is_no_main_or_its_address_is_no_address() -> None:
    alone = [Addressee("deputy", "b@k.go.id", (), "en", "Asia/Jakarta")]
    assert addressees([pic("deputy", "b@k.go.id", "en")]) == alone
    assert addressees([pic("main", "a@k"), pic("deputy", "b@k.go.id", "en")]) == alone


def test_each_of_two_mains_gets_a_mail_and_the_deputies_one_copy() -> None:
    named = addressees([pic("main", "a@k.go.id"), pic("main", "c@k.go.id"), pic("deputy", "b@k.go.id")])
    assert [(one.recipient, one.cc) for one in named] == [("a@k.go.id", ("b@k.go.id",)), ("c@k.go.id", ())]


def test_an_address_named_twice_is_written_to_once_in_its_first_rank() -> None:
    named = addressees([pic("main", "A@k.go.id"), pic("deputy", "a@K.go.id")])
    assert [(one.rank, one.recipient, one.cc) for one in named] == [("main", "A@k.go.id", ())]


def test_an_unknown_time_zone_is_jakarta() -> None:
    assert addressees([pic("main", "a@k.go.id", zone="Mars/Phobos")])[0].time_zone == "Asia/Jakarta"


def test_an_international_domain_is_written_to_in_its_ascii_form_and_once() -> None:
    named = addressees(
        [pic("main", "pic@bücher.id"), pic("deputy", "Pic@XN--BCHER-KVA.id"), pic("deputy", "b@büro.id")]
    )
    assert [(one.rank, one.recipient, one.cc) for one in named] == [
        ("main", "pic@xn--bcher-kva.id", ("b@xn--bro-hoa.id",))
    ]


@pytest.mark.parametrize("address", ["", "a@k", "a@k.go.id\r\nBcc: x@y.id", "a@k.go.id, x@y.id", "à@k.go.id"])
def test_what_is_no_address_is_not_written_to(address: str) -> None:
    assert addressees([pic("main", address)]) == []


BEFORE = Addressee("main", "old@k.go.id", (), "id", "Asia/Jakarta")


@pytest.mark.parametrize(
    ("named", "taken", "accepted", "in_doubt", "now"),
    [
        (["new@k.go.id"], (), (), False, "new@k.go.id"),
        (["new@k.go.id"], ("new@k.go.id",), (), False, None),
        ([], (), (), False, None),
        (["new@k.go.id", "OLD@k.go.id"], (), (), False, "OLD@k.go.id"),
        (["OLD@k.go.id"], (), (), True, "old@k.go.id"),
        (["OLD@k.go.id"], (), ("copy@k.go.id",), False, "old@k.go.id"),
        (["new@k.go.id"], (), (), True, "new@k.go.id"),
        (["new@k.go.id"], (), ("old@k.go.id",), False, "old@k.go.id"),
    ],
)
def test_a_mail_follows_the_office_until_its_pic_has_it(named, taken, accepted, in_doubt, now) -> None:
    pics_now = [pic("main", address) for address in named]
    found = addressee_now(BEFORE, pics_now, taken, accepted=accepted, in_doubt=in_doubt)
    assert (found and found.recipient) == now


def test_the_systems_time_zones_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr("notification.domain.pics.available_timezones", lambda: looked.append("") or {"Asia/Makassar"})
    pics._zones.cache_clear()
    for _ in range(3):
        assert addressees([pic("main", "a@k.go.id", zone="Asia/Makassar")])[0].time_zone == "Asia/Makassar"
    pics._zones.cache_clear()
    assert len(looked) == 1


def test_whoever_stands_in_for_a_pic_is_written_to_as_they_like_it() -> None:
    named = [pic("main", "Pic@bücher.id", zone="Asia/Jayapura"), pic("deputy", "b@k.go.id")]
    found = pics.stood_in(named, {"pic@xn--bcher-kva.id": {"email": "c@k.go.id", "language": "en", "zone": "WITA"}})
    assert addressees(found) == [Addressee("main", "c@k.go.id", ("b@k.go.id",), "en", "Asia/Makassar")]
    assert pics.stood_in([pic("main", "")], {}) == [pic("main", "")]
