"""Records over HTTP: one at a time, and uploads with everything in them that can be wrong."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from common.app import create_app
from common.web.bulk import CHUNK, LINE_LIMIT
from jejak_local.harness import waits_for_a_lock
from training.records.commands import store
from training.records.schemas import Training
from training.service import SERVICE


async def test_a_record_sent_again_is_answered_with_the_first(world, api, line):
    person = await world.person()
    given = line(person)
    first = await api.call("agency_hr", "POST", "/trainings", given)
    assert first.status_code == 201
    assert (first.json()["jp_counted"], first.json()["verified"], first.json()["source_kind"]) == (
        "8.000",
        True,
        "system",
    )
    again = await api.call("agency_hr", "POST", "/trainings", given)
    assert (again.status_code, again.json()) == (200, first.json())
    answer = await api.call("agency_hr", "POST", "/trainings", given | {"jp": "9"})
    assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["field"]) == (
        409,
        "reference-conflict",
        "reference",
    )
    assert await world.ledger(person) == ("8.000", "0.000")


async def test_an_idempotency_key_gives_the_first_answer_again(world, api, line):
    person = await world.person()
    given, key = line(person), {"idempotency-key": "k-1"}
    answers = await asyncio.gather(*(api.call("service", "POST", "/trainings", given, key) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    other = await api.call("service", "POST", "/trainings", line(person), key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-conflict")
    assert len(await world.emitted()) == 1


@pytest.mark.parametrize("headers", [{}, {"idempotency-key": "k-1"}], ids=["joined", "with a key"])
async def test_who_comes_second_with_a_reference_waits_for_the_first_and_is_refused(world, api, line, headers):
    first, second = await world.person(), await world.person()
    given = line(first)
    async with world.database.transaction() as session:
        await store(session, [Training.model_validate(given)], world.caller("service"))
        late = given | {"person_id": str(second)}
        outrun = asyncio.create_task(api.call("service", "POST", "/trainings", late, headers))
        await waits_for_a_lock(session, outrun)
    answer = await outrun
    assert (answer.status_code, answer.json()["code"]) == (409, "reference-conflict")
    assert await world.value("SELECT person_id FROM records") == first


async def test_a_refused_request_does_not_use_up_its_key(world, api, line):
    person = await world.person()
    given, key = line(person, end_date="2026-06-16"), {"idempotency-key": "k-1"}
    assert (await api.call("service", "POST", "/trainings", given, key)).status_code == 422
    world.clock.moment = world.clock.moment.replace(day=16)
    assert (await api.call("service", "POST", "/trainings", given, key)).status_code == 201


async def test_a_problem_is_told_in_the_language_asked_for(world, api, line):
    person = await world.person()
    given = line(person, jp="0")
    indonesian = await api.call("service", "POST", "/trainings", given)
    english = await api.call("service", "POST", "/trainings", given, {"accept-language": "en-GB"})
    assert indonesian.json()["title"] == "JP harus lebih dari 0 dan paling banyak 2.000."
    assert english.json()["title"] == "JP must be more than 0 and at most 2,000."
    assert english.json()["type"] == "https://jejak.asn.go.id/problems/jp-out-of-range"


# What a line is, and the answer it must get (None: stored). Everything else in the upload must be stored.
BAD = [
    ("broken JSON", lambda _: b'{"reference": "R-1", "form":', ("invalid-json", None)),
    ("no JSON object", lambda _: b"[1, 2]", ("field-invalid", None)),
    ("not UTF-8", lambda _: b'{"title": "\xff\xfe"}', ("invalid-json", None)),
    ("unknown person", lambda good: good(nip="199001012015011999"), ("person-unknown", "nip")),
    ("NIP with month 13", lambda good: good(nip="199013012015011001"), ("nip-invalid", "nip")),
    ("NIP too short", lambda good: good(nip="19900101"), ("nip-invalid", "nip")),
    ("JP 0", lambda good: good(jp="0"), ("jp-out-of-range", "jp")),
    ("JP negative", lambda good: good(jp="-3"), ("jp-out-of-range", "jp")),
    ("JP with three decimals", lambda good: good(jp="3.125"), ("jp-decimals", "jp")),
    ("JP 10,000", lambda good: good(jp="10000"), ("jp-out-of-range", "jp")),
    ("JP beyond all reckoning", lambda good: good(jp="1E+9999999999"), ("field-invalid", "jp")),
    ("JP that vanishes in it", lambda good: good(jp="1E-9999999999"), ("field-invalid", "jp")),
    ("JP not a number", lambda good: good(jp="NaN"), ("field-invalid", "jp")),
    ("JP with an underscore", lambda good: good(jp="1_0"), ("field-invalid", "jp")),
    ("JP in other digits", lambda good: good(jp="٣"), ("field-invalid", "jp")),
    ("true for a number", lambda good: good(sessions=True), ("field-invalid", "sessions")),
    ("a number for true", lambda good: good(international=1), ("field-invalid", "international")),
    ("JP in words", lambda good: good(jp="delapan"), ("field-invalid", "jp")),
    ("end before start", lambda good: good(end_date="2026-03-01"), ("dates-reversed", "end_date")),
    ("in the future", lambda good: good(end_date="2026-06-16"), ("date-in-future", "end_date")),
    ("no date", lambda good: good(end_date="2026-02-30"), ("date-invalid", "end_date")),
    ("date as a number", lambda good: good(end_date=20260303), ("date-invalid", "end_date")),
    ("seconds as text", lambda good: good(end_date="1772496000"), ("date-invalid", "end_date")),
    ("same reference, other body", lambda good: good(reference="FIRST"), ("reference-conflict", "reference")),
    ("unknown form", lambda good: good(form="XX99"), ("form-unknown", "form")),
    ("unknown course", lambda good: good(course_code="C-9"), ("course-unknown", "course_code")),
    ("unknown field", lambda good: good(hobi="memancing"), ("field-unknown", "hobi")),
    ("no title", lambda good: good(title=None), ("field-missing", "title")),
    ("a title of spaces", lambda good: good(title="   "), ("field-invalid", "title")),
    ("NUL in the title", lambda good: good(title="a\x00b"), ("field-invalid", "title")),
    ("no sessions", lambda good: good(sessions=0), ("field-invalid", "sessions")),
    ("degree of a course", lambda good: good(degree="S2"), ("degree-unexpected", "degree")),
    ("too long", lambda good: good(title="x" * LINE_LIMIT), ("line-too-long", None)),
    ("a title of 2,000 letters", lambda good: good(title="x" * 2_000), ("field-invalid", "title")),
]


async def test_every_bad_line_gets_its_answer_and_nothing_else_is_lost(world, api, line):
    nip = world.nip()
    person = await world.person(nip=nip)
    await world.provider([("KL03", date(2020, 1, 1), date(2026, 5, 1))])

    def good(**changes):
        return line(**{"nip": nip} | changes)

    lines, expected = [good(reference="FIRST", title="Yang pertama", jp="1")], [None]
    for _, make, answer in BAD:
        lines += [make(good), good(jp="1")]
        expected += [answer, None]
    answers = await api.bulk("/trainings:batch", lines)
    assert [answer["line"] for answer in answers] == list(range(1, len(lines) + 1))
    for answer, wanted in zip(answers, expected, strict=True):
        if wanted is None:
            assert answer["status"] == "stored", answer
        else:
            assert (answer["status"], answer["code"], answer["field"]) == ("refused", *wanted)
            assert answer["message"]
            assert nip not in answer["message"]
    stored = len(BAD) + 1
    assert await world.ledger(person) == (f"{stored}.000", "0.000")
    assert len(await world.emitted()) == stored
    assert [answer["status"] for answer in await api.bulk("/trainings:batch", [lines[0], *lines[2::2]])] == [
        "duplicate"
    ] * stored


async def test_wrong_agency_and_wrong_person_are_refused_line_by_line(world, api, line):
    mine, other = await world.person(), await world.person(agency=world.there)
    lines = [line(mine), line(other), line(mine)]
    answers = await api.bulk("/trainings:batch", lines, "agency_hr")
    assert [answer.get("code", answer["status"]) for answer in answers] == ["stored", "agency-mismatch", "stored"]
    answers = await api.bulk("/trainings:batch", [line(mine), line(other)], "person", person=mine)
    assert [answer.get("code", answer["status"]) for answer in answers] == ["stored", "not-yours"]


async def test_a_duplicate_is_found_in_its_own_chunk_and_in_an_earlier_one(world, api, line):
    people = await world.people(*(world.state() for _ in range(10)))
    lines = [line(people[n % 10], jp="1") for n in range(CHUNK + 50)]
    repeated = [lines[3], *lines, lines[3], lines[CHUNK + 20], lines[CHUNK + 20] | {"jp": "2"}]
    answers = await api.bulk("/trainings:batch", repeated)
    assert [answer["status"] for answer in answers[:5]] == ["stored", "stored", "stored", "stored", "duplicate"]
    assert answers[4]["id"] == answers[0]["id"] == answers[-3]["id"]
    assert (answers[-2]["status"], answers[-1]["code"]) == ("duplicate", "reference-conflict")
    assert sum(answer["status"] == "stored" for answer in answers) == CHUNK + 50
    assert await world.value("SELECT sum(verified) FROM jp_ledger") == CHUNK + 50
    assert len(await world.emitted()) == CHUNK + 50


async def test_blank_lines_are_numbered_and_skipped(world, api, line):
    person = await world.person()
    answers = await api.bulk("/trainings:batch", [line(person), b"", b"  ", line(person)])
    assert [(answer["line"], answer["status"]) for answer in answers] == [(1, "stored"), (4, "stored")]


async def test_an_upload_may_be_larger_than_a_single_request(world, api, line):
    person = await world.person()
    lines = [line(person, title="x" * 900, jp="1") for _ in range(1_300)]
    answers = await api.bulk("/trainings:batch", lines)
    assert {answer["status"] for answer in answers} == {"stored"}
    single = await api.call("service", "POST", "/trainings", line(person, evidence="x" * 1_100_000))
    assert (single.status_code, single.json()["code"]) == (413, "body-too-large")


async def test_an_upload_over_its_limit_is_refused(world, line, parts, issuer):
    import httpx2

    small = parts.settings.model_copy(update={"batch_body_limit": 1_000})
    app = create_app(SERVICE, replace(parts, settings=small))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://training") as http:
        answer = await http.post(
            "/v1/trainings:batch", content=b" " * 1_001, headers={"authorization": f"Bearer {issuer.token('service')}"}
        )
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_records_of_a_person_come_in_pages(world, api, line):
    person = await world.person()
    answers = await world.store(
        *(line(person) for _ in range(5)), line(person, end_date="2025-03-03", start_date="2025-03-03")
    )
    first = await api.get(f"/trainings?person_id={person}&year=2026&limit=3")
    rest = await api.get(f"/trainings?person_id={person}&year=2026&limit=3&after={first['next']}")
    assert [item["id"] for item in first["items"] + rest["items"]] == [str(answer.id) for answer in answers[:5]]
    assert rest["next"] is None
    assert len((await api.get(f"/trainings?person_id={person}"))["items"]) == 6
    beyond = await api.refused("lan", "GET", f"/trainings?person_id={person}&year=99999999999")
    assert beyond == (422, "field-invalid", "year")
    assert (await api.refused("lan", "GET", f"/trainings?person_id={person}&after=bm9uc2Vuc2U"))[1] == "field-invalid"


@pytest.mark.parametrize(
    "token",
    [
        {"expires_in": -60},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"audience": "other"},
        {"issuer": "https://elsewhere.example"},
    ],
)
async def test_a_bad_token_stores_nothing(world, api, line, token):
    person = await world.person()
    bearer = {"authorization": f"Bearer {api.issuer.mint('service', **token)}"}
    for path in ("/v1/trainings", "/v1/trainings:batch"):
        answer = await api.http.post(path, json=line(person), headers=bearer)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert await world.value("SELECT count(*) FROM records") == 0
