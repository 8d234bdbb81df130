"""K20: a predikat names the performance result and the outcome it rests on: asked for by the rule, kept, and printed."""

from dataclasses import replace
from io import BytesIO

import pypdf
import pytest

from common.ids import new_id
from contracts.events.data_files import DataFilePart, DataFileRequested
from jejak_local.harness import AGENCY

LINKS = {"performance_result": "RHK-2025-0007", "performance_outcome": "SS-3"}


@pytest.fixture
def asked_for(parts):
    """The rule asks for both, for this test alone."""
    before = parts.law.rules
    [pack] = before.results.packs
    tables = replace(pack.tables, required=("performance_result", "performance_outcome"))
    parts.law.rules = replace(before, results=replace(before.results, packs=(replace(pack, tables=tables),)))
    yield
    parts.law.rules = before


async def test_a_missing_link_is_refused_where_the_rule_asks_with_its_field_and_the_rule(
    world, api, predicate, rules, asked_for
) -> None:
    people = await world.people(*(world.state() for _ in range(3)))
    half = {"performance_result": "RHK-2025-0007"}
    lines = [predicate(people[0]), predicate(people[1], **half), predicate(people[2], **LINKS)]
    answers = await api.bulk("/predicates:batch", lines, "agency_hr")
    assert [(each["status"], each.get("code"), each.get("field")) for each in answers] == [
        ("refused", "result-missing", "performance_result"),
        ("refused", "result-missing", "performance_outcome"),
        ("stored", None, None),
    ]
    tried = await api.call("agency_hr", "POST", "/predicates:try", predicate(people[0]))
    [pack] = rules.results.packs
    told = [tried.json()[name] for name in ("code", "field", "rule_pack", "source")]
    assert told == ["result-missing", "performance_result", pack.id, pack.source]
    single = await api.call("agency_hr", "POST", "/predicates", predicate(people[0]))
    assert single.status_code == 422
    assert pack.source in single.json()["errors"][0]["message"], single.text


async def test_a_link_stands_in_the_case_on_the_paper_and_in_the_file_and_a_repair_mends_it(
    world, api, predicate
) -> None:
    await world.agency(AGENCY)
    [person] = await world.people(world.state(nip="199001012015051001"))
    sent = predicate(person, evidence="https://bukti.example/skp-2025", performance_result="RHK-salah")
    case = (await api.call("agency_hr", "POST", "/predicates", sent)).json()["id"]
    fault = {"reason": "hasil lain", "parts": [{"part": "evidence", "code": "not-the-outcome"}]}
    await api.call("verifier", "POST", f"/cases/{case}/return", fault)
    repaired = await api.call("agency_hr", "POST", "/predicates", sent | LINKS)
    assert (repaired.status_code, repaired.json()["id"]) == (200, case), repaired.text
    shown = await api.get(f"/cases/{case}")
    assert {name: shown[name] for name in LINKS} == LINKS
    assert shown["history"][-1]["replaced"]["performance_result"] == "RHK-salah"
    [evidence] = [part for part in shown["parts"] if part["part"] == "evidence"]
    assert evidence["decision"] == "open", "who repairs the link has touched the evidence"
    for role, act in (("verifier", "check"), ("validator", "attest")):
        assert (await api.call(role, "POST", f"/cases/{case}/{act}")).status_code == 200
    paper = {"kind": "determination", "person_id": str(person), "name": "Sari Contoh", "official": "Budi Contoh"}
    issued = (await api.call("validator", "POST", "/papers", paper)).json()
    assert [{name: each[name] for name in LINKS} for each in issued["results"]] == [LINKS]
    printed = await api.call("agency_hr", "POST", f"/papers/{issued['id']}/print", {"nip": "199001012015051001"})
    page = " ".join(pypdf.PdfReader(BytesIO(printed.content)).pages[0].extract_text().split())
    assert "hasil kinerja RHK-2025-0007, sasaran kinerja SS-3" in page
    await world.hear(world.received(DataFileRequested(file_id=new_id(), person_id=person, language="id", asking=1)))
    [body] = [body for headers, body in await world.outbox() if headers["ce_type"] == DataFilePart.type]
    [cases] = [each for each in DataFilePart.model_validate(body).sections if each.name == "cases"]
    row = dict(zip((column.name for column in cases.columns), cases.rows[0], strict=True))
    assert {name: row[name] for name in LINKS} == LINKS
