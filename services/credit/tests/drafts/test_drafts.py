"""X04: a rule is tried before it is law: who would gain and who would lose, with nothing of the ledger changed."""

from decimal import Decimal

import pytest

from common.runner import Runner
from common.store.database import counted_statements
from credit.domain.packs import PACKS
from credit.drafts import commands
from credit.service import SERVICE

PRESENT = (PACKS / "konversi-2023.toml").read_text()


def draft(name: str = "Rancangan-2027", **changed: str) -> str:
    """The present pack under another name and day, with these pieces of text in place of others."""
    said = PRESENT.replace('id = "PermenPANRB-1-2023"', f'id = "{name}"', 1)
    said = said.replace("valid_from = 2023-01-01", "valid_from = 2027-01-01", 1)
    for old, new in changed.items():
        assert old in said, old
        said = said.replace(old, new)
    return said


RAISED = {
    'butuh_perbaikan = { label = "Cukup/Butuh Perbaikan", percent = 75': 'butuh_perbaikan = { label = "Cukup/Butuh Perbaikan", percent = 80',
    'kurang = { label = "Kurang", percent = 50': 'kurang = { label = "Kurang", percent = 40',
}


@pytest.fixture
def attested(api, predicate):
    async def attested(people, predikat: str) -> None:
        lines = [predicate(person, predikat=predikat) for person in people]
        ids = [{"id": answer["id"]} for answer in await api.bulk("/predicates:batch", lines, "service")]
        await api.bulk("/cases:check", ids, "verifier")
        await api.bulk("/cases:attest", ids, "validator")

    return attested


@pytest.fixture
def replayed(api, world):
    """Loads a draft, goes through all points under it, and gives the replay with its changes."""

    async def replayed(content: str) -> tuple[dict, list[dict]]:
        loaded = await api.call("lan", "POST", "/drafts", {"content": content})
        assert loaded.status_code == 201, loaded.text
        ordered = await api.call("lan", "POST", f"/drafts/{loaded.json()['id']}/replay")
        assert ordered.status_code == 202, ordered.text
        while await Runner(world.parts, SERVICE.jobs).turn():
            pass
        path = f"/replays/{ordered.json()['id']}"
        return await api.get(path), (await api.get(f"{path}/changes"))["items"]

    return replayed


def without_cases_of(content: str, *words: str) -> str:
    """A pack without those of its cases that ask for one of these."""
    head, *cases = content.split("[[cases]]")
    return "[[cases]]".join([head, *(case for case in cases if not any(word in case for word in words))])


async def test_the_present_rules_change_nothing_and_a_planted_change_hits_exactly_the_planted(
    world, api, attested, replayed, monkeypatch
) -> None:
    monkeypatch.setattr(commands, "PEOPLE_A_STEP", 4)
    people = await world.people(*(world.state(jenjang="ahli_muda") for _ in range(11)))
    planted, worse, rest = people[:3], people[3:5], people[5:]
    for some, predikat in ((planted, "butuh_perbaikan"), (worse, "kurang"), (rest, "baik")):
        await attested(some, predikat)
    ledger = await world.rows("SELECT * FROM entries ORDER BY id")
    same, none = await replayed(draft())
    assert (same["people"], same["entries"], same["totals"], none) == (11, 11, [], [])
    assert same["ended_at"] and same["replaces"] == "PermenPANRB-1-2023"
    changed, found = await replayed(without_cases_of(draft("Rancangan-lain", **RAISED), "butuh_perbaikan", '"kurang"'))
    assert {each["person_id"] for each in found} == {str(person) for person in (*planted, *worse)}
    gains = {each["person_id"]: (each["ak"], each["ak_would_be"]) for each in found}
    assert gains[str(planted[0])] == ("18.750", "20.000") and gains[str(worse[0])] == ("12.500", "10.000")
    [total] = changed["totals"]
    assert (total["jenjang"], total["gain"], total["lose"]) == ("ahli_muda", 3, 2)
    assert (Decimal(total["gained"]) / 12, Decimal(total["lost"]) / 12) == (Decimal("3.75"), Decimal(5))
    path = f"/replays/{changed['id']}/changes"
    for who, some in (("gain", planted), ("lose", worse)):
        listed = (await api.get(f"{path}?who={who}&limit=1000"))["items"]
        assert {each["person_id"] for each in listed} == {str(person) for person in some}
    first = await api.get(f"{path}?limit=2")
    after = await api.get(f"{path}?limit=1000&after={first['next']}")
    assert [each["person_id"] for each in (*first["items"], *after["items"])] == [each["person_id"] for each in found]
    assert await world.rows("SELECT * FROM entries ORDER BY id") == ledger, "a replay only reads"


async def test_a_draft_that_does_not_prove_itself_is_refused(api) -> None:
    for content, said in (
        ("not toml", "TOMLDecodeError"),
        (without_cases_of(draft(), "id"), "cases"),
        (
            draft(**{'label = "Sangat Baik", percent = 150': 'label = "Sangat Baik", percent = 145'}),
            "expected",
        ),
        (draft(**{"coefficient = 12.5": 'coefficient = "banyak"'}), "draft"),
        (draft().replace("\n[tables.sources]", "\n[tables.others]", 1), "sources"),
    ):
        answer = await api.call("lan", "POST", "/drafts", {"content": content})
        assert (answer.status_code, said in answer.text) == (422, True), said
        assert answer.json()["code"] == "draft-invalid"
    assert (await api.call("lan", "POST", "/drafts", {"content": draft()})).status_code == 201
    assert (await api.refused("lan", "POST", "/drafts", {"content": draft()}))[:2] == (409, "draft-known")
    assert (await api.refused("lan", "POST", "/drafts", {"content": PRESENT}))[1] == "draft-known"
    for role in ("agency_hr", "analis"):
        assert (await api.call(role, "POST", "/drafts", {"content": draft("x")})).status_code == 403


async def test_a_step_takes_the_same_statements_however_many_people_it_goes_through(world, attested, replayed) -> None:
    counts = []
    for number in (2, 30):
        await attested(await world.people(*(world.state() for _ in range(number))), "baik")
        with counted_statements(world.database) as statements:
            replay, _ = await replayed(draft(f"Rancangan-{number}"))
        assert replay["people"] >= number
        counts.append(len(statements))
    assert counts[0] == counts[1]
