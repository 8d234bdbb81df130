"""Return for repair part by part: only what was wrong is done again, and what was found right stays so (K06)."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from contracts.events.credit import CreditReturned, CreditSubmitted
from jejak_local.harness import owning

WHY = "bukti belum lengkap"


@pytest.fixture
async def line(world, predicate) -> dict:
    [person] = await world.people(world.state())
    return predicate(person, evidence="https://contoh.go.id/skp.pdf")


def faults(*named: tuple[str, str]) -> dict:
    return {"reason": WHY, "parts": [{"part": part, "code": code} for part, code in named]}


def decided(case) -> dict[str, tuple]:
    return {each["part"]: (each["decision"], each["code"], each["round"], each["by"]) for each in case["parts"]}


OPEN = ("open", None, None, None)


async def test_untouched_parts_keep_their_decision_through_the_rounds(world, api, line) -> None:
    case = (await api.call("agency_hr", "POST", "/predicates", line)).json()
    case = await api.get(f"/cases/{case['id']}")
    path = f"/cases/{case['id']}"
    assert (case["rounds"], decided(case)) == (1, dict.fromkeys(("predikat", "period", "evidence"), OPEN))

    returned = await api.call("verifier", "POST", f"{path}/return", faults(("evidence", "unreadable")), subject="wati")
    assert decided(returned.json()) == {
        "predikat": ("right", None, 1, "wati"),
        "period": ("right", None, 1, "wati"),
        "evidence": ("wrong", "unreadable", 1, "wati"),
    }
    assert "dapat dibuka" in returned.json()["parts"][2]["explanation"]
    # Another file and, though nobody asked for it, another predikat: what is touched is open again, the months are not.
    repaired = line | {"evidence": "https://contoh.go.id/skp-2.pdf", "predikat": "sangat_baik"}
    assert (await api.call("agency_hr", "POST", "/predicates", repaired)).status_code == 200
    seen = await api.get(path)
    assert (seen["rounds"], seen["state"]) == (2, "submitted")
    assert decided(seen) == {
        "predikat": OPEN,
        "period": ("right", None, 1, "wati"),
        "evidence": OPEN,
    }
    late = await api.refused("verifier", "POST", f"{path}/return", faults(("period", "other-period")), subject="budi")
    assert late == (409, "part-decided", "parts.0.part")
    again = await api.call("verifier", "POST", f"{path}/return", faults(("evidence", "not-signed")), subject="budi")
    assert decided(again.json()) == {
        "predikat": ("right", None, 2, "budi"),
        "period": ("right", None, 1, "wati"),
        "evidence": ("wrong", "not-signed", 2, "budi"),
    }
    # Submitted as it is: what was wrong is open, and says what was wrong with it.
    await api.call("agency_hr", "POST", f"{path}/resubmit")
    seen = await api.get(path)
    assert (seen["rounds"], decided(seen)["evidence"]) == (3, ("open", "not-signed", None, None))
    checked = (await api.call("verifier", "POST", f"{path}/check", subject="citra")).json()
    assert decided(checked) == {
        "predikat": ("right", None, 2, "budi"),
        "period": ("right", None, 1, "wati"),
        "evidence": ("right", None, 3, "citra"),
    }
    told = [each.event for each in await world.told() if isinstance(each.event, CreditSubmitted | CreditReturned)]
    assert [
        [(fault.part, fault.code) for fault in each.parts] if isinstance(each, CreditReturned) else each.predikat
        for each in told
    ] == ["baik", [("evidence", "unreadable")], "sangat_baik", [("evidence", "not-signed")], "sangat_baik"]


@pytest.mark.parametrize(
    ("named", "answer"),
    [
        ([("paper", "unreadable")], (422, "part-unknown", "parts.0.part")),
        ([("evidence", "unreadable"), ("period", "not-signed")], (422, "code-unknown", "parts.1.code")),
        ([("evidence", "unreadable"), ("evidence", "not-signed")], (422, "part-twice", "parts.1.part")),
    ],
)
async def test_a_fault_that_no_rule_has_returns_nothing(world, api, line, named, answer) -> None:
    case = (await api.call("agency_hr", "POST", "/predicates", line)).json()
    assert await api.refused("verifier", "POST", f"/cases/{case['id']}/return", faults(*named)) == answer
    seen = await api.get(f"/cases/{case['id']}")
    assert (seen["state"], seen["version"]) == ("submitted", 1)
    assert await world.value("SELECT count(*) FROM part_decisions") == 0


async def test_a_return_of_the_whole_decides_no_part(api, line) -> None:
    case = (await api.call("agency_hr", "POST", "/predicates", line)).json()
    returned = await api.call("verifier", "POST", f"/cases/{case['id']}/return", {"reason": WHY})
    assert {each["decision"] for each in returned.json()["parts"]} == {"open"}


async def test_a_decision_stays_written(world, api, line) -> None:
    case = (await api.call("agency_hr", "POST", "/predicates", line)).json()
    await api.call("verifier", "POST", f"/cases/{case['id']}/return", faults(("evidence", "unreadable")))
    for statement in ("UPDATE part_decisions SET verdict = 'open'", "DELETE FROM part_decisions"):
        with pytest.raises(IntegrityError, match="only ever added"):
            async with owning(world.database) as connection:
                await connection.execute(text(statement))
