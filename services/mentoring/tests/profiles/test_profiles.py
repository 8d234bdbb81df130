"""What is known of somebody, and who says so."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from contracts.events.training import TrainingCorrected, TrainingRevoked
from mentoring.domain.levels import Level, counting, rules_on

TODAY = date(2026, 6, 15)


async def test_each_part_of_a_profile_says_where_it_comes_from(api, world) -> None:
    above, below = await world.post(), None
    below = await world.post(above)
    chief, officer = await world.person("ahli_madya", above), await world.person("ahli_muda", below)
    path = f"/people/{officer}/levels"
    await api.call("person", "PUT", path, {"levels": {"menulis": 4, "analisis": 2}}, person=officer)
    await api.call("person", "PUT", path, {"levels": {"menulis": 3}}, person=chief)
    await api.call("person", "PUT", path, {"levels": {"menulis": 5}}, person=officer)
    profile = await api.get(f"/people/{officer}/profile", "person", person=officer)
    assert {each["competency"]: (each["level"], each["source"]) for each in profile["levels"]} == {
        "analisis": (2, "self"),
        "menulis": (3, "superior"),
    }
    assert (profile["jenjang"], profile["position"], profile["sources"]["jenjang"]) == (
        "ahli_muda",
        "Analis",
        "registry",
    )
    stranger = await world.person()
    assert (await api.refused("person", "PUT", path, {"levels": {"menulis": 1}}, person=stranger))[0] == 404
    assert (await api.refused("person", "GET", f"/people/{officer}/profile", person=stranger))[0] == 404


async def test_verified_training_shows_a_level_until_it_is_corrected_or_revoked(api, world) -> None:
    officer = await world.person()
    path = f"/people/{officer}"
    await api.call("person", "PUT", f"{path}/levels", {"levels": {"menulis": 5}}, person=officer)

    async def levels() -> dict[str, tuple[int, str]]:
        profile = await api.get(f"{path}/profile")
        return {each["competency"]: (each["level"], each["source"]) for each in profile["levels"]}

    first = await world.trained(officer, 12, "menulis", "analisis")
    second = await world.trained(officer, 8, "menulis")
    await world.trained(officer, 100, "anggaran", verified=False, source_kind="self")
    assert await levels() == {"menulis": (3, "training"), "analisis": (2, "training")}
    corrected = TrainingCorrected(**second.model_dump() | {"jp_counted": Decimal(7)}, reason="salah ketik")
    await world.hear(world.received(corrected, 2))
    assert await levels() == {"menulis": (2, "training"), "analisis": (2, "training")}
    told = {"record_id": first.record_id, "person_id": officer, "agency_id": first.agency_id, "year": first.year}
    await world.hear(
        world.received(TrainingRevoked(**told, reason="sertifikat palsu"), 2),
        world.received(corrected.model_copy(update={"verified": False}), 3),
    )
    assert await levels() == {"menulis": (5, "self")}


def test_whose_word_counts_most_is_data() -> None:
    """A later `CompetencyLevelChanged` of the career service outranks all others, by the pack as it stands."""
    rules = rules_on(TODAY)
    said = [Level("menulis", number, source, TODAY) for number, source in enumerate(rules.sources, 1)]
    assert counting(said, rules)["menulis"].source == "career"
    turned = replace(rules, sources=rules.sources[::-1])
    assert counting(said, turned)["menulis"].source == "self"
