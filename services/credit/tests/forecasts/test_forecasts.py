"""K11 over HTTP: the earliest day by a scenario, with the condition that blocks and what would change it."""

from datetime import date

from credit.domain.periods import Post, Tenure
from credit.forecasts.queries import first_to_count


async def test_the_earliest_day_the_blocking_condition_and_what_would_change_it(world, api, predicate) -> None:
    """At 12.5 a year from January 2026: 50 AK are four years of Baik, less with a higher predikat."""
    [person] = await world.people(world.state())
    year = (await api.call("agency_hr", "POST", "/predicates", predicate(person))).json()["id"]
    for role, act in (("verifier", "check"), ("validator", "attest")):
        await api.call(role, "POST", f"/cases/{year}/{act}")
    path = f"/people/{person}/credit/forecast"
    usual = await api.get(path, role="person", person=str(person))
    rank, level = usual["forecasts"]
    assert (usual["counted_from"], usual["monthly"]) == ("2026-01-01", "1.042")
    assert (rank["act"], rank["to"], rank["day"]) == ("rank", "III/b", "2029-01-01")
    [binding] = rank["binding"]
    assert (binding["code"], binding["without"], binding["rule_pack"]) == (
        "credit-for-rank",
        "2026-07-01",
        "PermenPANRB-1-2023",
    )
    assert binding["explanation"].startswith("Angka kredit 12,5 dari 50") and binding["change"]
    assert set(rank["assumed"]) == {"predicate", "discipline"}
    assert (level["day"], [each["code"] for each in level["binding"]]) == (None, ["test-passed"])
    better = await api.get(f"{path}?predikat=sangat_baik&test_on=2027-03-10&degree_on=2027-01-01")
    days = [each["day"] for each in better["forecasts"]]
    assert days == ["2027-05-01", "2030-01-01"]
    assert [each["code"] for each in better["forecasts"][1]["binding"]] == ["credit-for-level"]
    assert await api.refused("lan", "GET", f"{path}?start=2026-06-30") == (422, "scenario-in-past", "start")
    assert (await api.refused("lan", "GET", f"{path}?predikat=istimewa"))[0] == 422


async def test_who_holds_no_functional_post_rises_by_other_rules(world, api) -> None:
    [person] = await world.people(world.state(jenjang=None))
    assert (await api.get(f"/people/{person}/credit/forecast"))["forecasts"] == []
    assert (await api.get(f"/people/{person}/credit/promotion"))["acts"] == []


def test_months_are_counted_from_the_first_whose_predikat_was_not_attested() -> None:
    today = date(2026, 7, 1)
    tenure = Tenure(date(2010, 1, 1), [Post("ahli_muda", date(2010, 1, 1), None)])
    assert first_to_count(None, tenure, today) == date(2025, 1, 1), "older gaps are HR's to send"
    assert first_to_count(date(2026, 2, 28), tenure, today) == date(2026, 3, 1)
    assert first_to_count(date(2025, 12, 31), tenure, today) == date(2026, 1, 1)
    late = Tenure(date(2010, 1, 1), [Post("ahli_muda", date(2026, 5, 2), None)])
    assert first_to_count(None, late, today) == date(2026, 6, 1), "a month is judged by its first day"
