"""A returned predikat is repaired under its own reference, by who had sent it."""

import asyncio

import pytest

from common.invariants import find_broken
from credit.service import SERVICE
from jejak_local.harness import AGENCY, OTHER_AGENCY

REASON = {"reason": "predikat salah ketik"}
WAYS = {
    "submitted": (),
    "checked": (("verifier", "check"),),
    "attested": (("verifier", "check"), ("validator", "attest")),
    "returned": (("verifier", "return"),),
}


@pytest.fixture(params=[False, True], ids=["single", "bulk"])
def send(api, request):
    """Sends a predikat by itself or in a stream: HTTP status or the line's, code, and the case's id."""

    async def one(line, role: str = "agency_hr", **options):
        if request.param:
            [answer] = await api.bulk("/predicates:batch", [line], role, **options)
            return answer["status"], answer.get("code"), answer.get("id")
        answer = await api.call(role, "POST", "/predicates", line, **options)
        status = {201: "stored", 200: "known"}.get(answer.status_code, "refused")
        return status, answer.json().get("code"), answer.json().get("id")

    return one


@pytest.fixture
def sent(world, api, predicate):
    """A predikat of a new person, and its case in a state."""

    async def make(state: str = "returned", **changes):
        [person] = await world.people(world.state())
        line = predicate(person, **changes)
        case_id = (await api.call("agency_hr", "POST", "/predicates", line)).json()["id"]
        for role, act in WAYS[state]:
            body = REASON if act == "return" else None
            assert (await api.call(role, "POST", f"/cases/{case_id}/{act}", body)).status_code == 200
        return line, case_id

    return make


def parts(case) -> list[tuple[int, str]]:
    return [(part["months"], part["ak"]) for part in case["segments"]]


async def test_another_body_under_the_reference_of_a_returned_case_repairs_it(api, world, send, sent) -> None:
    line, case_id = await sent(evidence="https://e-kinerja/1")
    right = line | {"predikat": "sangat_baik", "period_end": "2025-06-30", "evidence": "https://e-kinerja/2"}
    status, code, repaired = await send(right, subject="tono")
    assert (status in {"known", "updated"}, code, repaired) == (True, None, case_id)
    case = await api.get(f"/cases/{case_id}")
    assert (case["state"], case["version"], case["predikat"], case["period_end"], case["evidence"]) == (
        "submitted", 3, "sangat_baik", "2025-06-30", "https://e-kinerja/2",
    )  # fmt: skip
    assert (parts(case), case["submitted_by"], case["return_reason"]) == ([(6, "9.375")], "tono", None)
    assert [(row["to_state"], parts(row)) for row in case["history"]] == [
        ("submitted", [(12, "12.500")]), ("returned", []), ("submitted", [(6, "9.375")]),
    ]  # fmt: skip
    first, returned, again = case["history"]
    assert (first["replaced"], returned["replaced"]) == (None, None)
    assert again["replaced"] == {
        "period_start": "2025-01-01",
        "period_end": "2025-12-31",
        "predikat": "baik",
        "hasil_kerja": None,
        "perilaku": None,
        "evidence": "https://e-kinerja/1",
        "performance_result": None,
        "performance_outcome": None,
    }
    assert await world.value("SELECT count(*) FROM booked_months WHERE case_id = :id", id=case_id) == 6
    for role, act in WAYS["attested"]:
        assert (await api.call(role, "POST", f"/cases/{case_id}/{act}")).status_code == 200
    assert (await api.get(f"/people/{case['person_id']}/credit"))["balance"] == "9.375"
    assert await find_broken(world.parts, SERVICE.invariants) == []


async def test_the_same_body_is_a_duplicate_and_leaves_a_returned_case_where_it_is(api, send, sent) -> None:
    """A nightly upload of everything must not submit again what was sent back; that is an act of its own."""
    line, case_id = await sent()
    status, code, known = await send(line)
    assert (status in {"known", "duplicate"}, code, known) == (True, None, case_id)
    assert (await api.get(f"/cases/{case_id}"))["state"] == "returned"


async def test_after_the_repair_its_body_is_the_duplicate_and_the_first_a_conflict(api, send, sent) -> None:
    line, case_id = await sent()
    right = line | {"predikat": "kurang"}
    await send(right)
    status, code, known = await send(right)
    assert (status in {"known", "duplicate"}, code, known) == (True, None, case_id)
    assert (await send(line))[:2] == ("refused", "reference-conflict")
    case = await api.get(f"/cases/{case_id}")
    assert (case["version"], case["predikat"]) == (3, "kurang")


@pytest.mark.parametrize("state", ["submitted", "checked", "attested"])
async def test_in_any_other_state_another_body_is_a_conflict(api, send, sent, state: str) -> None:
    line, case_id = await sent(state)
    before = await api.get(f"/cases/{case_id}")
    assert (await send(line | {"predikat": "kurang"}))[:2] == ("refused", "reference-conflict")
    assert await api.get(f"/cases/{case_id}") == before


async def test_a_case_returned_twice_is_repaired_twice(api, send, sent) -> None:
    line, case_id = await sent()
    for predikat in ("kurang", "baik"):
        await send(line | {"predikat": predikat})
        case = await api.get(f"/cases/{case_id}")
        assert (case["state"], case["predikat"]) == ("submitted", predikat)
        await api.call("verifier", "POST", f"/cases/{case_id}/return", REASON)
    history = (await api.get(f"/cases/{case_id}"))["history"]
    assert [line["replaced"] and line["replaced"]["predikat"] for line in history] == [
        None, None, "baik", None, "kurang", None,
    ]  # fmt: skip


async def test_only_its_sender_repairs_a_case(api, send, sent) -> None:
    """Another sender's is another reference, and its months are free while the case is away."""
    line, case_id = await sent()
    status, code, other = await send(line | {"predikat": "kurang"}, "service", agency=OTHER_AGENCY)
    assert (status, code) == ("stored", None)
    assert other != case_id
    assert (await api.get(f"/cases/{case_id}"))["state"] == "returned"
    assert (await send(line | {"predikat": "kurang"}))[:2] == ("refused", "months-already-booked")
    await api.call("verifier", "POST", f"/cases/{other}/return", REASON)
    assert (await send(line | {"predikat": "kurang"}, "service", agency=AGENCY))[2] == case_id


async def test_the_person_of_a_case_is_not_repaired(api, world, send, sent) -> None:
    line, case_id = await sent()
    [other] = await world.people(world.state())
    assert (await send(line | {"person_id": str(other)}))[:2] == ("refused", "reference-conflict")
    assert (await api.get(f"/cases/{case_id}"))["state"] == "returned"


async def test_a_repair_is_held_to_the_rules_of_a_predikat(api, send, sent) -> None:
    line, case_id = await sent()
    before = await api.get(f"/cases/{case_id}")
    wrong = line | {"hasil_kerja": "di_bawah_ekspektasi", "perilaku": "di_atas_ekspektasi"}
    assert (await send(wrong))[:2] == ("refused", "predikat-mismatch")
    right = line | {"predikat": "kurang"}
    assert (await send(right, person=line["person_id"]))[:2] == ("refused", "own-case")
    assert await api.get(f"/cases/{case_id}") == before


async def test_who_repairs_has_submitted(api, send, sent) -> None:
    line, case_id = await sent()
    await send(line | {"predikat": "kurang"}, subject="tono")
    refused = await api.call("verifier", "POST", f"/cases/{case_id}/check", subject="tono")
    assert (refused.status_code, refused.json()["code"]) == (409, "same-person")


@pytest.mark.parametrize("same", [False, True], ids=["two bodies", "one body"])
async def test_of_two_repairs_at_once_one_wins(api, world, send, sent, same: bool) -> None:
    line, case_id = await sent()
    bodies = [line | {"predikat": predikat} for predikat in ("kurang", "kurang" if same else "sangat_baik")]
    answers = await asyncio.gather(*(send(body, subject=f"hr-{at}") for at, body in enumerate(bodies)))
    assert sorted(code or "" for _, code, _ in answers) == (["", ""] if same else ["", "reference-conflict"])
    case = await api.get(f"/cases/{case_id}")
    assert (case["version"], len(case["history"])) == (3, 3)
    assert await world.value("SELECT count(*) FROM booked_months") == 12


async def test_two_repairs_in_one_stream_are_one_and_a_conflict(api, sent) -> None:
    line, case_id = await sent()
    lines = [line | {"predikat": predikat} for predikat in ("kurang", "kurang", "sangat_baik")]
    answers = await api.bulk("/predicates:batch", lines, "agency_hr")
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "updated",
        "duplicate",
        "reference-conflict",
    ]
    assert (await api.get(f"/cases/{case_id}"))["predikat"] == "kurang"


async def test_a_key_repeats_the_answer_to_a_repair(api, sent) -> None:
    line, case_id = await sent()
    right, key = line | {"predikat": "kurang"}, {"idempotency-key": "perbaikan"}
    first, again = [await api.call("agency_hr", "POST", "/predicates", right, headers=key) for _ in range(2)]
    assert (first.status_code, first.text) == (again.status_code, again.text) == (200, first.text)
    assert (first.json()["id"], first.json()["version"]) == (case_id, 3)


async def test_months_of_a_repair_are_shared_with_the_rest_of_the_stream(api, world, predicate, sent) -> None:
    line, _ = await sent(period_end="2025-06-30")
    other = predicate(line["person_id"])
    answers = await api.bulk("/predicates:batch", [line | {"period_end": "2025-09-30"}, other], "agency_hr")
    assert [answer["status"] for answer in answers] == ["updated", "stored"]
    months = await world.rows("SELECT case_id, count(*) FROM booked_months GROUP BY 1 ORDER BY 2")
    assert [row.count for row in months] == [3, 9]
