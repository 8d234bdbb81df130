"""Webhooks to others: who is told what, signed how, in which order, how often, and where nothing ever goes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from common.app import create_app
from common.ids import new_id
from connectors.domain.delivering import WAITS
from connectors.reports.commands import Activity
from connectors.service import SERVICE
from connectors.webhooks.sender import Sender
from contracts.events.registry import RestrictionChanged
from contracts.events.training import TrainingCompleted, TrainingCorrected, TrainingRevoked
from jejak_local.harness import AGENCY, OTHER_AGENCY, Api, agency_changed, bare, client_of
from services.connectors.tests.receiver import receiving

PURPOSE = "Menampilkan pelatihan di portal pegawai"
EVENTS = ["training.completed", "training.corrected", "training.revoked"]
NAMES = {"Sari Dewi", "199001012015041001"}


def completed(person: UUID, agency: UUID = AGENCY, kind=TrainingCompleted, **said):
    """A record of somebody, of whom it says more than is told on."""
    usual = {
        "record_id": new_id(),
        "person_id": person,
        "agency_id": agency,
        "year": 2026,
        "form": "kursus",
        "title": "Kursus oleh Sari Dewi, 199001012015041001",
        "start_date": date(2026, 5, 4),
        "end_date": date(2026, 5, 6),
        "jp_counted": Decimal("20.5"),
        "source_kind": "self",
        "rule_pack": "jp-2025",
    }
    return bare(kind, **usual | said)


def corrected(person: UUID, **said):
    return completed(person, kind=TrainingCorrected, reason="kata Sari Dewi", **said)


@pytest.fixture
async def receiver():
    async with receiving() as found:
        yield found


@pytest.fixture
async def sender(parts):
    return Sender(parts)


@pytest.fixture
def send(sender):
    """Sends whatever is due, to its end."""

    async def all_of_it() -> None:
        while await sender.turn():
            pass

    return all_of_it


@pytest.fixture
def subscribe(api, receiver):
    """Of agencies that nothing was heard of yet, as when the news of somebody comes before that of their agency."""

    async def subscribed(url: str | None = None, role: str = "agency_hr", **said) -> dict:
        claims = {name: said.pop(name) for name in ("agency", "connection", "provider") if name in said}
        body = {"url": url or receiver.url, "events": EVENTS, "purpose": PURPOSE, "reference": "portal-7"}
        made = await api.call(role, "POST", "/webhooks", body | said, **claims)
        assert made.status_code == 201, made.text
        return made.json()

    return subscribed


async def log_of(api, webhook: dict, role: str = "agency_hr", **claims) -> list[dict]:
    return (await api.get(f"/webhooks/{webhook['id']}/deliveries", role, **claims))["items"]


async def test_a_message_is_signed_names_nobody_and_is_delivered_once(
    world, subscribe, receiver, send, api, clock
) -> None:
    clock.moment = datetime.now(UTC)  # by which the receiver's library goes
    webhook = await subscribe()
    receiver.secrets = [webhook["secret"]]
    person, other = new_id(), new_id()
    event = completed(person)
    told = world.received(event, 3)
    await world.hear(told, world.received(completed(other, agency=OTHER_AGENCY)))
    await send()
    [(headers, message)] = receiver.got
    [logged] = await log_of(api, webhook)
    assert headers["webhook-id"] == logged["id"]
    assert logged["state"] == "delivered"
    assert [(each["status"], each["fault"]) for each in logged["attempts"]] == [(204, None)]
    assert message == {
        "type": "training.completed",
        "timestamp": told.time.isoformat(),
        "data": {
            "reference": "portal-7",
            "version": 3,
            "record_id": str(event.record_id),
            "person_id": str(person),
            "agency_id": str(AGENCY),
            "course_id": None,
            "provider_id": None,
            "year": 2026,
            "form": "kursus",
            "start_date": "2026-05-04",
            "end_date": "2026-05-06",
            "jp_counted": "20.5",
            "verified": False,
            "source_kind": "self",
        },
    }
    assert not any(name in str(message) for name in NAMES)


async def test_a_wrong_signature_is_refused_by_the_receiver_and_both_keys_sign_while_one_follows_the_other(
    world, subscribe, receiver, send, api, clock
) -> None:
    clock.moment = datetime.now(UTC)
    webhook = await subscribe()
    path = f"/webhooks/{webhook['id']}"
    renewed = (await api.call("agency_hr", "POST", f"{path}/secrets")).json()
    assert renewed["secret"] != webhook["secret"]
    assert "secret" not in await api.get(path, "agency_hr")
    receiver.secrets = [webhook["secret"], renewed["secret"]]
    await world.hear(world.received(completed(new_id())))
    await send()
    assert len(receiver.got) == 1
    receiver.secrets = ["whsec_" + "A" * 44]
    await world.hear(world.received(completed(new_id())))
    await send()
    assert (len(receiver.got), receiver.refused) == (1, 1)
    assert [each["state"] for each in await log_of(api, webhook)] == ["delivered", "waiting"]


async def test_what_waits_holds_back_its_own_person_alone(world, subscribe, receiver, send, clock) -> None:
    await subscribe()
    held, free = new_id(), new_id()
    receiver.unwanted = {str(held)}
    record = new_id()
    await world.hear(
        world.received(completed(held, record_id=record), 1),
        world.received(completed(free), 1),
        world.received(corrected(held, record_id=record), 2),
        world.received(
            bare(TrainingRevoked, record_id=record, person_id=held, agency_id=AGENCY, year=2026, reason="x"), 3
        ),
        world.received(corrected(free), 2),
    )
    await send()
    assert [message["data"]["person_id"] for _, message in receiver.got] == [str(free)] * 2
    receiver.unwanted, receiver.got = set(), []
    clock.moment += timedelta(seconds=WAITS[0] * 1.2)
    await send()
    assert [message["type"] for _, message in receiver.got] == EVENTS
    assert [message["data"]["version"] for _, message in receiver.got] == [1, 2, 3]


async def test_it_is_tried_at_the_times_of_the_standard_and_then_its_webhook_is_switched_off(
    world, subscribe, receiver, send, api, clock
) -> None:
    webhook = await subscribe()
    receiver.answers = [500, 301, 404] + [500] * (len(WAITS) - 2)
    await world.hear(world.received(completed(new_id())))
    began = clock.moment
    for wait in WAITS:
        await send()
        [logged] = await log_of(api, webhook)
        due = datetime.fromisoformat(logged["due_at"])
        assert timedelta(seconds=wait) <= due - clock.moment <= timedelta(seconds=wait * 1.2)
        clock.moment = due - timedelta(seconds=1)
        await send()
        assert len((await log_of(api, webhook))[0]["attempts"]) == len(logged["attempts"])
        clock.moment = due
    await send()
    [logged] = await log_of(api, webhook)
    assert (logged["state"], logged["tries"], logged["due_at"]) == ("failed", 10, None)
    assert [each["fault"] for each in logged["attempts"]] == ["status", "redirect", *["status"] * 8]
    assert timedelta(days=3) < clock.moment - began < timedelta(days=4)
    off = await api.get(f"/webhooks/{webhook['id']}", "agency_hr")
    assert (off["enabled"], off["ended"]) == (False, "unanswered")
    # By hand it is delivered again, once it is switched on.
    path = f"/webhooks/{webhook['id']}"
    replayed = await api.call("agency_hr", "POST", f"{path}/deliveries/{logged['id']}/replay")
    assert replayed.status_code == 204
    await send()
    assert receiver.got == []
    body = {name: off[name] for name in ("url", "events", "purpose", "reference")}
    assert (await api.call("agency_hr", "PUT", path, body)).json()["ended"] is None
    await send()
    assert [headers["webhook-id"] for headers, _ in receiver.got] == [logged["id"]]


async def test_gone_switches_off_at_once_and_whoever_asks_for_less_is_left_alone(
    world, subscribe, receiver, send, api, clock
) -> None:
    webhook = await subscribe()
    receiver.answers = [{"status_code": 429, "headers": {"retry-after": "600"}}, 410]
    await world.hear(world.received(completed(new_id())))
    await send()
    clock.moment += timedelta(seconds=30)
    await world.hear(world.received(completed(new_id())))
    await send()
    assert len(receiver.answers) == 1, "paused for everybody"
    clock.moment += timedelta(seconds=570)
    await send()
    off = await api.get(f"/webhooks/{webhook['id']}", "agency_hr")
    assert (off["enabled"], off["ended"]) == (False, "gone")
    await world.hear(world.received(completed(new_id())))
    assert len(await log_of(api, webhook)) == 2, "what happens while it is off is not told"


async def test_a_target_inside_is_refused_unless_a_setting_says_otherwise(
    world, subscribe, parts, issuer, api, receiver, clock
) -> None:
    webhook = await subscribe()
    strict = replace(parts, settings=parts.settings.model_copy(update={"webhook_inside": False}))
    await world.hear(world.received(completed(new_id())))
    sender = Sender(strict)
    while await sender.turn():
        pass
    [logged] = await log_of(api, webhook)
    assert [(each["status"], each["fault"]) for each in logged["attempts"]] == [(None, "inside")]
    assert receiver.got == []
    body = {"events": EVENTS, "purpose": PURPOSE, "reference": "x"}
    async with client_of(create_app(SERVICE, strict)) as http:
        asked = Api(http, issuer)
        for url, code in {
            "https://127.0.0.1/": "webhook-inside",
            "https://localhost:8443/": "webhook-inside",
            "https://[::1]/": "webhook-inside",
            "https://[::ffff:10.0.0.1]/": "webhook-inside",
            "https://169.254.169.254/latest/meta-data": "webhook-inside",
            "https://2130706433/": "webhook-inside",
            "https://[64:ff9b::7f00:1]/": "webhook-inside",
            "http://example.com/": "webhook-address",
            "https://user:secret@example.com/": "webhook-address",
            "https:///hook": "webhook-address",
            "file:///etc/passwd": "field-invalid",
            "https://example.com/#part": "webhook-address",
        }.items():
            assert await asked.refused("agency_hr", "POST", "/webhooks", body | {"url": url}) == (422, code, "url"), url
        assert (
            await asked.call("agency_hr", "POST", "/webhooks", body | {"url": "https://1.1.1.1/"})
        ).status_code == 201


async def test_a_redirect_is_not_followed(world, subscribe, receiver, send, api) -> None:
    webhook = await subscribe()
    receiver.answers = [{"status_code": 307, "headers": {"location": receiver.url}}]
    await world.hear(world.received(completed(new_id())))
    await send()
    assert receiver.got == []
    assert (await log_of(api, webhook))[0]["attempts"][0]["fault"] == "redirect"


async def test_nothing_leaves_while_a_record_rests(world, subscribe, receiver, send) -> None:
    await subscribe()
    person = new_id()
    await world.hear(world.received(RestrictionChanged(person_id=person, parts=["trainings"])))
    await world.hear(world.received(completed(person)))
    await send()
    assert receiver.got == []
    await world.hear(world.received(RestrictionChanged(person_id=person, parts=[]), 2))
    await send()
    assert len(receiver.got) == 1


async def test_the_person_reads_who_is_told_and_what_for(world, subscribe, api) -> None:
    webhook = await subscribe()
    await subscribe(events=["training.revoked"], purpose="lain")
    person = new_id()
    await world.hear(world.received(completed(person)), world.received(corrected(person), 2))
    [told] = await api.get("/people/me/webhooks", "person", person=person)
    assert (told["webhook_id"], told["purpose"], told["agency_id"], told["deliveries"]) == (
        webhook["id"],
        PURPOSE,
        str(AGENCY),
        2,
    )
    assert await api.get("/people/me/webhooks", "person", person=new_id()) == []


async def test_a_closed_agency_is_told_of_nobody_and_its_heir_of_all(
    world, subscribe, receiver, send, api, clock
) -> None:
    """The webhook of the closed one ends, whatever is heard first; what it had waiting leaves no more, and nobody revives it."""
    old = await subscribe(url=receiver.url + "?old")
    receiver.answers = [500]
    await world.hear(world.received(completed(new_id())))
    await send()
    heirs = await subscribe(agency=OTHER_AGENCY, purpose="Laporan instansi baru")
    closed = agency_changed(AGENCY, "A", closed_on=date(2026, 6, 1), successors=[OTHER_AGENCY], active=False)
    joined, moved = new_id(), new_id()
    await world.hear(world.received(closed, 2))
    await world.hear(world.received(completed(joined, agency=OTHER_AGENCY)), world.received(completed(moved)))
    clock.moment += timedelta(hours=1)
    await send()
    assert {message["data"]["person_id"] for _, message in receiver.got} == {str(joined), str(moved)}
    assert len(receiver.got) == 2, "each is told once"
    path = f"/webhooks/{old['id']}"
    ended = await api.get(path, "agency_hr", agency=OTHER_AGENCY)
    assert (ended["enabled"], ended["ended"], ended["agency_id"]) == (False, "closed", str(AGENCY))
    [logged] = await log_of(api, old, agency=OTHER_AGENCY)
    assert (logged["state"], logged["due_at"]) == ("failed", None)
    assert len(await log_of(api, heirs, agency=OTHER_AGENCY)) == 2
    body = {name: ended[name] for name in ("url", "events", "purpose", "reference")}
    for method, where, said in (
        ("PUT", path, body),
        ("POST", f"{path}/secrets", None),
        ("POST", f"{path}/deliveries/{logged['id']}/replay", None),
    ):
        asked = await api.refused("agency_hr", method, where, said, agency=OTHER_AGENCY)
        assert asked == (409, "webhook-closed", None), where


async def test_no_webhook_of_a_closed_agency_hears_of_the_heirs_people(world, subscribe, api) -> None:
    """Not even one that is still on: where its agency was heard of before it was made."""
    await world.hear(
        world.received(
            agency_changed(AGENCY, "A", closed_on=date(2026, 6, 1), successors=[OTHER_AGENCY], active=False), 2
        )
    )
    heirs = await subscribe(agency=OTHER_AGENCY)
    async with world.database.transaction() as session:
        late = await session.scalar(
            text(
                "INSERT INTO webhooks (id, agency_id, url, events, purpose, reference, enabled, secret, made_at, version)"
                " SELECT gen_random_uuid(), :agency, url, events, purpose, reference, true, 1, made_at, 1 FROM webhooks"
                " RETURNING id"
            ),
            {"agency": AGENCY},
        )
    await world.hear(world.received(completed(new_id(), agency=OTHER_AGENCY)), world.received(completed(new_id())))
    assert await log_of(api, {"id": late}, agency=OTHER_AGENCY) == []
    assert len(await log_of(api, heirs, agency=OTHER_AGENCY)) == 2


async def test_a_dead_sender_loses_nothing_and_a_late_one_changes_nothing(
    world, subscribe, receiver, send, clock
) -> None:
    await subscribe()
    await world.hear(world.received(completed(new_id())))
    async with world.database.transaction() as session:
        await session.execute(
            text("UPDATE deliveries SET claimed_until = :until, tries = 1"),
            {"until": clock.moment + timedelta(seconds=60)},
        )
    await send()
    assert receiver.got == []
    clock.moment += timedelta(seconds=60)
    await send()
    assert len(receiver.got) == 1


async def test_a_platform_is_told_what_became_of_what_it_has_reported_by_its_own_reference(
    world, connect, subscribe, receiver, send
) -> None:
    own, other = await connect(), await connect()
    await subscribe(connection_id=own.connection_id, events=["training.completed"])
    person = await world.person()
    usual = {"source_name": "berkas", "happened_at": datetime(2026, 3, 1, tzinfo=UTC), "form": "KL03", "title": "Data"}
    for place, reference in ((own, "ours-1"), (other, "theirs-1")):
        await world.report(place.connection_id, Activity(reference=reference, person_id=person, **usual))
    await world.answer()
    await send()
    [(_, message)] = receiver.got
    data = message["data"]
    assert (message["type"], data["reference"], data["person_id"]) == ("training.completed", "ours-1", str(person))
    assert data.keys() == {"reference", "source_name", "version", "report_id", "record_id", "person_id"}
