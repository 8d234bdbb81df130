"""Predikat that come as a spreadsheet: by the same use case as through the API, with the same answers."""

import csv
import io
from typing import Any

from common.runner import Runner
from credit.service import SERVICE

HEADINGS = [
    "Nomor Rujukan",
    "Sumber",
    "NIP",
    "Awal Periode",
    "Akhir Periode",
    "Predikat",
    "Hasil Kerja",
    "Perilaku Kerja",
]


async def test_predikat_become_cases_once_and_what_is_refused_comes_back(api, world):
    nips = [world.nip() for _ in range(3)]
    await world.people(*(world.state(nip=nip) for nip in nips))
    year = ["1/1/2025", "31-12-2025"]
    rows = [
        ["S1", "e-kinerja", nips[0], *year, "Baik", "Sesuai Ekspektasi", "Sesuai Ekspektasi"],
        ["S2", "e-kinerja", nips[1], *year, "Sangat Baik", "Di Atas Ekspektasi", "Sesuai Ekspektasi"],
        ["S3", "e-kinerja", nips[2], "2025-01-02", "2025-12-31", "Baik", "", ""],
        ["S4", "e-kinerja", "1,99E+17", *year, "Baik", "", ""],
        ["S1", "e-kinerja", nips[2], *year, "Kurang", "", ""],
    ]
    written = io.StringIO()
    csv.writer(written).writerows([HEADINGS, *rows])

    async def load() -> dict[str, Any]:
        content = written.getvalue().encode()
        sent = await api.http.post("/v1/imports:predicates", content=content, headers=api.headers("agency_hr"))
        assert sent.status_code == 202, sent.text
        runner = Runner(world.parts, SERVICE.jobs)
        while await runner.turn():
            pass
        return await api.get(f"/imports/{sent.json()['id']}", "agency_hr")

    first = await load()
    assert first["counts"] == {"stored": 1, "refused": 4}
    answer = await api.call("agency_hr", "GET", f"/imports/{first['id']}/refused")
    [_, *refused] = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert [row[0] for row in refused] == ["S2", "S3", "S4", "S1"]
    assert await world.value("SELECT count(*) FROM cases") == 1
    assert (await load())["counts"] == {"duplicate": 1, "refused": 4}
    assert await world.value("SELECT count(*) FROM cases") == 1
