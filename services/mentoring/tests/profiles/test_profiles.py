"""What is known of somebody, and who says so."""


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
