"""Who may do what, and for whom."""

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from common.ids import new_id
from contracts.roles import ROLES
from credit.domain.packs import PACKS
from jejak_local.harness import AGENCY, OTHER_AGENCY, REGION, sent_import
from jejak_local.scopes import Things

BANGKOM = "Analis Bangkom"
NIP = "199001012015051001"
"""Of both: whoever prints a paper names it."""
READERS = {"lan", "analis", "service", "agency_hr", "agency_head", "verifier", "validator", "inspector", "person"}
PAPER = {"kind": "determination", "name": "Sari Contoh", "official": "Budi Contoh"}
RIGHTS = {
    ("GET", "/v1/cases"): READERS,
    ("GET", "/v1/cases/{case_id}"): READERS,
    ("GET", "/v1/people/{person_id}/credit"): READERS | {"bkn", "steward"},
    ("GET", "/v1/people/{person_id}/credit/explain"): READERS | {"bkn", "steward"},
    ("GET", "/v1/people/{person_id}/credit/explain/{entry_id}"): READERS | {"bkn", "steward"},
    ("GET", "/v1/people/{person_id}/credit/promotion"): READERS | {"bkn", "steward"},
    ("GET", "/v1/people/{person_id}/credit/forecast"): READERS | {"bkn", "steward"},
    ("GET", "/v1/people/{person_id}/credit/guide"): READERS | {"bkn", "steward"},
    ("GET", "/v1/people/{person_id}/professionalism"): READERS | {"bkn", "steward"},
    ("GET", "/v1/agencies/{agency_id}/professionalism"): {
        "lan",
        "analis",
        "bkn",
        "inspector",
        "agency_head",
        "agency_hr",
    },
    ("POST", "/v1/predicates:try"): {"agency_hr", "service", "person"},
    ("POST", "/v1/openings:try"): {"agency_hr", "service", "person"},
    ("POST", "/v1/drafts"): {"lan"},
    ("GET", "/v1/drafts"): {"lan"},
    ("GET", "/v1/drafts/{draft_id}"): {"lan"},
    ("POST", "/v1/drafts/{draft_id}/replay"): {"lan"},
    ("POST", "/v1/drafts/{draft_id}/activate"): {"lan"},
    ("GET", "/v1/replays/{replay_id}"): {"lan"},
    ("GET", "/v1/replays/{replay_id}/changes"): {"lan"},
    ("GET", "/v1/promotions"): READERS | {"bkn", "steward"},
    ("GET", "/v1/people/{person_id}/facts"): READERS,
    ("POST", "/v1/facts"): {"agency_hr", "service"},
    ("POST", "/v1/facts:batch"): {"agency_hr", "service"},
    ("POST", "/v1/facts/{fact_id}/withdraw"): {"agency_hr", "service"},
    ("GET", "/v1/people/{person_id}/evidence"): READERS,
    ("GET", "/v1/evidence/{record_id}"): READERS,
    ("GET", "/v1/audit"): {"inspector"},
    ("GET", "/v1/papers"): READERS | {"bkn", "steward"},
    ("GET", "/v1/papers/{paper_id}"): READERS | {"bkn", "steward"},
    ("POST", "/v1/papers"): {"validator"},
    ("POST", "/v1/papers:batch"): {"validator"},
    ("POST", "/v1/papers/{paper_id}/print"): READERS | {"bkn", "steward"},
    ("POST", "/v1/papers/{paper_id}/revoke"): {"validator"},
    ("GET", "/v1/rule-packs"): READERS | {"bkn", "programme_manager"},
    ("GET", "/v1/rule-subjects"): READERS | {"bkn", "programme_manager"},
    ("POST", "/v1/openings"): {"agency_hr", "service"},
    ("POST", "/v1/openings:batch"): {"agency_hr", "service"},
    ("POST", "/v1/predicates"): {"agency_hr", "service"},
    ("POST", "/v1/predicates:batch"): {"agency_hr", "service"},
    ("POST", "/v1/cases/{case_id}/check"): {"verifier"},
    ("POST", "/v1/cases/{case_id}/attest"): {"validator"},
    ("POST", "/v1/cases/{case_id}/return"): {"verifier", "validator"},
    ("POST", "/v1/cases/{case_id}/resubmit"): {"agency_hr", "service"},
    ("POST", "/v1/cases/{case_id}/appeals"): {"person"},
    ("GET", "/v1/appeals"): READERS,
    ("GET", "/v1/appeals/{appeal_id}"): READERS,
    ("POST", "/v1/appeals/{appeal_id}/withdraw"): {"person"},
    ("POST", "/v1/appeals/{appeal_id}/grant"): {"validator", "agency_head"},
    ("POST", "/v1/appeals/{appeal_id}/deny"): {"validator", "agency_head"},
    ("POST", "/v1/appeals/{appeal_id}/issue"): {"validator", "agency_head"},
    ("POST", "/v1/data-fixes"): {"person", "agency_hr"},
    ("GET", "/v1/data-fixes"): READERS,
    ("POST", "/v1/data-fixes/{fix_id}/withdraw"): {"person", "agency_hr"},
    ("POST", "/v1/data-fixes/{fix_id}/refuse"): {"agency_hr"},
    ("GET", "/v1/second-checks"): {"verifier"},
    ("POST", "/v1/second-checks/{check_id}/verdict"): {"verifier"},
    ("GET", "/v1/agreement"): {"lan", "analis", "inspector", "agency_head"},
    ("PUT", "/v1/people/{person_id}/conflict"): {"verifier", "validator"},
    ("POST", "/v1/cases:check"): {"verifier"},
    ("POST", "/v1/cases:attest"): {"validator"},
    ("POST", "/v1/cases:decide"): {"verifier", "validator"},
    ("GET", "/v1/queue"): {"verifier", "validator"},
    ("POST", "/v1/queue:take"): {"verifier", "validator"},
    ("GET", "/v1/assessors"): {"person"},
    ("GET", "/v1/queue-ages"): READERS - {"person", "service"},
    ("GET", "/v1/waiting-times"): set(ROLES),
    ("GET", "/v1/imports/predicates/template"): {"agency_hr", "service"},
    ("POST", "/v1/imports:predicates"): {"agency_hr", "service"},
    ("GET", "/v1/imports/{import_id}"): {"agency_hr", "service"},
    ("GET", "/v1/imports/{import_id}/refused"): {"agency_hr", "service"},
}


@pytest.fixture
async def scene(world, api, predicate):
    """A person of each agency, with a case and a training."""
    mine, theirs = await world.people(world.state(nip=NIP), world.state(nip=NIP, agency=OTHER_AGENCY, position=BANGKOM))
    answers = await api.bulk("/predicates:batch", [predicate(person) for person in (mine, theirs)], "service")
    records = [world.completed(person) for person in (mine, theirs)]
    await world.hear(*(world.received(record) for record in records))
    return {
        "mine": (mine, answers[0]["id"], records[0].record_id),
        "theirs": (theirs, answers[1]["id"], records[1].record_id),
    }


async def objected(api, person, case_id) -> str:
    """The id of an objection of theirs to a case that was attested."""
    body = {"grounds": "predikat lain", "predikat": "sangat_baik"}
    answer = await api.call("person", "POST", f"/cases/{case_id}/appeals", body, person=person)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def asked_to_mend(api, person) -> str:
    """The id of a request of theirs."""
    answer = await api.call("person", "POST", "/data-fixes", {"kind": "post", "words": "III/b"}, person=person)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def drawn_of(world, case_id) -> UUID:
    """The id of a decision on a case that was drawn."""
    check_id = new_id()
    async with world.database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO second_checks (id, case_id, version, number, agency_id, first)"
                " SELECT :id, c.id, 2, 2, p.agency_id, 'right' FROM cases c JOIN people p USING (person_id) WHERE c.id = :case"
            ),
            {"id": check_id, "case": UUID(case_id)},
        )
    return check_id


async def test_the_service_is_as_the_house_asks(assert_service, scene) -> None:
    await assert_service(RIGHTS)


async def test_each_role_reaches_its_own_and_nothing_else(reaches_its_own, world, api, scene, predicate) -> None:
    """001.3: no agency reads or moves what is another's."""
    old = [predicate(scene[whose][0], period_start="2024-01-01", period_end="2024-12-31") for whose in scene]
    attested = [{"id": answer["id"]} for answer in await api.bulk("/predicates:batch", old, "service")]
    for agency in (AGENCY, OTHER_AGENCY):
        await api.bulk("/cases:check", attested, "verifier", agency=agency)
        await api.bulk("/cases:attest", attested, "validator", agency=agency)
    entries = {row.person_id: row.id for row in await world.rows("SELECT person_id, id FROM entries")}
    said = {"kind": "discipline", "level": "none", "day": "2026-01-05", "paper": "D"}
    told = [said | {"person_id": str(scene[whose][0])} for whose in scene]
    facts = {
        scene[whose][0]: answer["id"]
        for whose, answer in zip(scene, await api.bulk("/facts:batch", told, "service"), strict=True)
    }
    papers = {}
    for whose, agency in (("mine", AGENCY), ("theirs", OTHER_AGENCY)):
        await world.agency(agency)
        paper = PAPER | {"person_id": str(scene[whose][0])}
        papers[scene[whose][0]] = (await api.call("validator", "POST", "/papers", paper, agency=agency)).json()["id"]
    content = (PACKS / "konversi-2023.toml").read_text().replace('"PermenPANRB-1-2023"', '"Rancangan"', 1)
    draft = (await api.call("lan", "POST", "/drafts", {"content": content})).json()["id"]
    replay = (await api.call("lan", "POST", f"/drafts/{draft}/replay")).json()["id"]
    appeals = {
        scene[whose][0]: await objected(api, scene[whose][0], case["id"])
        for whose, case in zip(scene, attested, strict=True)
    }
    fixes = {scene[whose][0]: await asked_to_mend(api, scene[whose][0]) for whose in scene}
    checks = {scene[whose][0]: await drawn_of(world, case["id"]) for whose, case in zip(scene, attested, strict=True)}
    own, other = [
        Things(
            {
                "agency": agency,
                "person": person,
                "region": region,
                "position": position,
                "provider": agency,
                "connection": agency,
            },
            {
                "person_id": person,
                "case_id": case,
                "record_id": record,
                "agency_id": agency,
                "entry_id": entries[person],
                "fact_id": facts[person],
                "appeal_id": appeals[person],
                "fix_id": fixes[person],
                "check_id": checks[person],
                "since": "2026-07-01",
                "until": "2026-07-31",
                "paper_id": papers[person],
                "draft_id": draft,
                "replay_id": replay,
            },
            {
                "service": {"import_id": await sent_import(world.database, "predicates", "service")},
                "agency_hr": {"import_id": await sent_import(world.database, "predicates", "agency_hr", agency=agency)},
            },
        )
        for (person, case, record), agency, region, position in (
            (scene["mine"], AGENCY, REGION, "Analis"),
            (scene["theirs"], OTHER_AGENCY, "Papua", BANGKOM),
        )
    ]
    for each in (own, other):
        await world.agency(each.claims["agency"], region=each.claims["region"], sequence=2)
    line = predicate(other.ids["person_id"], reference="lain")
    pak = {
        "way": "balance",
        "method": "conversion",
        "stated": "9",
        "day": "2024-12-31",
        "paper": "9",
        "paper_date": "2025-01-15",
    }
    opening = pak | {"person_id": str(other.ids["person_id"])}
    fact = said | {"person_id": str(other.ids["person_id"]), "paper": "lain"}
    case = {"id": other.ids["case_id"]}
    await reaches_its_own(
        own,
        other,
        {
            "POST /v1/predicates:try": line,
            "POST /v1/drafts": {"content": content.replace('"Rancangan"', '"Rancangan lain"')},
            "POST /v1/cases/{case_id}/appeals": {"grounds": "lengkap"},
            "POST /v1/appeals/{appeal_id}/grant": {"answer": "benar"},
            "POST /v1/appeals/{appeal_id}/deny": {"answer": "tidak benar"},
            "POST /v1/data-fixes": {"kind": "rank", "words": "III/c", "person_id": str(other.ids["person_id"])},
            "POST /v1/data-fixes/{fix_id}/refuse": {"answer": "sudah benar"},
            "POST /v1/second-checks/{check_id}/verdict": {"verdict": "right"},
            "POST /v1/facts": fact,
            "POST /v1/facts:batch": [fact],
            "POST /v1/facts/{fact_id}/withdraw": {"reason": "salah orang"},
            "POST /v1/openings": opening,
            "POST /v1/openings:try": opening,
            "POST /v1/openings:batch": [opening],
            "POST /v1/imports:predicates": None,
            "POST /v1/predicates": line,
            "POST /v1/predicates:batch": [line],
            "POST /v1/cases/{case_id}/return": {"reason": "bukti belum lengkap"},
            "POST /v1/papers": PAPER | {"person_id": str(other.ids["person_id"])},
            "POST /v1/papers:batch": [PAPER | {"person_id": str(other.ids["person_id"])}],
            "POST /v1/papers/{paper_id}/print": {"nip": NIP},
            "POST /v1/papers/{paper_id}/revoke": {"reason": "salah orang"},
            "POST /v1/cases:check": [case],
            "POST /v1/cases:attest": [case],
            "POST /v1/cases:decide": [case | {"act": "check"}],
            "POST /v1/queue:take": {"agency_id": str(OTHER_AGENCY)},
        },
    )


def reads(person, case, record) -> list[str]:
    return [f"/people/{person}/credit", f"/people/{person}/evidence", f"/cases/{case}", f"/evidence/{record}"]


@pytest.mark.parametrize("role", ["agency_hr", "verifier", "validator", "inspector"])
async def test_an_office_sees_its_own_agency_only(api, scene, role: str) -> None:
    for path in reads(*scene["mine"]):
        assert (await api.call(role, "GET", path)).status_code == 200
    for path in reads(*scene["theirs"]):
        assert (await api.call(role, "GET", path)).status_code == 404
    assert [case["id"] for case in (await api.get("/cases", role=role))["items"]] == [scene["mine"][1]]
    assert (await api.call(role, "GET", "/cases", agency=None)).status_code == 403


@pytest.mark.parametrize("role", ["lan", "service"])
async def test_the_nation_sees_everybody(api, scene, role: str) -> None:
    for path in [*reads(*scene["mine"]), *reads(*scene["theirs"])]:
        assert (await api.call(role, "GET", path)).status_code == 200


async def test_an_analis_sees_the_agencies_of_their_region(world, api, scene) -> None:
    def sees(region: str) -> Any:
        return partial(api.call, "analis", "GET", region=region)

    assert (await sees("Jawa Barat")("/cases")).json()["code"] == "claim-gone"
    for sequence, region in enumerate(["Jawa Barat", "Papua"], 1):
        await world.agency(OTHER_AGENCY, region=region, sequence=sequence)
    for path in reads(*scene["theirs"]):
        assert (await sees("Papua")(path)).status_code == 200
    for path in reads(*scene["mine"]):
        assert (await sees("Papua")(path)).status_code == 404
    gone = await sees("Jawa Barat")("/cases")
    assert (gone.status_code, gone.json()["code"], gone.json()["errors"][0]["field"]) == (403, "claim-gone", "region")


async def test_bkn_reads_credit_and_no_case(api, scene) -> None:
    person, case, record = scene["theirs"]
    assert (await api.call("bkn", "GET", f"/people/{person}/credit")).status_code == 200
    for path in (f"/people/{person}/evidence", f"/cases/{case}", f"/evidence/{record}", "/cases"):
        assert (await api.call("bkn", "GET", path)).status_code == 403


async def test_a_steward_reads_the_credit_of_whoever_holds_the_position_today(world, api, scene) -> None:
    """000.27, 002.32: across all agencies, and nothing else."""
    holder, case, record = scene["theirs"]
    steward = partial(api.call, "steward", "GET", position=BANGKOM)
    for sequence, agency in enumerate((OTHER_AGENCY, AGENCY), 2):
        await world.hear(world.received(world.state(person_id=holder, agency=agency, position=BANGKOM), sequence))
        assert (await steward(f"/people/{holder}/credit")).json()["person_id"] == str(holder)
    for path in (f"/people/{holder}/evidence", f"/cases/{case}", f"/evidence/{record}", "/cases"):
        assert (await steward(path)).status_code == 403
    left = world.state(position=BANGKOM, left_on=date(2026, 6, 15))
    assert left.posts[-1].valid_to is None, "what somebody held last stays open"
    for person in (scene["mine"][0], *await world.people(left)):
        assert (await steward(f"/people/{person}/credit")).status_code == 404
    moved = world.state(person_id=holder)
    was = moved.posts[0].model_copy(update={"position": BANGKOM, "valid_to": date(2026, 6, 15)})
    now = moved.posts[0].model_copy(update={"valid_from": date(2026, 6, 15)})
    await world.hear(world.received(moved.model_copy(update={"posts": [was, now]}), 4))
    assert (await steward(f"/people/{holder}/credit")).status_code == 404


async def test_a_person_sees_their_own(api, scene) -> None:
    mine, case, record = scene["mine"]
    for path in [*reads(mine, case, record), "/people/me/credit", "/people/me/evidence"]:
        assert (await api.call("person", "GET", path, person=mine)).status_code == 200
    for path in reads(*scene["theirs"]):
        assert (await api.call("person", "GET", path, person=mine)).status_code == 404
    assert (await api.get("/people/me/credit", role="person", person=mine))["person_id"] == str(mine)
    assert [found["id"] for found in (await api.get("/cases", role="person", person=mine))["items"]] == [case]


async def test_an_officer_sees_themselves_too_wherever_they_serve(api, scene) -> None:
    """A role is worth beside another what it is worth alone; what they see of themselves, nobody lets them decide."""
    (me, case, record), (other, *_) = scene["theirs"], scene["mine"]
    headers = {"authorization": f"Bearer {api.issuer.mint('verifier', 'person', agency=AGENCY, person=me)}"}
    for path in [*reads(me, case, record), *reads(*scene["mine"]), "/people/me/credit"]:
        assert (await api.http.get(f"/v1{path}", headers=headers)).status_code == 200
    shown = (await api.http.get("/v1/cases", headers=headers)).json()["items"]
    assert {found["person_id"] for found in shown} == {str(me), str(other)}
    assert (await api.http.post(f"/v1/cases/{case}/check", headers=headers)).status_code == 404


async def test_a_token_without_a_person_has_no_me(api, scene) -> None:
    for path in ("/people/me/credit", "/people/me/evidence"):
        assert (await api.call("person", "GET", path)).status_code == 403
        assert (await api.call("lan", "GET", path)).status_code == 403
    assert (await api.call("person", "GET", "/cases")).status_code == 403


@pytest.mark.parametrize(("role", "act"), [("verifier", "check"), ("validator", "return"), ("agency_hr", "resubmit")])
async def test_nobody_decides_about_another_agency(api, scene, role: str, act: str) -> None:
    body = {"reason": "x"} if act == "return" else None
    answer = await api.call(role, "POST", f"/cases/{scene['theirs'][1]}/{act}", body)
    assert answer.status_code == 404
    assert (await api.get(f"/cases/{scene['theirs'][1]}"))["version"] == 1


async def test_bulk_acts_do_not_reach_another_agency(api, scene) -> None:
    lines = [{"id": scene["theirs"][1]}, {"id": scene["mine"][1]}]
    answers = await api.bulk("/cases:check", lines, "verifier")
    assert [answer.get("code", answer["status"]) for answer in answers] == ["not-found", "updated"]


async def test_a_national_reader_who_is_also_a_verifier_checks_in_their_agency_only(api, scene) -> None:
    token = api.issuer.mint("lan", "verifier", agency=UUID("0199a000-0000-7000-8000-00000000000a"))
    headers = {"authorization": f"Bearer {token}"}
    assert (await api.http.post(f"/v1/cases/{scene['theirs'][1]}/check", headers=headers)).status_code == 404
    assert (await api.http.post(f"/v1/cases/{scene['mine'][1]}/check", headers=headers)).status_code == 200


async def test_a_predikat_of_another_agencys_person_is_refused(world, api, predicate, scene) -> None:
    answer = await api.call("agency_hr", "POST", "/predicates", predicate(scene["theirs"][0], reference="x"))
    assert (answer.status_code, answer.json()["code"]) == (422, "person-unknown")
    [line] = await api.bulk("/predicates:batch", [predicate(scene["theirs"][0], reference="y")], "agency_hr")
    assert line["code"] == "person-unknown"


async def test_an_error_speaks_the_callers_language(api) -> None:
    indonesian = await api.call("lan", "GET", f"/cases/{OTHER_AGENCY}")
    english = await api.call("lan", "GET", f"/cases/{OTHER_AGENCY}", headers={"accept-language": "en-GB,en"})
    assert indonesian.headers["content-type"] == "application/problem+json"
    assert (indonesian.json()["title"], english.json()["title"]) == ("Data tidak ditemukan.", "Nothing was found here.")


async def test_a_bulk_upload_may_be_larger_than_a_single_body(world, api, predicate) -> None:
    padding = "x" * 60_000
    lines = [predicate(None, nip="199901012022011999", evidence=padding) for _ in range(30)]
    answers = await api.bulk("/predicates:batch", lines, "service")
    assert [answer["code"] for answer in answers] == ["field-invalid"] * 30, "1.8 MB were read"
    refused = await api.call("service", "POST", "/predicates", predicate(None, evidence="x" * 1_100_000))
    assert (refused.status_code, refused.json()["code"]) == (413, "body-too-large")
