"""A PIC's deputy gets the digest while the PIC is away, and nobody at an address that is not shown to be theirs."""

from datetime import date

import pytest

from common.ids import derived_id
from contracts.events.registry import ContactChanged, DutyDelegated

PIC, DEPUTY = "pic@agency.example", "pengganti@agency.example"


def contact(person_id, email: str | None, language: str = "id") -> ContactChanged:
    return ContactChanged(
        person_id=person_id, name="Sari", sex="female", language=language, zone="WIT", email=email, check=None
    )


def delegated(make, valid_to: date = date(2026, 6, 1), duty: str = "digest") -> DutyDelegated:
    return DutyDelegated(
        delegation_id=derived_id("delegation", duty),
        person_id=make.person_id(901),
        deputy_id=make.person_id(902),
        duty=duty,
        valid_from=date(2026, 5, 2),
        valid_to=valid_to,
        named_by=["hr"],
    )


@pytest.fixture
async def known(notification, make):
    """The PIC of the agency is a person of the registry, and so is a colleague."""
    await notification.take(contact(make.person_id(901), PIC.upper()), contact(make.person_id(902), DEPUTY, "en"))
    await notification.take(make.agency(), *make.pages(make.people(1, 2, 3)))


async def sent(notification) -> list[tuple[str, str]]:
    return [(message.recipient, message.language) for message in await notification.messages()]


async def test_the_deputy_gets_it_in_their_language_and_the_pic_does_not(notification, make, known) -> None:
    await notification.take(delegated(make))
    await notification.send()
    assert await sent(notification) == [(DEPUTY, "en")]
    assert [mail.recipients for mail in notification.mail_server.mails()] == [[DEPUTY]]


@pytest.mark.parametrize("told", ["over", "another duty", "no address"])
async def test_else_the_pic_gets_it(notification, make, known, told) -> None:
    match told:
        case "over":
            await notification.take(delegated(make), make.record(delegated(make, date(2026, 5, 2)), sequence=2))
        case "another duty":
            await notification.take(delegated(make, duty="superior"))
        case _:
            no_address = make.record(contact(make.person_id(902), None), sequence=2)
            await notification.take(delegated(make), no_address)
    await notification.send()
    assert await sent(notification) == [(PIC, "id")]


async def test_sent_again_it_goes_to_who_stands_in_by_then(notification, make, known, api) -> None:
    notification.mail_server.answer(PIC, "550 5.1.1 no such mailbox")
    await notification.send()
    await notification.take(delegated(make))
    [failed] = await notification.messages()
    assert (await api.call("lan", "POST", f"/messages/{failed.id}/resend")).status_code == 200
    await notification.send()
    assert await sent(notification) == [(DEPUTY, "en")]
