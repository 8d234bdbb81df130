"""What a case comes to follows the registry while it is open, and whoever decides sees it."""

import asyncio
from datetime import date

import pytest

from common.invariants import find_broken
from common.store.database import counted_statements
from credit.service import SERVICE

MUDA = [("ahli_muda", date(2020, 1, 1), None)]
MADYA_FROM_JUNE = [("ahli_muda", date(2020, 1, 1), date(2025, 6, 1)), ("ahli_madya", date(2025, 6, 1), None)]
UNTIL_JUNE = [("ahli_muda", date(2020, 1, 1), date(2025, 7, 1)), (None, date(2025, 7, 1), None)]
FROM_APRIL = [(None, date(2020, 1, 1), date(2025, 4, 1)), ("ahli_muda", date(2025, 4, 1), None)]
NEVER = [(None, date(2020, 1, 1), None)]
REASON = {"reason": "bukti belum lengkap"}


@pytest.fixture
def tell(world):
    """Lets the service hear other posts of somebody."""
    sequences: dict = {}

    async def told(person, posts) -> None:
        sequences[person] = sequences.get(person, 1) + 1
        jenjang = posts[-1][0]
        await world.people(world.state(person_id=person, jenjang=jenjang, posts=posts), sequence=sequences[person])

    return told


@pytest.fixture
async def case(world, api, predicate) -> dict:
    [person] = await world.people(world.state(jenjang="ahli_muda", posts=MUDA))
    return (await api.call("agency_hr", "POST", "/predicates", predicate(person))).json()


def parts(case) -> list[tuple[str, int, str]]:
    return [(part["jenjang"], part["months"], part["ak"]) for part in case["segments"]]


OLD = [("ahli_muda", 12, "25.000")]
NEW = [("ahli_muda", 5, "10.417"), ("ahli_madya", 7, "21.875")]


async def entered(api, case) -> list[tuple[str, int, str]]:
    credit = await api.get(f"/people/{case['person_id']}/credit")
    return sorted(((e["jenjang"], e["months"], e["ak"]) for e in credit["entries"]), key=lambda entry: entry[1])


async def test_a_promotion_recorded_late_before_the_check_is_checked_and_attested(api, case, tell) -> None:
    assert (parts(case), case["rejudged"]) == (OLD, False)
    await tell(case["person_id"], MADYA_FROM_JUNE)
    seen = await api.get(f"/cases/{case['id']}")
    assert (seen["state"], seen["rejudged"], seen["version"], parts(seen)) == ("submitted", True, 2, NEW)
    assert [(line["from_state"], line["to_state"], line["by"], parts(line)) for line in seen["history"]] == [
        (None, "submitted", case["submitted_by"], OLD),
        ("submitted", "submitted", "system", NEW),
    ]
    assert "dihitung ulang" in seen["history"][1]["reason"]
    assert (seen["submitted_by"], seen["submitted_at"]) == (case["submitted_by"], case["submitted_at"])
    stale = await api.call("verifier", "POST", f"/cases/{case['id']}/check", headers={"if-match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed-meanwhile")
    unseen = await api.call("verifier", "POST", f"/cases/{case['id']}/check")
    assert (unseen.status_code, unseen.json()["code"]) == (428, "judged-anew")
    [line] = await api.bulk("/cases:check", [{"id": case["id"]}], "verifier")
    assert line["code"] == "judged-anew"
    checked = (await api.call("verifier", "POST", f"/cases/{case['id']}/check", headers={"if-match": '"2"'})).json()
    assert (checked["state"], checked["rejudged"], parts(checked)) == ("checked", False, NEW)
    assert [parts(line) for line in checked["history"]] == [OLD, NEW, []]
    attested = await api.call("validator", "POST", f"/cases/{case['id']}/attest")
    assert (attested.status_code, parts(attested.json())) == (200, NEW)
    assert await entered(api, case) == NEW


@pytest.mark.parametrize("bulk", [False, True], ids=["single", "bulk"])
async def test_a_promotion_recorded_after_the_check_is_attested_by_who_has_seen_it(
    api, world, case, tell, bulk: bool
) -> None:
    async def attest(version: int | None = None) -> tuple[int | None, str | None]:
        """Status, where there is one, and code."""
        if bulk:
            line = {"id": case["id"]} | ({"version": version} if version else {})
            [answer] = await api.bulk("/cases:attest", [line], "validator")
            return None, answer.get("code")
        headers = {"if-match": f'"{version}"'} if version else {}
        answer = await api.call("validator", "POST", f"/cases/{case['id']}/attest", headers=headers)
        return answer.status_code, answer.json().get("code")

    assert (await api.call("verifier", "POST", f"/cases/{case['id']}/check")).json()["version"] == 2
    await tell(case["person_id"], MADYA_FROM_JUNE)
    [listed] = (await api.get("/cases?state=checked", role="validator"))["items"]
    assert (listed["rejudged"], listed["version"], parts(listed)) == (True, 3, NEW)
    assert await attest() == (None if bulk else 428, "judged-anew")
    assert await attest(2) == (None if bulk else 412, "changed-meanwhile")
    assert await world.value("SELECT count(*) FROM entries") == 0
    assert await attest(3) == (None if bulk else 200, None)
    assert await entered(api, case) == NEW
    seen = await api.get(f"/cases/{case['id']}")
    assert (seen["state"], seen["rejudged"]) == ("attested", False)
    assert [parts(line) for line in seen["history"]] == [OLD, [], NEW, []]


async def test_a_check_repeated_after_the_change_says_that_it_has_changed(api, case, tell) -> None:
    check = {"headers": {"if-match": '"1"'}}
    assert (await api.call("verifier", "POST", f"/cases/{case['id']}/check", **check)).status_code == 200
    assert (await api.call("verifier", "POST", f"/cases/{case['id']}/check", **check)).status_code == 200
    await tell(case["person_id"], MADYA_FROM_JUNE)
    again = await api.call("verifier", "POST", f"/cases/{case['id']}/check", **check)
    assert (again.status_code, again.json()["code"]) == (412, "changed-meanwhile")


async def test_news_that_change_nothing_of_a_case_leave_it_alone(api, case, tell) -> None:
    await tell(
        case["person_id"],
        [*MUDA[:-1], ("ahli_muda", date(2020, 1, 1), date(2026, 2, 1)), ("ahli_madya", date(2026, 2, 1), None)],
    )
    assert await api.get(f"/cases/{case['id']}") == await api.get(f"/cases/{case['id']}") == case


@pytest.mark.parametrize("state", ["attested", "returned"])
async def test_what_is_decided_stays(api, case, tell, state: str) -> None:
    acts = {"attested": [("verifier", "check"), ("validator", "attest")], "returned": [("verifier", "return")]}
    for role, act in acts[state]:
        body = REASON if act == "return" else None
        decided = (await api.call(role, "POST", f"/cases/{case['id']}/{act}", body)).json()
    await tell(case["person_id"], MADYA_FROM_JUNE)
    assert await api.get(f"/cases/{case['id']}") == decided


@pytest.mark.parametrize("acts", [(), ("check",)], ids=["submitted", "checked"])
async def test_months_that_no_longer_count_become_free(api, world, case, tell, acts) -> None:
    for act in acts:
        await api.call("verifier", "POST", f"/cases/{case['id']}/{act}")
    await tell(case["person_id"], UNTIL_JUNE)
    seen = await api.get(f"/cases/{case['id']}")
    assert (parts(seen), seen["state"]) == ([("ahli_muda", 6, "12.500")], "checked" if acts else "submitted")
    assert [out["month"][5:7] for out in seen["left_out"]] == ["07", "08", "09", "10", "11", "12"]
    booked = await world.rows("SELECT extract(month FROM month) AS month FROM booked_months ORDER BY 1")
    assert [row.month for row in booked] == [1, 2, 3, 4, 5, 6]
    await tell(case["person_id"], MUDA)
    assert parts(await api.get(f"/cases/{case['id']}")) == OLD
    assert await world.value("SELECT count(*) FROM booked_months") == 12


async def test_a_month_left_out_for_another_reason_is_said_too(api, world, predicate) -> None:
    [person] = await world.people(world.state(jenjang="ahli_muda", posts=FROM_APRIL))
    case = (await api.call("agency_hr", "POST", "/predicates", predicate(person))).json()
    joined = world.state(person_id=person, jenjang="ahli_muda", posts=FROM_APRIL)
    await world.people(joined.model_copy(update={"joined_on": date(2025, 4, 1)}), sequence=2)
    seen = await api.get(f"/cases/{case['id']}")
    assert (parts(seen), seen["rejudged"]) == (parts(case), True)
    assert {out["why"] for out in seen["left_out"]} == {"not-joined"}


@pytest.mark.parametrize("acts", [(), ("check",)], ids=["submitted", "checked"])
async def test_a_case_that_comes_to_nothing_is_returned_and_can_come_again(api, world, case, tell, acts) -> None:
    for act in acts:
        await api.call("verifier", "POST", f"/cases/{case['id']}/{act}")
    await tell(case["person_id"], NEVER)
    seen = await api.get(f"/cases/{case['id']}")
    assert (seen["state"], seen["returned_by"]) == ("returned", "system")
    assert "tidak lagi memberi angka kredit" in seen["return_reason"]
    assert await world.value("SELECT count(*) FROM booked_months") == 0
    refused = await api.call("agency_hr", "POST", f"/cases/{case['id']}/resubmit")
    assert (refused.status_code, refused.json()["code"]) == (422, "no-functional-post")
    await tell(case["person_id"], MADYA_FROM_JUNE)
    again = await api.get(f"/cases/{case['id']}")
    assert (again["state"], again["return_reason"], parts(again)) == ("submitted", None, NEW)
    assert again["history"][-1]["by"] == "system"
    refused = await api.call("verifier", "POST", f"/cases/{case['id']}/check", subject=case["submitted_by"])
    assert refused.json()["code"] == "same-person", "whoever had submitted it"


async def test_a_resubmission_is_judged_by_the_posts_of_its_day(api, case, tell) -> None:
    await api.call("verifier", "POST", f"/cases/{case['id']}/return", REASON)
    await tell(case["person_id"], MADYA_FROM_JUNE)
    again = (await api.call("agency_hr", "POST", f"/cases/{case['id']}/resubmit")).json()
    assert (again["state"], again["rejudged"], parts(again)) == ("submitted", False, NEW)
    assert [parts(line) for line in again["history"]] == [OLD, [], NEW]


@pytest.mark.parametrize("checked", [False, True])
async def test_the_bonus_of_a_degree_follows_the_post_of_its_day(api, world, tell, checked: bool) -> None:
    [person] = await world.people(world.state(jenjang="ahli_muda", posts=MUDA))
    record = world.completed(person, degree="S2", form="PD01", end_date=date(2025, 8, 1))
    await world.hear(world.received(record))
    [case] = (await api.get("/cases"))["items"]
    assert case["ak"] == "25.000"
    if checked:
        await api.call("verifier", "POST", f"/cases/{case['id']}/check")
    await tell(person, MADYA_FROM_JUNE)
    seen = await api.get(f"/cases/{case['id']}")
    assert (seen["ak"], seen["rejudged"], seen["segments"][0]["jenjang"]) == ("37.500", True, "ahli_madya")
    await tell(person, NEVER)
    seen = await api.get(f"/cases/{case['id']}")
    assert (seen["state"], seen["returned_by"]) == ("returned", "system")
    await tell(person, MUDA)
    seen = await api.get(f"/cases/{case['id']}")
    assert (seen["state"], seen["ak"]) == ("submitted", "25.000")


async def test_months_that_begin_to_count_go_to_the_older_of_two_cases(api, world, predicate, tell) -> None:
    """A first quarter without a post on record, claimed by a periodic and by the yearly predikat."""
    [person] = await world.people(world.state(jenjang="ahli_muda", posts=FROM_APRIL))
    half = predicate(person, period_end="2025-06-30")
    first = (await api.call("agency_hr", "POST", "/predicates", half)).json()
    year = (await api.call("agency_hr", "POST", "/predicates", predicate(person))).json()
    assert (first["months"], year["months"]) == (3, 6)
    await tell(person, MUDA)
    first, year = [await api.get(f"/cases/{found['id']}") for found in (first, year)]
    assert (first["months"], year["months"]) == (6, 6)
    assert {out["case_id"] for out in year["left_out"]} == {first["id"]}
    assert await world.value("SELECT count(*) FROM booked_months") == 12


async def test_months_that_another_case_gives_back_are_left_to_its_repair(api, world, predicate, tell) -> None:
    [person] = await world.people(world.state(jenjang="ahli_muda", posts=MUDA))
    early = predicate(person, period_end="2025-02-28")
    first = (await api.call("agency_hr", "POST", "/predicates", early)).json()
    year = (await api.call("agency_hr", "POST", "/predicates", predicate(person))).json()
    await api.call("verifier", "POST", f"/cases/{first['id']}/return", REASON)
    await tell(person, MADYA_FROM_JUNE)
    assert (await api.get(f"/cases/{year['id']}"))["months"] == 10
    again = await api.call("agency_hr", "POST", f"/cases/{first['id']}/resubmit")
    assert (again.status_code, again.json()["months"]) == (200, 2)


async def test_news_of_many_people_are_judged_in_the_same_statements(api, world, predicate) -> None:
    counts = []
    for number in (2, 60):
        people = await world.people(*(world.state(jenjang="ahli_muda", posts=MUDA) for _ in range(number)))
        await api.bulk("/predicates:batch", [predicate(person) for person in people], "service")
        news = [
            world.state(person_id=person, posts=NEVER if at % 2 else MADYA_FROM_JUNE)
            for at, person in enumerate(people)
        ]
        with counted_statements(world.database) as statements:
            await world.people(*news, sequence=2)
        counts.append(len(statements))
        states = await world.rows(
            "SELECT state, count(*) AS cases FROM cases WHERE person_id = ANY(:ids) GROUP BY 1 ORDER BY 1", ids=people
        )
        assert [tuple(row) for row in states] == [("returned", number // 2), ("submitted", number // 2)]
    # Beside what any news take: segments, absences, posts, booked months; returns and months; judgements, segments, months; events; requests to mend; units.
    assert counts == [12 + 6 + 3 + 8 + 2] * 2


async def test_an_attestation_and_news_at_once_leave_one_truth(api, world, predicate, tell) -> None:
    people = await world.people(*(world.state(jenjang="ahli_muda", posts=MUDA) for _ in range(40)))
    answers = await api.bulk("/predicates:batch", [predicate(person) for person in people], "service")
    ids = [{"id": answer["id"]} for answer in answers]
    await api.bulk("/cases:check", ids, "verifier")
    news = [world.state(person_id=person, posts=MADYA_FROM_JUNE) for person in reversed(people)]
    attested, _ = await asyncio.gather(api.bulk("/cases:attest", ids, "validator"), world.people(*news, sequence=2))
    assert {answer.get("code", answer["status"]) for answer in attested} <= {"updated", "judged-anew"}
    assert await find_broken(world.parts, SERVICE.invariants) == []
    rejudged = await world.value("SELECT count(*) FROM cases WHERE rejudged")
    assert rejudged == sum(answer["status"] == "refused" for answer in attested)
