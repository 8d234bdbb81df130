"""D24: the index of professionalism of a person, and what one more training would change."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.domain.professionalism import PARTS, Professional, Training, index_on, load

DAY = date(2026, 7, 1)
RULES = load().at(DAY).tables
parts = st.sampled_from(PARTS)
trainings = st.lists(
    st.builds(
        lambda part, jp, day: Training(getattr(RULES.forms, part)[0], Decimal(jp), day),
        parts,
        st.integers(1, 24),
        st.dates(date(2023, 1, 1), date(2026, 12, 31)),
    ),
    max_size=6,
)


def counted(group: str, done: list[Training]) -> Decimal:
    """The competence dimension as the tables of domain.md say it, once more in plain words."""
    recent = [each for each in done if each.ended <= DAY]

    def of(part: str, since: date) -> list[Training]:
        return [each for each in recent if each.form in getattr(RULES.forms, part) and each.ended > since]

    technical = sum(each.jp for each in of("technical", date(2025, 7, 1))) >= 20
    seminar = bool(of("seminar", date(2024, 7, 1)))
    if group == "staff":
        return Decimal("22.5") * technical + Decimal("17.5") * seminar
    own = bool(of({"structural": "leadership", "functional": "functional"}[group], date.min))
    return Decimal(15) * own + Decimal(15) * technical + Decimal(10) * seminar


@given(st.sampled_from(["structural", "functional", "staff"]), trainings)
def test_one_more_training_changes_what_the_rule_says(group, done) -> None:
    """The stated change, applied, is what comes of it; and the dimension is what the table says."""
    who = Professional(group, "Analis", "S1", "baik", "none", done)
    index = index_on(RULES, who, DAY)
    assert index.scores["competence"] == counted(group, done)
    assert index.at_least == index.at_most == 15 + counted(group, done) + 25 + 5
    for more in index.more:
        added = Training(getattr(RULES.forms, more.part)[0], more.jp or Decimal(1), DAY)
        after = index_on(RULES, Professional(group, "Analis", "S1", "baik", "none", [*done, added]), DAY)
        assert after.at_least - index.at_least == more.gain > 0
    assert {more.part for more in index.more} == {part.part for part in index.parts if not part.done}


@pytest.mark.parametrize("position", ["Dokter Ahli Muda", "guru", "Perawat"])
def test_positions_without_a_functional_training_have_it(position) -> None:
    assert index_on(RULES, Professional("functional", position), DAY).scores["competence"] == 15
    assert index_on(RULES, Professional("functional", "Analis"), DAY).scores["competence"] == 0


async def test_what_is_not_on_record_is_not_known_and_never_guessed(world, api, predicate) -> None:
    """The index lies between bounds until predikat and discipline are on record; unverified trainings count nothing."""
    [person] = await world.people(world.state())
    path = f"/people/{person}/professionalism"
    await world.hear(
        world.received(world.completed(person, form="KL03", jp_counted=Decimal(15))),
        world.received(world.completed(person, form="KL06", jp_counted=Decimal(4))),
        world.received(world.completed(person, form="KL04", jp_counted=Decimal(40), verified=False)),
    )
    first = await api.get(path, role="person", person=str(person))
    assert {each["dimension"]: each["score"] for each in first["dimensions"]} == {
        "qualification": "15",
        "competence": "10",
        "performance": None,
        "discipline": None,
    }
    assert (first["index"], first["at_least"], first["at_most"], first["band"]) == (None, "25", "60", "Sangat Rendah")
    assert {(each["part"], each["jp"], each["gain"], each["competence"]) for each in first["more"]} == {
        ("functional", None, "15", "25"),
        ("technical", "5", "15", "25"),
    }
    assert "Belum diketahui" in first["dimensions"][2]["explanation"]
    assert {each["status"] for each in first["readings"]} == {"belum dikonfirmasi"}
    year = (await api.call("agency_hr", "POST", "/predicates", predicate(person))).json()["id"]
    for role, act in (("verifier", "check"), ("validator", "attest")):
        await api.call(role, "POST", f"/cases/{year}/{act}")
    clean = {"person_id": str(person), "kind": "discipline", "level": "none", "day": "2026-06-30", "paper": "D"}
    await api.call("agency_hr", "POST", "/facts", clean)
    more = world.completed(person, form="KL10", jp_counted=Decimal(5))
    await world.hear(world.received(more))
    after = await api.get(path)
    assert (after["index"], after["band"]) == ("70", "Rendah")
    await world.hear(world.received(world.revoked(more), 2))
    assert (await api.get(path))["index"] == "55", "a training that was revoked counts no more"


async def test_who_holds_no_post_on_record_has_no_competence_dimension(world, api) -> None:
    [person] = await world.people(world.state(jenjang=None))
    told = await api.get(f"/people/{person}/professionalism")
    assert told["group"] is None and told["parts"] == []
    assert {each["dimension"]: each["score"] for each in told["dimensions"]}["competence"] is None
