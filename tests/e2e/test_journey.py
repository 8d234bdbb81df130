"""One finished training travels to a ledger, to credit and to a PIC's mailbox."""

import asyncio
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

from rich.console import Console

from contracts.topics import CONTACTS
from jejak_local.books import records
from jejak_local.collector import trace_tree


async def test_a_training_reaches_the_ledger_and_is_explained(jejak) -> None:
    agency = await jejak.agency()
    [person] = await jejak.people(agency, 1)
    line = jejak.training(person, jp="12.5")
    record = await jejak.post("training", "/trainings", line, headers={"Idempotency-Key": uuid4().hex})
    ledger = await jejak.get("training", f"/people/{person['id']}/jp?year=2026")
    assert (Decimal(ledger["verified"]), Decimal(ledger["left"])) == (Decimal("12.5"), Decimal("7.5"))
    [form] = [form for form in ledger["forms"] if form["form"] == "KL03"]
    assert [found["id"] for found in form["records"]] == [record["id"]]
    assert ledger["rule"]["pack"]
    assert ledger["rule"]["source"]


async def test_a_training_is_kept_by_credit_as_evidence_with_an_explained_zero(jejak) -> None:
    agency = await jejak.agency()
    [person] = await jejak.people(agency, 1)
    record = await jejak.post("training", "/trainings", jejak.training(person))

    async def seen():
        answer = await jejak.call("credit", "GET", f"/evidence/{record['id']}")
        return answer.status_code == 200 and answer.json()

    evidence = await jejak.until(seen)
    assert evidence["outcome"] == "no-points"
    assert "1/2023" in str(evidence)


async def test_a_completion_is_in_five_read_models_which_agree_though_a_consumer_was_killed(jejak) -> None:
    """T07: hours, competency, evidence, what the agency's system is told, and who is short by the digest, each in its own service."""
    agency = await jejak.agency()
    [person] = await jejak.people(agency, 1)
    hr = {"role": "agency_hr", "agency": agency["id"]}
    target = {"url": "https://simpeg.uji.example/jejak", "events": ["training.completed"]}
    hook = await jejak.post("connectors", "/webhooks", target | {"purpose": "Uji", "reference": "uji"}, **hr)
    for arguments in ((), ("--again", "2026", "1")):  # what was never swept is not swept again
        assert (await jejak.run("training", "sweep", *arguments))[0] == 0
    await jejak.at_rest()
    swept, *_ = (await jejak.get("notification", "/rounds", **hr))["items"]
    assert (swept["short"], swept["resolved"]) == (1, 0)

    worker = jejak.stack.process("credit", "worker")
    async with jejak.held("credit", "evidence") as is_waited_for:
        line = jejak.training(person, jp="20", competencies=["analisis-data"])
        record = await jejak.post("training", "/trainings", line)
        await jejak.until(is_waited_for)
        worker.kill()
    assert (await jejak.call("credit", "GET", f"/evidence/{record['id']}")).status_code == 404
    await worker.start()
    await jejak.at_rest()

    ledger = await jejak.get("training", f"/people/{person['id']}/jp?year=2026")
    assert Decimal(ledger["verified"]) == 20
    evidence = await jejak.get("credit", f"/evidence/{record['id']}")
    assert (evidence["state"], Decimal(evidence["jp_counted"])) == ("active", 20)
    profile = await jejak.get("mentoring", f"/people/{person['id']}/profile", role="person", person=person["id"])
    assert [(each["competency"], each["source"]) for each in profile["levels"]] == [("analisis-data", "training")]
    [told] = (await jejak.get("connectors", f"/webhooks/{hook['id']}/deliveries", **hr))["items"]
    assert told["event"] == "training.completed"
    swept = await jejak.get("notification", f"/rounds/{swept['id']}", **hr)
    assert (swept["short"], swept["resolved"]) == (0, 1)
    await jejak.books_balance()


async def test_a_higher_degree_opens_a_case_for_the_education_bonus(jejak) -> None:
    agency = await jejak.agency()
    [person] = await jejak.people(agency, 1, jenjang="ahli_muda", golongan="III/c")
    officer = {"agency": agency["id"], "person": uuid4()}
    degree = jejak.training(person, form="PD01", degree="S2", jp=None, title="Magister")
    await jejak.post("training", "/trainings", degree, role="agency_hr", **officer)

    async def opened():
        page = await jejak.get("credit", f"/cases?agency_id={agency['id']}")
        return page["items"]

    [case] = await jejak.until(opened)
    assert case["kind"] == "education"
    assert Decimal(case["ak"]) == 25  # reference.json AK-15
    check = ("credit", "POST", f"/cases/{case['id']}/check")
    refused = await jejak.call(*check, role="verifier", **officer)
    assert (refused.status_code, refused.json()["code"]) == (409, "same-person"), "who sent the record"
    assert (await jejak.call(*check, role="verifier", agency=agency["id"])).status_code == 200


async def test_a_predicate_is_checked_and_attested_by_two_people_and_goes_out_once(jejak) -> None:
    agency = await jejak.agency()
    [person] = await jejak.people(agency, 1)
    case = await jejak.post(
        "credit",
        "/predicates",
        {
            "source_name": "uji", "reference": uuid4().hex, "nip": person["nip"], "period_start": "2025-01-01",
            "period_end": "2025-12-31", "predikat": "sangat_baik",
        },
    )  # fmt: skip
    await jejak.post("credit", f"/cases/{case['id']}/check", role="verifier", agency=agency["id"])
    await jejak.post("credit", f"/cases/{case['id']}/attest", role="validator", agency=agency["id"])
    account = await jejak.get("credit", f"/people/{person['id']}/credit")
    assert account["balance"] == "18.750"  # reference.json AK-01
    await jejak.at_rest()

    sent = [
        body
        async for _, body in records(jejak.stack.kafka.bootstrap, "credit.decision.v1")
        if person["id"].encode() in body
    ]
    assert len(sent) == 2, "submitted, and verified"
    assert b'"twelfths":"225' in sent[1]


async def test_a_shortfall_becomes_one_mail_to_the_pic_is_resolved_and_reopened_and_traced_to_the_mail(jejak) -> None:
    agency = await jejak.agency()
    people = await jejak.people(agency, 5)
    await jejak.batch("training", "/trainings:batch", [jejak.training(person, jp="20") for person in people[:3]])
    await jejak.batch("training", "/trainings:batch", [jejak.training(people[3], jp="2")])
    await jejak.at_rest()

    def mine():
        return [mail for mail in jejak.stack.mail.mails() if agency["pic"] in mail.recipients]

    first, second = await asyncio.gather(jejak.run("training", "sweep"), jejak.run("training", "sweep"))
    assert (first[0], second[0]) == (0, 0), (first, second)
    await jejak.at_rest()
    before = len(mine())
    assert before in {0, 2}, "a mail for each closed caturwulan; none if they were swept before this agency was there"
    for arguments in (("--again", "2026", "1"), ("--again", "2026", "2"), ()):
        code, output = await jejak.run("training", "sweep", *arguments)
        assert code == 0, output
    await jejak.at_rest()
    assert len(mine()) == before + 2, "one mail for each round, though a sweep ran twice at once and once more after it"
    for mail in mine():
        assert {part.get_content_type() for part in mail.message.walk()} >= {"text/plain", "text/html"}
        assert "2 dari 5 pegawai" in mail.subject
    shortfalls = await jejak.get("training", f"/shortfalls?agency_id={agency['id']}&year=2026&period=1")
    assert {row["person_id"] for row in shortfalls["items"]} == {people[3]["id"], people[4]["id"]}

    late = await jejak.post("training", "/trainings", jejak.training(people[4], jp="20"))

    async def resolved():
        page = await jejak.get("training", f"/shortfalls?agency_id={agency['id']}&year=2026&period=1&state=open")
        return [row["person_id"] for row in page["items"]] == [people[3]["id"]]

    await jejak.until(resolved)

    trace = uuid4().hex
    revoked = await jejak.call(
        "training", "POST", f"/trainings/{late['id']}/revoke", json={"reason": "salah orang"},
        headers={"traceparent": f"00-{trace}-{trace[:16]}-01"},
    )  # fmt: skip
    assert revoked.status_code == 200, revoked.text

    async def reopened_mail():
        return len(mine()) > before + 2

    await jejak.until(reopened_mail)

    async def whole_trace():
        names = {span["name"] for span in _chain(jejak.stack.spans(), trace)}
        wanted = {
            "create training.record.v1", "send training.record.v1", "process training.record.v1",
            "create training.shortfall.v1", "process training.shortfall.v1", "send mail",
        }  # fmt: skip
        return wanted <= names

    await jejak.until(whole_trace)
    console = Console(width=200)
    with console.capture() as drawn:
        console.print(trace_tree(jejak.stack.spans(), trace))
    assert "send mail" in drawn.get()
    await jejak.books_balance()


def _chain(spans, trace: str) -> list[dict]:
    """The spans of a trace and of all that link to it, however far."""
    found, traces = [], {trace}
    while True:
        more = [
            span
            for span in spans
            if span not in found
            and (span["trace"] in traces or any(link["trace"] in traces for link in span.get("links", ())))
        ]
        if not more:
            return found
        found += more
        traces |= {span["trace"] for span in more}


async def test_no_nip_and_no_name_in_logs_traces_or_topics(jejak, folder: Path) -> None:
    agency = await jejak.agency()
    name = f"Rahasia{uuid4().hex[:8]}"
    [person] = await jejak.people(agency, 1, name=name)
    await jejak.batch(
        "training", "/trainings:batch", [jejak.training(person), jejak.training(person, jp="0"), "{broken"]
    )
    await jejak.at_rest()
    for file in [*folder.glob("logs/*.log"), *folder.glob("*.jsonl")]:
        content = file.read_text(errors="replace")
        assert person["nip"] not in content, file
        assert name not in content, file
    # By what it is told of contacts notification writes to people, and nobody else reads it.
    assert await jejak.topics_with([person["nip"], name]) <= {CONTACTS.name}


async def test_every_bad_line_gets_its_own_answer_and_nothing_else_is_lost(jejak) -> None:
    agency, other = await jejak.agency(), await jejak.agency()
    [person] = await jejak.people(agency, 1)
    [stranger] = await jejak.people(other, 1)
    good = jejak.training(person)
    lines = [
        good,
        "{this is no JSON",
        jejak.training(person, nip="199013012015051001"),
        jejak.training(person, nip="198512312010011999"),
        jejak.training(person, jp="0"),
        jejak.training(person, jp="-1"),
        jejak.training(person, jp="1.125"),
        jejak.training(person, jp="10000"),
        jejak.training(person, end_date="2026-03-01"),
        jejak.training(person, end_date="2030-03-01"),
        good,
        good | {"title": "Lain"},
        jejak.training(stranger),
        jejak.training(person, form="XX99"),
        jejak.training(person, jp="3"),
    ]
    answers = await jejak.batch("training", "/trainings:batch", lines, role="agency_hr", agency=agency["id"])
    assert [answer.get("code") or answer["status"] for answer in answers] == [
        "stored", "invalid-json", "nip-invalid", "person-unknown", "jp-out-of-range", "jp-out-of-range", "jp-decimals",
        "jp-out-of-range", "dates-reversed", "date-in-future", "duplicate", "reference-conflict", "agency-mismatch",
        "form-unknown", "stored",
    ]  # fmt: skip
    assert answers[10]["id"] == answers[0]["id"]
    ledger = await jejak.get("training", f"/people/{person['id']}/jp?year=2026")
    assert Decimal(ledger["verified"]) == 11
