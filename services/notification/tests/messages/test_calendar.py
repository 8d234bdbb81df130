"""M10: what calendars are told of a session, as it arrived at the SMTP server."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from icalendar import Calendar

from common.ids import derived_id
from contracts.events.notification import MessageRequested
from contracts.events.registry import ContactChanged

SESSION = uuid4()
STARTS = datetime.fromisoformat("2026-06-20T02:00:00+00:00")


@pytest.fixture
def contact(make):
    """Somebody with a checked address, whose clock is of this zone."""

    def made(number: int, zone: str, language: str = "id", *, sequence: int = 1):
        told = {"name": f"Pegawai {number}", "sex": "female", "language": language, "zone": zone, "check": None}
        event = ContactChanged(**told, email=f"{number}@agency.example", person_id=make.person_id(number))
        return make.record(event, sequence=sequence, minutes=sequence)

    return made


@pytest.fixture
def asked(make, moment):
    """The request that tells somebody's calendar of the session."""

    def made(number: int, method: str, sequence: int, starts_at: datetime = STARTS, **said):
        values = {
            "session_id": str(SESSION),
            "method": method,
            "sequence": sequence,
            "title": "Lintas jenjang",
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=1)).isoformat(),
            "place": "Ruang 3",
            "told_at": moment.isoformat(),
        }
        event = MessageRequested(
            request_id=derived_id("session", SESSION, sequence, number),
            recipient="person",
            recipient_id=make.person_id(number),
            template="session",
            values=values | said,
            reason="your-session",
            expires_at=starts_at,
        )
        return make.record(event)

    return made


def entry(mail):
    """The part of a mail that calendars read, and the one entry in it."""
    [part] = [part for part in mail.message.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    [event] = calendar.walk("VEVENT")
    assert part.get_param("method") == str(calendar["METHOD"]), "the header of the part says what the entry says"
    return calendar, event


async def test_one_entry_is_planned_moved_and_called_off_and_its_mails_may_come_in_any_order(
    notification, contact, asked
) -> None:
    later = STARTS + timedelta(days=1)
    await notification.take(contact(1, "WIB"))
    await notification.take(asked(1, "REQUEST", 0), asked(1, "REQUEST", 1, later), asked(1, "CANCEL", 2, later))
    assert await notification.send() == 3
    told = {
        int(event["SEQUENCE"]): (calendar, event) for calendar, event in map(entry, notification.mail_server.mails())
    }
    assert {str(event["UID"]).partition("@")[0] for _, event in told.values()} == {str(SESSION)}
    assert [(str(told[n][0]["METHOD"]), str(told[n][1]["STATUS"])) for n in (0, 1, 2)] == [
        ("REQUEST", "CONFIRMED"),
        ("REQUEST", "CONFIRMED"),
        ("CANCEL", "CANCELLED"),
    ]
    assert [told[n][1].start for n in (0, 1, 2)] == [STARTS, later, later]
    assert str(told[0][1]["ATTENDEE"]) == "mailto:1@agency.example"
    assert str(told[0][1]["LOCATION"]) == "Ruang 3"


@pytest.mark.parametrize(
    ("zone", "tzid", "offset", "hour"),
    [("WIB", "Asia/Jakarta", 7, 9), ("WITA", "Asia/Makassar", 8, 10), ("WIT", "Asia/Jayapura", 9, 11)],
)
async def test_the_entry_is_in_the_zone_of_the_reader_which_it_tells(
    notification, contact, asked, zone, tzid, offset, hour
) -> None:
    await notification.take(contact(1, zone), asked(1, "REQUEST", 0))
    await notification.send()
    [mail] = notification.mail_server.mails()
    calendar, event = entry(mail)
    [told] = calendar.walk("VTIMEZONE")
    assert (str(told["TZID"]), str(event["DTSTART"].params["TZID"])) == (tzid, tzid)
    assert {each["TZOFFSETTO"].td for each in told.walk("STANDARD")} == {timedelta(hours=offset)}
    assert (event.start, event.start.hour) == (STARTS, hour)
    assert f"pukul {hour:02}.00 {zone}" in mail.subject


async def test_who_moves_to_another_zone_reads_the_same_moment_by_their_new_clock(notification, contact, asked) -> None:
    await notification.take(contact(1, "WIB"), asked(1, "REQUEST", 0))
    await notification.send()
    await notification.take(contact(1, "WIT", "en", sequence=2))
    await notification.take(asked(1, "REQUEST", 1, place="Ruang 4"))
    await notification.send()
    before, after = notification.mail_server.mails()
    assert entry(before)[1].start == entry(after)[1].start == STARTS
    assert [entry(mail)[1].start.hour for mail in (before, after)] == [9, 11]
    assert str(entry(after)[1]["SUMMARY"]) == "Mentoring session: Lintas jenjang"
