"""Connectors is what the house asks of every service."""

from typing import Any
from uuid import UUID

from common.ids import derived_id
from contracts.nip import NOBODYS
from jejak_local.harness import AGENCY, OTHER_AGENCY, agency_changed, sent_import
from jejak_local.scopes import Things
from services.connectors.tests.siasn.standin import revoked_export

KEEP, KEYS = {"agency_hr", "provider"}, {"agency_hr", "provider", "platform_admin"}
READ = KEYS | {"lan"}
CANVAS = {"kind": "canvas"}
DOCUMENTS = ("activities/state", "activities/profile", "agents/profile")
RIGHTS = {
    ("POST", "/v1/connections"): KEEP,
    ("GET", "/v1/connections"): READ,
    ("GET", "/v1/connections/{connection_id}"): READ,
    ("PUT", "/v1/connections/{connection_id}"): KEEP,
    ("POST", "/v1/connections/{connection_id}/credentials"): KEYS,
    ("DELETE", "/v1/connections/{connection_id}/credentials/{credential_id}"): KEYS,
    ("POST", "/v1/connections/{connection_id}/receivers"): KEYS,
    ("GET", "/v1/connections/{connection_id}/receivers"): READ,
    ("POST", "/v1/connections/{connection_id}/receivers/{receiver_id}/secrets"): KEYS,
    ("GET", "/v1/connections/{connection_id}/arrivals"): READ,
    ("POST", "/v1/connections/{connection_id}/arrivals/{arrival_id}/retake"): KEYS,
    ("POST", "/v1/connections/{connection_id}/reconcile"): KEYS,
    ("POST", "/v1/test-calls"): {"platform_admin"},
    ("POST", "/v1/webhooks"): KEYS,
    ("GET", "/v1/webhooks"): READ,
    ("GET", "/v1/webhooks/{webhook_id}"): READ,
    ("PUT", "/v1/webhooks/{webhook_id}"): KEYS,
    ("POST", "/v1/webhooks/{webhook_id}/secrets"): KEYS,
    ("GET", "/v1/webhooks/{webhook_id}/deliveries"): READ,
    ("POST", "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay"): KEYS,
    ("GET", "/v1/people/me/webhooks"): {"person"},
    ("GET", "/v1/siasn/exports"): {"agency_hr", "bkn"},
    ("POST", "/v1/siasn/exports/{export_id}/settle"): {"agency_hr"},
    ("POST", "/v1/siasn/histories"): {"agency_hr"},
    ("GET", "/v1/connections/{connection_id}/reports"): READ,
    ("GET", "/v1/connections/{connection_id}/unmapped-courses"): READ,
    ("GET", "/v1/connections/{connection_id}/unmapped-users"): KEEP,
    ("GET", "/v1/connections/{connection_id}/course-mappings"): READ,
    ("POST", "/v1/connections/{connection_id}/course-mappings"): KEEP,
    ("POST", "/v1/connections/{connection_id}/users:batch"): KEEP,
    ("POST", "/v1/connections/{connection_id}/reports/{report_id}/decide"): KEEP,
    **dict.fromkeys(
        [
            ("GET", "/v1/imports/trainings/template"),
            ("POST", "/v1/imports:trainings"),
            ("GET", "/v1/imports/{import_id}"),
            ("GET", "/v1/imports/{import_id}/refused"),
        ],
        KEEP,
    ),
    ("GET", "/v1/imports/e-kinerja/template"): {"agency_hr"},
    ("POST", "/v1/imports:e-kinerja"): {"agency_hr"},
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


async def test_each_role_reaches_its_own_and_nothing_else(reaches_its_own, connect, api, world, double) -> None:
    async def things(agency: UUID, provider: UUID) -> Things:
        platform = await connect(agency=agency)
        taught = await api.call("provider", "POST", "/connections", body(agency), provider=provider)
        claims = {"agency": agency, "provider": provider, "connection": UUID(platform.connection_id), "person": agency}
        ids = {"connection_id": platform.connection_id, "credential_id": platform.key}
        await world.hear(world.received(agency_changed(agency, str(agency)[-1])))
        told = await api.call("agency_hr", "POST", "/webhooks", webhook(platform.connection_id), agency=agency)
        theirs = await api.call("provider", "POST", "/webhooks", webhook(taught.json()["id"]), provider=provider)
        door = await api.call(
            "agency_hr", "POST", f"/connections/{platform.connection_id}/receivers", CANVAS, agency=agency
        )
        ids |= {"receiver_id": door.json()["id"], "arrival_id": delivery_of(door.json()["id"])}
        ids |= {"export_id": await revoked_export(world, agency)}
        ids |= {"webhook_id": told.json()["id"], "delivery_id": delivery_of(told.json()["id"])}
        taught_ids = {"connection_id": taught.json()["id"], "webhook_id": theirs.json()["id"]}
        taught_ids |= {"report_id": await double(taught.json()["id"])}
        ids |= {"report_id": await double(platform.connection_id)}
        sent = [
            {"import_id": await sent_import(world.database, "trainings", role, **{claim: claims[claim]})}
            for role, claim in (("agency_hr", "agency"), ("provider", "provider"))
        ]
        return Things(claims, ids, {"agency_hr": ids | sent[0], "provider": ids | taught_ids | sent[1]})

    def body(agency: UUID) -> dict[str, str]:
        return {"name": f"LMS {agency}", "platform": "moodle"}

    def webhook(connection_id: str) -> dict[str, Any]:
        named = {"connection_id": connection_id, "url": "https://1.1.1.1/", "purpose": "x", "reference": "x"}
        return named | {"events": ["training.completed"]}

    def delivery_of(webhook_id: str) -> str:
        return str(derived_id("delivery", webhook_id))

    own, other = await things(AGENCY, AGENCY), await things(OTHER_AGENCY, OTHER_AGENCY)
    theirs = webhook(str(other.ids["connection_id"]))
    await reaches_its_own(
        own,
        other,
        {
            "POST /v1/connections": None,
            # Whom a spreadsheet speaks for is said by the token alone.
            "POST /v1/imports:trainings": None,
            "POST /v1/imports:e-kinerja": None,
            "PUT /v1/connections/{connection_id}": body(OTHER_AGENCY),
            "POST /v1/connections/{connection_id}/reports/{report_id}/decide": {"counts": True, "reason": "Dilihat"},
            "POST /v1/connections/{connection_id}/receivers": CANVAS,
            "POST /v1/connections/{connection_id}/receivers/{receiver_id}/secrets": {},
            "POST /v1/connections/{connection_id}/reconcile": {"site": "https://lms.example", "completions": []},
            "POST /v1/test-calls": None,
            "POST /v1/siasn/histories": None,
            "POST /v1/connections/{connection_id}/course-mappings": {
                "course": "https://lms.example/c",
                "course_code": "C",
            },
            "POST /v1/connections/{connection_id}/users:batch": [{"openid": "https://id.example/1", "nip": NOBODYS}],
            "POST /v1/webhooks": theirs,
            "PUT /v1/webhooks/{webhook_id}": theirs,
        },
        foreign="/xapi/",
    )
