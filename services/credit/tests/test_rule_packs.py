from uuid import UUID

ANI = str(UUID(int=1))


async def test_the_rules_are_shown_with_their_sources(api) -> None:
    old, new = await api.get("/rule-packs", role="person", person=ANI)
    assert (old["id"], old["valid_to"], old["jenjang"]) == ("SE-MenPANRB-8-2023", "2023-01-01", [])
    assert (new["id"], new["valid_from"], new["valid_to"]) == ("PermenPANRB-1-2023", "2023-01-01", None)
    levels = {level["code"]: level for level in new["jenjang"]}
    assert len(levels) == 8
    assert (levels["ahli_muda"]["coefficient"], levels["ahli_muda"]["kj_need"]) == ("25", "200")
    assert set(levels["ahli_muda"]["sources"]) <= set(new["sources"])
    assert {row["code"]: row["percent"] for row in new["predikat"]}["sangat_baik"] == 150
    assert len(new["predikat_matrix"]) == 9
    assert new["education"]["percent"] == 25


async def test_what_the_sources_leave_open_is_marked_and_told_in_both_languages(api) -> None:
    _, pack = await api.get("/rule-packs", role="person", person=ANI)
    answer = await api.call("person", "GET", "/rule-packs", headers={"Accept-Language": "en"}, person=ANI)
    for indonesian, english in zip(pack["readings"], answer.json()[1]["readings"], strict=True):
        assert indonesian["status"] == "belum dikonfirmasi"
        assert "Belum dikonfirmasi" in indonesian["explanation"]
        assert "Not confirmed" in english["explanation"]
        assert indonesian["source"]
    assert {reading["code"] for reading in pack["readings"]} >= {"month-by-its-first-day", "year-after-periodic"}
