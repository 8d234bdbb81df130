"""X04: a rule is tried before it is law: who would gain and who would lose, with nothing of the ledger changed; then it is made law."""

import re
from datetime import date
from decimal import Decimal

import pytest

from common.enacting import take_over
from common.rules import RulePackError
from common.runner import Runner
from common.store.database import counted_statements
from credit.domain.books import FOLDER, FOLDERS, POINTS, SUBJECTS, read_draft
from credit.domain.packs import PACKS
from credit.drafts import commands
from credit.drafts.enacting import enacted
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

    async def replayed(content: str, subject: str = "conversion") -> tuple[dict, list[dict]]:
        loaded = await api.call("lan", "POST", "/drafts", {"subject": subject, "content": content})
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


def renamed(subject: str) -> str:
    """The newest pack of a subject as it is, under a name of its own."""
    newest = max((FOLDER / FOLDERS.get(subject, subject)).glob("*.toml"))
    return re.sub(r'^id = "[^"]*"', f'id = "Rancangan {subject}"', newest.read_text(), count=1, flags=re.MULTILINE)


@pytest.fixture
def law(parts):
    """What is made law holds for this test alone."""
    before = parts.law.rules
    yield parts
    parts.law.rules = before


@pytest.mark.parametrize("subject", SUBJECTS)
async def test_a_draft_of_any_subject_proves_itself_or_is_refused(api, rules, subject: str) -> None:
    content = renamed(subject)
    loaded = await api.call("lan", "POST", "/drafts", {"subject": subject, "content": content})
    assert (loaded.status_code, loaded.json()["subject"]) == (201, subject), loaded.text
    tables, _, _ = content.partition("[[cases]]")
    bare = {"subject": subject, "content": "cases = []\n" + tables.replace("Rancangan", "Kosong", 1)}
    assert (await api.refused("lan", "POST", "/drafts", bare))[:2] == (422, "draft-invalid")
    other = "waiting" if subject != "waiting" else "returns"
    with pytest.raises(RulePackError):
        read_draft(rules, other, content)
    if subject not in POINTS:
        answer = await api.refused("lan", "POST", f"/drafts/{loaded.json()['id']}/replay")
        assert answer[:2] == (422, "draft-makes-no-points")


async def test_the_present_pack_of_each_subject_changes_no_points_and_a_planted_one_those_of_its_papers(
    world, api, attested, replayed
) -> None:
    """Opening balances by every method, and points by predikat beside them."""
    people = await world.people(*(world.state(jenjang="ahli_muda") for _ in range(4)))
    ways = [
        {"way": "balance", "method": "conventional", "stated": "262.5", "paper_date": "2018-12-20", "day": "2018-12-31"},
        {"way": "balance", "method": "integrated", "stated": "60", "paper_date": "2022-12-20", "day": "2022-12-01"},
        {"way": "balance", "method": "conversion", "stated": "40", "paper_date": "2024-01-20", "day": "2023-12-01"},
        {"way": "first", "day": "2024-01-01", "paper_date": "2024-01-20",
         "ratings": [{"predikat": "baik", "period_start": "2023-01-01", "period_end": "2023-12-31"}]},
    ]  # fmt: skip
    lines = [
        way | {"person_id": str(person), "paper": f"P-{n}"}
        for n, (way, person) in enumerate(zip(ways, people, strict=True))
    ]
    answers = await api.bulk("/openings:batch", lines, "agency_hr")
    assert {answer["status"] for answer in answers} == {"stored"}, answers
    ids = [{"id": answer["id"]} for answer in answers]
    for role, act in (("verifier", "check"), ("validator", "attest")):
        assert {done["status"] for done in await api.bulk(f"/cases:{act}", ids, role)} == {"updated"}
    await attested(people, "baik")
    for subject in sorted(POINTS):
        replay, found = await replayed(renamed(subject), subject)
        assert (replay["people"], replay["totals"], found) == (4, [], []), subject
    row = 'golongan = "III/c"\nfrom_ = 200\nbelow = 300\nbase = '
    raised = renamed("conventional").replace('"Rancangan', '"Lain', 1).replace(f"{row}200", f"{row}190", 1)
    _, found = await replayed(raised, "conventional")
    assert [(each["person_id"], Decimal(each["ak_would_be"]) - Decimal(each["ak"])) for each in found] == [
        (str(people[0]), 10)
    ]


async def test_a_draft_is_made_law_by_a_second_person_for_a_day_to_come_and_holds_from_it(
    world, api, law, replayed, attested, predicate, clock
) -> None:
    """Before that day the old pack applies, from it on the new one: each case by its own months."""
    [person, other] = await world.people(*(world.state(jenjang="ahli_muda") for _ in range(2)))
    await attested([person], "kurang")
    content = without_cases_of(draft("Aturan-2027", **RAISED), "butuh_perbaikan", '"kurang"')
    loaded = (await api.call("lan", "POST", "/drafts", {"content": content}, subject="ani")).json()["id"]
    path, from_2027 = f"/drafts/{loaded}/activate", {"law_from": "2027-01-01"}
    refused = await api.refused("lan", "POST", path, from_2027, subject="budi")
    assert refused[:2] == (409, "draft-not-replayed")
    replays = [(await api.call("lan", "POST", f"/drafts/{loaded}/replay")).json()["id"] for _ in range(2)]
    assert (await api.get(f"/drafts/{loaded}", "lan"))["replay_id"] == replays[-1]
    while await Runner(world.parts, SERVICE.jobs).turn():
        pass
    for subject, body, said in (
        ("ani", from_2027, (403, "draft-of-own")),
        ("budi", {"law_from": clock.today().isoformat()}, (422, "day-not-ahead")),
    ):
        assert (await api.refused("lan", "POST", path, body, subject=subject))[:2] == said
    done = await api.call("lan", "POST", path, from_2027, subject="budi")
    assert done.status_code == 200, done.text
    told = {name: done.json()[name] for name in ("loaded_by", "activated_by", "law_from")}
    assert told == {"loaded_by": "ani", "activated_by": "budi", "law_from": "2027-01-01"}
    assert (await api.refused("lan", "POST", path, from_2027, subject="budi"))[:2] == (409, "draft-is-law")
    again = (await api.call("lan", "POST", "/drafts", {"content": draft("Lagi")}, subject="ani")).json()["id"]
    taken = await api.refused("lan", "POST", f"/drafts/{again}/activate", from_2027, subject="budi")
    assert taken[:2] == (409, "day-taken"), "though this process has not taken the new law over yet"

    await take_over(law, enacted)
    once = law.rules
    await take_over(law, enacted)
    assert law.rules is once, "what is known stands"
    assert [(pack.id, pack.valid_to) for pack in law.rules.packs[-2:]] == [
        ("PermenPANRB-1-2023", date(2027, 1, 1)),
        ("Aturan-2027", None),
    ]
    titles = {pack["id"]: pack["title"] for pack in await api.get("/rule-packs")}
    assert titles.keys() >= {"PermenPANRB-1-2023", "Aturan-2027"}
    clock.moment = clock.moment.replace(year=2028)
    for year, ak in ((2026, "12.500"), (2027, "10.000")):
        months = {"period_start": f"{year}-01-01", "period_end": f"{year}-12-31"}
        sent = await api.call("agency_hr", "POST", "/predicates", predicate(other, predikat="kurang", **months))
        case = await api.get(f"/cases/{sent.json()['id']}")
        assert (case["ak"], {each["rule_pack"] for each in case["segments"]}) == (
            ak,
            {"PermenPANRB-1-2023" if year == 2026 else "Aturan-2027"},
        )
    ids = [{"id": case["id"]} for case in (await api.get("/cases?state=submitted"))["items"]]
    await api.bulk("/cases:check", ids, "verifier")
    await api.bulk("/cases:attest", ids, "validator")
    [total] = (await api.get(f"/people/{other}/credit/explain"))["totals"]
    entries = [await api.get(f"/people/{other}/credit/explain/{each['entry_id']}") for each in total["addends"]]
    assert [each["pack_title"] for each in entries] == [titles["PermenPANRB-1-2023"], titles["Aturan-2027"]]


async def test_a_coefficient_changed_backwards_leaves_what_is_booked_and_shows_what_it_would_be(
    world, api, law, replayed, attested, predicate, take_back
) -> None:
    """A regulation of today that holds from a day gone by: only a release brings one, never a draft."""
    booked, waits, later = await world.people(*(world.state(jenjang="ahli_muda") for _ in range(3)))
    await attested([booked], "baik")
    open_case = (await api.call("agency_hr", "POST", "/predicates", predicate(waits))).json()["id"]
    needs = "coefficient = {}\nkp_need = {}\nkj_need = {}"
    raised = {needs.format(25, 100, 200): needs.format(30, 120, 240)}
    content = without_cases_of(draft("Surut-2025", **raised), "ahli_muda")
    content = content.replace("valid_from = 2027-01-01", "valid_from = 2025-01-01", 1)
    replay, [would_be] = await replayed(content)
    assert (would_be["person_id"], would_be["ak"], would_be["ak_would_be"]) == (str(booked), "25.000", "30.000")
    back = await api.refused(
        "lan", "POST", f"/drafts/{replay['draft_id']}/activate", {"law_from": "2025-01-01"}, subject="budi"
    )
    assert back[:2] == (422, "day-not-ahead")
    ledger = await world.rows("SELECT * FROM entries ORDER BY id")
    law.law.rules = law.law.rules.with_law(
        "conversion", read_draft(law.law.rules, "conversion", content), date(2025, 1, 1)
    )

    # What is booked stays, explained by the rule it was booked by, and its months are booked once.
    assert await world.rows("SELECT * FROM entries ORDER BY id") == ledger
    [total] = (await api.get(f"/people/{booked}/credit/explain"))["totals"]
    [addend] = total["addends"]
    entry = (await api.get(f"/people/{booked}/credit/explain/{addend['entry_id']}"))["entry"]
    assert (total["ak"], entry["rule_pack"], Decimal(entry["base"])) == ("25.000", "PermenPANRB-1-2023", 25)
    again = await api.refused("agency_hr", "POST", "/predicates", predicate(booked))
    assert again[:2] == (409, "months-already-booked")
    # What comes now is by the new one; what waits is judged anew with the next news of its person.
    assert (await api.call("agency_hr", "POST", "/predicates:try", predicate(later))).json()["ak"] == "30.000"
    await world.people(world.state(person_id=waits, jenjang="ahli_muda"), sequence=2)
    case = await api.get(f"/cases/{open_case}")
    assert (case["ak"], [each["rule_pack"] for each in case["segments"]]) == ("30.000", ["Surut-2025"])
    # Whoever has it counted anew loses just what was booked, and gets just what holds now.
    [old] = await world.rows("SELECT id FROM cases WHERE state = 'attested'")
    await take_back(old.id)
    assert (await api.get(f"/people/{booked}/credit"))["balance"] == "0.000"
    await attested([booked], "baik")
    credit = await api.get(f"/people/{booked}/credit")
    assert ([each["ak"] for each in credit["entries"]], credit["balance"]) == (
        ["25.000", "-25.000", "30.000"],
        "30.000",
    )
    assert await world.value("SELECT count(*) FROM booked_months WHERE person_id = :it", it=booked) == 12


async def test_a_rule_that_makes_no_points_is_made_law_without_a_replay(api, law) -> None:
    content = without_cases_of(renamed("conflicts").replace("unit_levels = 0", "unit_levels = 1", 1), "beside")
    loaded = (
        await api.call("lan", "POST", "/drafts", {"subject": "conflicts", "content": content}, subject="ani")
    ).json()
    done = await api.call("lan", "POST", f"/drafts/{loaded['id']}/activate", {"law_from": "2026-08-01"}, subject="budi")
    assert done.status_code == 200, done.text
    await take_over(law, enacted)
    conflicts = law.rules.conflicts
    assert [conflicts.at(day).tables.unit_levels for day in (date(2026, 7, 31), date(2026, 8, 1))] == [0, 1]
