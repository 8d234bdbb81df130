"""Trainings and predikat as spreadsheets: an import has ended when the service that they are for has answered each row."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from common.runner import Runner
from connectors.service import SERVICE
from contracts.events.predicates import PredicateRefused, PredicateReported, PredicateTaken
from jejak_local.harness import OTHER_AGENCY, bare

TRAININGS = ["Nomor Rujukan", "NIP", "Bentuk", "Nama Pelatihan", "Tanggal Mulai", "Tanggal Selesai", "JP"]
# As the exported file spells it, and as one gateway does.
PERFORMANCES = [
    "NIP",
    "Tahun",
    "bulanMulaiPenailan",
    "bulanSelesaiPenilaian",
    "Predikat Kinerja",
    "hasilKinerjaNilai",
    "perilakuKerjaNilai",
    "RHK",
    "Sasaran Kinerja",
]


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows(rows)
    return written.getvalue().encode()


@pytest.fixture
def load(api, world):
    """Sends a spreadsheet, has it worked off, and tells how far it is then."""

    async def loaded(
        kind: str, rows: Sequence[Sequence[str]], *, dry_run: bool = False, role: str = "agency_hr"
    ) -> dict[str, Any]:
        url = f"/v1/imports:{kind}?dry_run={dry_run}"
        sent = await api.http.post(url, content=as_csv(rows), headers=api.headers(role))
        assert sent.status_code == 202, sent.text
        runner = Runner(world.parts, SERVICE.jobs)
        while await runner.turn():
            pass
        return await api.get(f"/imports/{sent.json()['id']}", role)

    return loaded


async def refused_rows(api, import_id: str, role: str = "agency_hr") -> list[dict[str, str]]:
    answer = await api.call(role, "GET", f"/imports/{import_id}/refused")
    assert answer.status_code == 200, answer.text
    [headings, *rows] = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    return [dict(zip(headings, row, strict=True)) for row in rows]


@pytest.mark.parametrize("role", ["agency_hr", "provider"])
async def test_an_import_of_trainings_ends_when_training_has_answered_each_row(api, world, load, role):
    nips = [world.nip() for _ in range(4)]
    await world.people(*(world.state(nip=nip) for nip in nips[:3]))
    day = ["2026-03-02", "04-03-2026", "7,5"]
    rows = [TRAININGS, *([f"R{number}", nip, "KL03", f"Pelatihan {number}", *day] for number, nip in enumerate(nips))]
    rows.append(["R9", "1,99E+17", "KL03", "Pelatihan 9", *day])
    dry = await load("trainings", rows, dry_run=True, role=role)
    assert dry["counts"] == {"stored": 4, "refused": 1}
    assert await world.told_training() == []

    first = await load("trainings", rows, role=role)
    assert (first["state"], first["counts"]) == ("waiting", {"waiting": 4, "refused": 1})
    assert len(await refused_rows(api, first["id"], role)) == 5, "nothing waits unseen"
    told = [body for _, _, body in await world.told_training()]
    assert {body["behalf"]["kind"] for body in told} == {"agency" if role == "agency_hr" else "provider"}
    assert sorted(body["title"] for body in told) == ["Pelatihan 0", "Pelatihan 1", "Pelatihan 2"]
    assert {(body["jp"], body["end_date"], body["start_date"]) for body in told} == {
        ("7.5", "2026-03-04", "2026-03-02")
    }

    await world.answer(lambda body: "form-unknown" if body["title"] == "Pelatihan 1" else None)
    seen = await api.get(f"/imports/{first['id']}", role)
    # Whose NIP nobody has waits until the registry knows them, and is listed with the others.
    assert (seen["state"], seen["counts"]) == ("waiting", {"taken": 2, "waiting": 1, "refused": 2})
    listed = {row["Nomor Rujukan"]: row["reason"] for row in await refused_rows(api, first["id"], role)}
    assert sorted(listed) == ["R1", "R3", "R9"]
    assert listed["R3"].startswith("Not decided yet:")
    await world.people(world.state(nip=nips[3]))
    await world.answer(lambda body: "form-unknown" if body["title"] == "Pelatihan 1" else None)
    done = await api.get(f"/imports/{first['id']}", role)
    assert (done["state"], done["counts"]) == ("done", {"taken": 3, "refused": 2})
    lost, other = sorted(await refused_rows(api, first["id"], role), key=lambda row: row["Nomor Rujukan"], reverse=True)
    assert lost["reason"].startswith("NIP: ")
    assert (other["Nomor Rujukan"], other["alasan"], other["reason"]) == (
        "R1",
        "Ditolak: form-unknown",
        "Refused: form-unknown",
    )

    before = len(await world.told_training())
    again = await load("trainings", rows, role=role)
    assert (again["state"], again["counts"]) == ("done", {"taken": 3, "refused": 2})
    assert len(await world.told_training()) == before


@pytest.fixture
def answered(world) -> Callable[..., Any]:
    """Credit's answer to the newest version of every predikat, refused by the code that is given for it."""

    async def answer(refused: Callable[[dict[str, Any]], str | None] = lambda _: None) -> None:
        newest = {body["report_id"]: (int(headers["ce_sequence"]), body) for headers, body in await told(world)}
        for version, body in newest.values():
            named = {"report_id": body["report_id"], "person_id": body["person_id"]}
            code = refused(body)
            words = {"id": f"Ditolak: {code}", "en": f"Refused: {code}"}
            said = (
                bare(PredicateRefused, **named, code=code, field="predikat", words=words)
                if code
                else PredicateTaken(**named, case_id=body["report_id"])
            )
            await world.hear(world.received(said, version))

    return answer


async def told(world) -> list[tuple[dict[str, str], dict[str, Any]]]:
    return [each for each in await world.outbox() if each[0]["ce_type"] == PredicateReported.type]


async def test_what_e_kinerja_exports_is_told_to_credit_once_and_its_answers_come_back(api, world, load, answered):
    nips = [world.nip() for _ in range(3)]
    people = await world.people(*(world.state(nip=nip) for nip in nips[:2]))
    rows = [
        PERFORMANCES,
        [nips[0], "2025", "1", "12", "BAIK", "2", "2", "RHK-2025-0007", "SS-3"],
        [nips[1], "2025", "1", "6", "Sangat Baik", "DIATAS EKSPEKTASI", "Di Atas Ekspektasi", "", ""],
        [nips[2], "2025", "1", "12", "Baik", "", "", "", ""],
        [nips[0], "2025", "6", "3", "Baik", "", "", "", ""],
        [nips[0], "2024", "1", "13", "4", "", "", "", ""],
    ]
    first = await load("e-kinerja", rows)
    assert (first["state"], first["counts"]) == ("waiting", {"waiting": 2, "refused": 3})
    bodies = [body for _, body in await told(world)]
    assert [body["person_id"] for body in bodies] == [str(each) for each in people]
    assert [(body["period_start"], body["period_end"], body["predikat"]) for body in bodies] == [
        ("2025-01-01", "2025-12-31", "baik"),
        ("2025-01-01", "2025-06-30", "sangat_baik"),
    ]
    assert [(body["hasil_kerja"], body["perilaku"]) for body in bodies] == [
        ("sesuai_ekspektasi", "sesuai_ekspektasi"),
        ("di_atas_ekspektasi", "di_atas_ekspektasi"),
    ]
    assert [(body["performance_result"], body["performance_outcome"]) for body in bodies] == [
        ("RHK-2025-0007", "SS-3"),
        (None, None),
    ]
    await answered(lambda body: "predikat-mismatch" if body["predikat"] == "sangat_baik" else None)
    done = await api.get(f"/imports/{first['id']}", "agency_hr")
    assert (done["state"], done["counts"]) == ("done", {"taken": 1, "refused": 4})
    back = await refused_rows(api, first["id"])
    assert [row["baris"] for row in back] == ["3", "4", "5", "6"]
    assert back[0]["reason"] == "Predicate: Refused: predikat-mismatch"

    again = await load("e-kinerja", rows)
    assert (again["state"], again["counts"]) == ("done", {"taken": 1, "refused": 4})
    assert len(await told(world)) == 2
    rows[2][4] = "Baik"
    mended = await load("e-kinerja", rows)
    assert (mended["state"], mended["counts"]) == ("waiting", {"taken": 1, "waiting": 1, "refused": 3})
    await answered()
    assert (await api.get(f"/imports/{mended['id']}", "agency_hr"))["counts"] == {"taken": 2, "refused": 3}
    rows[2][8] = "SS-4"
    await load("e-kinerja", rows)
    last = [(int(headers["ce_sequence"]), body["performance_outcome"]) for headers, body in await told(world)]
    assert last == [(1, "SS-3"), (1, None), (2, None), (3, "SS-4")], "another outcome is told anew"


async def test_an_import_is_nobody_elses(api, world, load):
    done = await load("e-kinerja", [PERFORMANCES])
    assert await api.refused("agency_hr", "GET", f"/imports/{done['id']}", agency=OTHER_AGENCY) == (
        404,
        "not-found",
        None,
    )
    assert (await api.refused("provider", "POST", "/imports:e-kinerja"))[:2] == (403, "forbidden")
