"""Connectors is what the house asks of every service."""

from uuid import UUID

from contracts.nip import NOBODYS
from jejak_local.harness import AGENCY, OTHER_AGENCY
from jejak_local.scopes import Things

KEEP, KEYS = {"agency_hr", "provider"}, {"agency_hr", "provider", "platform_admin"}
READ = KEYS | {"lan"}
DOCUMENTS = ("activities/state", "activities/profile", "agents/profile")
RIGHTS = {
    ("POST", "/v1/connections"): KEEP,
    ("GET", "/v1/connections"): READ,
    ("GET", "/v1/connections/{connection_id}"): READ,
    ("PUT", "/v1/connections/{connection_id}"): KEEP,
    ("POST", "/v1/connections/{connection_id}/credentials"): KEYS,
    ("DELETE", "/v1/connections/{connection_id}/credentials/{credential_id}"): KEYS,
    ("GET", "/v1/connections/{connection_id}/reports"): READ,
    ("GET", "/v1/connections/{connection_id}/unmapped-courses"): READ,
    ("GET", "/v1/connections/{connection_id}/unmapped-users"): KEEP,
    ("GET", "/v1/connections/{connection_id}/course-mappings"): READ,
    ("POST", "/v1/connections/{connection_id}/course-mappings"): KEEP,
    ("POST", "/v1/connections/{connection_id}/users:batch"): KEEP,
    ("POST", "/v1/connections/{connection_id}/reports/{report_id}/decide"): KEEP,
    **{
        (method, f"/xapi/{edition}/{resource}"): {"platform_admin"}
        for edition in ("1.0.3", "2.0")
        for resource, methods in {
            "statements": ("GET", "HEAD", "POST", "PUT"),
            "agents": ("GET", "HEAD"),
            "activities": ("GET", "HEAD"),
            **dict.fromkeys(DOCUMENTS, ("GET", "HEAD", "POST", "PUT", "DELETE")),
        }.items()
        for method in methods
    },
}


async def test_it_is_what_the_house_asks_of_every_service(assert_service, connect) -> None:
    await connect()
    await assert_service(RIGHTS)


async def test_each_role_reaches_its_own_and_nothing_else(reaches_its_own, connect, api, double) -> None:
    async def things(agency: UUID, provider: UUID) -> Things:
        platform = await connect(agency=agency)
        taught = await api.call("provider", "POST", "/connections", body(agency), provider=provider)
        claims = {"agency": agency, "provider": provider, "connection": UUID(platform.connection_id)}
        ids = {"connection_id": platform.connection_id, "credential_id": platform.key}
        taught_ids = ids | {"connection_id": taught.json()["id"], "report_id": await double(taught.json()["id"])}
        return Things(claims, ids | {"report_id": await double(platform.connection_id)}, {"provider": taught_ids})

    def body(agency: UUID) -> dict[str, str]:
        return {"name": f"LMS {agency}", "platform": "moodle"}

    own, other = await things(AGENCY, AGENCY), await things(OTHER_AGENCY, OTHER_AGENCY)
    change = "PUT /v1/connections/{connection_id}"
    decide = "POST /v1/connections/{connection_id}/reports/{report_id}/decide"
    mappings = {
        "POST /v1/connections/{connection_id}/course-mappings": {"course": "https://lms.example/c", "course_code": "C"},
        "POST /v1/connections/{connection_id}/users:batch": [{"openid": "https://id.example/1", "nip": NOBODYS}],
    }
    decision = {"counts": True, "reason": "Dilihat"}
    await reaches_its_own(
        own, other, {"POST /v1/connections": None, change: body(OTHER_AGENCY), decide: decision, **mappings}
    )
