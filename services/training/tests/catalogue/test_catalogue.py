"""Providers, accreditations and courses over HTTP."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from common.ids import new_id
from common.store.database import counted_statements
from jejak_local.harness import until_waiting
from training.catalogue.commands import save_courses, save_providers
from training.catalogue.schemas import CourseIn, ProviderIn


@pytest.fixture
def provider():
    def make(code="P-1", **changes):
        accredited = [{"form": "KL03", "valid_from": "2025-01-01", "valid_to": "2026-01-01"}]
        return {"code": code, "name": "Balai Diklat", "accreditations": accredited} | changes

    return make


@pytest.fixture
def course():
    def make(code="C-1", **changes):
        made = {"code": code, "provider_code": "P-1", "title": "Data", "form": "KL03", "jp": "12"}
        return made | {"competencies": ["data"], "valid_from": "2025-01-01"} | changes

    return make


async def test_a_provider_is_registered_changed_and_read(api, provider):
    created = await api.call("lan", "POST", "/providers", provider())
    assert created.status_code == 201
    assert created.headers["etag"] == '"1"'
    path = f"/providers/{created.json()['id']}"
    assert await api.get(path, "person", person=new_id()) == created.json()
    changed = provider("P-01", name="Balai Baru", accreditations=[])
    answer = await api.call("lan", "PUT", path, changed, {"if-match": '"1"'})
    assert (answer.json()["code"], answer.json()["accreditations"], answer.json()["version"]) == ("P-01", [], 2)
    assert (await api.call("lan", "PUT", path, changed, {"if-match": '"1"'})).status_code == 412


async def test_what_is_stored_twice_at_once_is_stored_once_and_answered_alike(world, api, provider, course):
    """As when a sender has given up waiting and sends again."""
    sent = [("lan", "providers", provider()), ("lan", "courses", course())]
    for role, path, document in sent:
        async with world.database.transaction() as session:
            # Whoever comes second sees nothing of the first, and waits for it.
            await session.execute(text(f"LOCK TABLE {path} IN SHARE MODE"))
            each = [asyncio.create_task(api.bulk(f"/{path}:batch", [document], role)) for _ in range(2)]
            await until_waiting(world.database, 2)
        [[first], [second]] = await asyncio.gather(*each)
        assert first["id"] == second["id"]
        assert {first["status"], second["status"]} == {"stored", "unchanged"}


async def test_a_code_belongs_to_one(api, provider, course):
    await api.call("lan", "POST", "/providers", provider("P-1"))
    second = (await api.call("lan", "POST", "/providers", provider("P-2"))).json()["id"]
    assert (await api.refused("lan", "POST", "/providers", provider("P-1")))[:2] == (409, "code-taken")
    assert (await api.refused("lan", "PUT", f"/providers/{second}", provider("P-1")))[:2] == (409, "code-taken")
    assert (await api.refused("lan", "POST", "/providers", provider("P-3", id=second)))[:2] == (409, "code-taken")
    await api.call("lan", "POST", "/courses", course("C-1"))
    other = (await api.call("lan", "POST", "/courses", course("C-2"))).json()["id"]
    assert (await api.refused("lan", "PUT", f"/courses/{other}", course("C-1")))[:2] == (409, "code-taken")


@pytest.mark.parametrize(
    ("accreditations", "code"),
    [
        ([{"form": "XX99", "valid_from": "2025-01-01"}], "form-unknown"),
        ([{"form": "KL03", "valid_from": "2025-01-01", "valid_to": "2025-01-01"}], "dates-reversed"),
        (
            [{"form": "KL03", "valid_from": "2025-01-01"}, {"form": "KL03", "valid_from": "2025-06-01"}],
            "periods-overlap",
        ),
    ],
)
async def test_accreditations_make_sense(api, provider, accreditations, code):
    body = provider(accreditations=accreditations)
    assert (await api.refused("lan", "POST", "/providers", body))[:2] == (422, code)


async def test_providers_in_bulk_are_known_by_their_codes(world, api, provider):
    lines = [
        provider("P-1"),
        provider("P-2"),
        provider("P-1"),
        provider("P-1", name="Balai Baru"),
        provider("P-3", accreditations=[{"form": "XX99", "valid_from": "2025-01-01"}]),
        b"{",
    ]
    answers = await api.bulk("/providers:batch", lines, "lan")
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "stored",
        "stored",
        "unchanged",
        "updated",
        "form-unknown",
        "invalid-json",
    ]
    assert answers[0]["id"] == answers[2]["id"] == answers[3]["id"]
    answers = await api.bulk("/providers:batch", lines[:4], "lan")
    assert [answer["status"] for answer in answers] == ["updated", "unchanged", "unchanged", "updated"]
    assert await world.value("SELECT name FROM providers WHERE code = 'P-1'") == "Balai Baru"
    assert await world.value("SELECT count(*) FROM accreditations") == 2


async def test_a_course_is_added_changed_and_read(api, provider, course):
    await api.call("lan", "POST", "/providers", provider())
    created = await api.call("lan", "POST", "/courses", course())
    assert (created.status_code, created.json()["jp"]) == (201, "12.000")
    path = f"/courses/{created.json()['id']}"
    changed = await api.call("lan", "PUT", path, course(jp=None, title="Data Lanjutan", competencies=["a", "b"]))
    assert (changed.json()["jp"], changed.json()["competencies"], changed.json()["version"]) == (None, ["a", "b"], 2)
    assert await api.get(path) == changed.json()


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"provider_code": "P-9"}, "provider-unknown", "provider_code"),
        ({"provider_code": None, "provider_id": str(new_id())}, "provider-unknown", "provider_id"),
        ({"form": "XX99"}, "form-unknown", "form"),
        ({"jp": "0"}, "jp-out-of-range", "jp"),
        ({"jp": "1.125"}, "jp-decimals", "jp"),
        ({"valid_to": "2024-01-01"}, "dates-reversed", "valid_to"),
    ],
)
async def test_courses_make_sense(api, provider, course, changes, code, field):
    await api.call("lan", "POST", "/providers", provider())
    assert await api.refused("lan", "POST", "/courses", course(**changes)) == (422, code, field)


async def test_a_provider_keeps_its_own_courses_only(world, api, provider, course):
    await api.call("lan", "POST", "/providers", provider("P-1", id=str(world.school)))
    await api.call("lan", "POST", "/providers", provider("P-2", id=str(world.other_school)))
    own = {name: value for name, value in course().items() if name != "provider_code"}
    created = await api.call("provider", "POST", "/courses", own)
    assert (created.status_code, created.json()["provider_id"]) == (201, str(world.school))
    path = f"/courses/{created.json()['id']}"
    elsewhere = {"provider": world.other_school}
    assert (await api.refused("provider", "PUT", path, course(), **elsewhere))[:2] == (403, "not-yours")
    assert (await api.refused("provider", "PUT", path, own, **elsewhere))[:2] == (403, "not-yours")
    answers = await api.bulk("/courses:batch", [own, course("C-2", provider_code="P-2")], "provider", **elsewhere)
    assert [answer.get("code", answer["status"]) for answer in answers] == ["not-yours", "stored"]
    assert (await api.refused("provider", "POST", "/providers", provider("P-3")))[:2] == (403, "forbidden")


async def test_courses_in_bulk(api, provider, course):
    await api.bulk("/providers:batch", [provider()], "lan")
    lines = [
        course("C-1"),
        course("C-2", competencies=[]),
        course("C-1"),
        course("C-1", jp="13"),
        course("C-3", form="X"),
    ]
    answers = await api.bulk("/courses:batch", lines)
    assert [answer.get("code", answer["status"]) for answer in answers] == [
        "stored",
        "stored",
        "unchanged",
        "updated",
        "form-unknown",
    ]
    shown = await api.get("/courses")
    assert [(item["code"], item["jp"], item["competencies"]) for item in shown["items"]] == [
        ("C-1", "13.000", ["data"]),
        ("C-2", "12.000", []),
    ]


async def test_lists_come_in_pages_and_can_be_narrowed(api, provider, course):
    await api.bulk("/providers:batch", [provider(f"P-{n}") for n in range(1, 6)], "lan")
    await api.bulk("/courses:batch", [course(f"C-{n}", provider_code=f"P-{n}") for n in range(1, 6)])
    for kind in ("providers", "courses"):
        first = await api.get(f"/{kind}?limit=3")
        rest = await api.get(f"/{kind}?limit=3&after={first['next']}")
        assert [item["code"][-1] for item in first["items"] + rest["items"]] == list("12345")
        assert rest["next"] is None
    one = first["items"][0]
    assert [item["code"] for item in (await api.get(f"/courses?provider_id={one['provider_id']}"))["items"]] == ["C-1"]
    assert (await api.get("/courses?form=KL04"))["items"] == []
    assert await api.refused("lan", "GET", "/courses?form=%00") == (422, "field-invalid", "form")


async def test_statements_do_not_grow_with_the_lines(world, provider, course):
    caller = world.caller("lan")
    providers, courses = [], []
    for size in (1, 300):
        async with world.database.transaction() as session:
            with counted_statements(world.database) as run:
                lines = [ProviderIn.model_validate(provider(f"{size}-{n}")) for n in range(size)]
                await save_providers(session, lines, caller)
            providers.append(len(run))
            with counted_statements(world.database) as run:
                lines = [
                    CourseIn.model_validate(course(f"{size}-{n}", provider_code=f"{size}-{n}")) for n in range(size)
                ]
                await save_courses(session, lines, caller)
            courses.append(len(run))
    assert providers == [6, 6]
    assert courses == [3, 3]


async def test_what_is_not_there_is_not_found(api, provider, course):
    await api.call("lan", "POST", "/providers", provider())
    for path, body in ((f"/providers/{new_id()}", provider("P-7")), (f"/courses/{new_id()}", course())):
        assert (await api.refused("lan", "GET", path))[:2] == (404, "not-found")
        assert (await api.refused("lan", "PUT", path, body))[:2] == (404, "not-found")


async def test_what_is_left_out_stays_and_null_clears(api, provider, course):
    await api.bulk("/providers:batch", [provider("P-1"), provider("P-2")], "lan")
    full = course("C-1", valid_to="2026-01-01")
    [stored] = await api.bulk("/courses:batch", [full])
    path = f"/courses/{stored['id']}"
    names = ("title", "provider_id", "jp", "competencies", "valid_to")
    before = await api.get(path, "lan")
    silent = {"code": "C-1", "title": "Baru", "form": "KL03", "valid_from": "2025-01-01"}

    async def now() -> dict:
        found = await api.get(path, "lan")
        return {name: found[name] for name in names}

    kept = {name: before[name] for name in names}
    assert [answer["status"] for answer in await api.bulk("/courses:batch", [silent])] == ["updated"]
    assert await now() == kept | {"title": "Baru"}
    assert (await api.call("lan", "PUT", path, silent | {"title": "Lain"})).status_code == 200
    assert await now() == kept | {"title": "Lain"}
    cleared = silent | {"jp": None, "valid_to": None, "competencies": []}
    assert [answer["status"] for answer in await api.bulk("/courses:batch", [cleared])] == ["updated"]
    assert await now() == kept | {"title": "Baru", "jp": None, "valid_to": None, "competencies": []}

    [known] = await api.bulk("/providers:batch", [{"code": "P-1", "name": "Balai Lain"}])
    path = f"/providers/{known['id']}"
    assert len((await api.get(path, "lan"))["accreditations"]) == 1
    assert (await api.call("lan", "PUT", path, {"code": "P-1", "name": "Balai"})).status_code == 200
    assert len((await api.get(path, "lan"))["accreditations"]) == 1
    await api.bulk("/providers:batch", [provider("P-1", accreditations=[])], "lan")
    assert (await api.get(path, "lan"))["accreditations"] == []


async def test_a_course_says_what_it_gives_asks_and_costs_and_is_found_by_what_somebody_lacks(api, provider, course):
    await api.bulk("/providers:batch", [provider("P-1")], "lan")
    said = {"outcomes": ["Menyusun dasbor", "Membaca data"], "mode": "blended", "seats": 30, "cost": "1500000.5"}
    rich = course("C-1", competencies=["data", "dasbor"], **said)
    lines = [rich, course("C-2", competencies=["menulis"]), course("C-3", competencies=[])]
    assert {answer["status"] for answer in await api.bulk("/courses:batch", lines)} == {"stored"}
    [found] = (await api.get("/courses?competency=dasbor&competency=tidak-ada", "person", person=new_id()))["items"]
    assert {name: found[name] for name in said} == said | {"cost": "1500000.50"}
    assert [each["code"] for each in (await api.get("/courses?competency=data&competency=menulis"))["items"]] == [
        "C-1",
        "C-2",
    ]
    # Its accreditation has lapsed (2026-01-01), and it shows.
    assert found["accredited"] is False
    forever = [{"form": "KL03", "valid_from": "2025-01-01", "valid_to": None}]
    await api.bulk("/providers:batch", [provider("P-1", accreditations=forever)], "lan")
    assert (await api.get(f"/courses/{found['id']}"))["accredited"] is True
    for wrong, field in (
        ({"seats": 0}, "seats"),
        ({"mode": "telepati"}, "mode"),
        ({"cost": "-1"}, "cost"),
        ({"cost": "0.001"}, "cost"),
    ):
        assert await api.refused("lan", "POST", "/courses", course("C-9", **wrong)) == (422, "field-invalid", field)


async def test_lan_alone_changes_accreditation_and_who_and_when_is_kept(world, api, provider):
    made = (await api.call("lan", "POST", "/providers", provider("P-1"), subject="rina")).json()
    path = f"/providers/{made['id']}"
    longer = [{"form": "KL03", "valid_from": "2025-01-01", "valid_to": "2027-01-01"}]
    wanted = provider("P-1", accreditations=longer)
    refused = (403, "accreditation-by-lan", "accreditations")
    assert await api.refused("service", "PUT", path, wanted) == refused
    assert await api.refused("service", "POST", "/providers", provider("P-2")) == refused
    [line] = await api.bulk("/providers:batch", [wanted])
    assert line["code"] == "accreditation-by-lan"
    # What it does not change it may say.
    assert (await api.call("service", "PUT", path, provider("P-1", name="Balai Baru"))).status_code == 200
    assert (await api.call("service", "POST", "/providers", provider("P-3", accreditations=[]))).status_code == 201
    world.clock.moment += timedelta(days=1)
    assert (await api.call("lan", "PUT", path, wanted, subject="dewi")).status_code == 200
    kept = (await api.get(f"{path}/accreditation-changes"))["items"]
    before = provider()["accreditations"]
    assert [(each["changed_by"], each["before"], each["after"]) for each in kept] == [
        ("rina", [], before), ("dewi", before, longer),
    ]  # fmt: skip
    assert [each["changed_at"][:10] for each in kept] == ["2026-06-15", "2026-06-16"]
    assert (await api.call("provider", "GET", f"{path}/accreditation-changes")).status_code == 403


async def test_what_was_given_after_accreditation_lapsed_counts_once_a_person_has_decided(world, api, line):
    code = await world.provider([("KL03", date(2020, 1, 1), date(2026, 3, 1))])
    person = await world.person()
    lapsed = line(person, provider_code=code)
    sent = (await api.call("provider", "POST", "/trainings", lapsed)).json()
    assert (sent["verified"], sent["accredited"], sent["jp_counted"]) == (False, False, "8.000")
    assert await world.ledger(person) == ("0.000", "8.000")
    [(_, _, told)] = await world.emitted()
    assert told["verified"] is False
    [check] = (await api.call("verifier", "POST", "/checks:take", {})).json()["items"]
    assert (check["record"]["id"], check["record"]["accredited"]) == (sent["id"], False)
    assert (await api.call("verifier", "POST", f"/checks/{check['id']}/confirm")).status_code == 200
    assert await world.ledger(person) == ("8.000", "0.000")


async def test_a_course_accredited_itself_is_held_by_that_alone_which_lan_alone_changes(world, api, course, line):
    open_, lapsed = [], [{"valid_from": "2025-01-01", "valid_to": "2026-03-01"}]
    code = await world.provider([("KL03", date(2020, 1, 1), None)])
    made = course("C-1", provider_code=code, jp="8", accreditations=lapsed)
    by_lan = (403, "accreditation-by-lan", "accreditations")
    assert await api.refused("service", "POST", "/courses", made) == by_lan
    found = (await api.call("lan", "POST", "/courses", made, subject="rina")).json()
    assert (found["accreditations"], found["accredited"]) == (lapsed, False), "though its provider is"
    path = f"/courses/{found['id']}"
    assert await api.refused("service", "PUT", path, made | {"accreditations": open_}) == by_lan
    other_form = {name: value for name, value in made.items() if name != "accreditations"} | {"form": "KL06"}
    assert await api.refused("service", "PUT", path, other_form) == (403, "accreditation-by-lan", "form")
    [answer] = await api.bulk("/courses:batch", [made | {"accreditations": open_}], "service")
    assert answer["code"] == "accreditation-by-lan"
    # What is left out stays, whoever sends it.
    silent = {name: value for name, value in made.items() if name != "accreditations"} | {"title": "Lain"}
    assert (await api.call("service", "PUT", path, silent)).json()["accreditations"] == lapsed
    for wrong, reason in (
        ([{"valid_from": "2026-01-01", "valid_to": "2026-01-01"}], "dates-reversed"),
        ([{"valid_from": "2026-01-01"}, {"valid_from": "2026-06-01"}], "periods-overlap"),
    ):
        assert (await api.refused("lan", "PUT", path, made | {"accreditations": wrong}))[1] == reason

    person = await world.person()
    taken = line(person, course_code="C-1", start_date="2026-03-02", end_date="2026-03-02")
    sent = (await api.call("agency_hr", "POST", "/trainings", taken)).json()
    assert (sent["verified"], sent["accredited"]) == (False, False)
    early = taken | {"reference": "R-early", "start_date": "2026-02-02", "end_date": "2026-02-02"}
    assert (await api.call("agency_hr", "POST", "/trainings", early)).json()["accredited"] is True

    world.clock.moment += timedelta(days=1)
    renewed = [*lapsed, {"valid_from": "2026-06-01", "valid_to": None}]
    [answer] = await api.bulk("/courses:batch", [made | {"accreditations": renewed[::-1]}], "lan", subject="dewi")
    assert answer["status"] == "updated"
    assert (await api.get(path))["accredited"] is True
    kept = (await api.get(f"/providers/{found['provider_id']}/accreditation-changes"))["items"]
    of_form = [[{"form": "KL03", **each} for each in periods] for periods in (lapsed, renewed)]
    assert [(each["changed_by"], each["course_id"], each["before"], each["after"]) for each in kept] == [
        ("rina", found["id"], [], of_form[0]), ("dewi", found["id"], *of_form),
    ]  # fmt: skip


async def test_a_correction_is_judged_as_a_new_record_would_be(world, api, line):
    code = await world.provider([("KL03", date(2020, 1, 1), date(2026, 3, 10))])
    person = await world.person()
    sent = (await api.call("provider", "POST", "/trainings", line(person, provider_code=code))).json()
    assert sent["verified"] is True
    body = {"form": "KL03", "title": "Data", "jp": "8", "provider_code": code, "reason": "Tanggal keliru"}
    late, early = [{"start_date": f"2026-03-{day:02}", "end_date": f"2026-03-{day:02}"} for day in (20, 5)]
    path = f"/trainings/{sent['id']}"
    seen = []
    for days in (late, early):
        answer = await api.call("provider", "PUT", path, body | days)
        seen.append((answer.json()["verified"], answer.json()["accredited"]))
    assert seen == [(False, False), (True, True)]
    # Of oneself nobody's correction verifies anything.
    await api.call("provider", "PUT", path, body | late)
    own = await api.call("agency_hr", "PUT", path, body | early, person=person)
    assert (own.json()["verified"], own.json()["accredited"]) == (False, True)
