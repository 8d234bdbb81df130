"""The system under faults: servers stopped, roles killed. Clients insist; afterwards the books must balance."""

import asyncio
import random
from decimal import Decimal
from uuid import uuid4

import asyncpg
import httpx2

from common.messages.dead_letters import listed
from contracts.topics import ACCESS, TOPICS

AWAY_SECONDS = 20


async def dead_letters(jejak) -> int:
    return sum([len(await listed(jejak.stack.kafka.bootstrap, topic.name)) for topic in TOPICS])


async def evidence_of(jejak, ids: set[str]) -> set[str]:
    """Which of these records credit has assessed."""
    connection = await asyncpg.connect(jejak.stack.databases["credit"].dsn)
    try:
        rows = await connection.fetch("SELECT record_id FROM evidence WHERE record_id = ANY($1::uuid[])", list(ids))
        return {str(row["record_id"]) for row in rows}
    finally:
        await connection.close()


async def insist(jejak, path: str, lines: list[dict]) -> list[dict]:
    """Sends an upload again until every line has its answer, as a careful client does."""
    while True:
        try:
            return await jejak.batch("training", path, lines)
        except (httpx2.HTTPError, AssertionError):
            await asyncio.sleep(0.5)


async def test_kafka_stopped_under_requests_loses_nothing_and_drains_in_order(jejak) -> None:
    agency = await jejak.agency()
    people = await jejak.people(agency, 40)
    before = await dead_letters(jejak)
    await jejak.stack.kafka.child.stop()
    try:
        gone = asyncio.create_task(asyncio.sleep(AWAY_SECONDS))
        stored = [
            await jejak.batch("training", "/trainings:batch", [jejak.training(p) for p in people]) for _ in range(3)
        ]
        single = await jejak.post("training", "/trainings", jejak.training(people[0]))
        answer = await jejak.call("training", "POST", f"/trainings/{single['id']}/revoke", json={"reason": "uji"})
        assert answer.status_code == 200
        looked = await jejak.call("registry", "GET", f"/people/{people[0]['id']}", role="lan")
        assert looked.status_code == 200, "whoever looks waits for nothing, and is noted"
        connection = await asyncpg.connect(jejak.stack.databases["registry"].dsn)
        assert await connection.fetchval("SELECT sum(count) FROM outbox WHERE topic = $1", ACCESS.name) >= 1
        await connection.close()
        connection = await asyncpg.connect(jejak.stack.databases["training"].dsn)
        assert await connection.fetchval("SELECT sum(count) FROM outbox") >= 122
        await connection.close()
        await gone
    finally:
        await jejak.stack.kafka.restart()
    ids = {line["id"] for batch in stored for line in batch} | {single["id"]}

    async def arrived():
        return await evidence_of(jejak, ids) == ids

    await jejak.until(arrived)
    await jejak.at_rest()
    me = {"role": "person", "person": people[0]["id"]}
    assert "lan" in str((await jejak.get("registry", "/people/me/looks", **me))["items"])
    evidence = await jejak.get("credit", f"/evidence/{single['id']}")
    assert evidence["state"] == "revoked", "the revocation came after its record"
    assert await dead_letters(jejak) == before
    await jejak.books_balance()


async def test_postgresql_stopped_while_consuming_buries_and_loses_nothing(jejak) -> None:
    agency = await jejak.agency()
    people = await jejak.people(agency, 40)
    before = await dead_letters(jejak)
    upload = asyncio.create_task(
        insist(jejak, "/trainings:batch", [jejak.training(person) for person in people for _ in range(50)])
    )
    await asyncio.sleep(0.3)
    await jejak.stack.postgres.stop(immediately=True)
    try:
        await asyncio.sleep(AWAY_SECONDS)
    finally:
        await jejak.stack.postgres.start()
    answers = await upload
    ids = {answer["id"] for answer in answers}
    assert len(ids) == 2000
    assert {answer["status"] for answer in answers} <= {"stored", "duplicate"}

    async def arrived():
        return await evidence_of(jejak, ids) == ids

    await jejak.until(arrived)
    await jejak.at_rest()
    assert await dead_letters(jejak) == before
    await jejak.books_balance()


async def test_any_role_killed_at_any_moment_loses_and_doubles_nothing(jejak) -> None:
    """SIGKILL of the training and credit roles in turn while a client uploads; it insists until it is answered."""
    seed = 20261122
    chance = random.Random(seed)
    agency = await jejak.agency()
    people = await jejak.people(agency, 60)
    before = await dead_letters(jejak)
    uploads = [[jejak.training(person, jp="0.5") for person in people] for _ in range(40)]
    answers: list[dict] = []

    async def client() -> None:
        for upload in uploads:
            answers.extend(await insist(jejak, "/trainings:batch", upload))
            if chance.random() < 0.2:
                again = await insist(jejak, "/trainings:batch", upload)
                assert {line["status"] for line in again} == {"duplicate"}

    working = asyncio.create_task(client())
    roles = [
        ("training", "api"),
        ("training", "relay"),
        ("credit", "worker"),
        ("training", "worker"),
        ("credit", "relay"),
    ]
    for service, role in [chance.choice(roles) for _ in range(6)] + roles:
        await asyncio.sleep(chance.uniform(0.05, 0.6))
        process = jejak.stack.process(service, role)
        process.kill()
        await process.start()
    await working
    ids = {answer["id"] for answer in answers}
    assert len(ids) == len(answers) == 2400

    async def arrived():
        return await evidence_of(jejak, ids) == ids

    await jejak.until(arrived)
    await jejak.at_rest()
    ledger = await jejak.get("training", f"/people/{people[0]['id']}/jp?year=2026")
    assert Decimal(ledger["verified"]) == Decimal("20.0"), f"seed {seed}"
    assert await dead_letters(jejak) == before
    await jejak.books_balance()


async def test_a_process_of_every_role_stops_cleanly_when_told_to(jejak) -> None:
    agency = await jejak.agency()
    people = await jejak.people(agency, 50)
    upload = asyncio.create_task(
        insist(jejak, "/trainings:batch", [jejak.training(p) for p in people for _ in range(40)])
    )
    await asyncio.sleep(0.2)
    # A role stops in the same way in every service; a role that several have is tried where the upload keeps it busy.
    of_each_role = {process.role: process for process in jejak.stack.processes.values()}
    of_each_role |= {
        process.role: process for process in jejak.stack.processes.values() if process.service == "training"
    }
    for process in of_each_role.values():
        assert await process.stop(within=10) == 0, process.name
        await process.start()
    ids = {answer["id"] for answer in await upload}
    assert len(ids) == 2000

    async def arrived():
        return await evidence_of(jejak, ids) == ids

    await jejak.until(arrived)


async def test_a_message_refused_for_now_comes_later_and_one_refused_for_good_is_listed(jejak) -> None:
    """SMTP answers 451 twice and then 250: one mail. It answers 550: none, and the server's words are shown."""
    patient, hopeless = await jejak.agency(), await jejak.agency()
    await jejak.stack.mail.answer(patient["pic"], "451 4.7.1 try later", times=2)
    await jejak.stack.mail.answer(hopeless["pic"], "550 5.1.1 no such mailbox", times=100)
    for agency in (patient, hopeless):
        [person] = await jejak.people(agency, 1)
        record = await jejak.post("training", "/trainings", jejak.training(person, jp="20"))
        await jejak.run("training", "sweep")
        await jejak.at_rest()
        revoked = await jejak.call(
            "training", "POST", f"/trainings/{record['id']}/revoke", json={"reason": uuid4().hex}
        )
        assert revoked.status_code == 200

    async def failed():
        page = await jejak.get("notification", "/messages?state=failed", role="operator")
        return page["items"]

    [*_, message] = await jejak.until(failed)
    detail = await jejak.get("notification", f"/messages/{message['id']}", role="operator")
    assert "no such mailbox" in str(detail)

    async def came():
        return [mail for mail in jejak.stack.mail.mails() if patient["pic"] in mail.recipients]

    await jejak.until(came)
    assert not [mail for mail in jejak.stack.mail.mails() if hopeless["pic"] in mail.recipients]
