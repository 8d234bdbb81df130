"""A round grows from pages, in any order and however often they come, and says what they say."""

import asyncio
import json
import random
from decimal import Decimal

import pytest

from common.events import Reader
from common.ids import derived_id
from common.store.database import counted_statements
from common.store.transient import is_transient
from contracts import PUBLISHED
from contracts.events.training import JPShortfallDetected
from jejak_local.harness import owning, until_waiting
from notification.messages.commands import claim
from notification.rounds import consumers
from notification.rounds.commands import PAGES_AT_ONCE


async def digest(notification, code="K-001", round_id=None):
    [row] = await notification.rows(
        "SELECT * FROM digests JOIN agencies USING (agency_id)"
        " WHERE code = :code AND (CAST(:round AS uuid) IS NULL OR round_id = :round)",
        code=code,
        round=round_id,
    )
    return row


async def test_a_mail_is_made_when_the_last_page_is_in_and_not_before(notification, make) -> None:
    first, second, third = make.pages(make.people(*range(25)), size=10)
    await notification.take(make.agency(), third, first)
    assert (await digest(notification)).state == "collecting"
    assert await notification.messages() == []
    await notification.take(second)
    [message] = await notification.messages()
    assert (message.recipient, message.state, message.due_at) == (
        "pic@agency.example",
        "queued",
        notification.clock.now(),
    )
    assert message.dedupe_key == f"{make.sweep}/{make.agency_id()}/pic@agency.example"
    assert message.id == derived_id("message", message.dedupe_key)
    row = await digest(notification)
    assert (row.state, row.pages_in, row.listed, row.owed, row.people_total) == ("ready", 3, 25, 100, 1200)
    await notification.sound()


async def test_each_page_five_times_shuffled_and_with_restarts_is_one_mail_each(notification, make) -> None:
    codes = [f"K-{number:03}" for number in range(4)]
    await notification.take(*(make.agency(code, pics=[make.pic(email=f"{code}@agency.example")]) for code in codes))
    events = [
        page
        for place, code in enumerate(codes)
        for page in make.pages(make.people(*range(place * 100, place * 100 + 35)), code=code, size=10)
    ] * 5
    shuffler = random.Random(7)
    shuffler.shuffle(events)
    while events:
        size = shuffler.randint(1, 9)
        await notification.take(*events[:size])
        await notification.send()
        events = events[size:]
    assert [mail.recipients for mail in sorted(notification.mail_server.mails(), key=lambda mail: mail.recipients)] == [
        [f"{code}@agency.example"] for code in codes
    ]
    assert {row.attempts for row in await notification.messages()} == {1}
    await notification.sound()


async def test_the_same_page_under_another_event_id_counts_once(notification, make) -> None:
    first, second = make.pages(make.people(*range(15)), size=10)
    await notification.take(make.agency(), first, make.record(first, event_id=derived_id("again")))
    await notification.take(make.record(first, event_id=derived_id("and again")), second)
    row = await digest(notification)
    assert (row.pages_in, row.listed, row.state) == (2, 15, "ready")
    await notification.sound()


async def test_two_pages_taken_in_at_once_make_one_mail(notification, make) -> None:
    await notification.take(make.agency())
    events = make.pages(make.people(*range(60)), size=10)
    await asyncio.gather(*(notification.take(event) for event in events))
    assert len(await notification.messages()) == 1
    await notification.sound()


async def test_a_batch_takes_the_same_statements_whatever_its_size(notification, make) -> None:
    codes = [f"K-{number:03}" for number in range(30)]
    await notification.take(*(make.agency(code, pics=[make.pic(email=f"{code}@agency.example")]) for code in codes))
    few = make.pages(make.people(1), code="K-000", sweep=derived_id("few"))
    many = [
        page
        for place, code in enumerate(codes)
        for page in make.pages(make.people(*range(place * 50, place * 50 + 50)), code=code, size=20)
    ]
    with counted_statements(notification.database) as for_few:
        await notification.take(*few)
    with counted_statements(notification.database) as for_many:
        await notification.take(*many)
    assert len(many) == 90
    assert PAGES_AT_ONCE == 20
    # Inbox, lock, known agencies, rounds, digests, pages with people, complete digests, their states, messages.
    assert len(for_few) == 9
    assert len(for_many) == 9 + 4, "the people of 90 pages in five statements"
    with counted_statements(notification.database) as for_resolutions:
        await notification.take(
            *(make.record(make.resolved(n, code=f"K-{n // 50:03}"), minutes=1) for n in range(1000))
        )
    assert len(for_resolutions) == 4
    with counted_statements(notification.database) as for_agencies:
        await notification.take(*(make.record(make.agency(code), sequence=2) for code in codes))
    # Inbox, known, agencies, who answers for them, digests that waited, lock, mails that wait for another PIC.
    assert len(for_agencies) == 7
    await notification.sound()


async def test_pages_of_an_agency_not_known_yet_wait_for_it_in_order(notification, make) -> None:
    page, *_ = make.pages(make.people(1, 2))
    await notification.take(page, make.record(make.resolved(1), minutes=5))
    assert len(await notification.rows("SELECT * FROM waiting")) == 2
    assert await notification.rows("SELECT * FROM digests") == []
    await notification.take(make.agency())
    assert await notification.rows("SELECT * FROM waiting") == []
    row = await digest(notification)
    assert (row.state, row.listed, row.resolved) == ("ready", 2, 1)
    assert len(await notification.messages()) == 1
    await notification.sound()


async def test_a_page_and_its_agency_at_the_same_moment_never_miss_each_other(notification, make) -> None:
    """The page finds no agency and is laid aside while the agency commits: it must be picked up all the same."""
    for number in range(12):
        code = f"D-{number:03}"
        page, *_ = make.pages(make.people(number), code=code)
        event = make.agency(code, pics=[make.pic(email=f"{code}@agency.example")])
        await asyncio.gather(notification.take(page), notification.take(event))
    assert await notification.rows("SELECT * FROM waiting") == []
    assert len(await notification.messages()) == 12


async def test_resolutions_lower_a_round_in_any_order_and_once(notification, make) -> None:
    page, *_ = make.pages([*make.people(1, 2), make.person(3, missing="2.5")])
    late = make.record(make.resolved(3), minutes=9)
    await notification.take(make.agency(), make.record(make.resolved(1), minutes=3), page, late, late)
    await notification.take(make.record(make.resolved(3), minutes=9, event_id=derived_id("again")))
    row = await digest(notification)
    assert (row.listed, row.resolved, row.owed, row.redeemed) == (3, 2, Decimal("10.5"), Decimal("6.5"))
    await notification.sound()


async def test_a_reopening_takes_the_resolution_back_and_is_a_round_of_its_own(notification, make) -> None:
    page, *_ = make.pages(make.people(1, 2))
    await notification.take(make.agency(), page, make.record(make.resolved(1), sequence=2))
    again, *_ = make.pages(make.people(1, version=3), kind="reopened")
    reopened = make.record(again, minutes=2)
    await notification.take(reopened)
    swept, second = await notification.rows("SELECT * FROM rounds JOIN digests ON round_id = id ORDER BY kind DESC")
    assert (swept.kind, swept.listed, swept.resolved) == ("sweep", 2, 0)
    assert (second.kind, second.listed, second.resolved, second.sweep_id) == ("reopened", 1, 0, make.sweep)
    assert str(second.id) == dict(reopened.headers)["ce_id"].decode()
    assert len(await notification.messages()) == 2
    await notification.take(make.record(make.resolved(1), sequence=4, minutes=3))
    assert [row.resolved for row in await notification.rows("SELECT resolved FROM digests")] == [1, 1]
    await notification.sound()


async def test_words_on_a_person_in_any_order_and_by_any_clock_end_in_the_same_state(notification, make) -> None:
    await notification.take(make.agency())
    for seed in range(12):
        sweep = derived_id("sweep", seed)
        page, *_ = make.pages(make.people(1, 2), sweep=sweep)
        short = [make.pages(make.people(1, version=n), sweep=sweep, kind="reopened")[0] for n in (3, 5)]
        # Whoever says that they have caught up has a clock that is an hour fast.
        words = [
            make.record(page),
            make.record(make.resolved(1, sweep=sweep), minutes=61, sequence=2),
            make.record(short[0], minutes=2, sequence=3),
            make.record(make.resolved(1, sweep=sweep), minutes=63, sequence=4),
            make.record(short[1], minutes=4, sequence=5),
        ]
        shuffled = random.Random(seed).sample(words, len(words))
        cut = seed % len(words)
        await notification.take(*shuffled[:cut])
        await notification.take(*shuffled[cut:])
    digests = await notification.rows(
        "SELECT DISTINCT kind, listed, resolved FROM digests JOIN rounds ON id = round_id"
    )
    assert sorted(tuple(row) for row in digests) == [("reopened", 1, 0), ("sweep", 2, 0)]
    assert [row.count for row in await notification.rows("SELECT count(*) AS count FROM digests")] == [25], (
        "a notice a sweep, but where all had caught up before the second came"
    )
    await notification.sound()


async def test_people_of_a_reopening_over_several_pages_are_one_notice(notification, make) -> None:
    await notification.take(make.agency(), *make.pages(make.people(*range(15)), size=10, kind="reopened"))
    rows = await notification.rows("SELECT state, listed, pages, pages_in FROM digests")
    assert [tuple(row) for row in rows] == [("ready", 15, 2, 2)]
    assert len(await notification.messages()) == 1
    await notification.sound()


def reopened(make, number, period, *, code="K-001", minutes=0, missing="2", version=1):
    """That one person fell below the threshold of a period again, as a revocation tells it."""
    [event] = make.pages(
        [make.person(number, missing=missing, version=version)],
        code=code,
        kind="reopened",
        sweep=derived_id("sweep of", period),
        period=period,
    )
    return make.record(event, minutes=minutes)


async def test_four_revocations_in_two_swept_periods_are_one_notice_a_pic(notification, make) -> None:
    """Each revocation reopens both periods: eight events, and one mail for each agency, when its window has closed."""
    codes = ("K-001", "K-002")
    await notification.take(*(make.agency(code, pics=[make.pic(email=f"{code}@agency.example")]) for code in codes))
    window = notification.settings.notice_window
    for number in range(4):
        for code in codes:
            events = [reopened(make, number, period, code=code, minutes=number) for period in (2, 1)]
            await notification.take(*events)
        assert await notification.send() == 0, "others may come with it"
        notification.later(window / 5)
    notification.later(window / 5)
    assert await notification.send() == 2
    mails = {mail.recipients[0]: mail for mail in notification.mail_server.mails()}
    assert len(notification.mail_server.mails()) == len(mails) == 2
    for code in codes:
        mail = mails[f"{code}@agency.example"]
        assert (
            mail.subject.strip() == "Sounding Bangkom: 4 pegawai kembali kurang JP untuk caturwulan 1 dan 2 tahun 2026"
        )
        assert mail.body().count("JP kembali kurang         : 4 dari 1.200 pegawai") == 2
        assert mail.body().count("JP yang masih kurang      : 8 JP") == 2
    rounds = await notification.rows("SELECT period, listed, pages FROM digests JOIN rounds ON id = round_id")
    assert sorted(tuple(row) for row in rounds) == [(1, 4, 4)] * 2 + [(2, 4, 4)] * 2
    await notification.sound()


async def test_what_is_reopened_after_a_notice_has_left_is_another_one(notification, make) -> None:
    await notification.take(make.agency(), reopened(make, 1, 1))
    notification.later(notification.settings.notice_window)
    await notification.send()
    await notification.take(reopened(make, 2, 1, minutes=1), reopened(make, 3, 1, minutes=2))
    notification.later(notification.settings.notice_window)
    await notification.send()
    first, second = notification.mail_server.mails()
    assert "Bangkom: 1 pegawai" in first.subject
    assert "Bangkom: 2 pegawai" in second.subject
    await notification.sound()


async def test_a_notice_put_off_by_the_server_still_takes_in_what_comes(notification, make) -> None:
    await notification.take(make.agency(), reopened(make, 1, 1))
    notification.mail_server.answer("pic@agency.example", "451 4.7.1 try later")
    notification.later(notification.settings.notice_window)
    await notification.send()
    await notification.take(reopened(make, 2, 2, minutes=1))
    notification.later(100)
    await notification.send()
    [mail] = notification.mail_server.mails()
    assert mail.subject.strip() == "Sounding Bangkom: 2 pegawai kembali kurang JP untuk caturwulan 1 dan 2 tahun 2026"
    await notification.sound()


async def test_a_notice_that_a_sender_has_in_hand_takes_in_nothing_more(notification, make) -> None:
    """What it says is counted when it is claimed; a claim that waits to commit is waited for."""
    await notification.take(make.agency(), reopened(make, 1, 1))
    notification.later(notification.settings.notice_window)
    async with notification.database.transaction() as session:
        [claimed] = await claim(session, most=9, lease=notification.settings.lease, now=notification.clock.now())
        taking = asyncio.create_task(notification.take(reopened(make, 2, 1, minutes=1)))
        await until_waiting(notification.database)
    await taking
    assert claimed.content.short == 1
    first, second = await notification.rows(
        "SELECT round_id, notice_id, listed FROM digests ORDER BY decided_at, listed"
    )
    assert (first.listed, second.listed) == (1, 1)
    assert first.notice_id != second.notice_id
    assert len(await notification.messages()) == 2


async def test_reopenings_taken_in_at_once_are_one_notice(notification, make) -> None:
    await notification.take(make.agency())
    await asyncio.gather(
        *(notification.take(reopened(make, number, 1 + number % 2, minutes=number)) for number in range(8))
    )
    assert len(await notification.messages()) == 1
    assert len(await notification.rows("SELECT * FROM digests")) == 2
    await notification.sound()


async def test_somebody_who_falls_short_twice_in_a_notice_is_listed_once_as_of_the_last(notification, make) -> None:
    await notification.take(make.agency(), reopened(make, 1, 1), reopened(make, 2, 1, minutes=1))
    caught_up = make.resolved(1, sweep=derived_id("sweep of", 1))
    again = reopened(make, 1, 1, minutes=3, missing="3.5", version=3)
    await notification.take(make.record(caught_up, sequence=2, minutes=2), again)
    row = await digest(notification)
    assert (row.listed, row.resolved, row.owed, row.redeemed) == (2, 0, Decimal("5.5"), 0)
    # The same again, though the inbox has forgotten it.
    async with owning(notification.database) as connection:
        await connection.exec_driver_sql("DELETE FROM inbox")
    await notification.take(again, reopened(make, 2, 1, minutes=1))
    assert (await digest(notification)).pages_in == 3
    await notification.take(make.record(caught_up, sequence=4, minutes=4))
    row = await digest(notification)
    assert (row.listed, row.resolved, row.owed, row.redeemed) == (2, 1, Decimal("5.5"), Decimal("3.5"))
    notification.later(notification.settings.notice_window)
    await notification.send()
    [mail] = notification.mail_server.mails()
    assert "1 dari 1.200 pegawai" in mail.body()
    await notification.sound()


async def test_a_notice_waits_for_a_pic_with_all_that_comes_meanwhile(notification, make) -> None:
    await notification.take(make.agency(pics=[]), reopened(make, 1, 1))
    await notification.take(reopened(make, 2, 1, minutes=1), reopened(make, 2, 2, minutes=1))
    assert await notification.messages() == []
    await notification.take(make.record(make.agency(), sequence=2))
    notification.later(notification.settings.notice_window)
    await notification.send()
    [mail] = notification.mail_server.mails()
    assert mail.subject.strip() == "Sounding Bangkom: 2 pegawai kembali kurang JP untuk caturwulan 1 dan 2 tahun 2026"
    await notification.sound()


async def test_a_notice_of_which_all_have_caught_up_is_none(notification, make) -> None:
    await notification.take(make.agency(), reopened(make, 1, 1), reopened(make, 1, 2))
    words = [make.resolved(1, sweep=derived_id("sweep of", period)) for period in (1, 2)]
    await notification.take(make.record(words[0], sequence=2, minutes=1))
    notification.later(notification.settings.notice_window)
    await notification.take(make.record(words[1], sequence=2, minutes=1))
    await notification.send()
    assert notification.mail_server.mails() == []
    [message] = await notification.messages()
    assert (message.state, message.reason) == ("skipped", "all-met")
    # One whose first period is met before it is told goes on with the second.
    await notification.take(reopened(make, 2, 1, minutes=2), reopened(make, 2, 2, minutes=2))
    await notification.take(make.record(make.resolved(2, sweep=derived_id("sweep of", 1)), sequence=2, minutes=3))
    notification.later(notification.settings.notice_window)
    await notification.send()
    [mail] = notification.mail_server.mails()
    assert mail.subject.strip() == "Sounding Bangkom: 1 pegawai kembali kurang JP untuk caturwulan 2 tahun 2026"
    await notification.sound()


async def test_what_is_met_before_its_notice_is_made_does_not_keep_the_other_period_from_it(notification, make) -> None:
    met = make.record(make.resolved(1, sweep=derived_id("sweep of", 1)), sequence=2, minutes=1)
    await notification.take(make.agency(), met)
    await notification.take(reopened(make, 1, 1), reopened(make, 1, 2))
    states = await notification.rows("SELECT period, state FROM digests JOIN rounds ON id = round_id ORDER BY period")
    assert [tuple(row) for row in states] == [(1, "met"), (2, "ready")]
    notification.later(notification.settings.notice_window)
    await notification.send()
    assert len(notification.mail_server.mails()) == 1
    await notification.sound()


async def test_reopenings_take_the_same_statements_whatever_their_number(notification, make) -> None:
    codes = [f"K-{number:03}" for number in range(10)]
    await notification.take(*(make.agency(code, pics=[make.pic(email=f"{code}@agency.example")]) for code in codes))
    counts = []
    for numbers in ((0,), range(1, 3)):
        events = [
            reopened(make, number, period, code=code, minutes=number)
            for code in codes[: 1 if len(numbers) == 1 else 5]
            for number in numbers
            for period in (1, 2)
        ]
        with counted_statements(notification.database) as statements:
            await notification.take(*events)
        counts.append(len(statements))
    # As a sweep's page, the words on its people, and what its agencies have open: held, mails held, seen, rounds.
    assert counts == [14, 14]


async def test_an_agency_without_shortfall_or_where_all_caught_up_gets_no_mail(notification, make) -> None:
    page, *_ = make.pages(make.people(1), code="K-001")
    await notification.take(make.agency("K-001"), make.agency("K-002"))
    await notification.take(make.record(make.resolved(1), minutes=1), page)
    assert (await digest(notification)).state == "met"
    assert await notification.messages() == []
    await notification.sound()


@pytest.mark.parametrize(
    "unreachable",
    [[], [("main", "not an address")], [("main", "a@b\nBcc: x@y.id"), ("deputy", "@no.one")]],
    ids=["none", "invalid", "only invalid"],
)
async def test_without_a_valid_pic_a_digest_waits_and_goes_out_when_one_is_named(
    notification, make, api, unreachable
) -> None:
    page, *_ = make.pages(make.people(1, 2))
    await notification.take(make.agency(pics=[make.pic(rank, email) for rank, email in unreachable]), page)
    assert await notification.messages() == []
    [waiting] = (await api.get("/waiting"))["items"]
    assert (waiting["reason"], waiting["code"], waiting["short"]) == ("no-pic", "K-001", 2)
    assert waiting["since"] == "2026-05-02T02:15:00Z"
    notification.later(3600)
    await notification.take(make.record(make.agency(pics=[]), sequence=2))
    assert (await api.get("/waiting"))["items"] == [waiting], "still waiting, since the same moment"
    await notification.take(make.record(make.agency(pics=[make.pic()]), sequence=3))
    assert (await api.get("/waiting"))["items"] == []
    await notification.send()
    [mail] = notification.mail_server.mails()
    assert mail.recipients == ["pic@agency.example"]
    await notification.sound()


async def test_who_caught_up_while_the_digest_waited_is_not_written_about(notification, make) -> None:
    page, *_ = make.pages(make.people(1))
    await notification.take(make.agency(pics=[]), page, make.record(make.resolved(1), minutes=1))
    await notification.take(make.record(make.agency(), sequence=2))
    assert ((await digest(notification)).state, await notification.messages()) == ("met", [])


async def test_an_agency_that_is_no_more_waits_with_its_reason(notification, make, api) -> None:
    page, *_ = make.pages(make.people(1))
    await notification.take(make.agency(active=False), page)
    [waiting] = (await api.get("/waiting"))["items"]
    assert waiting["reason"] == "agency-inactive"
    await notification.take(make.record(make.agency(), sequence=2))
    assert len(await notification.messages()) == 1


async def test_old_news_of_an_agency_changes_nothing(notification, make) -> None:
    await notification.take(
        make.record(make.agency(name="new"), sequence=7), make.record(make.agency(name="old"), sequence=3)
    )
    await notification.take(make.record(make.agency(name="older", pics=[]), sequence=2))
    [row] = await notification.rows("SELECT name, sequence, pics FROM agencies")
    assert (row.name, row.sequence) == ("new", 7)
    assert row.pics == [{"rank": "main", "email": "pic@agency.example", "language": "id", "time_zone": "Asia/Jakarta"}]


@pytest.mark.parametrize("kind", ["sweep", "reopened"])
@pytest.mark.parametrize(
    "people",
    [None, {}, [{}], [{"person_id": "1", "threshold": "6", "missing": "1"}], [{"person_id": str(derived_id("p"))}]],
    ids=["missing", "no list", "no id", "bad id", "no hours"],
)
async def test_a_page_with_broken_people_is_refused_whole_and_not_taken_for_an_empty_one(
    notification, make, kind, people
) -> None:
    """Refused for good, so that the kit buries it: not taken for a broken world and tried again."""
    await notification.take(make.agency())
    good = make.record(make.pages(make.people(1), kind=kind)[0])
    payload = json.loads(good.value) | {"people": people}
    if people is None:
        del payload["people"]
    received = Reader(consumers.WANTED, PUBLISHED).read(good.headers, json.dumps(payload).encode())
    with pytest.raises(Exception) as failure:
        async with notification.database.transaction() as session:
            await consumers.take_shortfalls(session, [received], notification.clock, notification.settings.gathering)
    assert not is_transient(failure.value)
    assert await notification.rows("SELECT * FROM rounds") == []


async def test_a_page_over_the_wire_is_read_by_what_this_service_needs_of_it(make) -> None:
    good = make.record(make.pages(make.people(1, 2))[0])
    read = Reader(consumers.WANTED, PUBLISHED).read(good.headers, good.value)
    whole = JPShortfallDetected.model_validate_json(good.value)
    assert read.event.model_dump() == whole.model_dump(exclude={"people"})
    assert (read.event.key(), read.event.subject()) == (whole.key(), whole.subject())
