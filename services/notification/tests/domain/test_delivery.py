"""Whether a message is still sent, and what a try means, answer by answer."""

from datetime import UTC, datetime, timedelta

import pytest

from common.ids import derived_id
from notification.domain.delivery import WAITS as DEFAULT_WAITS
from notification.domain.delivery import Answer, Envelope, Handover, judge, last_look, wait
from notification.domain.pics import Addressee
from notification.settings import Settings

NOW = datetime(2026, 5, 2, tzinfo=UTC)
WAITS = (30, 120, 600)
PIC, DEPUTY = "pic@k.go.id", "deputy@k.go.id"
ID = derived_id("message")


def tried(answers: dict[str, int], *, accepted=(), refused=(), tries=0, addresses=(PIC, DEPUTY), in_doubt=False):
    return judge(
        Envelope(ID, addresses, accepted, refused, tries, in_doubt),
        Handover({name: Answer(code, f"{code} words") for name, code in answers.items()}, "connection lost"),
        NOW,
        WAITS,
    )


@pytest.mark.parametrize(
    ("answers", "before", "result", "reason", "code"),
    [
        ({PIC: 250, DEPUTY: 250}, {}, "sent", None, 250),
        ({PIC: 451, DEPUTY: 451}, {}, "deferred", None, 451),
        ({PIC: 550, DEPUTY: 550}, {}, "failed", "refused", 550),
        ({PIC: 550, DEPUTY: 250}, {}, "failed", "refused", 550),
        ({PIC: 250, DEPUTY: 550}, {}, "sent", None, 550),
        ({PIC: 250, DEPUTY: 451}, {}, "deferred", None, 451),
        ({PIC: 451, DEPUTY: 550}, {}, "deferred", None, 451),
        ({PIC: 550, DEPUTY: 451}, {}, "deferred", None, 550),
        ({DEPUTY: 250}, {"accepted": [PIC], "tries": 1}, "sent", None, 250),
        ({DEPUTY: 250}, {"refused": [PIC], "tries": 1}, "failed", "refused", 250),
        ({PIC: 250}, {"refused": [DEPUTY], "tries": 1}, "sent", None, 250),
        ({}, {}, "deferred", None, None),
        ({}, {"tries": 3}, "failed", "gave-up", None),
        ({PIC: 451, DEPUTY: 451}, {"tries": 3}, "failed", "gave-up", 451),
        ({DEPUTY: 451}, {"accepted": [PIC], "tries": 3}, "sent", None, 451),
        ({PIC: 530, DEPUTY: 530}, {}, "deferred", None, 530),
        ({PIC: 421, DEPUTY: 421}, {"tries": 2}, "deferred", None, 421),
    ],
)
def test_results(answers, before, result, reason, code) -> None:
    verdict = tried(answers, **before)
    assert (verdict.result, verdict.reason, verdict.code) == (result, reason, code)
    assert (verdict.due_at is not None) == (result == "deferred")


def test_waits_grow_and_are_spread_but_the_same_each_time() -> None:
    dues = [tried({PIC: 451}, tries=tries, addresses=(PIC,)).due_at - NOW for tries in range(3)]
    assert dues == [tried({PIC: 451}, tries=tries, addresses=(PIC,)).due_at - NOW for tries in range(3)]
    for due, base in zip(dues, WAITS, strict=True):
        assert timedelta(seconds=base) <= due <= timedelta(seconds=1.2 * base)
    spread = {wait(derived_id("message", number), 0, WAITS) for number in range(100)}
    assert len(spread) > 80


def test_the_waits_set_by_default_grow_to_three_days() -> None:
    waits = Settings.model_fields["retry_waits"].default
    assert waits == DEFAULT_WAITS
    assert list(waits) == sorted(waits)
    assert timedelta(days=2) < timedelta(seconds=sum(waits)) < timedelta(days=3.5)


@pytest.mark.parametrize(
    ("short", "is_named", "state", "reason"),
    [
        (1, True, "queued", None),
        (0, True, "skipped", "all-met"),
        (1, False, "failed", "no-pic"),
        (0, False, "skipped", "all-met"),
    ],
)
def test_a_message_is_not_sent_when_nobody_is_short_or_there_is_nobody_to_write_to(
    short, is_named, state, reason
) -> None:
    pic = Addressee("main", PIC, (), "id", "Asia/Jakarta")
    assert last_look(short, pic if is_named else None) == (state, reason)


def test_doubt_once_is_doubt_for_ever() -> None:
    assert not tried({PIC: 451}).in_doubt
    assert tried({PIC: 451}, in_doubt=True).in_doubt
    lost = judge(Envelope(ID, [PIC], [], [], 0, in_doubt=False), Handover({}, "lost", in_doubt=True), NOW, WAITS)
    assert lost.in_doubt
    assert lost.words == "lost"
