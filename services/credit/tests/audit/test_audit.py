"""K16: the inspectorate takes the chained audit of its agency, and verifies it without Jejak."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from common.store.database import counted_statements
from contracts.events.access import RecordViewed
from contracts.events.registry import RestrictionChanged
from credit.audit import verify
from jejak_local.harness import AGENCY, OTHER_AGENCY, bare, owning

PERIOD = f"agency_id={AGENCY}&since=2026-06-01&until=2026-07-31"


@pytest.fixture
async def people(world, api, predicate):
    """Four with an attested case each; one of another agency."""
    people = await world.people(*(world.state() for _ in range(4)), world.state(agency=OTHER_AGENCY))
    answers = await api.bulk("/predicates:batch", [predicate(each) for each in people], "service")
    ids = [{"id": each["id"]} for each in answers]
    for role, act in (("verifier", "check"), ("validator", "attest")):
        for agency in (AGENCY, OTHER_AGENCY):
            await api.bulk(f"/cases:{act}", ids, role, agency=agency)
    return people


async def audit(api, query: str = PERIOD) -> list[bytes]:
    answer = await api.call("inspector", "GET", f"/audit?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return answer.content.splitlines(keepends=True)


async def test_the_audit_of_an_agency_is_verified_and_a_changed_line_is_named(
    world, api, people, tmp_path: Path
) -> None:
    with counted_statements(world.database) as statements:
        lines = await audit(api)
    read = [json.loads(line) for line in lines]
    assert [each["of"] for each in read] == ["head", *["entry"] * 4, *["move"] * 12, "end"], "of no other agency"
    assert {each["chain"] for each in read if each["of"] == "entry"} == {str(each) for each in people[:4]}
    assert list(verify.faults(lines)) == []
    assert len(statements) <= 6, "however many people"
    viewed = [each.event for each in await world.told() if isinstance(each.event, RecordViewed)]
    assert {str(person) for each in viewed for person in each.person_ids} == {str(each) for each in people[:4]}
    assert {(*each.roles, each.part) for each in viewed} == {("inspector", "cases")}

    file = tmp_path / "audit.ndjson"
    for number, line in enumerate(lines[:-1]):
        if not number:
            continue
        file.write_bytes(b"".join([*lines[:number], line.replace(b'\\"', b"'", 1), *lines[number + 1 :]]))
        found = list(verify.faults(file.read_bytes().splitlines(keepends=True)))
        assert [(each.get("line"), each["fault"]) for each in found] == [(number + 1, "changed"), (None, "cut")]
    alone = [sys.executable, "-I", verify.__file__, str(file)]
    told = subprocess.run(alone, capture_output=True, check=False, text=True)
    assert (told.returncode, json.loads(told.stdout.splitlines()[0])["fault"]) == (1, "changed")
    without = [*lines[:6], *lines[7:]]
    assert [each["fault"] for each in verify.faults(without)] == ["broken", "cut"]
    assert [each["fault"] for each in verify.faults(lines[:-1])] == ["cut"]


@pytest.mark.breaks_invariants()
async def test_a_row_changed_in_the_database_is_named_by_the_audit(world, api, people) -> None:
    async with owning(world.database) as connection:
        await connection.execute(text("ALTER TABLE entries DISABLE TRIGGER USER"))
        await connection.execute(
            text("UPDATE entries SET rule_pack = 'lain' WHERE person_id = :person"), {"person": people[2]}
        )
        await connection.execute(text("ALTER TABLE entries ENABLE TRIGGER USER"))
    [fault] = verify.faults(await audit(api))
    assert (fault["of"], fault["chain"], fault["fault"]) == ("entry", str(people[2]), "changed")


async def test_the_audit_is_of_its_period_and_leaves_out_whose_record_rests(world, api, people) -> None:
    lines = await audit(api, f"agency_id={AGENCY}&since=2026-01-01&until=2026-06-30")
    assert [json.loads(line)["of"] for line in lines] == ["head", "end"]
    assert list(verify.faults(lines)) == []
    rests = bare(RestrictionChanged, person_id=people[0], parts=["credit"])
    await world.hear(world.received(rests))
    lines = await audit(api)
    assert str(people[0]) not in b"".join(lines).decode()
    assert list(verify.faults(lines)) == []
    for query, said in (
        (f"agency_id={OTHER_AGENCY}&since=2026-01-01&until=2026-06-30", (422, "agency-unknown")),
        (f"agency_id={AGENCY}&since=2026-07-01&until=2026-06-30", (422, "dates-reversed")),
    ):
        assert (await api.refused("inspector", "GET", f"/audit?{query}"))[:2] == said
