"""Who is let in: tokens of every shape, roles and the claims they need, and an issuer in every kind of trouble.

The issuer answers on a real port; the clock stands until a test moves it.
"""

import asyncio
import gzip
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import Response
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from sqlalchemy import column

from common.clock import Clock
from common.ids import new_id
from common.parts import Parts
from common.refused import Refused
from common.store.database import Database
from common.web.keys import KEYS_FRESH_SECONDS, KEYS_RENEW_SECONDS, KEYS_RETRY_SECONDS, KeySet
from common.web.principals import CallerRole
from common.web.tokens import LEEWAY_SECONDS, LONGEST_LIFE_SECONDS, TOKEN_LIMIT, TOKENS_REMEMBERED, Authenticator
from contracts.callers import Caller
from contracts.rights import Right
from contracts.roles import CALLERS, CLAIMS, IDS, NAMES, ROLES
from contracts.service import Settings
from contracts.zone import JAKARTA
from jejak_local.harness import app_of, caller, client_of
from jejak_local.issuer import Issuer
from jejak_local.processes import free_port
from jejak_local.serve import serving

SOMEBODY = UUID("0199a000-0000-7000-8000-0000000000ff")
INFINITE = float("inf")


@dataclass
class Moment:
    """Seconds since 1970, moved by hand."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


@dataclass
class Gate:
    """An issuer whose answer about its keys a test can spoil, and the authenticator that asks it."""

    issuer: Issuer
    moment: Moment
    authenticator: Authenticator
    spoilt: Response | None = None
    asked: int = 0
    silent: bool = False
    _speaks: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self) -> Response:
        self.asked += 1
        if self.silent:
            await self._speaks.wait()
        return self.spoilt or self.keys(*self.issuer.jwks()["keys"])

    def keys(self, *keys: Any) -> Response:
        return Response(json.dumps({"keys": keys}), media_type="application/json")

    def speak(self) -> None:
        """Answers whoever waits, and all after them."""
        self.silent = False
        self._speaks.set()

    async def lets_in(self, token: str) -> int:
        """200, or the status of the refusal."""
        try:
            await self.authenticator.principal(token)
        except Refused as problem:
            return {"unauthorized": 401, "unavailable": 503}[problem.code]
        return 200

    async def heard(self, times: int) -> None:
        """Until the issuer was asked so many times."""
        while self.asked < times:
            await asyncio.sleep(0.01)

    async def settled(self) -> None:
        """Until the issuer has been heard, as far as anybody asks."""
        await self.authenticator.keys._try


@pytest.fixture(scope="module")
async def gates() -> AsyncIterator[Callable[[], Gate]]:
    """Makes gates with one issuer; the newest answers at its address."""
    port = free_port()
    issuer = Issuer(f"http://127.0.0.1:{port}")
    made: list[Gate] = []

    def make() -> Gate:
        moment = Moment()
        keys = KeySet(issuer.jwks_url, clock=moment)
        made.append(Gate(issuer, moment, Authenticator(issuer.url, "jejak", keys, CALLERS, now=moment)))
        return made[-1]

    async def answer() -> Response:
        return await made[-1].answer()

    app = FastAPI()
    app.add_api_route("/jwks", answer)
    async with serving(app, port):
        yield make


@pytest.fixture
async def gate(gates: Callable[[], Gate]) -> AsyncIterator[Gate]:
    made = gates()
    yield made
    made.speak()
    if made.authenticator.keys._try:
        await made.settled()


# --- tokens


router = APIRouter(prefix="/v1")


@router.get("/me")
async def whoami(
    principal: Annotated[Caller[None], Depends(Right(("lan", "agency_hr", "provider", "person"), "things"))],
) -> dict:
    return {
        "subject": principal.subject,
        "roles": sorted(principal.roles),
        "claims": dict(principal.claims),
    }


@pytest.fixture(scope="module")
async def client(issuer: Issuer, tmp_path_factory) -> AsyncIterator[httpx2.AsyncClient]:
    catalogue = tmp_path_factory.mktemp("kit") / "problems.toml"
    catalogue.write_text("")
    settings = Settings(
        database_url="postgresql+asyncpg://nobody@127.0.0.1:1/nothing",
        kafka="unused",
        issuer=issuer.url,
        jwks_url=issuer.jwks_url,
        nip_key="k",
    )
    app = app_of(Parts(settings, Database(settings.database_url), Clock(JAKARTA)), router)
    async with client_of(app) as made:
        yield made


async def show(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.get("/v1/me", headers={"authorization": f"Bearer {token}"})


NO_TEXT = [7, 1.5, True, [], ["a"], {}, {"a": 1}, None]
NO_ID = [7, 1.5, True, False, {}, {"id": str(SOMEBODY)}, "x", " ", "0", str(SOMEBODY)[:-1], [7], [[]], ["x"]]
NO_ID += [[], [str(SOMEBODY), str(SOMEBODY)]]
NO_TIME = [
    "soon",
    "9999999999",
    True,
    [],
    [9999999999],
    {},
    None,
    INFINITE,
    -INFINITE,
    float("nan"),
    10**400,
    -(10**400),
]
CLAIMS_REFUSED: list[tuple[str, Any]] = [
    *(("sub", value) for value in [*NO_TEXT, "", " ", "\t", "a\0b", "\ud800", "a\nb", "x" * 256, "system"]),
    *(("roles", value) for value in ["lan", {"lan": False}, {"lan": True}, 7, True, None, [7], ["lan", 7], [["lan"]], [None]]),
    *(("exp", value) for value in [*NO_TIME, 0, -1, 1e308, -1e308, 2**63, time.time() + LONGEST_LIFE_SECONDS * 2]),
    *(("iat", value) for value in [*NO_TIME, 1e308, time.time() + 3600]),
    *(("nbf", value) for value in [*NO_TIME, 1e308, time.time() + 3600]),
    *(("iss", value) for value in [*NO_TEXT, "", "https://elsewhere.example"]),
    *(("aud", value) for value in [*NO_TEXT, "", "another", ["jejak", 7], {"jejak": True}]),
    *(("agency", value) for value in NO_ID),
    *(("jti", value) for value in [7, [], {}]),
]  # fmt: skip


def _named(value: object) -> str:
    """The same in every process that collects this test."""
    return "now" if isinstance(value, float) and abs(value - time.time()) < 1e9 else repr(value)[:24]


@pytest.mark.parametrize(("claim", "value"), CLAIMS_REFUSED, ids=_named)
async def test_a_claim_of_a_wrong_shape_is_refused(client: httpx2.AsyncClient, issuer: Issuer, claim, value) -> None:
    answer = await show(client, issuer.sign(issuer.claims("lan") | {claim: value}))
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("claim", IDS)
@pytest.mark.parametrize("value", NO_ID, ids=repr)
async def test_whom_a_token_speaks_for_is_an_id(client: httpx2.AsyncClient, issuer: Issuer, claim, value) -> None:
    for role in ("lan", "agency_hr", "provider", "person"):
        claims = issuer.claims(role, **dict.fromkeys(CLAIMS, SOMEBODY)) | {claim: value}
        assert (await show(client, issuer.sign(claims))).status_code == 401, role


@pytest.mark.parametrize("claim", NAMES)
@pytest.mark.parametrize(
    "value", [7, 1.5, True, {}, " ", "a\0b", "x" * 256, [7], [], ["a", "b"]], ids=lambda v: repr(v)[:9]
)
async def test_what_many_have_in_common_is_a_name(client: httpx2.AsyncClient, issuer: Issuer, claim, value) -> None:
    assert (await show(client, issuer.sign(issuer.claims("lan") | {claim: value}))).status_code == 401


@pytest.mark.parametrize("claim", ["sub", "exp", "iat", "iss", "aud"])
async def test_a_token_that_leaves_out_what_every_token_says_is_refused(client, issuer: Issuer, claim) -> None:
    claims = issuer.claims("lan")
    del claims[claim]
    assert (await show(client, issuer.sign(claims))).status_code == 401


@pytest.mark.parametrize("claims", [[], "lan", 7, None, True, [["sub", "a"]]], ids=repr)
async def test_claims_that_are_no_object_are_refused(client: httpx2.AsyncClient, issuer: Issuer, claims) -> None:
    assert (await show(client, issuer.sign(claims))).status_code == 401


HEADERS_REFUSED: list[dict[str, Any]] = [
    *({"alg": value} for value in [*NO_TEXT, "", "none", "None", "HS256", "RS512", "PS256", "EdDSA", "rs256", "ES256"]),
    *({"kid": value} for value in [*NO_TEXT, "", "nobody", "x" * 2000, "../../etc/passwd", "' OR 1=1", "\0"]),
    *({"crit": value} for value in [*NO_TEXT, ["exp"], ["b64"]]),
    {"b64": False},
    {"b64": False, "crit": ["b64"]},
    {"b64": 7, "crit": ["b64", 7]},
]


@pytest.mark.parametrize("header", HEADERS_REFUSED, ids=lambda value: repr(value)[:30])
async def test_a_header_of_a_wrong_shape_is_refused(client: httpx2.AsyncClient, issuer: Issuer, header) -> None:
    assert (await show(client, issuer.sign(issuer.claims("lan"), **header))).status_code == 401


@pytest.mark.parametrize("header", [{"jwk": {"kty": "oct", "k": "AA"}}, {"jku": "http://127.0.0.1:1/jwks"}, {"x5u": 7}])
async def test_a_key_that_a_token_brings_along_is_not_looked_at(client, issuer: Issuer, header) -> None:
    other = Issuer(issuer.url)
    assert (await show(client, other.sign(other.claims("lan"), **header))).status_code == 401


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


TEXTS = [
    "abc", "abc.def.ghi", "..", ".", "...", "a.b", "a.b.c.d", "é.é.é", "\xff.\xff.\xff", "e30.e30.", "e30.e30.e30",
    "bnVsbA.e30.e30", "W10.e30.e30", "IiI.e30.e30", "=.=.=", "e30=.e30=.e30=", "%00", "null", "undefined", "{}",
    jwt.utils.base64url_encode(nested(1500).encode()).decode() + ".e30.e30",
    jwt.utils.base64url_encode(f'{{"alg":"RS256","kid":"a","x":{nested(1400)}}}'.encode()).decode() + ".e30.e30",
    jwt.utils.base64url_encode(f'{{"alg":"RS256","x":{"9" * 4999}}}'.encode()).decode() + ".e30.e30",
    jwt.utils.base64url_encode(b'{"alg":"RS256","kid":"\xff"}').decode() + ".e30.e30",
    jwt.utils.base64url_encode(b'{"alg":"RS256","kid":"\\ud800"}').decode() + ".e30.e30",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=lambda value: value[:16])
async def test_what_is_no_token_is_refused(client: httpx2.AsyncClient, text) -> None:
    answer = await client.get("/v1/me", headers={"authorization": b"Bearer " + text.encode("latin-1")})
    assert answer.status_code == 401


async def test_signed_claims_may_be_nested_and_long_without_harm(client: httpx2.AsyncClient, issuer: Issuer) -> None:
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]
    for odd in (deep, int("9" * 4000)):
        token = issuer.sign(issuer.claims("lan") | {"odd": odd})
        assert len(token) <= TOKEN_LIMIT
        assert (await show(client, token)).status_code in {200, 401}


async def test_a_token_over_the_limit_is_refused_before_it_is_read(client, issuer: Issuer) -> None:
    def padded(size: int) -> str:
        return issuer.sign(issuer.claims("lan") | {"pad": "x" * size})

    most = (TOKEN_LIMIT - len(padded(0))) * 3 // 4
    assert TOKEN_LIMIT - 4 <= len(padded(most)) <= TOKEN_LIMIT
    assert (await show(client, padded(most))).status_code == 200
    for size in (most + 4, 1_000_000):
        assert (await show(client, padded(size))).status_code == 401


async def test_whom_a_token_speaks_for_may_be_the_list_of_one(client: httpx2.AsyncClient, issuer: Issuer) -> None:
    claims = issuer.claims("agency_hr") | {"agency": [str(SOMEBODY)], "aud": ["account", "jejak"], "nbf": 1.5}
    answer = await show(client, issuer.sign(claims))
    told = {"agency": str(SOMEBODY), "person": claims["person"]}
    assert (answer.status_code, answer.json()["claims"]) == (200, told)


@pytest.mark.parametrize("roles", [[], ["nobody"], ["LAN"], ["lan "], ["operator"]], ids=repr)
async def test_a_good_token_without_a_fitting_role_is_forbidden(client, issuer: Issuer, roles) -> None:
    answer = await show(client, issuer.sign(issuer.claims("lan") | {"roles": roles}))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


# --- roles and the claims they need


NEEDY = [(role, claim) for role in ROLES.values() for claim in role.needs]


def test_every_role_needs_claims_that_exist() -> None:
    assert {claim for _, claim in NEEDY} <= set(CLAIMS)
    assert len(NEEDY) >= 6


@pytest.mark.parametrize(("role", "claim"), NEEDY, ids=lambda value: getattr(value, "name", value))
@pytest.mark.parametrize("nothing", [None, "", [""], [None]], ids=repr)
async def test_a_role_is_not_held_without_the_claim_it_needs(gate: Gate, role: CallerRole, claim, nothing) -> None:
    others = {name: str(new_id()) for name in CLAIMS if name != claim}
    for second in [None, *ROLES.values()]:
        names = [role.name] + ([second.name] if second else [])
        for said in ({claim: nothing}, {}):
            told = gate.issuer.claims(*names, subject="somebody", **others)
            token = gate.issuer.sign({name: value for name, value in told.items() if name != claim} | said)
            principal = await gate.authenticator.principal(token)
            holds = {second.name} if second and second.held_by(others) else set()
            assert principal.roles == holds
            assert principal.unbound == (second is not None and second.unbound)


@pytest.mark.parametrize("claims", [("person",), ("address",), ("person", "address")], ids=repr)
async def test_a_pic_is_a_person_or_a_checked_address(gate: Gate, claims) -> None:
    async def roles(*said: str) -> frozenset[str]:
        named = {name: new_id() for name in said}
        return (await gate.authenticator.principal(gate.issuer.token("pic", **named))).roles

    assert await roles("agency", *claims) == {"pic"}
    assert await roles(*claims) == await roles("agency") == frozenset()


@pytest.mark.parametrize(("role", "claim"), NEEDY, ids=lambda value: getattr(value, "name", value))
def test_what_keeps_a_caller_within_bounds_refuses_who_has_none(role: CallerRole, claim: str) -> None:
    """No comparison with nothing: it would be `IS NULL`, or a door that is open to all."""
    bare = caller(role.name)
    for ask in (lambda: bare.bound_to(claim), lambda: bare.speaks_for(claim), lambda: bare.sees(column("agency_id"))):
        with pytest.raises(Refused, match="forbidden"):
            ask()


def test_a_claim_alone_is_no_office() -> None:
    """A person's token names the agency too: it must not let them see what the agency sees."""
    person = caller("person", agency=new_id(), person=new_id())
    with pytest.raises(Refused, match="forbidden"):
        person.sees(column("agency_id"))


# --- the issuer in trouble


async def test_keys_are_asked_for_once_for_all_callers(gate: Gate) -> None:
    tokens = [gate.issuer.token("lan", subject=f"s{number}") for number in range(20)]
    assert await asyncio.gather(*map(gate.lets_in, tokens)) == [200] * 20
    assert gate.asked == 1


async def test_known_keys_serve_while_an_issuer_stays_silent(gate: Gate) -> None:
    """The test ends although nobody is ever answered: no caller waits for that."""
    assert await gate.lets_in(gate.issuer.token("lan")) == 200
    gate.silent = True
    for age in (KEYS_RENEW_SECONDS, KEYS_FRESH_SECONDS, 10 * KEYS_FRESH_SECONDS):
        gate.moment.now += age
        tokens = [gate.issuer.sign(gate.issuer.claims("lan") | {"exp": gate.moment.now + 60, "n": n}) for n in range(6)]
        assert await asyncio.gather(*map(gate.lets_in, tokens)) == [200] * 6
        await gate.heard(2)
    assert gate.asked == 2


async def test_after_one_wait_in_vain_nobody_waits_for_a_silent_issuer(gate: Gate) -> None:
    """Keys that were left alone until they are too old are asked for first, but not for long."""
    token = gate.issuer.token("lan")
    assert await gate.lets_in(token) == 200
    gate.silent, gate.authenticator.keys.answer_seconds = True, INFINITE
    gate.moment.now += KEYS_FRESH_SECONDS
    assert await asyncio.gather(*(gate.lets_in(token) for _ in range(6))) == [200] * 6
    asyncio.get_running_loop().call_soon(gate.speak)
    assert await gate.lets_in(token) == 200
    assert gate.silent, "answered within its own turn of the loop"
    await gate.settled()
    assert gate.asked == 2


async def test_an_issuer_that_recovers_is_heard(gate: Gate) -> None:
    old = gate.issuer.token("lan")
    assert await gate.lets_in(old) == 200
    gate.spoilt = Response(status_code=500)
    gate.moment.now += KEYS_FRESH_SECONDS
    assert await gate.lets_in(old) == 200
    gate.spoilt = None
    gate.issuer.forget()
    gate.moment.now += KEYS_RETRY_SECONDS
    assert await gate.lets_in(old) == 200, "known keys serve meanwhile"
    await gate.settled()
    assert await gate.lets_in(old) == 401
    assert await gate.lets_in(gate.issuer.token("lan")) == 200


@pytest.mark.parametrize("broken", [False, True], ids=["healthy", "broken"])
async def test_there_is_a_pause_between_tries_for_keys_nobody_knows(gate: Gate, broken) -> None:
    assert await gate.lets_in(gate.issuer.token("lan")) == 200
    gate.moment.now += KEYS_RETRY_SECONDS
    gate.spoilt = Response("<html>", media_type="text/html") if broken else None
    strangers = [gate.issuer.mint("lan", key_id=f"new-{number}") for number in range(15)]
    expected = 503 if broken else 401
    for stranger in strangers:
        assert await gate.lets_in(stranger) == expected
    assert await asyncio.gather(*map(gate.lets_in, strangers)) == [expected] * 15
    assert gate.asked == 2
    gate.moment.now += KEYS_RETRY_SECONDS
    assert await gate.lets_in(strangers[0]) == expected
    assert gate.asked == 3


async def test_there_is_a_pause_between_tries_while_no_key_is_known(gate: Gate) -> None:
    gate.spoilt = Response(status_code=500)
    for _ in range(15):
        assert await gate.lets_in(gate.issuer.token("lan")) == 503
    assert gate.asked == 1
    gate.spoilt = None
    gate.moment.now += KEYS_RETRY_SECONDS
    assert await gate.lets_in(gate.issuer.token("lan")) == 200


async def test_an_issuer_that_was_never_heard_is_waited_for_once(gate: Gate) -> None:
    gate.silent = True
    gate.authenticator.keys.answer_seconds = 0.2
    assert await asyncio.gather(*(gate.lets_in(gate.issuer.token("lan")) for _ in range(6))) == [503] * 6
    assert gate.asked <= 1, "the time may be over before it is asked"


async def test_an_issuer_that_is_not_there_is_no_outage(gate: Gate) -> None:
    token = gate.issuer.token("lan")
    assert await gate.lets_in(token) == 200
    gate.authenticator.keys.url = f"http://127.0.0.1:{free_port()}/jwks"
    gate.moment.now += KEYS_FRESH_SECONDS
    assert await gate.lets_in(token) == 200
    assert await gate.lets_in(gate.issuer.mint("lan", key_id="new")) == 503


def public(key: Any, **rest: Any) -> dict[str, Any]:
    algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), **rest}


RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SPOILT: dict[str, Callable[[], Response]] = {
    "html": lambda: Response("<html>maintenance</html>", media_type="text/html"),
    "object": lambda: Response("{}"),
    "empty set": lambda: Response('{"keys": []}'),
    "no set": lambda: Response('{"keys": 7}'),
    "set of nothing": lambda: Response('{"keys": null}'),
    "object of keys": lambda: Response('{"keys": {"kid": "a"}}'),
    "text of keys": lambda: Response('{"keys": "abc"}'),
    "no keys": lambda: Response('{"keys": [7, "a", null, [], {}, {"kty": 7}, {"kty": "RSA"}]}'),
    "list": lambda: Response("[]"),
    "null": lambda: Response("null"),
    "number": lambda: Response("7"),
    "nothing": lambda: Response(""),
    "no text": lambda: Response(b"\xff\xfe\x00"),
    "nested": lambda: Response(nested(100_000)),
    "huge": lambda: Response(json.dumps({"keys": [public(RSA_KEY, kid="odd")], "pad": "x" * 1_000_000})),
    "keys of no use": lambda: Response(json.dumps({"keys": [public(RSA_KEY, kid="odd", alg="RS512"), {"kty": "oct", "k": "AA"}]})),
    "packed": lambda: Response(gzip.compress(b"{}" * 1000), headers={"content-encoding": "gzip"}),
    "error": lambda: Response(status_code=500),
    "moved": lambda: Response(status_code=302, headers={"location": "/jwks"}),
    "no content": lambda: Response(status_code=204),
    "gone": lambda: Response(status_code=404),
}  # fmt: skip


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT)
async def test_an_answer_without_keys_costs_no_key(gate: Gate, spoilt) -> None:
    token = gate.issuer.token("lan")
    assert await gate.lets_in(token) == 200
    gate.spoilt = spoilt()
    for _ in range(3):
        gate.moment.now += KEYS_FRESH_SECONDS
        fresh = gate.issuer.sign(gate.issuer.claims("lan") | {"exp": gate.moment.now + 60})
        assert (await gate.lets_in(token), await gate.lets_in(fresh)) == (200, 200)
        await gate.settled()
    assert gate.asked == 4


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT)
async def test_without_any_key_the_answer_is_to_come_again(gate: Gate, spoilt) -> None:
    gate.spoilt = spoilt()
    assert await gate.lets_in(gate.issuer.token("lan")) == 503


ODD_KEYS: dict[str, Any] = {
    "unknown type": {"kty": "AKP", "kid": "odd", "alg": "ML-DSA-44", "pub": "AA"},
    "other curve": public(ec.generate_private_key(ec.SECP384R1()), kid="odd"),
    "unknown curve": {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA", "kid": "odd"},
    "edwards": jwt.algorithms.OKPAlgorithm.to_jwk(ed25519.Ed25519PrivateKey.generate().public_key(), as_dict=True) | {"kid": "odd"},
    "for encryption": public(RSA_KEY, kid="odd", use="enc"),
    "encryption alone": public(RSA_KEY, kid="odd", key_ops=["encrypt"]),
    "odd operations": public(RSA_KEY, kid="odd", key_ops=7),
    "odd use": public(RSA_KEY, kid="odd", use=["sig"]),
    "other algorithm": public(RSA_KEY, kid="odd", alg="RSA-OAEP"),
    "stronger algorithm": public(RSA_KEY, kid="odd", alg="RS512"),
    "wrong algorithm": public(RSA_KEY, kid="odd", alg="ES256"),
    "odd algorithm": public(RSA_KEY, kid="odd", alg=7),
    "without id": public(RSA_KEY),
    "odd id": public(RSA_KEY, kid=7),
    "listed id": public(RSA_KEY, kid=["odd"]),
    "shared secret": {"kty": "oct", "k": "c2VjcmV0", "kid": "odd"},
    "no modulus": {"kty": "RSA", "e": "AQAB", "kid": "odd"},
    "odd modulus": {"kty": "RSA", "e": "AQAB", "n": 7, "kid": "odd"},
    "no key": {},
    "null": None,
    "text": "key",
    "list": [[]],
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD_KEYS.values(), ids=ODD_KEYS)
async def test_a_key_that_is_not_understood_is_skipped(gate: Gate, odd) -> None:
    good = gate.issuer.jwks()["keys"]
    for keys in ([odd, *good], [*good, odd]):
        gate.spoilt = gate.keys(*keys)
        gate.authenticator.keys = KeySet(gate.issuer.jwks_url, clock=gate.moment)
        assert await gate.lets_in(gate.issuer.token("lan")) == 200
        assert await gate.lets_in(jwt.encode(gate.issuer.claims("lan"), RSA_KEY, "RS256", {"kid": "odd"})) == 401
        secret = b"secret".ljust(32, b"\0")
        assert await gate.lets_in(jwt.encode(gate.issuer.claims("lan"), secret, "HS256", {"kid": "odd"})) == 401


async def test_an_issuer_with_one_key_may_give_it_no_id(gate: Gate) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    token = jwt.encode(gate.issuer.claims("lan"), RSA_KEY, "RS256")
    strange = jwt.encode(gate.issuer.claims("lan"), other, "RS256")
    gate.spoilt = gate.keys(public(RSA_KEY))
    assert (await gate.lets_in(token), await gate.lets_in(strange)) == (200, 401)
    gate.spoilt = gate.keys(public(RSA_KEY), public(other, kid="named"))
    gate.moment.now += KEYS_FRESH_SECONDS
    assert await gate.lets_in(token) == 401, "it is not the only one any more"


async def test_elliptic_keys_are_as_good_as_others(gate: Gate) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    gate.spoilt = gate.keys(public(key, kid="elliptic"), public(RSA_KEY, kid="rsa"))
    assert await gate.lets_in(jwt.encode(gate.issuer.claims("lan"), key, "ES256", {"kid": "elliptic"})) == 200
    assert await gate.lets_in(jwt.encode(gate.issuer.claims("lan"), key, "ES256", {"kid": "rsa"})) == 401


# --- how long a key and a token are good


async def test_a_rotated_key_is_fetched_and_the_old_one_stays_good(gate: Gate) -> None:
    old = gate.issuer.token("lan")
    assert await gate.lets_in(old) == 200
    gate.issuer.rotate()
    gate.moment.now += KEYS_RETRY_SECONDS
    assert (await gate.lets_in(gate.issuer.token("lan")), await gate.lets_in(old)) == (200, 200)


@pytest.mark.parametrize("every", [KEYS_FRESH_SECONDS, 60, 1], ids=["idle", "now and then", "busy"])
async def test_a_token_of_a_removed_key_dies_within_five_minutes(gate: Gate, every: int) -> None:
    """Remembered or new, whether the service is busy or asked for the first time after the five minutes."""
    claims = gate.issuer.claims("lan") | {"exp": gate.moment.now + 3600}
    remembered, never_seen = gate.issuer.sign(claims), gate.issuer.sign(claims | {"n": 1})
    assert await gate.lets_in(remembered) == 200
    gate.issuer.forget()
    for _ in range(KEYS_FRESH_SECONDS // every):
        gate.moment.now += every
        await gate.lets_in(remembered)
        await gate.settled()
    assert (await gate.lets_in(remembered), await gate.lets_in(never_seen)) == (401, 401)
    assert await gate.lets_in(gate.issuer.sign(claims)) == 200, "the new key is known"


async def test_another_key_under_the_same_id_ends_the_tokens_of_the_first(gate: Gate) -> None:
    gate.spoilt = gate.keys(public(RSA_KEY, kid="same"))
    token = jwt.encode(gate.issuer.claims("lan"), RSA_KEY, "RS256", {"kid": "same"})
    assert await gate.lets_in(token) == 200
    gate.spoilt = gate.keys(public(rsa.generate_private_key(public_exponent=65537, key_size=2048), kid="same"))
    gate.moment.now += KEYS_FRESH_SECONDS
    assert await gate.lets_in(token) == 401


async def test_a_remembered_token_expires(gate: Gate) -> None:
    claims = gate.issuer.claims("lan")
    token = gate.issuer.sign(claims)
    for moment, status in ((0, 200), (LEEWAY_SECONDS - 1, 200), (LEEWAY_SECONDS, 401)):
        gate.moment.now = claims["exp"] + moment
        assert await gate.lets_in(token) == status
        assert await gate.lets_in(gate.issuer.sign(claims | {"n": moment})) == status


async def test_a_token_is_not_good_before_its_time(gate: Gate) -> None:
    claims = gate.issuer.claims("lan")
    for claim in ("iat", "nbf"):
        later = gate.issuer.sign(claims | {claim: gate.moment.now + 60})
        assert await gate.lets_in(later) == 401
        gate.moment.now += 60 - LEEWAY_SECONDS
        assert await gate.lets_in(later) == 200


async def test_a_verified_token_is_remembered_and_a_refused_one_is_not(gate: Gate) -> None:
    memory = gate.authenticator._remembered
    assert await gate.lets_in("abc") == 401
    assert not memory
    token = gate.issuer.token("lan")
    assert await gate.authenticator.principal(token) is await gate.authenticator.principal(token)
    [(principal, until, key)] = memory.values()
    memory.update(
        {bytes([number % 256, number // 256]): (principal, until, key) for number in range(TOKENS_REMEMBERED)}
    )
    await gate.authenticator.principal(gate.issuer.token("lan", subject="another"))
    assert len(memory) == 1, "bounded"
