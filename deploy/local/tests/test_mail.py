import smtplib
import time
from email.message import EmailMessage

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from jejak_local.mail import MailServer, inbox


def mail(recipient: str, subject: str = "Ringkasan", html: str = "") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "jejak@example.org"
    message["To"] = recipient
    message["Subject"] = subject
    message["Message-ID"] = "<1@jejak>"
    message.set_content("Yth. PIC, 3 orang belum memenuhi 20 JP – mohon ditindaklanjuti.")
    if html:
        message.add_alternative(html, subtype="html")
    return message


def send(server: MailServer, message: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as client:
        client.send_message(message)


def test_a_mail_is_kept_as_a_file_with_its_envelope(mail_server: MailServer):
    send(mail_server, mail("ani@example.org"))
    [arrived] = mail_server.mails()
    assert arrived.file.name == "000001.eml"
    assert arrived.subject == "Ringkasan"
    assert arrived.recipients == ["ani@example.org"]
    assert "3 orang belum memenuhi 20 JP – mohon" in arrived.body()


def test_a_scripted_recipient_is_refused_twice_and_then_accepted(mail_server: MailServer):
    mail_server.answer("ani@example.org", "451 4.2.0 try later", times=2)
    for _ in range(2):
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            send(mail_server, mail("ani@example.org"))
        assert refusal.value.smtp_code == 451
    send(mail_server, mail("budi@example.org"))
    send(mail_server, mail("ani@example.org"))
    assert [arrived.recipients for arrived in mail_server.mails()] == [["budi@example.org"], ["ani@example.org"]]


def test_a_permanent_refusal_keeps_nothing(mail_server: MailServer):
    mail_server.answer("ani@example.org", "550 5.1.1 no such mailbox")
    with pytest.raises(smtplib.SMTPDataError, match="no such mailbox"):
        send(mail_server, mail("ani@example.org"))
    assert mail_server.mails() == []


def test_a_connection_cut_after_data_leaves_the_mail_arrived_and_the_sender_in_doubt(mail_server: MailServer):
    mail_server.answer("ani@example.org", drop=True)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(mail_server, mail("ani@example.org"))
    assert len(mail_server.mails()) == 1
    send(mail_server, mail("ani@example.org"))
    assert len(mail_server.mails()) == 2


def test_an_answer_can_be_late(mail_server: MailServer):
    mail_server.answer("ani@example.org", delay=0.2)
    begun = time.monotonic()
    send(mail_server, mail("ani@example.org"))
    assert time.monotonic() - begun >= 0.2


def test_a_server_started_again_goes_on_numbering(tmp_path):
    for number in (1, 2):
        server = MailServer(tmp_path)
        server.start()
        send(server, mail("ani@example.org"))
        server.stop()
        assert len(server.mails()) == number


def test_the_inbox_shows_mails_and_lets_no_mail_script_the_page(mail_server: MailServer):
    app = FastAPI()
    app.include_router(inbox(mail_server))
    browser = TestClient(app)
    send(mail_server, mail("ani@example.org", subject="<script>1</script>", html='<p>"Halo" & <b>selamat</b></p>'))
    page = browser.get("/mail").text
    assert "1 mails arrived" in page
    assert "&lt;script&gt;1&lt;/script&gt;" in page
    assert "<script>" not in page
    shown = browser.get("/mail/000001").text
    assert 'sandbox srcdoc="&lt;p&gt;&#34;Halo&#34;' in shown
    assert "3 orang belum memenuhi" in shown
    assert "X-Envelope-To: ani@example.org" in browser.get("/mail/000001.eml").text
    assert browser.get("/mail/000002").status_code == 404


def test_another_process_scripts_the_server_over_http(mail_server: MailServer):
    app = FastAPI()
    app.include_router(inbox(mail_server))
    TestClient(app).post(
        "/mail/answers", json={"recipient": "ani@example.org", "reply": "451 later"}
    ).raise_for_status()
    with pytest.raises(smtplib.SMTPDataError):
        send(mail_server, mail("ani@example.org"))
