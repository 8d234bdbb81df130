"""Whatever is sent to the routes of our own, the answer is one that their document tells."""

from common.runner import Runner
from connectors.service import SERVICE
from jejak_local.harness import AGENCY

SHEET = "NIP;Tahun;Bulan Mulai Penilaian;Bulan Selesai Penilaian;Predikat\n1;2025;1;12;Baik\n"


async def test_every_answer_is_documented(keeps_its_word, app, api, connect, double, world) -> None:
    platforms = [await connect(), await connect()]
    await world.course("C-7")
    mapping = {"course": "https://lms.example/course/7", "course_code": "C-7"}
    sheet = {"headers": api.headers("agency_hr"), "content": SHEET}
    imports = [(await api.http.post("/v1/imports/e-kinerja", **sheet)).json()["id"]]
    while await Runner(world.parts, SERVICE.jobs).turn():
        pass
    await keeps_its_word(
        "connectors",
        app,
        scope={"agency": AGENCY, "connection": platforms[0].connection_id},
        known={
            "connection_id": [each.connection_id for each in platforms],
            "credential_id": [each.key for each in platforms],
            "report_id": [await double(each.connection_id) for each in platforms],
            "import_id": imports,
        },
        bodies={
            "POST /v1/connections/{connection_id}/course-mappings": mapping,
            "POST /v1/imports/e-kinerja": SHEET,
            "POST /v1/imports/trainings": SHEET,
        },
    )
