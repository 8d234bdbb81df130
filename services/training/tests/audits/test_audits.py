"""002.33: LAN opens a sample audit in an agency with a reason, and the agency sees who opened it and why; T10: its sample."""

from collections import Counter
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.store.database import counted_statements
from jejak_local.harness import AGENCY, OTHER_AGENCY, REGION
from training.audits import drawing
from training.audits.schemas import SampleIn
from training.domain.audits import quotas

REASON = "Uji petik triwulan II: pelatihan tanpa sertifikat"


@pytest.fixture
async def agencies(world):
    await world.agency(AGENCY, region=REGION)
    await world.agency(OTHER_AGENCY, region="Papua")


async def test_lan_opens_an_audit_and_the_agency_sees_who_and_why(api, world, agencies) -> None:
    officer = uuid4()
    asked = {"agency_id": str(AGENCY), "reason": REASON}
    opened = await api.call("lan", "POST", "/audits", asked, subject="p3k-rina", person=officer)
    assert opened.status_code == 201
    for role in ("agency_hr", "agency_head"):
        [seen] = (await api.get("/audits", role))["items"]
        assert seen == opened.json()
        assert (seen["opened_by"], seen["opener_id"], seen["role"]) == ("p3k-rina", str(officer), "lan")
        assert (seen["reason"], seen["opened_at"]) == (REASON, "2026-06-15T03:00:00Z")
        assert (await api.get("/audits", role, agency=OTHER_AGENCY))["items"] == []
    for role in ("agency_hr", "person", "intern", "pic", "operator"):
        assert (await api.call(role, "POST", "/audits", asked, person=officer)).status_code == 403


async def test_the_agencys_pic_is_written_to_without_a_name(api, world, agencies) -> None:
    opened = (await api.call("lan", "POST", "/audits", {"agency_id": str(AGENCY), "reason": REASON})).json()
    [(name, _, asked)] = await world.emitted()
    assert (name, asked["request_id"], asked["template"], asked["reason"]) == (
        "MessageRequested", opened["id"], "audit", "audit",
    )  # fmt: skip
    assert (asked["recipient"], asked["recipient_id"]) == ("pic", str(AGENCY))
    assert asked["values"] == {"opened_on": "2026-06-15"}


async def test_an_analis_opens_one_in_their_region_alone(api, agencies) -> None:
    theirs = {"agency_id": str(OTHER_AGENCY), "reason": REASON}
    assert (await api.call("analis", "POST", "/audits", theirs, region="Papua")).status_code == 201
    for agency in (str(AGENCY), str(uuid4())):
        asked = {"agency_id": agency, "reason": REASON}
        refused = await api.refused("analis", "POST", "/audits", asked, region="Papua")
        assert refused == (422, "agency-unknown", "agency_id")
    assert await api.refused("lan", "POST", "/audits", {"agency_id": str(AGENCY), "reason": " "}) == (
        422, "field-invalid", "reason",
    )  # fmt: skip
    assert len((await api.get("/audits", "analis", region="Papua"))["items"]) == 1
    assert (await api.get("/audits", "analis", region=REGION))["items"] == []


# T10: records by lot.

ASKED = {"seed": 1, "size": 100, "since": "2026-01-01", "until": "2026-06-15", "due_on": "2026-07-15"}


@pytest.fixture
async def audit(api, agencies) -> str:
    return (await api.call("lan", "POST", "/audits", {"agency_id": str(AGENCY), "reason": REASON})).json()["id"]


@pytest.fixture
def draw(api, audit):
    """Draws, and gives the sample with its records."""

    async def drawn(*auditors, **asked):
        body = ASKED | {"auditor_ids": [str(each) for each in auditors]} | asked
        answer = await api.call("lan", "POST", f"/audits/{audit}/samples", body)
        assert answer.status_code == 201, answer.text
        items, after = [], ""
        while after is not None:
            page = await api.get(f"/audits/{audit}/records?limit=100{after}", "agency_hr")
            items += page["items"]
            after = page["next"] and f"&after={page['next']}"
        return answer.json(), [each for each in items if each["sample_id"] == answer.json()["id"]]

    return drawn


async def recorded(world, line, people=40):
    """Records of three forms, of people of three jenjang: 600 of unequal strata."""
    jenjangs = ["ahli_pertama"] * 6 + ["ahli_muda"] * 3 + ["ahli_madya"]
    staff = await world.people(*(world.state(jenjang=jenjangs[n % 10]) for n in range(people)))
    forms = ["KL03"] * 9 + ["KL06"] * 5 + ["NKL03"]
    await world.store(*(line(staff[n % people], form=forms[n % 15], jp="4") for n in range(600)))
    return staff


async def test_a_sample_is_laid_out_as_what_it_is_drawn_from_and_drawn_again_by_its_seed(world, line, draw) -> None:
    await recorded(world, line)
    auditor = await world.person(agency=OTHER_AGENCY)
    sample, first = await draw(auditor)
    assert (sample["records"], len(first), sample["without_auditor"]) == (100, 100, 0)
    assert sum(each["records"] for each in sample["strata"]) == 600
    counted = Counter((each["record"]["form"], each["record"]["person_id"]) for each in first)
    for stratum in sample["strata"]:
        assert abs(stratum["drawn"] / 100 - stratum["records"] / 600) <= 0.01, stratum
    by_form = Counter(form for form, _ in counted.elements())
    assert by_form == Counter(
        {form: sum(s["drawn"] for s in sample["strata"] if s["form"] == form) for form in by_form}
    )
    _, again = await draw(auditor)
    assert [each["record"]["id"] for each in again] == [each["record"]["id"] for each in first]
    _, other = await draw(auditor, seed=2)
    assert [each["record"]["id"] for each in other] != [each["record"]["id"] for each in first]


@given(
    strata=st.dictionaries(st.integers(0, 99), st.integers(1, 100_000), min_size=1, max_size=20),
    size=st.integers(1, 1000),
)
def test_no_share_of_a_stratum_is_a_whole_record_away(strata, size) -> None:
    taken, total = quotas(strata, size), sum(strata.values())
    assert sum(taken.values()) == min(size, total)
    for stratum, count in strata.items():
        assert 0 <= taken[stratum] <= count
        assert abs(taken[stratum] - Fraction(count * min(size, total), total)) < 1


async def test_the_statements_of_a_draw_do_not_grow_with_it(world, line, audit) -> None:
    await recorded(world, line)
    auditor = await world.person(agency=OTHER_AGENCY)
    counts = []
    for size in (1, 200):
        asked = SampleIn.model_validate(ASKED | {"size": size, "auditor_ids": [str(auditor)]})
        async with world.database.transaction() as session:
            with counted_statements(world.database) as statements:
                await drawing.draw(session, UUID(audit), asked, world.caller("lan"))
            counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_the_auditor_is_never_the_verifier_nor_in_the_line_of_the_person(api, world, line, draw) -> None:
    chief = await world.post()
    superior = await world.holder(chief)
    post = await world.post(chief)
    person = await world.holder(post)
    verifier, outside = await world.person(), await world.person(agency=OTHER_AGENCY)
    [declared] = await world.store(line(person), role="person", person=person)
    [check] = (await api.call("verifier", "POST", "/checks:take", {}, subject="ani", person=verifier)).json()["items"]
    confirmed = await api.call("verifier", "POST", f"/checks/{check['id']}/confirm", subject="ani", person=verifier)
    assert confirmed.status_code == 200
    sample, [item] = await draw(verifier, superior, person)
    assert (sample["without_auditor"], item["auditor_id"]) == (1, None)
    _, [item] = await draw(verifier, outside, superior)
    assert item["auditor_id"] == str(outside)
    # By another token of theirs, a verifier is the same hand.
    path = f"/audited-records/{item['id']}/finding"
    found = {"finding": "proved", "words": "Sertifikat asli dilihat"}
    assert await api.refused("person", "POST", path, found, person=outside, subject="ani") == (409, "not-outside", None)
    assert (await api.refused("person", "POST", path, found, person=verifier))[0] == 404
    assert str(declared.id) == item["record"]["id"]


async def test_evidence_is_asked_for_and_the_outcome_shows_to_the_agency(api, world, line, audit, draw) -> None:
    person, auditor = await world.person(), await world.person(agency=OTHER_AGENCY)
    [record] = await world.store(line(person))
    before = len(await world.emitted())
    _, [item] = await draw(auditor)
    mails = [body for name, _, body in (await world.emitted())[before:] if name == "MessageRequested"]
    assert [(mail["template"], mail["recipient_id"], mail["values"]) for mail in mails] == [
        ("record-audit", str(auditor), {"records": 1}),
        ("audit-evidence", str(person), {"number": str(record.id), "due_on": "2026-07-15"}),
    ]
    sent = {"headers": api.headers("person", person=person), "params": {"name": "bukti.pdf"}}
    kept = (await api.http.post(f"/v1/trainings/{record.id}/evidence", content=b"%PDF-1.7", **sent)).json()
    path = f"/audited-records/{item['id']}"
    [mine] = (await api.get("/audited-records/me", "person", person=auditor))["items"]
    assert mine["record"]["id"] == str(record.id)
    assert [each["id"] for each in (await api.get(f"{path}/evidence", "person", person=auditor))["files"]] == [
        kept["id"]
    ]
    opened = await api.call("person", "GET", f"{path}/evidence/{kept['id']}", person=auditor)
    assert opened.content == b"%PDF-1.7"
    assert (await api.refused("person", "GET", f"{path}/evidence", person=person))[0] == 404
    found = {"finding": "not-proved", "words": "Nomor sertifikat tidak dikenal\npenerbitnya"}
    said = await api.call("person", "POST", f"{path}/finding", found, person=auditor)
    assert (said.json()["finding"], said.json()["words"]) == (found["finding"], found["words"])
    assert await api.refused("person", "POST", f"{path}/finding", found, person=auditor) == (409, "finding-given", None)
    [shown] = (await api.get(f"/audits/{audit}/samples", "agency_head"))["items"]
    assert (shown["proved"], shown["not_proved"], shown["unclear"]) == (0, 1, 0)
    assert (await api.refused("agency_head", "GET", f"/audits/{audit}/records", agency=OTHER_AGENCY))[0] == 404
    assert (await api.get(f"/trainings/{record.id}"))["state"] == "valid", "what follows is for whoever may revoke it"


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"until": "2025-12-31"}, (422, "dates-reversed", "until")),
        ({"due_on": "2026-06-14"}, (422, "due-gone", "due_on")),
        ({"auditor_ids": [str(uuid4())]}, (422, "not-in-service", "auditor_ids.0")),
        ({}, (409, "nothing-to-audit", None)),
    ],
)
async def test_a_draw_that_makes_no_sense_is_refused(api, world, audit, changes, answer) -> None:
    body = ASKED | {"auditor_ids": [str(await world.person())]} | changes
    assert await api.refused("lan", "POST", f"/audits/{audit}/samples", body) == answer
    assert (await api.refused("analis", "POST", f"/audits/{audit}/samples", body, region="Papua"))[0] == 404
