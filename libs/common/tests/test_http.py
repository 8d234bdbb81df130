"""The HTTP edge of the kit: tokens, deny by default, problems, commits, idempotency, bulk uploads."""

import asyncio
import base64
import gzip
import http.client
import json
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncSession

from common.answers import Answer, Done
from common.clock import Clock
from common.fields import Line, Moment
from common.ids import new_id
from common.parts import Parts
from common.refused import Refused
from common.store.database import Database
from common.store.outbox import emit
from common.store.tables import add_idempotency, add_outbox
from common.store.transient import is_transient
from common.web import etag
from common.web.auth import assert_guarded, guards
from common.web.bulk import CHUNK, LINE_LIMIT, TURN, Lines, in_turns, lines_of
from common.web.idempotency import IdempotencyKey, once
from common.web.pages import BY_ID, AskedWindow, Window
from common.web.parts import Reading, Transaction
from contracts.callers import Caller
from contracts.events.training import TrainingRevoked
from contracts.rights import Right
from contracts.roles import CALLERS
from contracts.service import Settings
from contracts.zone import JAKARTA
from jejak_local.harness import PATIENCE, app_of
from jejak_local.issuer import Issuer
from jejak_local.processes import free_port
from jejak_local.serve import serving

router = APIRouter(prefix="/v1")
Hr = Annotated[Caller[None], Depends(Right(("agency_hr",), "things"))]
Sender = Annotated[Caller[None], Depends(Right(("agency_hr", "service"), "things"))]
HOME, OTHER = new_id(), new_id()


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Line
    size: int = Field(gt=0)


Things = Annotated[Lines[Thing], Depends(lines_of(Thing))]


class Made(BaseModel):
    id: UUID


@router.post("/things")
async def make(
    request: Request, caller: Sender, session: Transaction, thing: Thing, idempotency_key: IdempotencyKey = None
):
    async def act() -> tuple[int, Made]:
        made = new_id()
        await session.execute(text("INSERT INTO things VALUES (:id, :name)"), {"id": made, "name": thing.name})
        return 201, Made(id=made)

    return await once(request, session, caller, idempotency_key, act)


@router.post("/things:batch", max_body_size=2**30)
async def make_many(caller: Hr, lines: Things) -> StreamingResponse:
    async def handle(session: AsyncSession, things: Sequence[Thing]) -> list[Answer]:
        ids = [new_id() for _ in things]
        await session.execute(
            text("INSERT INTO things SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[]))"),
            {"ids": ids, "names": [thing.name for thing in things]},
        )
        return [
            Refused("field-invalid", field="size") if thing.size == 13 else Done("stored", made)
            for thing, made in zip(things, ids, strict=True)
        ]

    return await lines.answer(handle)


def announce(session: AsyncSession, thing: Thing) -> UUID:
    """Announces a revocation whose reason is the thing's name, so many times over."""
    ids = {name: new_id() for name in ("record_id", "person_id", "agency_id")}
    emit(session, TrainingRevoked(**ids, year=2026, reason=thing.name * thing.size), sequence=1)
    return ids["record_id"]


@router.post("/announcements")
async def announce_one(caller: Hr, session: Transaction, thing: Thing) -> Made:
    return Made(id=announce(session, thing))


@router.post("/announcements:batch")
async def announce_many(caller: Hr, lines: Things) -> StreamingResponse:
    async def handle(session: AsyncSession, things: Sequence[Thing]) -> list[Answer]:
        return [Done("stored", announce(session, thing)) for thing in things]

    return await lines.answer(handle)


@router.get("/things")
async def things(caller: Hr, session: Reading, window: AskedWindow) -> dict:
    return {"count": await session.scalar(text("SELECT count(*) FROM things")), "limit": window.limit}


class Versioned(BaseModel):
    version: int = 7


@router.put("/things/{thing_id}")
async def change(thing_id: UUID, caller: Hr, seen: etag.Seen, response: Response) -> Versioned:
    etag.check(seen, 7)
    return etag.tagged(Versioned(), response)


@router.post("/late-failure")
async def late_failure(caller: Hr, session: Transaction) -> dict:
    """The commit fails: a deferred constraint is checked only then."""
    await session.execute(text("INSERT INTO promises VALUES (:id)"), {"id": new_id()})
    return {"answer": "all is well"}


@router.post("/lost-connection")
async def lost_connection(caller: Hr, session: Transaction) -> dict:
    """The database ends the session before the commit."""
    await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    return {}


@router.post("/write-while-reading")
async def write_while_reading(caller: Hr, session: Reading) -> dict:
    await session.execute(text("DELETE FROM things"))
    return {}


@pytest.fixture
async def database(blank: Database) -> Database:
    metadata = MetaData()
    add_outbox(metadata)
    add_idempotency(metadata)
    async with blank.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(text("CREATE TABLE things (id uuid PRIMARY KEY, name text UNIQUE)"))
        await connection.execute(
            text("CREATE TABLE promises (id uuid REFERENCES things DEFERRABLE INITIALLY DEFERRED)")
        )
    return blank


@pytest.fixture
def parts(issuer: Issuer, database: Database) -> Parts:
    settings = Settings(
        database_url="postgresql+asyncpg://unused",
        kafka="unused",
        issuer=issuer.url,
        jwks_url=issuer.jwks_url,
        nip_key="k",
    )
    return Parts(settings, database, Clock(JAKARTA))


@pytest.fixture
def app(parts: Parts) -> FastAPI:
    made = app_of(parts, router)
    made.state.parts.authenticator.keys.answer_seconds = PATIENCE
    return made


@pytest.fixture
async def client(app: FastAPI, issuer: Issuer) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"authorization": f"Bearer {issuer.token('agency_hr', agency=new_id())}"}
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://kit", headers=headers) as made:
        yield made


async def test_a_good_token_is_let_in(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/v1/things")).json() == {"count": 0, "limit": 100}


async def test_a_good_token_of_another_role_is_forbidden(client: httpx2.AsyncClient, issuer: Issuer) -> None:
    answer = await client.get("/v1/things", headers={"authorization": f"Bearer {issuer.token('person')}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "bad",
    [
        {"expires_in": -60},
        {"audience": "another"},
        {"issuer": "https://elsewhere.example"},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"key_id": "nobody"},
    ],
    ids=["expired", "other audience", "other issuer", "unsigned", "shared secret", "unknown key"],
)
async def test_a_bad_token_is_refused_and_says_nothing_of_itself(
    client: httpx2.AsyncClient, issuer: Issuer, bad
) -> None:
    token = issuer.mint("agency_hr", agency=new_id(), **bad)
    answer = await client.get("/v1/things", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert token not in answer.text


async def test_nonsense_and_nothing_are_no_tokens(client: httpx2.AsyncClient) -> None:
    for header in ({"authorization": "Bearer abc.def.ghi"}, {"authorization": "Basic YTpi"}, {"authorization": ""}):
        assert (await client.get("/v1/things", headers=header)).status_code == 401


def test_a_service_with_a_route_that_names_nobody_does_not_start(parts: Parts) -> None:
    bare = APIRouter()

    @bare.get("/v1/open")
    async def everybody() -> dict:
        return {}

    with pytest.raises(RuntimeError, match="/v1/open"):
        app_of(parts, router, bare)


def test_a_service_with_a_route_for_a_role_that_does_not_exist_does_not_start(parts: Parts) -> None:
    misspelt = APIRouter()

    @misspelt.get("/v1/misspelt")
    async def nobody(caller: Annotated[Caller[None], Depends(Right(("lan", "agency_rh"), "things"))]) -> dict:
        return {}

    with pytest.raises(RuntimeError, match="agency_rh"):
        app_of(parts, router, misspelt)


def test_a_service_with_a_route_that_leaves_the_event_loop_does_not_start(parts: Parts) -> None:
    threaded = APIRouter()

    def blocking() -> None: ...

    @threaded.get("/v1/threaded")
    async def there(caller: Hr, used: Annotated[None, Depends(blocking)]) -> dict:
        return {}

    with pytest.raises(RuntimeError, match="blocking"):
        app_of(parts, router, threaded)


def test_the_right_matrix_names_every_route(app: FastAPI) -> None:
    assert_guarded(app, CALLERS.roles)
    assert guards(app)["POST", "/v1/things"] == {"agency_hr", "service"}


async def test_a_failed_commit_never_answers_200(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/v1/late-failure")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")


async def test_what_is_too_large_to_be_announced_is_told_with_its_field_and_the_limit(
    client: httpx2.AsyncClient, database: Database
) -> None:
    too_much = {"name": "panjang", "size": 150_000}
    answer = await client.post("/v1/announcements", json=too_much, headers={"accept-language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (422, "event-too-large")
    assert answer.json()["errors"][0]["field"] == "reason"
    assert answer.json()["title"] == "This is too large to be announced: one event holds at most 1,000,000 bytes."
    lines = [{"name": "a", "size": 1}, too_much, {"name": "b", "size": 1}]
    answers = await client.post("/v1/announcements:batch", content="\n".join(map(json.dumps, lines)))
    told = [json.loads(line) for line in answers.text.splitlines()]
    assert [(line["status"], line.get("code"), line.get("field")) for line in told] == [
        ("stored", None, None),
        ("refused", "event-too-large", "reason"),
        ("stored", None, None),
    ]
    async with database.reading() as session:
        assert await session.scalar(text("SELECT sum(count) FROM outbox")) == 2


async def test_a_request_whose_connection_breaks_is_asked_for_again(client: httpx2.AsyncClient) -> None:
    """Nobody knows whether its commit was done: it must not be told that nothing was stored."""
    answer = await client.post("/v1/lost-connection")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_a_connection_that_ended_in_the_pool_is_not_handed_out(database: Database) -> None:
    async with database.engine.connect() as connection:
        pid = await connection.scalar(text("SELECT pg_backend_pid()"))
        pooled = (await connection.get_raw_connection()).driver_connection
    other = await asyncpg.connect(database.dsn)
    await other.execute("SELECT pg_terminate_backend($1)", pid)
    await other.close()
    while not pooled.is_closed():
        await asyncio.sleep(0.01)
    async with database.engine.connect() as connection:
        assert await connection.scalar(text("SELECT pg_backend_pid()")) != pid


async def test_no_free_connection_is_no_fault_of_the_input(database: Database) -> None:
    """A line of an upload that waits too long for a connection is tried again, not refused."""
    small = Database(database.url.render_as_string(hide_password=False), pool_size=1)
    small.engine.pool._timeout = 0.01
    try:
        async with small.engine.connect(), small.engine.connect():
            with pytest.raises(Exception, match="QueuePool") as failure:
                await small.engine.connect().start()
        assert is_transient(failure.value)
    finally:
        await small.close()


def test_a_connection_that_breaks_at_an_odd_moment_is_no_fault_of_the_input() -> None:
    """What asyncpg raises when the server ends a session while a statement is being prepared."""
    assert is_transient(asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress"))


async def test_a_chunk_gives_others_their_turn() -> None:
    turns = 0

    async def somebody_else() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(somebody_else())
    assert [each async for each in in_turns(range(CHUNK))] == list(range(CHUNK))
    other.cancel()
    assert turns >= CHUNK // TURN - 1


async def test_a_reading_session_cannot_write(client: httpx2.AsyncClient, database: Database) -> None:
    await client.post("/v1/things", json={"name": "a", "size": 1})
    assert (await client.post("/v1/write-while-reading")).status_code == 500
    assert (await client.get("/v1/things")).json()["count"] == 1


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ('{"name": "a"}', "field-missing", "size"),
        ('{"name": "a", "size": 1, "colour": 2}', "field-unknown", "colour"),
        ('{"name": "a", "size": 0}', "field-invalid", "size"),
        ("{", "invalid-json", "1"),
    ],
)
async def test_bad_input_is_a_problem_that_names_the_field(client: httpx2.AsyncClient, body, code, field) -> None:
    answer = await client.post("/v1/things", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"https://jejak.asn.go.id/problems/{code}"
    assert (problem["errors"][0]["code"], problem["errors"][0]["field"]) == (code, field)


async def test_problems_speak_indonesian_unless_asked_for_english(client: httpx2.AsyncClient) -> None:
    indonesian = await client.get("/v1/nothing")
    english = await client.get("/v1/nothing", headers={"accept-language": "en-GB,id;q=0.5"})
    assert (indonesian.json()["title"], indonesian.headers["content-language"]) == ("Data tidak ditemukan.", "id")
    assert (english.json()["title"], english.headers["content-language"]) == ("Nothing was found here.", "en")


async def test_a_body_over_the_limit_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/v1/things", json={"name": "x" * 2_000_000, "size": 1})
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_the_same_key_gives_the_first_answer_and_no_second_effect(client: httpx2.AsyncClient) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    first = await client.post("/v1/things", json={"name": "a", "size": 1}, headers=key)
    again = await client.post("/v1/things", json={"name": "a", "size": 1}, headers=key)
    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (201, first.json())
    other = await client.post("/v1/things", json={"name": "b", "size": 1}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-conflict")
    assert (await client.get("/v1/things")).json()["count"] == 1


MOVED = {
    "another agency": {"agency": OTHER},
    "no agency": {"agency": None, "roles": ("service",)},
    "another person": {"person": OTHER},
    "another provider": {"provider": OTHER},
    "another role": {"roles": ("service",)},
    "one role more": {"roles": ("agency_hr", "service")},
}


@pytest.mark.parametrize("now", MOVED)
async def test_a_key_repeats_nothing_for_the_same_subject_in_another_place(
    client: httpx2.AsyncClient, issuer: Issuer, now: str
) -> None:
    """Whoever has changed the agency meanwhile may not see what the old one was answered."""
    place = {"roles": ("agency_hr",), "agency": HOME, "person": HOME, "provider": HOME}

    async def send(**claims) -> httpx2.Response:
        token = issuer.mint(*claims.pop("roles"), subject="siti", **claims)
        headers = {"Idempotency-Key": "kunci", "authorization": f"Bearer {token}"}
        return await client.post("/v1/things", json={"name": "a", "size": 1}, headers=headers)

    first = await send(**place)
    moved = await send(**place | MOVED[now])
    assert (moved.status_code, moved.json()["code"]) == (409, "idempotency-conflict")
    assert first.json()["id"] not in moved.text
    assert (await send(**place)).json() == first.json(), "back where it was asked"
    assert (await client.get("/v1/things")).json()["count"] == 1


async def test_the_same_key_at_the_same_time_has_one_effect(client: httpx2.AsyncClient) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    answers = await asyncio.gather(
        *(client.post("/v1/things", json={"name": "a", "size": 1}, headers=key) for _ in range(5))
    )
    assert {(answer.status_code, answer.json()["id"]) for answer in answers} == {(201, answers[0].json()["id"])}


async def send(client: httpx2.AsyncClient, body: str | bytes) -> list[dict]:
    answer = await client.post("/v1/things:batch", content=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_lines_are_answered_in_order_and_bad_ones_by_themselves(client: httpx2.AsyncClient) -> None:
    lines = [
        '{"name": "a", "size": 1}',
        "",
        "{broken",
        '{"name": "b", "size": 13}',
        '{"name": "c"}',
        '{"name": "d", "size": 2}',
    ]
    answers = await send(client, "\n".join(lines))
    assert [(a["line"], a["status"], a.get("code"), a.get("field")) for a in answers] == [
        (1, "stored", None, None),
        (3, "refused", "invalid-json", None),
        (4, "refused", "field-invalid", "size"),
        (5, "refused", "field-missing", "size"),
        (6, "stored", None, None),
    ]


async def test_a_line_that_breaks_its_chunk_is_found_and_the_rest_is_stored(client: httpx2.AsyncClient) -> None:
    """The unique name is violated inside one statement for all: the chunk is halved until it stands alone."""
    names = [f"n{number}" for number in range(700)]
    names[345] = "n5"
    answers = await send(client, "".join(json.dumps({"name": name, "size": 1}) + "\n" for name in names))
    assert [answer["line"] for answer in answers if answer["status"] != "stored"] == [346]
    assert answers[345]["code"] == "internal-error"
    assert (await client.get("/v1/things")).json()["count"] == 699


async def test_a_line_over_the_limit_is_refused_and_the_next_is_read(client: httpx2.AsyncClient) -> None:
    endless = json.dumps({"name": "x" * 3 * LINE_LIMIT, "size": 1})
    answers = await send(client, f'{endless}\n{{"name": "a", "size": 1}}\n{endless}')
    assert [(a["line"], a["status"], a.get("code")) for a in answers] == [
        (1, "refused", "line-too-long"),
        (2, "stored", None),
        (3, "refused", "line-too-long"),
    ]


async def test_an_empty_upload_has_an_empty_answer(client: httpx2.AsyncClient) -> None:
    assert await send(client, b"") == []


async def test_answers_wait_for_the_end_of_the_body_so_that_a_simple_client_cannot_deadlock(
    app: FastAPI, issuer: Issuer
) -> None:
    """The standard library's client sends all 8 MB before it reads a byte of the answer."""
    port = free_port()
    line = json.dumps({"name": "{}", "size": 1}) + " " * 200 + "\n"
    lines = 8 * 2**20 // len(line)
    body = "".join(line.replace("{}", str(number)) for number in range(lines)).encode()

    token = issuer.token("agency_hr", agency=new_id())

    def talk() -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        headers = {"authorization": f"Bearer {token}", "connection": "close"}
        connection.request("POST", "/v1/things:batch", body, headers)
        with closing(connection), connection.getresponse() as response:
            return response.read()

    async with serving(app, port):
        answers = (await asyncio.to_thread(talk)).splitlines()
    assert len(answers) == lines
    assert all(b'"stored"' in answer for answer in answers)


async def test_what_a_broken_connection_leaves_is_whole_chunks(app: FastAPI, client: httpx2.AsyncClient) -> None:
    port = free_port()
    lines = b"".join(json.dumps({"name": f"n{number}", "size": 1}).encode() + b"\n" for number in range(CHUNK + 10))
    head = (
        "POST /v1/things:batch HTTP/1.1\r\nhost: kit\r\ncontent-length: 999999\r\n"
        f"authorization: {client.headers['authorization']}\r\n\r\n"
    )
    async with serving(app, port), asyncio.timeout(60):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + lines)
        await writer.drain()
        while (await client.get("/v1/things")).json()["count"] == 0:
            await asyncio.sleep(0.05)
        writer.close()
        await writer.wait_closed()
    assert (await client.get("/v1/things")).json()["count"] == CHUNK


async def test_a_wrong_method_is_told_every_right_one(client: httpx2.AsyncClient) -> None:
    answer = await client.delete("/v1/things")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (None, 200),
        ("*", 200),
        ('"7"', 200),
        ('"6", "7"', 200),
        ('"6" ,,\t"7",', 200),
        ('W/"6","7"', 200),
        ('W/"7"', 412),
        ('W/"7,", "6"', 412),
        ('"6"', 412),
        ('"07"', 412),
        ('"7', 412),
        ("7", 412),
        ("", 412),
        ('"7" "6"', 412),
        ('"7", *', 412),
        ('"' + "7" * 5000 + '"', 412),
        ('"\xff\xb2"', 412),
    ],
)
async def test_a_change_names_the_version_it_changes(client: httpx2.AsyncClient, sent: str | None, status: int) -> None:
    """RFC 9110, 13.1.1: one of a list, compared strongly, character by character."""
    headers = [] if sent is None else [(b"if-match", sent.encode("latin-1"))]
    answer = await client.put(f"/v1/things/{new_id()}", headers=headers)
    assert answer.status_code == status
    if status == 412:
        assert (answer.json()["code"], answer.json()["errors"][0]["field"]) == ("changed-meanwhile", "If-Match")


async def test_several_fields_of_one_header_are_one_list(client: httpx2.AsyncClient) -> None:
    for second, status in ((b'"7"', 200), (b'"8"', 412)):
        answer = await client.put(f"/v1/things/{new_id()}", headers=[(b"if-match", b'"6"'), (b"if-match", second)])
        assert answer.status_code == status


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


ID = "0199a0b0-0000-7000-8000-000000000001"
FORGED: list[tuple[object, str]] = [
    (tuple[Line], cursor("a\0")),
    (tuple[Line], cursor("\ud800")),
    (tuple[Line], cursor("x" * 300)),
    (tuple[Line], cursor(1)),
    (tuple[Line], cursor("a", "b")),
    (tuple[Line], cursor(["a"])),
    (tuple[Line], base64.urlsafe_b64encode(b"[" * 1500).decode()),
    (tuple[Line], base64.urlsafe_b64encode(b"\xff").decode()),
    (tuple[Line], "nonsense"),
    (tuple[Line], "="),
    (tuple[UUID], cursor("x")),
    (tuple[UUID], cursor(None)),
    (tuple[UUID], cursor(2**200)),
    (tuple[Moment, UUID], cursor("0001-01-01T00:00:00+14:00", ID)),
    (tuple[Moment, UUID], cursor("9999-12-31T23:59:59-14:00", ID)),
    (tuple[Moment, UUID], cursor("2026-01-01T00:00:00", ID)),
    (tuple[Moment, UUID], cursor("1e400", ID)),
]


@pytest.mark.parametrize(("key", "forged"), FORGED, ids=range(len(FORGED)))
def test_a_forged_cursor_is_refused(key: type[tuple], forged: str) -> None:
    with pytest.raises(Refused) as refused:
        Window(after=forged, limit=10).seen(TypeAdapter(key))
    assert (refused.value.code, refused.value.field) == ("field-invalid", "after")


def test_a_cursor_leads_to_what_comes_after_it() -> None:
    moment, thing = datetime(2026, 1, 1, 0, 0, 0, 1, UTC), UUID(ID)
    page = Window(after=None, limit=1).page([(moment, thing), None], lambda row: row)
    key = TypeAdapter(tuple[Moment, UUID])
    assert Window(after=page.next, limit=1).seen(key) == (moment, thing)
    assert Window(after=cursor(ID), limit=1).seen(BY_ID) == (thing,)
    assert Window(after=None, limit=1).seen(key) is None


@pytest.mark.parametrize("sent", ["a\0", "%00", "[" * 1500, "é", "A" * 5000])
async def test_what_is_no_cursor_at_all_is_refused(client: httpx2.AsyncClient, sent: str) -> None:
    answer = await client.get("/v1/things", params={"after": sent})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "after")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1500,
        b"[" * 100_000,
        b'{"name": "a", "size": ' + b"9" * 5000 + b"}",
        b'{"name": "a", "size": NaN}',
        b'{"name": "a", "size": 1e999}',
        b'{"name": "\\ud800", "size": 1}',
        b'{"name": "a\\u0000", "size": 1}',
        b'{"name": "a", "size": 1, "\\ud800": 1}',
        b'{"name": "\xff", "size": 1}',
        b"\x00",
    ],
)
async def test_a_body_that_nothing_can_read_is_refused(client: httpx2.AsyncClient, body: bytes) -> None:
    answer = await client.post("/v1/things", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_key_is_a_line_of_text(client: httpx2.AsyncClient) -> None:
    for key in (b"a\0b", b"", b"x" * 201):
        answer = await client.post("/v1/things", json={"name": "a", "size": 1}, headers=[(b"idempotency-key", key)])
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "idempotency-key")


async def sent(client: httpx2.AsyncClient, path: str, body: bytes, **headers: str) -> httpx2.Response:
    return await client.post(path, content=body, headers={name.replace("_", "-"): v for name, v in headers.items()})


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "compress", "identity, gzip", "GZIP"])
async def test_a_compressed_body_is_refused_on_every_route(client: httpx2.AsyncClient, coding: str) -> None:
    packed = gzip.compress(b'{"name": "a", "size": 1}\n')
    for path in ("/v1/things", "/v1/things:batch", "/v1/late-failure"):
        answer = await sent(client, path, packed, content_encoding=coding, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (415, "encoding-unsupported")
        assert answer.headers["accept-encoding"] == "identity"


async def test_a_body_that_says_that_it_is_not_compressed_is_read(client: httpx2.AsyncClient) -> None:
    answer = await sent(client, "/v1/things:batch", b'{"name": "a", "size": 1}\n', content_encoding="identity")
    assert (answer.status_code, answer.json()["status"]) == (200, "stored")


JSON, LINES = "application/json", "application/x-ndjson"


@pytest.mark.parametrize("said", ["text/plain", "application/x-www-form-urlencoded", "text/json", "nonsense", ""])
async def test_a_body_of_another_type_is_refused(client: httpx2.AsyncClient, said: str) -> None:
    for path, right in (("/v1/things", JSON), ("/v1/things:batch", LINES)):
        answer = await sent(client, path, b'{"name": "a", "size": 1}', content_type=said)
        assert (answer.status_code, answer.json()["code"]) == (415, "media-type-unsupported")
        assert answer.headers["accept"] == right


async def test_each_route_reads_the_type_it_takes(client: httpx2.AsyncClient) -> None:
    one = b'{"name": "a", "size": 1}'
    assert (await sent(client, "/v1/things", one, content_type="application/json; charset=utf-8")).status_code == 201
    assert (await sent(client, "/v1/things", one, content_type=LINES)).status_code == 415
    assert (await sent(client, "/v1/things:batch", one, content_type=JSON)).status_code == 415
    for number, said in enumerate((LINES, "application/ndjson", "Application/JSONL; charset=utf-8")):
        line = one.replace(b'"a"', b'"line %d"' % number)
        answer = await sent(client, "/v1/things:batch", line, content_type=said)
        assert (answer.status_code, answer.json()["status"]) == (200, "stored")


@pytest.mark.parametrize("first", [b"", b"\n", b" \n\n"])
async def test_the_mark_of_a_windows_file_belongs_to_no_line(client: httpx2.AsyncClient, first: bytes) -> None:
    lines = first + b'{"name": "a", "size": 1}\n{"name": "b", "size": 1}'
    [one, two] = (await sent(client, "/v1/things:batch", BOM_UTF8 + lines)).text.splitlines()
    assert (json.loads(one)["status"], json.loads(two)["status"]) == ("stored", "stored")
    assert (await sent(client, "/v1/things:batch", BOM_UTF8)).text == ""
    [inside] = (await sent(client, "/v1/things:batch", b"\n" + BOM_UTF8 + b"{}")).text.splitlines()
    assert json.loads(inside)["code"] == "invalid-json"
