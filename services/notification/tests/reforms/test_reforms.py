"""What is open of an agency that a reform has closed is told to the PICs of its heir."""

from datetime import date

import pytest

from common.ids import derived_id

HEIR = "heir@agency.example"


@pytest.fixture
def closed(make):
    """The registry's word that K-001 was merged into K-002."""
    merged = {"active": False, "closed_on": date(2026, 5, 1), "successors": [make.agency_id("K-002")]}
    return make.record(make.agency(**merged), minutes=60, sequence=2)


async def test_what_was_not_sent_yet_and_what_is_reopened_later_goes_to_the_pic_of_the_heir(notification, make, closed):
    await notification.take(make.agency(), make.agency("K-002", pics=[make.pic(email=HEIR)]))
    await notification.take(*make.pages(make.people(1, 2)))
    await notification.take(closed)
    assert await notification.send() == 1
    assert [mail.recipients for mail in notification.mail_server.mails()] == [[HEIR]]
    await notification.take(*make.pages(make.people(3, version=3), kind="reopened", sweep=derived_id("sweep", 2)))
    notification.later(7 * 24 * 3600)
    await notification.send()
    assert [mail.recipients for mail in notification.mail_server.mails()] == [[HEIR]] * 2
    await notification.sound()


async def test_an_heir_without_pic_is_waited_for(notification, make, closed):
    await notification.take(make.agency(pics=[]), make.agency("K-002", pics=[]), *make.pages(make.people(1, 2)))
    await notification.take(closed)
    [digest] = await notification.rows("SELECT state, reason FROM digests")
    assert tuple(digest) == ("waiting", "no-pic")
    assert await notification.holds(make.agency_id()) == {
        "pics": ("heir", 1, None),
        "digests": ("heir", 1, None),
        "messages": ("heir", 0, None),
    }
    named = make.agency("K-002", pics=[make.pic(email=HEIR)])
    await notification.take(make.record(named, minutes=90, sequence=2))
    assert await notification.send() == 1
    [mail] = notification.mail_server.mails()
    assert mail.recipients == [HEIR]
    await notification.sound()
