"""Somebody who by a history told late served in another agency: short there, and nowhere else."""

import pytest


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 2, 0), (2, 1, 0)])
async def test_who_served_elsewhere_is_short_in_the_right_agency_alone(notification, make, order) -> None:
    page, *_ = make.pages(make.people(1, 2))
    elsewhere, *_ = make.pages(make.people(1, version=3), code="D-001", kind="reopened")
    words = [
        make.record(page),
        make.record(make.resolved(1), sequence=2),
        make.record(elsewhere, minutes=2, sequence=3),
    ]
    await notification.take(make.agency(), make.agency("D-001"))
    for number in order:
        await notification.take(words[number])
    digests = await notification.rows("SELECT agency_id, listed - resolved AS short FROM digests")
    assert {tuple(row) for row in digests} == {(make.agency_id(), 1), (make.agency_id("D-001"), 1)}
    await notification.sound()
