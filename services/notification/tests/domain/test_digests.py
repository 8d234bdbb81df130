"""What becomes of a digest, and how a part is told."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from notification.domain.caturwulan import first_and_last_month
from notification.domain.digests import decide, due_at, share
from notification.domain.pics import Addressee

NOW = datetime(2026, 5, 2, tzinfo=UTC)
PIC = Addressee("main", "pic@k.go.id", (), "id", "Asia/Jakarta")


@pytest.mark.parametrize(
    ("short", "named", "active", "state", "reason"),
    [
        (3, [PIC], True, "ready", None),
        (3, [], True, "waiting", "no-pic"),
        (3, [PIC], False, "waiting", "agency-inactive"),
        (3, [], False, "waiting", "agency-inactive"),
        (0, [PIC], True, "met", None),
        (0, [], False, "met", None),
    ],
)
def test_a_digest_has_mails_waits_or_has_nothing_to_say(short, named, active, state, reason) -> None:
    assert decide(short, named, active=active) == (state, reason)


def test_what_was_reopened_waits_for_others_and_a_sweep_for_nothing() -> None:
    assert due_at("sweep", NOW, timedelta(minutes=15)) == NOW
    assert due_at("reopened", NOW, timedelta(minutes=15)) == NOW + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 7, "0"),
        (7, 7, "1"),
        (0, 0, "1"),
        (1, 8, "0.125"),
        (1, 16, "0.063"),
        (1, 9999, "0.001"),
        (9998, 9999, "0.999"),
    ],
)
def test_only_none_is_told_as_0_and_only_all_as_1(part: int, whole: int, told: str) -> None:
    assert share(part, whole) == Decimal(told)


def test_the_months_of_a_period() -> None:
    assert [first_and_last_month(period) for period in (1, 2, 3)] == [(1, 4), (5, 8), (9, 12)]
