"""K13: what counts for my jenjang, and what is wrong with what I mean to send, before it is sent."""

from datetime import date

from jejak_local.harness import OTHER_AGENCY


async def test_the_guide_says_what_counts_now_and_why_the_rest_is_zero(world, api, predicate) -> None:
    [person] = await world.people(
        world.state(
            jenjang="ahli_muda", education="S1", absences=[], away=[("study", date(2025, 3, 1), date(2025, 5, 1))]
        )
    )
    year = predicate(person, period_start="2025-07-01", period_end="2025-12-31")
    case = (await api.call("agency_hr", "POST", "/predicates", year)).json()["id"]
    guide = await api.get(f"/people/{person}/credit/guide", role="person", person=str(person))
    gives = {(way["kind"], way["code"]): way["ak"] for way in guide["counts"]}
    assert gives == {
        ("predikat", "sangat_baik"): "37.500",
        ("predikat", "baik"): "25.000",
        ("predikat", "butuh_perbaikan"): "18.750",
        ("predikat", "kurang"): "12.500",
        ("predikat", "sangat_kurang"): "6.250",
        ("education", None): "25.000",
        ("opening", None): None,
    }
    assert all(way["sources"] and way["source"] and way["status"] for way in guide["counts"])
    zeros = {zero["code"]: zero for zero in guide["nothing"]}
    assert "activity-not-counted" in zeros and "higher-degree" not in zeros
    assert all(zero["explanation"] and zero["source"] for zero in zeros.values())
    last, this = guide["months"]
    assert last["free"] == ["2025-01-01", "2025-02-01", "2025-05-01", "2025-06-01"]
    assert {(out["why"], out["case_id"]) for out in last["left_out"]} == {("on-study", None), ("booked", case)}
    assert len(this["free"]) == 7 and this["left_out"] == []
    [outside] = await world.people(world.state(jenjang=None))
    told = await api.get(f"/people/{outside}/credit/guide")
    assert told["counts"] == [] and {out["why"] for out in told["months"][0]["left_out"]} == {"no-functional-post"}


async def tried(api, line, role="agency_hr", **claims) -> dict:
    answer = await api.call(role, "POST", "/predicates:try", line, **claims)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_what_is_wrong_is_found_before_it_is_sent_by_what_sending_uses(world, api, predicate) -> None:
    """Duplicates, periods and levels: the trial answers as sending does, with the rule, and stores nothing."""
    posts = [("ahli_pertama", date(2010, 1, 1), date(2025, 7, 1)), ("ahli_muda", date(2025, 7, 1), None)]
    [person] = await world.people(world.state(jenjang="ahli_muda", posts=posts))
    good = predicate(person)
    before = await world.value("SELECT count(*) FROM cases")
    said = await tried(api, good)
    assert (said["status"], said["ak"], [part["jenjang"] for part in said["segments"]]) == (
        "stored",
        "18.750",
        ["ahli_pertama", "ahli_muda"],
    )
    assert await world.value("SELECT count(*) FROM cases") == before == 0
    case = (await api.call("agency_hr", "POST", "/predicates", good)).json()
    assert case["ak"] == said["ak"], "sending it comes to the same"
    wrong = {
        "booked": predicate(person, period_start="2025-03-01"),
        "reference": good | {"predikat": "kurang"},
        "level": predicate(person, period_start="2024-01-01", period_end="2024-12-31", jenjang="ahli_muda"),
        "period": predicate(person, period_start="2026-01-01", period_end="2026-12-31"),
        "matrix": predicate(person, period_start="2024-01-01", period_end="2024-12-31", perilaku="di_bawah_ekspektasi"),
        "before": predicate(person, period_start="2009-01-01", period_end="2009-12-31"),
    }
    for name, line in wrong.items():
        trial = await tried(api, line)
        sent = (await api.call("agency_hr", "POST", "/predicates", line)).json()
        assert (trial["status"], trial["code"], trial["field"]) == (
            "refused",
            sent["code"],
            sent["errors"][0]["field"],
        ), name
        assert trial["explanation"] and trial["source"] and trial["rule_pack"], name
    assert (await tried(api, good))["status"] == "duplicate"
    partly = await tried(api, predicate(person, period_start="2024-01-01", period_end="2024-12-31"))
    assert partly["ak"] == "12.500"


async def test_a_person_tries_their_own_and_nobody_elses(world, api, predicate) -> None:
    person, other, outside = await world.people(world.state(), world.state(), world.state(agency=OTHER_AGENCY))
    own = await tried(api, predicate(person), role="person", person=str(person))
    assert (own["status"], own["ak"]) == ("stored", "12.500")
    for line, said in ((predicate(other), {"role": "person", "person": str(person)}), (predicate(outside), {})):
        role = said.pop("role", "agency_hr")
        assert (await api.refused(role, "POST", "/predicates:try", line, **said))[1] == "person-unknown"
    assert (await api.refused("agency_hr", "POST", "/predicates", predicate(person), person=str(person)))[
        1
    ] == "own-case"
