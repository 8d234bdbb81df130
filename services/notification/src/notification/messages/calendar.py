"""What a calendar is told of a session (iTIP, RFC 5546): that it is planned, at another time, or off.

A program knows an entry by its UID and takes the highest SEQUENCE for how it stands, so mails may come in any order.
"""

from email.utils import parseaddr
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

from notification.domain.pics import Addressee
from notification.messages.kinds import Session
from notification.texts import say


def entry(session: Session, addressee: Addressee, sender: str) -> str:
    """The entry as the addressee's calendar takes it: in their time zone, told with it, and in their language."""
    zone = ZoneInfo(addressee.time_zone)
    address = parseaddr(sender)[1]
    event = Event()
    event.add("uid", f"{session.session_id}@{address.partition('@')[2]}")
    event.add("sequence", session.sequence)
    event.add("dtstamp", session.told_at)
    event.add("dtstart", session.starts_at.astimezone(zone))
    event.add("dtend", session.ends_at.astimezone(zone))
    event.add("summary", say("session.summary", addressee.language, title=session.title))
    if session.place:
        event.add("location", session.place)
    event.add("status", "CANCELLED" if session.method == "CANCEL" else "CONFIRMED")
    event.add("organizer", vCalAddress(f"mailto:{address}"))
    event.add("attendee", vCalAddress(f"mailto:{addressee.recipient}"))
    calendar = Calendar()
    calendar.add("prodid", "-//Jejak//Mentoring//ID")
    calendar.add("version", "2.0")
    calendar.add("method", session.method)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical().decode()
