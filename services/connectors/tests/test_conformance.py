"""Whatever is sent to the routes of our own, the answer is one that their document tells."""

from datetime import date
from decimal import Decimal

from sqlalchemy import text

from common.ids import new_id
from common.runner import Runner
from connectors.service import SERVICE
from contracts.events.training import TrainingCompleted
from jejak_local.harness import AGENCY, agency_changed, bare, owning
from services.connectors.tests.siasn.standin import revoked_export

SHEET = "NIP;Tahun;Bulan Mulai Penilaian;Bulan Selesai Penilaian;Predikat\n1;2025;1;12;Baik\n"


async def test_every_answer_is_documented(keeps_its_word, app, api, database, connect, double, world) -> None:
    platforms = [await connect(), await connect()]
    await world.course("C-7")
    mapping = {"course": "https://lms.example/course/7", "course_code": "C-7"}
    sheet = {"headers": api.headers("agency_hr"), "content": SHEET}
    imports = [(await api.http.post("/v1/imports:e-kinerja", **sheet)).json()["id"]]
    while await Runner(world.parts, SERVICE.jobs).turn():
        pass
    person, nip = new_id(), world.nip()
    await world.person(nip=nip)
    webhook = {"url": "https://1.1.1.1/", "events": ["training.completed"], "purpose": "x", "reference": "x"}
    webhook |= {"connection_id": platforms[0].connection_id}
    ours = {name: value for name, value in webhook.items() if name != "connection_id"}
    await world.hear(world.received(agency_changed(AGENCY)))
    own = (await api.call("agency_hr", "POST", "/webhooks", ours)).json()["id"]
    record = {
        "record_id": new_id(),
        "person_id": person,
        "agency_id": AGENCY,
        "year": 2026,
        "form": "KL03",
        "title": "x",
    }
    days = {"start_date": date(2026, 5, 4), "end_date": date(2026, 5, 6), "jp_counted": Decimal(5)}
    event = bare(TrainingCompleted, **record, **days, source_kind="self", rule_pack="x")
    await world.hear(world.received(event))
    delivery = str(await world.value("SELECT id FROM deliveries"))
    door = await api.call(
        "agency_hr", "POST", f"/connections/{platforms[0].connection_id}/receivers", {"kind": "standard"}
    )
    arrivals = [str(new_id()) for _ in range(200)]
    async with owning(database) as connection:
        await connection.execute(
            text(
                "INSERT INTO arrivals (id, receiver_id, key, body, state, code, received_at)"
                " SELECT id, :receiver, CAST(CAST(id AS text) AS bytea), 'x', 'refused', 'invalid-json', now()"
                " FROM unnest(CAST(:ids AS uuid[])) AS id"
            ),
            {"receiver": door.json()["id"], "ids": arrivals},
        )
    await keeps_its_word(
        "connectors",
        app,
        scope={"agency": AGENCY, "connection": platforms[0].connection_id, "person": person},
        known={
            "connection_id": [each.connection_id for each in platforms],
            "credential_id": [each.key for each in platforms],
            "report_id": [await double(each.connection_id) for each in platforms],
            "import_id": imports,
            "webhook_id": [own],
            "delivery_id": [delivery],
            "receiver_id": [door.json()["id"]],
            "arrival_id": arrivals,
            "export_id": [await revoked_export(world, AGENCY)],
        },
        bodies={
            "POST /v1/connections": {"name": "LMS", "platform": "moodle"},
            "PUT /v1/connections/{connection_id}": {"name": "LMS", "platform": "moodle"},
            "POST /v1/connections/{connection_id}/receivers": {"kind": "canvas"},
            "POST /v1/connections/{connection_id}/receivers/{receiver_id}/secrets": {},
            "POST /v1/connections/{connection_id}/users:batch": [{"openid": "https://id.example/1", "nip": nip}],
            "POST /v1/siasn/histories": {"nip": nip},
            "POST /v1/webhooks": webhook,
            "PUT /v1/webhooks/{webhook_id}": ours,
            "POST /v1/connections/{connection_id}/reports/{report_id}/decide": {
                "counts": True,
                "reason": "Bukan yang sama",
            },
            "POST /v1/connections/{connection_id}/course-mappings": mapping,
            "POST /v1/connections/{connection_id}/reconcile": {"site": "https://lms.example", "completions": []},
            "POST /v1/imports:e-kinerja": SHEET,
            "POST /v1/imports:trainings": SHEET,
        },
    )
