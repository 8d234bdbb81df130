"""A person's address is checked over real SMTP, and only then are they written to, once."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from aiokafka import AIOKafkaProducer

from common.ids import new_id
from contracts.events.notification import MessageRequested


def arrived(jejak, address):
    return [mail for mail in jejak.stack.mail.mails() if address in mail.recipients]


async def ask_for(jejak, *requests: MessageRequested) -> None:
    """Publishes requests as the relay of a service does, each under an event id of its own."""
    producer = AIOKafkaProducer(bootstrap_servers=jejak.stack.kafka.bootstrap)
    await producer.start()
    for request in requests:
        headers = {
            "ce_id": str(new_id()), "ce_type": request.type, "ce_source": request.source, "ce_specversion": "1.0",
            "ce_subject": str(request.subject()), "ce_sequence": "1", "ce_time": datetime.now(UTC).isoformat(),
        }  # fmt: skip
        await producer.send_and_wait(
            request.topic.name,
            request.model_dump_json().encode(),
            key=str(request.key()).encode(),
            headers=[(name, value.encode()) for name, value in headers.items()],
        )
    await producer.stop()


async def test_an_address_is_checked_by_its_mail_and_then_written_to_once(jejak) -> None:
    agency = await jejak.agency()
    me, other = await jejak.people(agency, 2)
    address = f"{uuid4().hex}@instansi.example"
    nudge = MessageRequested(
        request_id=uuid4(),
        recipient="person",
        recipient_id=UUID(me["id"]),
        template="nudge",
        values={"year": 2026, "target": "20", "verified": "8", "missing": "12"},
        reason="superior",
        expires_at=datetime.now(UTC) + timedelta(days=7),
    )
    await ask_for(jejak, nudge)

    async def waits():
        return (await jejak.get("notification", "/messages?state=waiting", role="operator"))["items"]

    [waiting] = await jejak.until(waits)
    assert (waiting["person_id"], waiting["reason"]) == (me["id"], "no-address")

    def mine(method, path="", **options):
        return jejak.call("registry", method, f"/people/me/contact{path}", role="person", **options)

    said = await mine("PUT", person=me["id"], json={"email": address, "language": "en", "zone": "WIT"})
    assert said.status_code == 200, said.text

    async def check():
        return arrived(jejak, address)

    [mail] = await jejak.until(check)
    link = re.search(r"http\S+/contact/check\?token=\S+", mail.body())
    assert link
    page = await jejak.http.get(link[0], follow_redirects=True)
    assert (page.status_code, address in page.text) == (200, False), "whoever is asked to log in first"
    token = {"token": parse_qs(urlsplit(link[0]).query)["token"][0]}
    stranger = await mine("POST", "/check", person=other["id"], json=token)
    assert (stranger.status_code, stranger.json()["code"]) == (403, "link-not-yours")
    checked = await mine("POST", "/check", person=me["id"], json=token)
    assert (checked.status_code, checked.json()["email"]) == (200, address)
    stale = await mine("POST", "/check", person=me["id"], json=token)
    assert (stale.status_code, stale.json()["code"]) == (410, "link-used")
    taken = await mine("PUT", person=other["id"], json={"email": address})
    assert (taken.status_code, taken.json()["code"]) == (409, "email-taken")
    assert me["id"] not in taken.text

    async def nudged():
        return len(arrived(jejak, address)) > 1

    await jejak.until(nudged)
    # Asked for again while the process that takes it in is killed: it was one message, and stays one.
    second = nudge.model_copy(update={"request_id": uuid4()})
    await ask_for(jejak, nudge, second, second)
    process = jejak.stack.process("notification", "worker")
    process.kill()
    await process.start()
    await jejak.at_rest()
    mails = arrived(jejak, address)
    assert len(mails) == 3, "the check, the nudge that waited, the second nudge"
    assert {mail.message["Content-Language"] for mail in mails} == {"en"}
    assert [mail.subject for mail in mails][1:2] == ["Reminder: 12 JP still missing for 2026"]
    for service in ("registry", "notification"):
        assert (await jejak.run(service, "check"))[0] == 0
