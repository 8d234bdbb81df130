"""Letters to people and PICs: what other services ask for, and the mail that checks an address."""

import asyncio
from base64 import b64encode
from datetime import timedelta

import pytest

from common.ids import derived_id
from common.store.database import counted_statements
from contracts.events.notification import Attachment, MessageRequested
from contracts.events.registry import AddressCheck, ContactChanged, RestrictionChanged
from jejak_local.harness import AGENCY, OTHER_AGENCY

SITI = "siti@agency.example"
TOKEN = "head.body.signature"
NUDGE = {"year": 2026, "target": "20", "verified": "7.5", "missing": "12.5"}


@pytest.fixture
def contact(make, moment):
    """`contact(1, email=...)`: a contact as the registry tells it; `check` is an address that is to be checked."""

    def made(number: int, *, sequence: int = 1, check: str | None = None, hours: int = 48, **changes):
        told = {"name": f"Pegawai {number}", "sex": "female", "language": "id", "zone": "WIT", "email": None}
        pending = check and AddressCheck(
            check_id=derived_id("check", check), email=check, token=TOKEN, expires_at=moment + timedelta(hours=hours)
        )
        event = ContactChanged(**told | changes, person_id=make.person_id(number), check=pending)
        return make.record(event, sequence=sequence, minutes=sequence)

    return made


@pytest.fixture
def request_(make, moment):
    """`request_(1)`: the request of a nudge to a person; `about` makes it another message."""

    def made(number: int = 1, about: object = "week 1", *, event_id=None, **changes):
        event = MessageRequested(
            **{
                "request_id": derived_id("nudge", number, about),
                "recipient": "person",
                "recipient_id": make.person_id(number),
                "template": "nudge",
                "values": NUDGE,
                "reason": "superior",
                "expires_at": moment + timedelta(days=7),
            }
            | changes
        )
        return make.record(event, event_id=event_id)

    return made


def mails(notification):
    return notification.mail_server.mails()


async def test_a_person_with_a_checked_address_is_written_to_once_in_their_language(
    notification, contact, request_
) -> None:
    await notification.take(contact(1, email="siti@büro.id"), contact(2, email="budi@b.id", language="en", sex="male"))
    await notification.take(request_(1), request_(2))
    await notification.take(request_(1, event_id=derived_id("asked for again")))
    assert await notification.send() == 2
    first, second = sorted(mails(notification), key=lambda mail: mail.recipients, reverse=True)
    assert (first.recipients, first.subject) == (
        ["siti@xn--bro-hoa.id"],
        "Pengingat: masih kurang 12,5 JP untuk tahun 2026",
    )
    assert (first.message["Content-Language"], second.message["Content-Language"]) == ("id", "en")
    for mail, told in ((first, "Yth. Ibu Pegawai 1"), (second, "Dear Mr Pegawai 2")):
        assert told in mail.body()
        assert told in mail.body("html")
    assert "karena atasan Anda" in first.body(), "why they get it"
    assert "X-Jejak-Round" not in first.message
    await notification.sound()


async def test_a_course_that_is_assigned_is_named_with_the_day_it_is_due(notification, contact, request_) -> None:
    values = {"course": "C-1", "title": "Data <& angka>", "due_on": "2026-06-30"}
    asked = request_(1, "a course", template="course", values=values, reason="assigned")
    await notification.take(contact(1, email=SITI), asked)
    assert await notification.send() == 1
    [mail] = mails(notification)
    assert mail.subject == "Kursus yang ditugaskan kepada Anda, paling lambat 30 Juni 2026"
    assert "Data <& angka> (C-1), paling lambat 30 Juni 2026" in mail.body()
    assert "Data &lt;&amp; angka&gt; (C-1)" in mail.body("html")
    assert "karena atasan Anda menugaskan kursus" in mail.body(), "why they get it"


@pytest.mark.parametrize(
    ("side", "pairs", "told"),
    [
        ("mentee", 1, "Program Lintas mengusulkan seorang mentor"),
        ("mentor", 3, "mengusulkan 3 mentee kepada Bapak/Ibu"),
    ],
)
async def test_whoever_is_offered_pairs_is_told_how_many_and_by_when_to_answer(
    notification, contact, request_, side, pairs, told
) -> None:
    values = {"title": "Lintas", "side": side, "pairs": pairs, "answer_by": "2026-06-30"}
    asked = request_(1, "a match", template="match", values=values, reason="programme")
    await notification.take(contact(1, email=SITI), asked)
    assert await notification.send() == 1
    [mail] = mails(notification)
    assert mail.subject == "Mohon jawaban Anda paling lambat 30 Juni 2026: usulan pasangan mentoring"
    assert told in mail.body()
    assert told in mail.body("html")


@pytest.mark.parametrize(
    ("template", "values", "reason", "subject", "told"),
    [
        (
            "mentor-offer",
            {"title": "Lintas", "closes_on": "2026-06-30"},
            "converted",
            "Seorang mentor untuk Bapak/Ibu: pendaftaran sampai 30 Juni 2026",
            "karena jabatan Anda hasil penyetaraan",
        ),
        (
            "cases-overdue",
            {"cases": 3, "due_on": "2026-04-08"},
            "pic-of-agency",
            "Berkas angka kredit melewati batas waktu",
            "3 berkas angka kredit di instansi Bapak/Ibu belum diputus",
        ),
        (
            "training-refused",
            {"number": "0199a000-0000-7000-8000-000000000001", "end_date": "2026-03-03"},
            "your-training",
            "Pelatihan yang selesai 3 Maret 2026 tidak dikonfirmasi",
            "nomor 0199a000-0000-7000-8000-000000000001",
        ),
        (
            "audit-evidence",
            {"number": "0199a000-0000-7000-8000-000000000001", "due_on": "2026-07-01"},
            "your-training",
            "Bukti pelatihan diminta paling lambat 1 Juli 2026",
            "nomor 0199a000-0000-7000-8000-000000000001",
        ),
        (
            "record-audit",
            {"records": 3},
            "record-auditor",
            "3 catatan pelatihan untuk diperiksa",
            "3 catatan pelatihan yang",
        ),
        (
            "session-audit",
            {"title": "Lintas", "sessions": 3},
            "auditor",
            "3 sesi mentoring untuk diperiksa",
            "3 sesi yang",
        ),
        (
            "talk",
            {"step": "expired", "starts_at": "2026-06-30T02:00:00Z"},
            "your-talk",
            "Tidak dijawab: percakapan pada 30 Juni 2026 pukul 11.00 WIT",
            "Silakan pilih waktu lain",
        ),
        (
            "pair-ended",
            {"title": "Lintas", "ended_on": "2026-06-30"},
            "your-pair",
            "Pasangan mentoring Anda diakhiri pada 30 Juni 2026",
            "dalam program Lintas diakhiri pada 30 Juni 2026",
        ),
        (
            "class",
            {"step": "changed", "title": "Data", "begins_on": "2026-06-29", "ends_on": "2026-06-30"},
            "your-class",
            "Kelas berubah: Data",
            "kini 29 Juni 2026 sampai 30 Juni 2026",
        ),
        (
            "class-use",
            {"title": "Data", "ended_on": "2026-06-30"},
            "your-class",
            "Apakah Anda menggunakannya? Data",
            "Pada 30 Juni 2026 Anda menyelesaikan kelas Data",
        ),
    ],
)
async def test_what_a_service_writes_says_what_it_is_about_and_why(
    notification, contact, request_, template, values, reason, subject, told
) -> None:
    await notification.take(
        contact(1, email=SITI), request_(1, template, template=template, values=values, reason=reason)
    )
    assert await notification.send() == 1
    [mail] = mails(notification)
    assert mail.subject == subject
    assert told in mail.body().replace("\n", " ")


async def test_the_desk_that_asked_is_told_who_has_no_checked_address(
    notification, contact, request_, api, make
) -> None:
    values = {"title": "Lintas", "side": "mentee", "pairs": 1, "answer_by": "2026-06-30"}
    asked = {"template": "match", "values": values, "reason": "programme", "asked_by": AGENCY}
    await notification.take(
        contact(1, email=SITI), *(request_(each, "a match", **asked) for each in (1, 2)), request_(3)
    )
    await notification.send()
    [found] = (await api.get("/messages/unreached", "programme_manager"))["items"]
    assert found["person_id"] == str(make.person_id(2))
    assert (await api.get("/messages/unreached", "programme_manager", agency=OTHER_AGENCY))["items"] == []


async def test_nobody_without_a_checked_address_is_guessed_and_the_letter_goes_once_there_is_one(
    notification, contact, request_, api
) -> None:
    await notification.take(request_(1), contact(2, check="b@agency.example"), request_(2))
    await notification.send()
    assert [mail.recipients for mail in mails(notification)] == [["b@agency.example"]], "the mail that checks it, alone"
    waiting = (await api.get("/messages?state=waiting", "operator"))["items"]
    assert [(one["reason"], one["recipient"], one["attempts"]) for one in waiting] == [("no-address", None, 0)] * 2
    assert await notification.send() == 0
    await notification.sound()
    await notification.take(contact(1, email=SITI), contact(2, email="b@agency.example", sequence=2))
    assert await notification.send() == 2
    assert sorted(mail.recipients for mail in mails(notification)[1:]) == [["b@agency.example"], [SITI]]
    await notification.sound()


async def test_a_letter_that_waited_too_long_is_never_sent(notification, contact, request_, moment, api) -> None:
    await notification.take(request_(1), request_(2, expires_at=moment))
    await notification.send()
    notification.clock.moment = moment + timedelta(days=7)
    assert await notification.send() == 1
    await notification.take(contact(1, email=SITI), contact(2, email="b@agency.example"))
    assert await notification.send() == 0
    skipped = (await api.get("/messages?state=skipped", "operator"))["items"]
    assert [one["reason"] for one in skipped] == ["expired", "expired"]
    assert mails(notification) == []
    await notification.sound()


async def test_an_address_is_checked_by_a_mail_to_it_whatever_else_it_is(notification, contact, moment) -> None:
    await notification.take(contact(1, email=SITI, check="new@agency.example"))
    await notification.take(contact(1, email=SITI, check="new@agency.example", sequence=2, name="Nama Baru"))
    await notification.send()
    [mail] = mails(notification)
    assert mail.recipients == ["new@agency.example"]
    for body in (mail.body(), mail.body("html")):
        assert f"https://portal.example/contact/check?token={TOKEN}" in body
    assert (await notification.messages())[0].expires_at == moment + timedelta(hours=48)
    await notification.sound()


async def test_a_check_that_is_replaced_or_over_is_not_mailed(notification, contact) -> None:
    await notification.take(contact(1, check="old@agency.example"))
    await notification.take(contact(1, check="new@agency.example", sequence=2), contact(2, check=SITI, hours=0))
    await notification.send()
    assert [mail.recipients for mail in mails(notification)] == [["new@agency.example"]]
    assert [(one.state, one.reason) for one in await notification.messages()] == [
        ("sent", None),
        ("skipped", "superseded"),
    ]
    await notification.sound()


async def test_a_letter_follows_the_person_to_another_address(notification, contact, request_, api) -> None:
    await notification.take(contact(1, email=SITI), request_(1))
    notification.mail_server.answer(SITI, "451 4.7.1 try later", times=9)
    await notification.send()
    await notification.take(contact(1, email="new@agency.example", sequence=2))
    assert await notification.send() == 1, "at once: the new one has not been tried"
    assert [mail.recipients for mail in mails(notification)] == [["new@agency.example"]]
    await notification.take(request_(1, "week 2"))
    notification.mail_server.answer("new@agency.example", "451 4.7.1 try later")
    await notification.send()
    await notification.take(contact(1, email=None, sequence=3))
    notification.later(100)
    await notification.send()
    [waiting] = (await api.get("/messages?state=waiting", "operator"))["items"]
    assert waiting["reason"] == "no-address"
    refused = await api.call("operator", "POST", f"/messages/{waiting['id']}/resend")
    assert refused.json()["code"] == "message-not-open"
    await notification.sound()


async def test_a_letter_that_failed_is_sent_again_by_hand_where_there_is_an_address(
    notification, contact, request_, api
) -> None:
    await notification.take(contact(1, email=SITI), request_(1))
    notification.mail_server.answer(SITI, "550 5.1.1 no such mailbox")
    await notification.send()
    [failed] = (await api.get("/messages?state=failed", "operator"))["items"]
    resend = f"/messages/{failed['id']}/resend"
    await notification.take(contact(1, email=None, sequence=2))
    assert await api.refused("operator", "POST", resend) == (409, "no-address", None)
    await notification.take(contact(1, email="new@agency.example", sequence=3))
    assert (await api.call("operator", "POST", resend)).status_code == 200
    await notification.send()
    assert [mail.recipients for mail in mails(notification)] == [["new@agency.example"]]
    await notification.sound()


async def test_a_pic_is_written_to_by_the_agency_and_waited_for(notification, make, request_, api) -> None:
    to_pic = {"recipient": "pic", "recipient_id": make.agency_id()}
    await notification.take(request_(**to_pic))
    await notification.send()
    [waiting] = (await api.get("/messages?state=waiting", "agency_hr", agency=make.agency_id()))["items"]
    assert (waiting["reason"], waiting["person_id"]) == ("no-pic", None)
    await notification.take(make.agency(pics=[make.pic(), make.pic("deputy", "deputy@agency.example")]))
    await notification.send()
    [mail] = mails(notification)
    assert mail.recipients == ["pic@agency.example", "deputy@agency.example"]
    assert "Kementerian Uji" in mail.body()
    await notification.sound()


async def test_what_goes_with_a_letter_arrives_whole(notification, contact, request_) -> None:
    files = [
        Attachment(name="Rencana 2026.pdf", media_type="application/pdf", content=b64encode(b"%PDF\x00\xff").decode()),
        Attachment(name="janji.ics", media_type="text/calendar", content=b64encode(b"BEGIN:VCALENDAR").decode()),
    ]
    await notification.take(contact(1, email=SITI), request_(1, attachments=files))
    await notification.send()
    [mail] = mails(notification)
    parts = {part.get_filename(): part for part in mail.message.iter_attachments()}
    assert parts.keys() == {"Rencana 2026.pdf", "janji.ics"}
    assert parts["Rencana 2026.pdf"].get_payload(decode=True) == b"%PDF\x00\xff"
    assert parts["janji.ics"].get_content_type() == "text/calendar"


WRONG = {
    "an unknown template": {"template": "no-such-letter"},
    "a template nobody may ask for": {"template": "check-address", "values": {}},
    "an unknown reason": {"reason": "because"},
    "a value that is missing": {"values": {"year": 2026}},
    "a value too many": {"values": NUDGE | {"name": "Siti"}},
    "a value of another kind": {"values": NUDGE | {"missing": "much"}},
    "a file that is no Base64": {"attachments": [Attachment(name="a", media_type="text/plain", content="%%")]},
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_nobody_can_write_is_refused_and_leaves_nothing(notification, request_, wrong) -> None:
    with pytest.raises(AssertionError, match="started by whoever reads Kafka"):  # on its way to the dead letters
        await notification.take(request_(1, **WRONG[wrong]))
    assert await notification.messages() == []


async def test_a_sender_killed_in_between_sends_the_same_letter_again(notification, contact, request_) -> None:
    await notification.take(contact(1, email=SITI), request_(1))
    notification.mail_server.answer(SITI, drop=True)
    await notification.send()
    await notification.take(contact(1, email=SITI, name="Nama Baru", language="en", sequence=2))
    notification.later(100)
    await notification.send()
    first, second = mails(notification)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.body() == second.body(), "one Message-ID never stands for two texts"
    await notification.sound()


async def test_an_address_that_comes_while_a_sender_looks_is_not_missed(notification, contact, request_) -> None:
    for number in range(1, 9):
        await notification.take(request_(number))
        await asyncio.gather(notification.send(), notification.take(contact(number, email=f"{number}@agency.example")))
    await notification.send()
    assert len(mails(notification)) == 8
    await notification.sound()


async def test_a_batch_takes_the_same_statements_whatever_its_size(notification, contact, request_) -> None:
    async def statements(numbers) -> tuple[int, ...]:
        counts = []
        for records in ([contact(n, check=f"{n}@agency.example") for n in numbers], [request_(n) for n in numbers]):
            with counted_statements(notification.database) as counted:
                await notification.take(*records)
            counts.append(len(counted))
        return tuple(counts)

    assert await statements(range(1, 3)) == await statements(range(100, 200))


async def test_letters_to_people_are_for_who_runs_the_system_alone(notification, make, contact, request_, api) -> None:
    await notification.take(make.agency(), contact(1, email=SITI), request_(1))
    await notification.send()
    [shown] = (await api.get("/messages", "operator"))["items"]
    assert (shown["recipient"], shown["template"], shown["why"]) == (SITI, "nudge", "superior")
    detail = await api.get(f"/messages/{shown['id']}", "operator")
    assert (detail["figures"], "Pegawai" in str(detail)) == (None, False)
    for role in ("lan", "service", "inspector", "agency_hr"):
        assert (await api.get("/messages", role))["items"] == []
        assert (await api.call(role, "GET", f"/messages/{shown['id']}")).status_code == 404
    assert (await api.call("lan", "POST", f"/messages/{shown['id']}/resend")).status_code == 404


async def test_a_pic_is_told_of_an_audit_in_words_of_their_language(notification, make, moment) -> None:
    asked = MessageRequested(
        request_id=derived_id("audit", 1),
        recipient="pic",
        recipient_id=make.agency_id(),
        template="audit",
        values={"opened_on": "2026-05-02"},
        reason="audit",
        expires_at=moment + timedelta(days=90),
    )
    await notification.take(make.agency(pics=[make.pic(language="en")]), asked)
    await notification.send()
    [mail] = notification.mail_server.mails()
    assert mail.subject == "LAN has opened a sample audit in your agency"
    assert "On 2 May 2026 LAN opened a sample audit" in mail.body().replace("\n", " ")


async def test_of_whom_is_erased_no_letter_and_no_address_is_left(notification, contact, request_, make) -> None:
    await notification.take(
        contact(1, email=SITI, check="baru@agency.example"), contact(2, email="budi@agency.example")
    )
    await notification.take(request_(1), request_(2))
    assert await notification.send() == 3
    await notification.take(request_(1, "week 2"))
    await notification.take(contact(1, sequence=2, name="", email=None))
    assert await notification.rows("SELECT name, email, check_email FROM contacts ORDER BY name") == [
        ("", None, None),
        ("Pegawai 2", "budi@agency.example", None),
    ]
    assert await notification.rows("SELECT person_id FROM messages") == [(make.person_id(2),)]
    assert await notification.value("SELECT count(*) FROM attempts") == 1
    await notification.take(request_(1, "week 3"))
    await notification.send()
    assert len(mails(notification)) == 3, "nobody is written to who was erased"
    await notification.sound()


async def test_letters_that_rest_are_sent_and_shown_to_nobody(notification, make, contact, request_, api) -> None:
    """UU 27/2022, Pasal 41: what somebody is told goes on, nobody reads over it."""
    await notification.take(make.agency(), contact(1, email=SITI), request_(1))
    await notification.send()
    [shown] = (await api.get("/messages", "operator"))["items"]
    await notification.take(RestrictionChanged(person_id=shown["person_id"], parts=["messages"]))
    assert (await api.get("/messages", "operator"))["items"] == []
    assert await api.refused("operator", "GET", f"/messages/{shown['id']}") == (403, "at-rest", None)
    await notification.take(request_(1, "week 2"))
    assert await notification.send() == 1
