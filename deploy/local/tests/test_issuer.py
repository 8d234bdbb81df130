import httpx2
import jwt
import pytest

from jejak_local.issuer import DECIDERS, ROLES, Issuer
from jejak_local.processes import LocalError


async def keys(issuer: Issuer) -> dict[str, jwt.PyJWK]:
    async with httpx2.AsyncClient() as client:
        found = (await client.get(issuer.jwks_url)).json()["keys"]
    return {key["kid"]: jwt.PyJWK(key) for key in found}


async def claims(issuer: Issuer, token: str) -> dict:
    key = (await keys(issuer))[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["RS256"], audience="jejak", issuer=issuer.url)


async def request_token(issuer: Issuer, client_id: str, secret: str = "jejak-local", **form: str) -> httpx2.Response:
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret, **form}
    async with httpx2.AsyncClient() as client:
        return await client.post(issuer.token_url, data=body)


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_has_a_client_that_gets_its_role(issuer: Issuer, role: str):
    answer = await request_token(issuer, role, agency="0199a0b0-0000-7000-8000-000000000001")
    assert answer.json()["token_type"] == "Bearer"
    got = await claims(issuer, answer.json()["access_token"])
    assert got["roles"] == [role]
    assert got["agency"] == "0199a0b0-0000-7000-8000-000000000001"
    assert ("person" in got) == (role in DECIDERS)


def test_a_scope_that_is_no_claim_is_refused(issuer: Issuer):
    with pytest.raises(TypeError, match="agency"):
        issuer.token("agency_hr", agancy="0199a0b0-0000-7000-8000-000000000001")


async def test_checker_and_validator_are_different_subjects(issuer: Issuer):
    subjects = [(await claims(issuer, issuer.token(role, agency="a")))["sub"] for role in ("verifier", "validator")]
    assert len(set(subjects)) == 2


async def test_the_client_may_also_name_itself_in_the_header(issuer: Issuer):
    async with httpx2.AsyncClient(auth=("lan", "jejak-local")) as client:
        answer = await client.post(issuer.token_url, data={"grant_type": "client_credentials"})
    assert (await claims(issuer, answer.json()["access_token"]))["roles"] == ["lan"]


@pytest.mark.parametrize(
    ("client", "form", "status", "error"),
    [
        ("lan", {"secret": "wrong"}, 401, "invalid_client"),
        ("nobody", {}, 401, "invalid_client"),
        ("lan", {"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
async def test_bad_requests_get_the_errors_of_oauth(issuer: Issuer, client, form, status, error):
    answer = await request_token(issuer, client, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_after_a_rotation_old_tokens_stay_valid_and_new_ones_have_the_new_key(issuer: Issuer):
    old = issuer.token("lan")
    async with httpx2.AsyncClient() as client:
        new_id = (await client.post(f"{issuer.url}/rotate")).json()["kid"]
    new = issuer.token("lan")
    assert jwt.get_unverified_header(new)["kid"] == new_id
    assert jwt.get_unverified_header(old)["kid"] != new_id
    for token in (old, new):
        assert (await claims(issuer, token))["roles"] == ["lan"]


async def test_the_discovery_document_leads_to_keys_and_tokens(issuer: Issuer):
    async with httpx2.AsyncClient() as client:
        found = (await client.get(f"{issuer.url}/.well-known/openid-configuration")).json()
    assert (found["issuer"], found["jwks_uri"], found["token_endpoint"]) == (
        issuer.url,
        issuer.jwks_url,
        issuer.token_url,
    )


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ({"expires_in": -60}, jwt.ExpiredSignatureError),
        ({"audience": "another"}, jwt.InvalidAudienceError),
        ({"issuer": "https://another.example"}, jwt.InvalidIssuerError),
        ({"algorithm": "none"}, jwt.InvalidAlgorithmError),
        ({"algorithm": "HS256"}, jwt.InvalidAlgorithmError),
    ],
)
async def test_bad_tokens_can_be_made_for_tests(issuer: Issuer, bad, error):
    with pytest.raises(error):
        await claims(issuer, issuer.mint("lan", **bad))


def test_it_refuses_to_exist_outside_the_local_profile(monkeypatch):
    for profile in ("production", ""):
        monkeypatch.setenv("JEJAK_PROFILE", profile)
        with pytest.raises(LocalError, match="JEJAK_PROFILE=local"):
            Issuer("http://127.0.0.1:1")
    monkeypatch.delenv("JEJAK_PROFILE")
    with pytest.raises(LocalError):
        Issuer("http://127.0.0.1:1")
