"""Somebody is erased: words go, the books stay; and an open case of theirs is told to who asks."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.ids import new_id
from contracts.events.erasure import ErasureAnswered, ErasureAsked
from credit.erasing import ERASING
from jejak_local.harness import owning


async def words_left(world) -> list[str]:
    query = "SELECT count(*) FROM {} t WHERE to_jsonb(t)::text ~* 'terlupa'"
    return [table for table in world.service.metadata.tables if await world.value(query.format(table))]


@pytest.fixture
async def siti(world, api, predicate):
    """Somebody with a case that was returned, repaired and attested, one that is returned, and evidence that was revoked."""
    state = world.state()
    [person] = await world.people(state)
    line = predicate(person, evidence="https://bukti.example/terlupa")
    case = (await api.call("agency_hr", "POST", "/predicates", line)).json()["id"]
    returned = {"reason": "Bukti Terlupa kurang"}
    assert (await api.call("verifier", "POST", f"/cases/{case}/return", returned)).status_code == 200
    repaired = line | {"evidence": "https://bukti.example/terlupa-2", "predikat": "sangat_baik"}
    assert (await api.call("agency_hr", "POST", "/predicates", repaired)).status_code == 200
    for role, act in (("verifier", "check"), ("validator", "attest")):
        assert (await api.call(role, "POST", f"/cases/{case}/{act}")).status_code == 200
    other = predicate(
        person, period_start="2024-01-01", period_end="2024-12-31", evidence="https://bukti.example/terlupa-3"
    )
    second = (await api.call("agency_hr", "POST", "/predicates", other)).json()["id"]
    assert (await api.call("verifier", "POST", f"/cases/{second}/return", returned)).status_code == 200
    record = world.completed(person, title="Pelatihan Terlupa")
    await world.hear(world.received(record))
    await world.hear(world.received(world.revoked(record, reason="Sertifikat Terlupa palsu"), sequence=2))
    return state


async def test_words_go_and_the_books_stay(world, api, siti) -> None:
    assert set(await words_left(world)) == {"cases", "case_history", "evidence"}
    books = "SELECT jenjang, twelfths, entries FROM balances UNION ALL SELECT jenjang, twelfths, months FROM entries"
    before = await world.rows(books)
    assert before
    erased = siti.model_copy(update={"nip_hash": "", "erased_on": siti.joined_on})
    await world.people(erased, sequence=2)
    assert await words_left(world) == []
    assert await world.rows(books) == before
    assert (await api.get(f"/people/{siti.person_id}/credit"))["balance"] == "18.750"
    async with world.database.reading() as session:
        assert await ERASING.preview(session, [siti.person_id]) == {}, "erased again, nothing is left to do"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_history SET reason = 'lain' WHERE reason IS NOT NULL",
        "UPDATE case_history SET reason = NULL, by = 'x' WHERE reason IS NOT NULL",
        "UPDATE case_history SET replaced = replaced - 'predikat' WHERE replaced IS NOT NULL",
        "UPDATE cases SET evidence = 'lain' WHERE state = 'attested'",
        "UPDATE cases SET evidence = NULL, predikat = 'baik' WHERE state = 'attested'",
    ],
)
async def test_words_may_be_lost_and_nothing_else_changed(world, siti, statement: str) -> None:
    with pytest.raises(IntegrityError):
        async with owning(world.database) as connection:
            await connection.execute(text(statement))


async def test_who_has_an_open_case_is_told_of(world, api, predicate) -> None:
    busy, free = await world.people(world.state(), world.state())
    assert (await api.call("agency_hr", "POST", "/predicates", predicate(busy))).status_code == 201
    asked = [ErasureAsked(erasure_id=new_id(), person_id=each, round=2) for each in (busy, free)]
    await world.hear(*(world.received(each) for each in asked))
    told = [event for headers, event in await world.outbox() if headers["ce_type"] == ErasureAnswered.type]
    assert [(each["person_id"], each["service"], each["against"], each["round"]) for each in told] == [
        (str(busy), "credit", "open-case", 2),
        (str(free), "credit", None, 2),
    ]
