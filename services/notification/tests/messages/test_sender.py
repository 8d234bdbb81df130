"""Mails leave over real SMTP: once, patiently, and with the server's words when they do not."""

import asyncio
import logging
import math
import ssl
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from ipaddress import ip_address

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from babel import numbers
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NonRecordingSpan
from pydantic import SecretStr

from common import telemetry
from common.store.database import Database, counted_statements
from common.telemetry import traceparent
from jejak_local.processes import free_port
from notification.messages import sender as sender_module
from notification.messages.sender import CONNECTIONS, Sender

PIC, DEPUTY = "pic@agency.example", "deputy@agency.example"


async def one_message(notification, make, **changes):
    await notification.take(make.agency(**changes), *make.pages(make.people(1, 2, 3)))


async def attempts(notification):
    rows = await notification.rows(
        "SELECT number, moment, result, code, words FROM attempts ORDER BY message_id, number"
    )
    return [tuple(row) for row in rows]


async def test_451_twice_then_250_is_one_mail_after_growing_waits(notification, make) -> None:
    await one_message(notification, make)
    notification.mail_server.answer(PIC, "451 4.7.1 try later", times=2)
    started = notification.clock.now()
    waits = []
    for _ in range(2):
        assert await notification.send() == 1
        [message] = await notification.messages()
        assert message.state == "queued"
        waits.append((message.due_at - notification.clock.now()).total_seconds())
        assert await notification.send() == 0, "not before its time"
        notification.clock.moment = message.due_at
    assert await notification.send() == 1
    assert 30 <= waits[0] <= 36
    assert 120 <= waits[1] <= 144
    assert len(notification.mail_server.mails()) == 1
    first, second, third = await attempts(notification)
    assert first == (1, started, "deferred", 451, "4.7.1 try later")
    assert (second[2], third[2], third[3]) == ("deferred", "sent", 250)
    [message] = await notification.messages()
    assert (message.state, message.attempts, message.settled_at) == ("sent", 3, notification.clock.now())
    await notification.sound()


async def test_550_fails_at_once_is_listed_with_the_servers_words_and_can_be_sent_again(
    notification, make, api, caplog
) -> None:
    await one_message(notification, make)
    notification.mail_server.answer(PIC, f"550 5.1.1 <{PIC}> no such mailbox")
    with caplog.at_level(logging.DEBUG, "jejak"):
        await notification.send()
    assert [one for one in caplog.records if one.name == "jejak"]
    assert not [one for one in caplog.records if one.name == "jejak" and PIC in one.getMessage()]
    notification.later(10**6)
    assert await notification.send() == 0, "never tried again by itself"
    [failed] = (await api.get("/messages?state=failed", "operator"))["items"]
    assert (failed["reason"], failed["attempts"], failed["recipient"]) == ("refused", 1, PIC)
    detail = await api.get(f"/messages/{failed['id']}", "operator")
    assert [(one["code"], one["words"]) for one in detail["history"]] == [(550, f"5.1.1 <{PIC}> no such mailbox")]
    assert notification.mail_server.mails() == []

    answer = await api.call("operator", "POST", f"/messages/{failed['id']}/resend")
    assert (answer.status_code, answer.json()["state"]) == (200, "queued")
    await notification.send()
    [mail] = notification.mail_server.mails()
    assert mail.recipients == [PIC]
    detail = await api.get(f"/messages/{failed['id']}", "lan")
    assert (detail["state"], [one["result"] for one in detail["history"]]) == ("sent", ["failed", "sent"])
    assert detail["resends"] == [{"after_attempt": 1, "moment": "2026-05-13T16:01:40Z", "subject": "operator"}]
    await notification.sound()


async def test_sent_again_it_goes_to_whom_the_agency_names_now(notification, make, api) -> None:
    await one_message(notification, make)
    notification.mail_server.answer(PIC, "550 5.1.1 no such mailbox")
    await notification.send()
    [message] = await notification.messages()
    await notification.take(make.record(make.agency(pics=[]), sequence=2))
    refused = await api.call("lan", "POST", f"/messages/{message.id}/resend", headers={"accept-language": "en"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no-pic")
    successor = make.pic(email="new@agency.example", language="en", zone="Asia/Makassar")
    await notification.take(make.record(make.agency(pics=[successor, make.pic("deputy", DEPUTY)]), sequence=3))
    assert (await api.call("lan", "POST", f"/messages/{message.id}/resend")).status_code == 200
    await notification.send()
    [mail] = notification.mail_server.mails()
    assert mail.recipients == ["new@agency.example", DEPUTY]
    assert mail.message["Content-Language"] == "en"
    again = await api.call("lan", "POST", f"/messages/{message.id}/resend", headers={"accept-language": "en"})
    assert (again.status_code, again.json()["code"]) == (409, "message-not-open")
    assert again.json()["title"].startswith("This message has been sent, is being sent or is no longer needed.")
    await notification.sound()


async def test_a_mail_that_waits_goes_to_who_is_pic_by_then_and_at_once(notification, make, api) -> None:
    await one_message(notification, make)
    notification.mail_server.answer(PIC, "451 4.7.1 try later", times=9)
    await notification.send()
    [before] = await notification.messages()
    notification.later(5)
    successor = make.pic(email="New@agency.example", language="en", zone="Asia/Makassar")
    await notification.take(make.record(make.agency(pics=[successor, make.pic("deputy", DEPUTY)]), sequence=2))
    assert await notification.send() == 1, "the new one has not been tried, so there is nothing to wait for"
    [mail] = notification.mail_server.mails()
    assert mail.recipients == ["New@agency.example", DEPUTY]
    assert (mail.message["Content-Language"], "WITA" in mail.body()) == ("en", True)
    assert mail.message["Message-ID"] != f"<{before.id}@lan.example>", "another mail than the old PIC may have"
    [after] = await notification.messages()
    assert (after.id, after.state, after.recipient, after.tries) == (before.id, "sent", "New@agency.example", 1)
    assert after.dedupe_key == f"{make.sweep}/{make.agency_id()}/new@agency.example"
    [shown] = (await api.get("/messages"))["items"]
    assert (shown["recipient"], shown["attempts"]) == ("New@agency.example", 2)
    await notification.sound()


async def test_a_mail_that_waits_is_sent_now_when_somebody_asks_for_it(notification, make, api) -> None:
    await one_message(notification, make)
    [message] = await notification.messages()
    resend = f"/messages/{message.id}/resend"
    assert (await api.call("lan", "POST", resend)).json()["code"] == "message-not-open", "it is due as it is"
    for _ in range(2):
        notification.mail_server.answer(PIC, "451 4.7.1 try later")
        assert await notification.send() == 1
        assert await notification.send() == 0
        answer = await api.call("operator", "POST", resend)
        assert (answer.status_code, answer.json()["state"]) == (200, "queued")
        notification.later(1)
    assert await notification.send() == 1
    assert (await api.call("lan", "POST", resend)).status_code == 409
    detail = await api.get(f"/messages/{message.id}")
    assert [one["result"] for one in detail["history"]] == ["deferred", "deferred", "sent"]
    assert [one["after_attempt"] for one in detail["resends"]] == [1, 2]
    assert len(notification.mail_server.mails()) == 1
    await notification.sound()


async def test_sent_now_a_mail_that_waits_goes_to_the_new_pic(notification, make, api) -> None:
    await one_message(notification, make)
    notification.mail_server.answer(PIC, "451 4.7.1 try later", times=9)
    await notification.send()
    await notification.take(make.record(make.agency(pics=[make.pic(email="new@agency.example")]), sequence=2))
    notification.later(1)
    notification.mail_server.answer("new@agency.example", "451 4.7.1 try later")
    await notification.send()
    [message] = await notification.messages()
    await notification.take(make.record(make.agency(pics=[make.pic(email="third@agency.example")]), sequence=3))
    # Asked for in the moment in which it follows by itself: once is enough.
    assert (await api.call("lan", "POST", f"/messages/{message.id}/resend")).status_code == 409
    await notification.send()
    assert [mail.recipients for mail in notification.mail_server.mails()] == [["third@agency.example"]]
    await notification.sound()


async def test_a_pic_replaced_while_the_mail_is_on_its_way_is_followed_when_it_comes_back(
    notification, make, api
) -> None:
    await one_message(notification, make)
    with Holding(answer="451 4.3.0 try later") as server:
        sending = asyncio.create_task(notification.sender(smtp_port=server.port).turn())
        await asyncio.to_thread(server.stored.wait, 10)
        [message] = await notification.messages()
        notification.later(1)
        assert (await api.call("lan", "POST", f"/messages/{message.id}/resend")).status_code == 409, "it is on its way"
        await notification.take(make.record(make.agency(pics=[make.pic(email="new@agency.example")]), sequence=2))
        server.answers = True
        await sending
    [message] = await notification.messages()
    assert (message.state, message.due_at, message.recipient) == ("queued", notification.clock.now(), PIC)
    assert await notification.send() == 1
    assert [mail.recipients for mail in notification.mail_server.mails()] == [["new@agency.example"]]
    await notification.sound()


async def test_a_mail_nobody_may_have_fails_and_goes_out_when_somebody_is_named(notification, make, api) -> None:
    await one_message(notification, make)
    notification.mail_server.answer(PIC, "451 4.7.1 try later")
    await notification.send()
    await notification.take(make.record(make.agency(pics=[]), sequence=2))
    notification.later(100)
    assert await notification.send() == 1
    [message] = (await api.get("/messages?state=failed"))["items"]
    assert (message["reason"], message["attempts"]) == ("no-pic", 1)
    assert notification.mail_server.mails() == []
    await notification.take(make.record(make.agency(pics=[make.pic(email="new@agency.example")]), sequence=3))
    await notification.take(make.record(make.agency(pics=[]), sequence=1))
    await notification.send()
    assert [mail.recipients for mail in notification.mail_server.mails()] == [["new@agency.example"]]
    await notification.sound()


async def test_a_pic_who_has_it_keeps_it_while_the_copy_waits(notification, make) -> None:
    await one_message(notification, make, pics=[make.pic(), make.pic("deputy", DEPUTY)])
    async with notification.database.engine.begin() as connection:
        await connection.exec_driver_sql(f"UPDATE messages SET accepted = '{{{PIC}}}', tries = 1, attempts = 1")
    await notification.take(make.record(make.agency(pics=[make.pic(email="new@agency.example")]), sequence=2))
    await notification.send()
    assert [mail.recipients for mail in notification.mail_server.mails()] == [[DEPUTY]]
    [message] = await notification.messages()
    assert (message.state, message.recipient) == ("sent", PIC)


async def test_of_two_mains_who_are_replaced_each_new_one_gets_a_mail(notification, make) -> None:
    await one_message(notification, make, pics=[make.pic(email=f"{name}@agency.example") for name in "ab"])
    for name in "ab":
        notification.mail_server.answer(f"{name}@agency.example", "451 4.7.1 try later", times=9)
    await notification.send()
    notification.later(1)
    successors = [make.pic(email=f"{name}@agency.example") for name in "cd"]
    await notification.take(make.record(make.agency(pics=successors), sequence=2))
    assert await notification.send() == 2
    assert sorted(mail.recipients for mail in notification.mail_server.mails()) == [
        ["c@agency.example"],
        ["d@agency.example"],
    ]
    await notification.sound()


async def test_a_mail_the_old_pic_may_have_is_another_mail_for_the_new_one(notification, make) -> None:
    await one_message(notification, make)
    notification.mail_server.answer(PIC, drop=True)
    await notification.send()
    notification.later(1)
    successor = make.pic(email="new@agency.example", language="en")
    await notification.take(make.record(make.agency(pics=[successor]), sequence=2))
    await notification.send()
    first, second = notification.mail_server.mails()
    assert (first.recipients, second.recipients) == ([PIC], ["new@agency.example"])
    assert first.message["Message-ID"] != second.message["Message-ID"]
    await notification.sound()


async def test_an_international_domain_is_written_to_in_its_ascii_form(notification, make, api) -> None:
    await one_message(notification, make, pics=[make.pic(email="pic@büro.id"), make.pic("deputy", "wakil@例え.jp")])
    assert (await api.get("/waiting"))["items"] == []
    await notification.send()
    [mail] = notification.mail_server.mails()
    assert mail.recipients == ["pic@xn--bro-hoa.id", "wakil@xn--r8jz45g.jp"]
    assert (mail.message["To"], mail.message["Cc"]) == ("pic@xn--bro-hoa.id", "wakil@xn--r8jz45g.jp")
    await notification.sound()


async def test_the_senders_own_domain_may_be_international_too(notification, make) -> None:
    await one_message(notification, make)
    written = notification.settings.model_dump() | {"smtp_sender": "Jejak <jejak@büro.id>"}
    await notification.send(smtp_sender=type(notification.settings)(**written).smtp_sender)
    [mail] = notification.mail_server.mails()
    assert mail.message["From"] == "Jejak <jejak@xn--bro-hoa.id>"
    assert mail.message["Message-ID"].endswith("@xn--bro-hoa.id>")


async def test_a_server_that_is_down_is_waited_for(notification, make) -> None:
    await one_message(notification, make)
    port = free_port()
    await notification.send(smtp_port=port)
    [message] = await notification.messages()
    assert (message.state, message.in_doubt) == ("queued", False)
    [(_, _, result, code, words)] = await attempts(notification)
    assert (result, code) == ("deferred", None)
    assert "connect" in words.lower()
    notification.clock.moment = message.due_at
    await notification.send()
    assert len(notification.mail_server.mails()) == 1


async def test_a_mail_is_given_up_after_the_last_wait(notification, make, api) -> None:
    await one_message(notification, make)
    notification.mail_server.answer(PIC, "451 4.7.1 try later", times=9)
    for _ in range(9):
        notification.later(10_000)
        await notification.send()
    [failed] = (await api.get("/messages?state=failed"))["items"]
    assert (failed["reason"], failed["attempts"]) == ("gave-up", 4)


class Guarded:
    """An SMTP server that takes mail only over TLS and from who knows the password."""

    def __init__(self, folder) -> None:
        self.port = free_port()
        self.mails = 0
        self.certificate = folder / "certificate.pem"
        key = self._write_certificate(folder)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, key)
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=context,
            require_starttls=True,
            authenticator=lambda *found: AuthResult(success=found[4].password == b"right", handled=False),
            auth_required=True,
        )

    def _write_certificate(self, folder):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail of a test")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(datetime.now(UTC) - timedelta(days=1))
            .not_valid_after(datetime.now(UTC) + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
        private = folder / "key.pem"
        private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return private

    async def handle_DATA(self, *_) -> str:  # noqa: N802 - aiosmtpd calls it by this name
        self.mails += 1
        return "250 OK"

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_):
        self._controller.stop()


async def test_tls_and_login(notification, make, tmp_path, monkeypatch) -> None:
    """A log-in or a certificate that is refused is the settings' fault: every mail waits until it is mended."""
    await one_message(notification, make)
    with Guarded(tmp_path) as server:
        known = {"smtp_port": server.port, "smtp_username": "jejak", "smtp_password": SecretStr("right")}
        await notification.send(**known, smtp_starttls=True)
        assert "CERTIFICATE_VERIFY_FAILED" in (await attempts(notification))[-1][4]
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        for changes in ({"smtp_starttls": False}, {"smtp_starttls": True, "smtp_password": SecretStr("wrong")}):
            notification.later(1000)
            assert await notification.send(**(known | changes)) == 1
            [message] = await notification.messages()
            assert (message.state, message.in_doubt, server.mails) == ("queued", False, 0)
        assert "Authentication credentials invalid" in (await attempts(notification))[-1][4]
        notification.later(1000)
        await notification.send(**known, smtp_starttls=True)
        assert server.mails == 1
    await notification.sound()


async def test_without_starttls_nothing_is_sent_when_it_is_asked_for(notification, make) -> None:
    await one_message(notification, make)
    await notification.send(smtp_starttls=True)
    [message] = await notification.messages()
    assert message.state == "queued"
    assert notification.mail_server.mails() == []


async def test_two_senders_at_once_send_each_mail_once(notification, make) -> None:
    codes = [f"K-{number:03}" for number in range(50)]
    await notification.take(
        *(make.agency(code, pics=[make.pic(email=f"{code}@agency.example")]) for code in codes),
        *(page for place, code in enumerate(codes) for page in make.pages(make.people(place), code=code)),
    )
    sent = await asyncio.gather(*(notification.send() for _ in range(4)))
    assert sum(sent) == 50
    recipients = [name for mail in notification.mail_server.mails() for name in mail.recipients]
    assert sorted(recipients) == sorted(f"{code}@agency.example" for code in codes)
    await notification.sound()


async def test_sixty_agencies_thirty_with_gaps_thirty_mails_with_figures_equal_to_sql(notification, make) -> None:
    codes = [f"D-{number:03}" for number in range(60)]
    await notification.take(
        *(make.agency(code, name=f"Kota {code}", pics=[make.pic(email=f"{code}@d.example")]) for code in codes)
    )
    for place, code in enumerate(codes[::2]):
        people = [
            make.person(place * 1000 + n, unit=f"Dinas {n % 7}" if n % 5 else None, missing=f"{1 + n % 4}.{place}")
            for n in range(3 + place * 4)
        ]
        await notification.take(*make.pages(people, code=code, size=40, people_total=200 + place))
    caught_up = [
        make.record(make.resolved(place * 1000, code=code), minutes=1)
        for place, code in enumerate(codes[::2])
        if place % 3
    ]
    await notification.take(*caught_up)
    await notification.send()
    mails = {mail.recipients[0]: mail for mail in notification.mail_server.mails()}
    assert len(notification.mail_server.mails()) == len(mails) == 30
    expected = await notification.rows(
        "SELECT code, name, people_total, count(*) AS short, sum(missing) AS missing, count(DISTINCT coalesce(unit_name, '')) AS units"
        " FROM listed_people JOIN agencies USING (agency_id) JOIN digests USING (agency_id, round_id)"
        " LEFT JOIN resolutions USING (sweep_id, agency_id, person_id) WHERE resolutions.resolved IS NOT TRUE"
        " GROUP BY code, name, people_total"
    )
    assert len(expected) == 30
    for row in expected:
        lines = mails[f"{row.code}@d.example"].body().splitlines()
        hours = numbers.format_decimal(row.missing, locale="id")
        assert row.name in lines
        assert f"Pegawai yang dihitung     : {row.people_total}" in lines
        assert [
            line for line in lines if line.startswith(f"Sudah mencapai            : {row.people_total - row.short} (")
        ]
        assert [line for line in lines if line.startswith(f"Belum mencapai            : {row.short} (")]
        assert f"JP yang masih kurang      : {hours} JP" in lines
        assert sum(" pegawai, kurang " in line for line in lines) == min(row.units, 5)
    assert "Sejak pendataan, 1 pegawai telah menyusul" in mails["D-002@d.example"].body()
    assert "menyusul" not in mails["D-000@d.example"].body()
    await notification.sound()


async def test_top_units_are_those_with_most_people_then_most_hours(notification, make) -> None:
    counts = {"A": 2, "B": 4, "C": 2, "D": 1, "E": 3, "F": 1, "G": 1}
    people = [
        make.person(len(counts) * 100 + place * 10 + n, unit=unit, missing="5" if unit == "C" else "2")
        for place, (unit, count) in enumerate(counts.items())
        for n in range(count)
    ]
    await notification.take(make.agency(), *make.pages(people))
    await notification.send()
    [message] = await notification.messages()
    assert [
        (unit["name"], unit["short"], Decimal(unit["missing"])) for unit in message.values["rounds"][0]["units"]
    ] == [
        ("B", 4, 8),
        ("E", 3, 6),
        ("C", 2, 10),
        ("A", 2, 4),
        ("D", 1, 2),
    ]
    assert message.values["rounds"][0]["other_units"] == 2


async def test_when_all_caught_up_before_the_mail_left_it_is_skipped_with_its_reason(notification, make, api) -> None:
    await one_message(notification, make)
    notification.mail_server.answer(PIC, "451 4.7.1 try later")
    await notification.send()
    await notification.take(*(make.record(make.resolved(number), minutes=5) for number in (1, 2, 3)))
    notification.later(100)
    assert await notification.send() == 1
    assert await notification.send() == 0
    [message] = (await api.get("/messages"))["items"]
    assert (message["state"], message["reason"], message["attempts"]) == ("skipped", "all-met", 1)
    assert notification.mail_server.mails() == []
    await notification.sound()


async def test_a_mail_refused_for_now_says_later_what_is_true_later(notification, make) -> None:
    await one_message(notification, make)
    notification.mail_server.answer(PIC, "451 4.7.1 try later")
    await notification.send()
    await notification.take(make.record(make.resolved(1), minutes=5))
    notification.later(100)
    await notification.send()
    [mail] = notification.mail_server.mails()
    assert "2 dari 1.200 pegawai" in mail.subject


class Holding:
    """An SMTP server that stores mails and keeps its answers to the first ones back until it is told to give them."""

    def __init__(self, most: float = math.inf, answer: str = "250 OK") -> None:
        self.most = most
        self.answer = answer
        self.port = free_port()
        self.mails = []
        self.stored = threading.Event()
        self.answers = False
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd calls it by this name
        self.mails.append(message_from_bytes(envelope.original_content, policy=default))
        self.stored.set()
        held = len(self.mails) <= self.most
        while held and not self.answers:
            await asyncio.sleep(0.01)
        return self.answer

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_):
        self.answers = True
        self._controller.stop()


async def test_a_sender_killed_after_the_server_took_the_mail_sends_the_same_mail_again(
    notification, make, api
) -> None:
    await one_message(notification, make)
    with Holding() as server:
        doomed = asyncio.create_task(notification.send(smtp_port=server.port))
        await asyncio.to_thread(server.stored.wait, 10)
        # Nothing of it is recorded: as after SIGKILL, the row still says claimed.
        doomed.cancel()
        await asyncio.gather(doomed, return_exceptions=True)
        [message] = await notification.messages()
        assert (message.state, message.attempts) == ("queued", 0)
        assert message.claimed_until is not None
        await notification.take(make.record(make.resolved(1), minutes=5))
        server.answers = True
        assert await notification.send(smtp_port=server.port) == 0, "nobody else has it while the claim lasts"
        notification.clock.moment = message.claimed_until
        assert await notification.send(smtp_port=server.port) == 1
        first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"] == f"<{message.id}@lan.example>"
    assert first["Subject"] == second["Subject"]
    assert first.get_body(("plain",)).get_content() == second.get_body(("plain",)).get_content(), "though one caught up"
    [row] = (await api.get("/messages"))["items"]
    assert (row["state"], row["attempts"]) == ("sent", 1)
    await notification.sound()


async def test_a_connection_cut_before_the_answer_leaves_doubt_and_the_same_mail_goes_again(notification, make) -> None:
    await one_message(notification, make)
    notification.mail_server.answer(PIC, drop=True)
    await notification.send()
    [message] = await notification.messages()
    assert (message.state, message.in_doubt) == ("queued", True)
    await notification.take(make.record(make.resolved(1), minutes=5))
    notification.mail_server.answer(PIC, "451 4.7.1 try later")
    notification.later(100)
    await notification.send()
    notification.later(1000)
    await notification.send()
    first, second = notification.mail_server.mails()
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.body() == second.body()
    await notification.sound()


async def test_a_claim_that_ran_out_settles_nothing(notification, make) -> None:
    """A sender that was away for longer than its claim leaves the mail to whoever has it now."""
    await one_message(notification, make)
    with Holding() as server:
        slow = asyncio.create_task(notification.send(smtp_port=server.port))
        await asyncio.to_thread(server.stored.wait, 10)
        notification.later(61)
        await notification.send()
        server.answers = True
        await slow
    assert [row[2] for row in await attempts(notification)] == ["sent"]
    await notification.sound()


async def test_the_deputy_is_copied_and_each_has_the_mail_once(notification, make, api) -> None:
    await one_message(notification, make, pics=[make.pic(), make.pic("deputy", DEPUTY)])

    class Picky:
        refusing = "451 4.2.0 greylisted"

        async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802 - aiosmtpd calls it by this name
            if address == DEPUTY and self.refusing:
                return self.refusing
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd calls it by this name
            got.append((list(envelope.rcpt_tos), message_from_bytes(envelope.original_content, policy=default)))
            return "250 OK"

    got = []
    handler = Picky()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        await notification.send(smtp_port=port)
        [message] = await notification.messages()
        assert (message.state, message.accepted) == ("queued", [PIC])
        handler.refusing = ""
        notification.later(100)
        await notification.send(smtp_port=port)
    finally:
        controller.stop()
    assert [recipients for recipients, _ in got] == [[PIC], [DEPUTY]]
    assert {(mail["To"], mail["Cc"], mail["Message-ID"]) for _, mail in got} == {(PIC, DEPUTY, got[0][1]["Message-ID"])}
    detail = await api.get(f"/messages/{message.id}")
    assert (detail["state"], sorted(detail["accepted"])) == ("sent", [DEPUTY, PIC])
    await notification.sound()


async def test_a_mail_that_cannot_be_written_stops_no_other(notification, make) -> None:
    for code in ("K-001", "K-002"):
        await notification.take(
            make.agency(code, pics=[make.pic(email=f"{code}@agency.example")]), *make.pages(make.people(1), code=code)
        )
    async with notification.database.engine.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE agencies SET pics = jsonb_set(pics, '{0,language}', '\"xx\"') WHERE code = 'K-001'"
        )
    await notification.send()
    first, second = await notification.messages()
    assert (first.state, second.state) == ("queued", "sent")
    [attempt] = await notification.rows("SELECT words FROM attempts WHERE result = 'deferred'")
    assert attempt.words == "KeyError: 'xx'"


async def test_a_batch_uses_few_connections_and_statements(notification, make, monkeypatch) -> None:
    codes = [f"K-{number:03}" for number in range(20)]
    await notification.take(
        *(make.agency(code, pics=[make.pic(email=f"{code}@agency.example")]) for code in codes),
        *(page for place, code in enumerate(codes) for page in make.pages(make.people(place), code=code)),
    )
    connections = []
    connect = sender_module.SMTP.connect

    async def counted(self, **options):
        connections.append(self)
        return await connect(self, **options)

    monkeypatch.setattr(sender_module.SMTP, "connect", counted)
    with counted_statements(notification.database) as statements:
        assert await notification.sender().turn() == 20
    assert len(connections) == CONNECTIONS
    assert len(statements) == 5 + 20, "lock, claim, who stands in, figures, what is said; and one for each mail's end"


async def test_a_sender_that_is_told_to_stop_gives_back_what_it_has_not_tried(notification, make) -> None:
    codes = [f"K-{number:03}" for number in range(CONNECTIONS + 2)]
    await notification.take(
        *(make.agency(code, pics=[make.pic(email=f"{code}@agency.example")]) for code in codes),
        *(page for place, code in enumerate(codes) for page in make.pages(make.people(place), code=code)),
    )
    with Holding() as server:
        sender = notification.sender(smtp_port=server.port)
        running = asyncio.create_task(sender.run())
        await asyncio.to_thread(server.stored.wait, 10)
        sender.stop()
        server.answers = True
        await running
    ended = [(row.state, row.claimed_until, row.attempts) for row in await notification.messages()]
    assert sorted(ended) == [("queued", None, 0)] * 2 + [("sent", None, 1)] * CONNECTIONS
    await notification.send()
    assert len(notification.mail_server.mails()) == 2


async def test_mails_wait_for_a_slow_mailbox_only_when_every_connection_has_one(notification, make) -> None:
    codes = [f"K-{number:03}" for number in range(CONNECTIONS + 1)]
    await notification.take(
        *(make.agency(code, pics=[make.pic(email=f"{code}@agency.example")]) for code in codes),
        *(page for place, code in enumerate(codes) for page in make.pages(make.people(place), code=code)),
    )
    with Holding(CONNECTIONS - 1) as server:
        sending = asyncio.create_task(notification.send(smtp_port=server.port))
        async with asyncio.timeout(30):
            while len(server.mails) < len(codes):
                await asyncio.sleep(0.01)
        assert not sending.done()
        server.answers = True
        assert await sending == len(codes)
    assert {row.state for row in await notification.messages()} == {"sent"}


async def test_a_running_sender_is_ready_and_finds_new_mails_by_itself(notification, make) -> None:
    sender = notification.sender()
    assert not sender.ready
    running = asyncio.create_task(sender.run())
    await one_message(notification, make)
    async with asyncio.timeout(20):
        while not notification.mail_server.mails():
            await asyncio.sleep(0.05)
    assert sender.ready
    sender.stop()
    await running
    await notification.sound()


async def test_without_its_database_a_sender_lives_and_is_not_ready(notification, caplog) -> None:
    nowhere = Database(f"postgresql+asyncpg://nobody:secret@127.0.0.1:{free_port()}/nothing")
    sender = Sender(nowhere, notification.settings, notification.clock)
    with caplog.at_level(logging.ERROR, "jejak"):
        running = asyncio.create_task(sender.run())
        async with asyncio.timeout(10):
            while not caplog.records:
                await asyncio.sleep(0.02)
        assert not sender.ready
        sender.stop()
        await running
    await nowhere.close()


async def test_a_mail_leads_back_to_the_events_it_is_made_of(notification, make, monkeypatch) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer("test"))
    parents = [f"00-{number:032x}-{number:016x}-01" for number in (11, 12)]
    events = make.pages(make.people(*range(15)), size=10)
    await notification.take(
        make.agency(), *(make.record(event, traceparent=parent) for event, parent in zip(events, parents, strict=True))
    )
    await notification.send()
    [span] = [ended for ended in exporter.get_finished_spans() if ended.name == "send mail"]
    assert {traceparent(NonRecordingSpan(link.context)) for link in span.links} == set(parents)
    [mail] = notification.mail_server.mails()
    assert mail.message["X-Jejak-Trace"] == traceparent(NonRecordingSpan(span.context))
    assert not {PIC, DEPUTY} & {str(value) for value in span.attributes.values()}


async def test_results_are_counted_with_their_reasons(notification, make, monkeypatch) -> None:
    counted = []

    class Counter:
        def add(self, amount, attributes):
            counted.append((amount, attributes))

    from notification.rounds import commands

    monkeypatch.setattr(sender_module, "mail_sent", Counter())
    monkeypatch.setattr(commands, "mail_sent", Counter())
    await notification.take(make.agency("K-009", pics=[]), *make.pages(make.people(9), code="K-009"))
    await one_message(notification, make)
    notification.mail_server.answer(PIC, "451 4.7.1 try later")
    notification.mail_server.answer(PIC, "550 5.1.1 no such mailbox")
    await notification.send()
    notification.later(100)
    await notification.send()
    assert counted == [
        (1, {"result": "skipped", "reason": "no-pic"}),
        (1, {"result": "deferred"}),
        (1, {"result": "failed", "reason": "refused"}),
    ]


@pytest.mark.parametrize("server", ["silent", "rude"])
async def test_a_server_that_says_nothing_or_nonsense_is_tried_again(notification, make, server) -> None:
    for code in ("K-001", "K-002"):
        await notification.take(
            make.agency(code, pics=[make.pic(email=f"{code}@agency.example")]), *make.pages(make.people(1), code=code)
        )
    port = free_port()
    done = asyncio.Event()

    async def answer(_reader, writer):
        if server == "rude":
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await writer.drain()
        await done.wait()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", port):
        await notification.send(smtp_port=port, smtp_timeout=0.5)
        done.set()
    for message in await notification.messages():
        assert (message.state, message.attempts, message.in_doubt) == ("queued", 1, False)
    notification.later(100)
    await notification.send()
    assert len(notification.mail_server.mails()) == 2
