"""Webhooks of platforms: known by what each signs, kept as they came, reported once."""

import base64
import hmac
import json
from datetime import timedelta
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI
from jwt.algorithms import RSAAlgorithm

from connectors.domain.signatures import key_of, sign
from connectors.inbound.taking import take
from jejak_local.serve import serving
from services.connectors.tests.receiver import CANVAS_PORT

PAYLOADS = Path(__file__).parent / "payloads"
NIP = "199001012015042001"
SITE = "https://lms.example"


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


@pytest.fixture
def open_door(api, platform):
    """An address of the platform's connection, with its secret."""

    async def opened(kind: str, **said: Any) -> dict[str, Any]:
        path = f"/connections/{platform.connection_id}/receivers"
        made = await api.call("agency_hr", "POST", path, {"kind": kind, **said})
        assert made.status_code == 201, made.text
        return made.json()

    return opened


@pytest.fixture
def send(api):
    """What is answered to a message: 204, or the code of a problem."""

    async def sent(door: dict[str, Any], body: bytes, **headers: str) -> int | str:
        told = {name.replace("_", "-").encode(): value.encode("latin-1") for name, value in headers.items()}
        answer = await api.http.post(door["path"], content=body, headers=told)
        return answer.status_code if answer.status_code == 204 else answer.json()["code"]

    return sent


@pytest.fixture
def taken(world, parts):
    """Takes what waits, and tells the states of messages and reports."""

    async def all_of_it() -> tuple[list[str], list[str]]:
        while True:
            async with world.database.transaction() as session:
                if not await take(session, parts):
                    break
        arrived = [row.state for row in await world.rows("SELECT state FROM arrivals ORDER BY id")]
        reported = [row.state for row in await world.rows("SELECT state FROM reports ORDER BY id")]
        return arrived, reported

    return all_of_it


def signed(secret: str, body: bytes, at, message_id: str = "msg_1") -> dict[str, str]:
    timestamp = int(at.timestamp())
    return {
        "webhook_id": message_id,
        "webhook_timestamp": str(timestamp),
        "webhook_signature": f"v1a,xyz {sign(key_of(secret), message_id, timestamp, body)}",
    }


async def test_a_signed_message_is_kept_as_it_came_and_counts_once(open_door, send, taken, world, clock) -> None:
    await world.person(nip=NIP)
    door = await open_door("standard")
    body = payload("standard_course_completed")
    for _ in range(2):
        assert await send(door, body, **signed(door["secret"], body, clock.moment)) == 204
    [row] = await world.rows("SELECT state, body FROM arrivals")
    assert (row.state, row.body) == ("waiting", body)
    assert await taken() == (["taken"], ["waiting_course"])
    assert await world.value("SELECT count(*) FROM arrivals WHERE body IS NOT NULL") == 0
    # The same completion under another id: there already.
    assert await send(door, body, **signed(door["secret"], body, clock.moment, "msg_2")) == 204
    assert await taken() == (["taken", "taken"], ["waiting_course"])


async def test_what_is_replayed_after_six_minutes_or_comes_from_another_clock_is_refused(
    open_door, send, clock, world
) -> None:
    door = await open_door("standard")
    body = payload("standard_course_completed")
    at = clock.moment
    headers = signed(door["secret"], body, at)
    assert await send(door, body, **headers) == 204
    clock.moment = at + timedelta(minutes=6)
    assert await send(door, body, **headers) == "webhook-clock"
    for minutes in (-6, 6):
        assert await send(door, body, **signed(door["secret"], body, clock.moment + timedelta(minutes=minutes))) == (
            "webhook-clock"
        )
    for minutes in (-4, 4):
        moved = signed(door["secret"], body, clock.moment + timedelta(minutes=minutes), f"msg_{minutes}")
        assert await send(door, body, **moved) == 204
    assert await world.value("SELECT count(*) FROM arrivals") == 3


async def test_wrong_signatures_are_refused_and_nothing_is_kept(open_door, send, clock, world) -> None:
    door = await open_door("standard")
    body = payload("standard_course_completed")
    good = signed(door["secret"], body, clock.moment)
    other = signed("whsec_" + base64.b64encode(b"x" * 32).decode(), body, clock.moment)
    for changed in (
        other,
        good | {"webhook_id": "msg_9"},
        good | {"webhook_id": ""},
        good | {"webhook_timestamp": "1e9"},
        good | {"webhook_timestamp": "-1"},
        good | {"webhook_timestamp": "9" * 400},
        good | {"webhook_signature": "v1," + "A" * 100_000},
        good | {"webhook_signature": "v1,é".encode().decode("latin-1")},
        {},
    ):
        assert await send(door, body, **changed) == "webhook-signature", changed
    assert await send(door, body + b" ", **good) == "webhook-signature"
    assert await send({"path": f"/hooks/{uuid4()}"}, body, **good) == "not-found"
    assert await world.value("SELECT count(*) FROM arrivals") == 0


async def test_secrets_are_renewed_without_a_moment_between(open_door, send, api, platform, clock, world) -> None:
    door = await open_door("standard")
    path = f"/connections/{platform.connection_id}/receivers/{door['id']}/secrets"
    renewed = (await api.call("agency_hr", "POST", path, {})).json()
    body = payload("standard_course_completed")
    for number, secret in enumerate((door["secret"], renewed["secret"])):
        assert await send(door, body, **signed(secret, body, clock.moment, f"m{number}")) == 204
    clock.moment += timedelta(hours=24)
    assert await send(door, body, **signed(door["secret"], body, clock.moment, "m3")) == "webhook-signature"
    assert await send(door, body, **signed(renewed["secret"], body, clock.moment, "m4")) == 204
    kept = await world.value("SELECT secret || former FROM receivers")
    assert renewed["secret"].encode() not in kept
    shown = await api.get(f"/connections/{platform.connection_id}/receivers", "agency_hr")
    assert renewed["secret"] not in str(shown)


async def test_moodle_is_known_by_its_token_and_the_learner_is_the_related_user(
    open_door, send, taken, world, clock
) -> None:
    door = await open_door("moodle", site=SITE)
    body = payload("moodle_course_completed").replace(b"TOKEN", door["secret"].encode())
    assert await send(door, payload("moodle_course_completed")) == "webhook-signature"
    assert await send(door, b'{"token": 7}') == "webhook-signature"
    assert await send(door, body) == 204
    assert await send(door, body) == 204
    viewed = body.replace(b"course_completed", b"course_viewed")
    assert await send(door, viewed) == 204
    arrived, reported = await taken()
    assert (sorted(arrived), reported) == (["ignored", "taken"], ["waiting_person"])


async def test_cornerstone_signs_headers_and_the_hash_of_the_body(open_door, send, taken, clock, api, platform) -> None:
    refused = await api.refused(
        "agency_hr", "POST", f"/connections/{platform.connection_id}/receivers", {"kind": "cornerstone", "site": SITE}
    )
    assert refused == (422, "receiver-secret", "secret")
    key = b"cornerstone-secret"
    door = await open_door("cornerstone", site=SITE, secret=base64.b64encode(key).decode())
    assert door["secret"] is None
    body = payload("cornerstone_training_completion")

    def headers(body: bytes, at, key: bytes = key) -> dict[str, str]:
        hashed, date = base64.b64encode(sha256(body).digest()).decode(), format_datetime(at, usegmt=True)
        text = f"POST\n{door['path']}\n{date};{hashed}".encode()
        signature = base64.b64encode(hmac.digest(key, text, "sha256")).decode()
        authorization = f"HMAC-SHA256 SignedHeaders=date;x-content-sha256&Signature={signature}"
        return {"date": date, "x_content_sha256": hashed, "authorization": authorization}

    assert await send(door, body, **headers(body, clock.moment)) == 204
    assert await send(door, body, **headers(body, clock.moment, b"another-secret-of")) == "webhook-signature"
    assert await send(door, body + b" ", **headers(body, clock.moment)) == "webhook-signature"
    assert await send(door, body, **headers(body, clock.moment - timedelta(minutes=6))) == "webhook-clock"
    assert await taken() == (["taken"], ["waiting_person"])


@pytest.fixture
async def canvas_keys(parts):
    """Canvas' keys, at an address of the tests: signs a payload."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.get("/jwks")
    async def jwks() -> dict[str, Any]:
        return {"keys": [{**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "2026-06", "alg": "RS256"}]}

    async with serving(app, CANVAS_PORT):
        yield key


async def test_canvas_signs_by_keys_that_it_publishes(open_door, send, taken, world, canvas_keys, parts, api) -> None:
    await world.person(nip=NIP)
    door = await open_door("canvas")
    said = json.loads(payload("canvas_course_completed"))
    token = jwt.encode(said, canvas_keys, "RS256", headers={"kid": "2026-06"}).encode()
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert await send(door, token) == 204
    for forged in (
        jwt.encode(said, other, "RS256", headers={"kid": "2026-06"}),
        jwt.encode(said, "x" * 32, "HS256", headers={"kid": "2026-06"}),
        jwt.encode(said, "", "none"),
        json.dumps(said),
    ):
        assert await send(door, forged.encode()) == "webhook-signature"
    # It fires again when a module is done at another time: the same completion of the same year.
    said["body"]["progress"]["completed_at"] = "2026-06-20T01:00:00.000Z"
    assert await send(door, jwt.encode(said, canvas_keys, "RS256", headers={"kid": "2026-06"}).encode()) == 204
    assert await taken() == (["taken", "taken"], ["waiting_course"])


async def test_what_nobody_can_read_is_kept_shown_and_read_again_on_demand(
    open_door, send, taken, api, platform, clock, world
) -> None:
    door = await open_door("standard")
    bodies = {
        b'{"type": "course.completed", "data": {"person": {}, "course": {"id": "x"}}}': "data.completed_at",
        b'{"type": "course.completed", "data": {"person": {}, "course": {"id": 7}, "completed_at": "2026-01-01T00:00:00Z"}}': "data.course.id",
        b'{"type": 7}': "type",
    }
    for number, body in enumerate(bodies):
        assert await send(door, body, **signed(door["secret"], body, clock.moment, f"m{number}")) == 204
    assert (await taken())[0] == ["refused"] * 3
    path = f"/connections/{platform.connection_id}/arrivals"
    shown = (await api.get(f"{path}?state=refused", "agency_hr"))["items"]
    assert {each["code"] for each in shown} == {"payload-unreadable"}
    assert await world.value("SELECT count(*) FROM arrivals WHERE body IS NOT NULL") == 3
    assert (await api.call("agency_hr", "POST", f"{path}/{shown[0]['id']}/retake")).status_code == 204
    assert (await api.get(f"{path}?state=waiting", "agency_hr"))["items"] != []
    assert (await taken())[0] == ["refused"] * 3


async def test_bombs_are_answered_clearly(open_door, send, api, clock, world) -> None:
    door = await open_door("standard")
    for body in (b"[" * 500_000, b'{"a":' * 100_000, b"\xff\xfe", b"", b'{"type": '):
        assert await send(door, body, **signed(door["secret"], body, clock.moment)) == "invalid-json"
    by_token = await open_door("moodle", site=SITE)
    assert await send(by_token, b'{"a":' * 100_000) == "invalid-json"
    assert await send(door, b" " * (20 * 1024 * 1024)) == "body-too-large"
    assert await send(door, b"x", content_encoding="gzip") == "encoding-unsupported"
    assert await world.value("SELECT count(*) FROM arrivals") == 0


async def test_a_certificate_that_is_taken_back_is_for_a_person_to_decide(
    open_door, send, taken, world, clock, api, platform
) -> None:
    door = await open_door("standard")
    body = payload("standard_course_completed")
    revoked = body.replace(b"course.completed", b"certificate.revoked")
    assert await send(door, revoked, **signed(door["secret"], revoked, clock.moment, "m1")) == 204
    assert await taken() == (["taken"], [])
    assert await send(door, body, **signed(door["secret"], body, clock.moment, "m2")) == 204
    await taken()
    assert await world.value("SELECT dispute FROM reports") == "revoked"


async def test_a_connection_that_is_switched_off_says_so(open_door, send, api, platform) -> None:
    door = await open_door("moodle", site=SITE)
    off = {"name": "Moodle", "platform": "moodle", "enabled": False}
    assert (await api.call("agency_hr", "PUT", f"/connections/{platform.connection_id}", off)).status_code == 200
    assert await send(door, b"{}") == "connection-disabled"
