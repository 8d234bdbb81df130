"""Whatever is sent to the service, the answer is one that its document tells."""

from argparse import Namespace

from common.runner import Runner
from credit.domain.packs import PACKS
from credit.second_checks.commands import draw
from credit.service import SERVICE
from jejak_local.harness import AGENCY

NIP = "199001012015051001"
GROUNDS = {"grounds": "Buktinya lengkap sejak awal"}
ANSWER = {"answer": "Setelah diperiksa kembali"}
SHEET = "Nomor Rujukan;Sumber;NIP;Awal Periode;Akhir Periode;Predikat\n1;a;1;2025-01-01;2025-12-31;Baik\n"


async def filed(api, case: str, person, **claimed: str) -> str:
    answer = await api.call("person", "POST", f"/cases/{case}/appeals", GROUNDS | claimed, person=person)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def asked(api, kind: str, person) -> str:
    words = {"kind": kind, "words": "Data saya salah"}
    return (await api.call("person", "POST", "/data-fixes", words, person=person)).json()["id"]


async def test_every_answer_is_documented(
    keeps_its_word, app, database, world, api, predicate, everything_is_drawn
) -> None:
    people = await world.people(world.state(nip=NIP), *(world.state() for _ in range(11)))
    cases = [(await api.call("service", "POST", "/predicates", predicate(person))).json()["id"] for person in people]
    for checked, returned in zip(cases[:4], cases[4:8], strict=True):
        await api.call("verifier", "POST", f"/cases/{checked}/check", subject="wati")
        await api.call("verifier", "POST", f"/cases/{returned}/return", {"reason": "Berkas kurang"})
    await api.call("validator", "POST", f"/cases/{cases[0]}/attest")
    await draw(Namespace(), world.parts)
    checks = [row.id for row in await world.rows("SELECT id FROM second_checks")]
    early = predicate(people[0], reference="dua", period_start="2023-01-01", period_end="2023-12-31")
    again = (await api.call("service", "POST", "/predicates", early)).json()["id"]
    await api.call("verifier", "POST", f"/cases/{again}/return", {"reason": "Berkas kurang"})
    appeals = [await filed(api, cases[nth], people[nth]) for nth in (5, 6, 7)]
    appeals.append(await filed(api, cases[0], people[0], predikat="sangat_baik"))
    await api.call("validator", "POST", f"/appeals/{appeals[2]}/grant", ANSWER, subject="juri")
    fixes = [await asked(api, "post", people[1]), await asked(api, "rank", people[0])]
    entries = [row.id for row in await world.rows("SELECT id FROM entries")]
    said = {"kind": "discipline", "level": "none", "day": "2026-01-05", "paper": "D"}
    facts = await api.bulk("/facts:batch", [said | {"person_id": str(person)} for person in people[:3]], "agency_hr")
    await world.agency(AGENCY)
    paper = {"kind": "determination", "person_id": str(people[0]), "name": "Sari Contoh", "official": "Budi Contoh"}
    papers = [(await api.call("validator", "POST", "/papers", paper)).json()]
    content = (PACKS / "konversi-2023.toml").read_text().replace('"PermenPANRB-1-2023"', '"Rancangan"', 1)
    draft = (await api.call("lan", "POST", "/drafts", {"content": content}, subject="perancang")).json()["id"]
    replay = (await api.call("lan", "POST", f"/drafts/{draft}/replay")).json()["id"]
    record = world.completed(people[0])
    await world.hear(world.received(record))
    sheet = {"headers": api.headers("agency_hr"), "content": SHEET}
    imports = [(await api.http.post("/v1/imports:predicates", **sheet)).json()["id"]]
    while await Runner(world.parts, SERVICE.jobs).turn():
        pass
    opening = {
        "person_id": str(people[1]),
        "way": "balance",
        "method": "conversion",
        "stated": "12.5",
        "day": "2023-12-31",
        "paper": "PAK-1",
        "paper_date": "2024-01-15",
    }
    another_year = {"reference": "lain", "period_start": "2024-01-01", "period_end": "2024-12-31"}
    await keeps_its_word(
        "credit",
        app,
        scope={"agency": AGENCY, "person": people[0]},
        known={
            "person_id": [*people, "me"],
            "case_id": [*cases, again],
            "appeal_id": appeals,
            "fix_id": fixes,
            "check_id": checks,
            "record_id": [record.record_id],
            "entry_id": entries,
            "fact_id": [fact["id"] for fact in facts],
            "draft_id": [draft],
            "replay_id": [replay],
            "paper_id": [each["id"] for each in papers],
            "token": [each["check_url"].rsplit("/", 1)[1] for each in papers],
            "import_id": imports,
            "agency_id": [AGENCY],
            "since": ["2025-01-01"],
            "until": ["2026-12-31"],
        },
        bodies={
            "POST /v1/imports:predicates": SHEET,
            "POST /v1/predicates": predicate(people[0], **another_year),
            "POST /v1/predicates:try": predicate(people[0], **another_year),
            "POST /v1/drafts": {"content": content.replace('"Rancangan"', '"Rancangan lain"')},
            "POST /v1/drafts/{draft_id}/activate": {"law_from": "2027-01-01"},
            "POST /v1/facts": said | {"person_id": str(people[1])},
            "POST /v1/facts/{fact_id}/withdraw": {"reason": "salah orang"},
            "POST /v1/openings:try": opening,
            "POST /v1/openings": opening,
            "POST /v1/papers": paper,
            "POST /v1/papers/{paper_id}/print": {"nip": NIP},
            "POST /v1/papers/{paper_id}/revoke": {"reason": "Salah orang"},
            "POST /v1/cases/{case_id}/return": {"reason": "Berkas kurang"},
            "POST /v1/cases/{case_id}/appeals": GROUNDS,
            "POST /v1/appeals/{appeal_id}/deny": ANSWER,
            "POST /v1/appeals/{appeal_id}/grant": ANSWER,
            "POST /v1/data-fixes": {"kind": "post", "words": "Jabatan saya salah"},
            "POST /v1/data-fixes/{fix_id}/refuse": ANSWER,
            "POST /v1/second-checks/{check_id}/verdict": {"verdict": "right"},
        },
        persons={"verifier": people[11]},
    )
