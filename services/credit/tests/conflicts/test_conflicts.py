"""Nobody decides a case of somebody with whom they have a conflict of interest (K14)."""

from functools import partial

import pytest

from common.ids import new_id


@pytest.fixture
async def line(world):
    """Head, boss, somebody, and whoever serves below; and a colleague beside: each with a post in one tree."""
    head = await world.post()
    boss = await world.post(head)
    somebody, beside = await world.post(boss), await world.post(boss)
    below = await world.post(somebody)
    posts = {"head": head, "boss": boss, "somebody": somebody, "beside": beside, "below": below}
    return {name: await world.holder(post_id) for name, post_id in posts.items()}


@pytest.fixture
async def case(api, line, predicate) -> str:
    return (await api.call("agency_hr", "POST", "/predicates", predicate(line["somebody"]))).json()["id"]


async def test_whoever_stands_in_the_line_neither_checks_attests_nor_returns(api, line, case) -> None:
    bodies = {"check": None, "return": {"reason": "kurang"}}
    for name in ("head", "boss", "below"):
        for act, body in bodies.items():
            answer = await api.call("verifier", "POST", f"/cases/{case}/{act}", body, person=line[name], subject=name)
            assert (answer.status_code, answer.json()["code"]) == (403, "conflict-of-interest"), name
    [refused] = await api.bulk("/cases:check", [{"id": case}], "verifier", person=line["boss"])
    assert refused["code"] == "conflict-of-interest"
    done = await api.call("verifier", "POST", f"/cases/{case}/check", person=line["beside"], subject="beside")
    assert done.status_code == 200, done.text
    attest = partial(api.call, "validator", "POST", f"/cases/{case}/attest")
    assert (await attest(person=line["head"], subject="head")).json()["code"] == "conflict-of-interest"
    assert (await attest(subject="lain")).status_code == 200


async def test_who_declares_a_conflict_decides_no_case_of_theirs(api, line, case) -> None:
    judge = {"person": line["beside"], "subject": "beside"}
    answer = await api.call("verifier", "PUT", f"/people/{line['somebody']}/conflict", **judge)
    assert answer.status_code == 204, answer.text
    refused = await api.call("verifier", "POST", f"/cases/{case}/check", **judge)
    assert (refused.status_code, refused.json()["code"]) == (403, "conflict-of-interest")
    unknown = await api.call("verifier", "PUT", f"/people/{new_id()}/conflict", **judge)
    assert unknown.json()["code"] == "person-unknown"
