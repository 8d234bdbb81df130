"""Log-in, hats and log-out, and what somebody may try on the way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.issuer import LOGGED_OUT
from portal.visits import inside

SOMEBODY = "0199a000-0000-7000-8000-00000000c002"


@pytest.fixture
def moment() -> datetime:
    """Tokens live by the clock of the issuer."""
    return datetime.now(UTC)


async def rows(database, query: str):
    from sqlalchemy import text

    async with database.reading() as session:
        return (await session.execute(text(query))).all()


async def test_who_logs_in_comes_back_to_the_page_they_wanted(visitor, person_id, calls) -> None:
    first = await visitor.get("/card?year=2025")
    assert first.headers["location"] == "/login?next=%2Fcard%3Fyear%3D2025"
    back = await visitor.log_in("person", person=person_id, to="/card?year=2025")
    assert back.headers["location"] == "/card?year=2025"
    page = await visitor.get("/card")
    assert "Sari Contoh" in page.text
    assert "<strong>pegawai ASN</strong>" in page.text


async def test_the_code_is_asked_for_with_pkce_and_bound_to_one_browser(visitor, at_browser) -> None:
    asked = await visitor.get("/login")
    sent = parse_qs(urlsplit(asked.headers["location"]).query)
    assert sent["code_challenge_method"] == ["S256"]
    assert sent.keys() >= {"code_challenge", "nonce", "state"}
    back = await visitor.chosen(asked.headers["location"], "lan")
    other = at_browser()  # whom somebody has sent their own link: they would be logged in as the sender
    assert (await other.get(back)).status_code == 400
    assert (await other.get("/home")).status_code == 303
    assert (await visitor.get(back)).status_code == 303
    assert (await visitor.get(back)).status_code == 400, "a code is good once"


async def test_a_session_gets_a_name_that_nobody_had_before_the_log_in(visitor, database) -> None:
    visitor.http.cookies.set("jejak", "planted", domain="127.0.0.1")
    await visitor.log_in("lan")
    held = [cookie.value for cookie in visitor.http.cookies.jar if cookie.name == "jejak" and cookie.value != "planted"]
    assert len(held) == 1
    await visitor.log_in("lan")
    assert len(await rows(database, "SELECT id FROM sessions")) == 1, "the session before is over"


async def test_what_is_kept_of_a_session_tells_nobody_anything(visitor, database, person_id, issuer) -> None:
    await visitor.log_in("person", person=person_id)
    [row] = await rows(database, "SELECT sessions::text AS said, convert_from(sealed, 'UTF8') AS sealed FROM sessions")
    held = visitor.http.cookies["jejak"]
    for secret in (str(person_id), [*issuer.login._refresh][-1], held, "Sari Contoh"):
        assert secret not in row.said + row.sealed


@pytest.mark.parametrize(
    "planted",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "///evil.example",
        "/\t/evil.example", "/%0d%0aset-cookie:x=1\r\n", "http:evil.example", "", "evil", "//[", "/\x00",
    ],
)  # fmt: skip
async def test_no_link_to_the_portal_leads_away_from_it(visitor, planted) -> None:
    assert inside(planted) == "/"
    back = await visitor.log_in("lan", to=planted)
    assert back.headers["location"] == "/"
    assert (await visitor.get("/language/en", params={"next": planted})).headers["location"] == "/"


async def test_who_has_several_roles_chooses_a_hat_and_sees_it(visitor, person_id, agency, calls) -> None:
    await visitor.log_in("person", "agency_hr", person=person_id, agency=agency)
    assert (await visitor.get("/card?year=2025")).headers["location"] == "/hat?next=%2Fcard%3Fyear%3D2025"
    assert (await visitor.send("/hat", hat="lan")).status_code == 403, "a hat that is not theirs"
    worn = await visitor.send("/hat?next=/card?year=2025", hat="person")
    assert worn.headers["location"] == "/card?year=2025"
    assert (await visitor.send("/hat?next=//evil.example", hat="person")).headers["location"] == "/"
    assert "sebagai pegawai ASN" in await visitor.see("/card")


async def test_a_form_of_another_site_or_session_changes_nothing(visitor, at_browser, person_id) -> None:
    other = at_browser()
    await visitor.log_in("person", "lan", person=person_id)
    await other.log_in("person", "lan", person=SOMEBODY)
    foreign = await other.get("/hat")
    csrf = foreign.text.split('name="csrf" value="')[1].split('"')[0]
    for typed, headers in (
        ({"hat": "person"}, {}),
        ({"hat": "person", "csrf": "x"}, {}),
        ({"hat": "person", "csrf": csrf}, {}),
    ):
        answer = await visitor.http.post("/hat", data=typed, headers=headers)
        assert answer.status_code == 403
        assert "Formulir ini bukan dari sesi Anda" in answer.text
    own = (await visitor.get("/hat")).text.split('name="csrf" value="')[1].split('"')[0]
    typed = {"hat": "person", "csrf": own}
    crossing = await visitor.http.post("/hat", data=typed, headers={"sec-fetch-site": "cross-site"})
    assert crossing.status_code == 403
    assert (await visitor.http.post("/hat", data=typed, headers={"sec-fetch-site": "same-origin"})).status_code == 303


async def test_after_log_out_nothing_is_left_and_the_way_back_shows_nothing(visitor, person_id, database) -> None:
    await visitor.log_in("person", "lan", person=person_id)
    held = visitor.http.cookies["jejak"]
    gone = await visitor.send("/hat", "/logout")
    assert gone.headers["clear-site-data"] == '"cache", "storage"'
    ended = parse_qs(urlsplit(gone.headers["location"]).query)
    assert ended.keys() == {"id_token_hint", "client_id", "post_logout_redirect_uri"}
    assert await rows(database, "SELECT id FROM sessions") == []
    visitor.http.cookies.set("jejak", held)
    again = await visitor.get("/hat")
    assert (again.status_code, again.headers["cache-control"]) == (303, "no-store")


async def test_two_people_at_one_browser_do_not_see_each_other(visitor, person_id, calls) -> None:
    await visitor.log_in("person", person=person_id, name="Budi Contoh")
    await visitor.log_in("person", person=SOMEBODY, name="Ani Contoh")
    page = await visitor.see("/card")
    assert "Ani Contoh" in page
    assert "Budi Contoh" not in page


async def test_a_session_ends_when_nobody_uses_it_and_when_its_day_is_over(visitor, clock) -> None:
    await visitor.log_in("lan")
    clock.moment += timedelta(minutes=29)
    assert (await visitor.get("/hat")).status_code == 200
    clock.moment += timedelta(minutes=29)
    assert (await visitor.get("/hat")).status_code == 200, "it is used"
    clock.moment += timedelta(minutes=31)
    assert (await visitor.get("/hat")).status_code == 303


async def test_tokens_are_renewed_and_a_role_that_was_taken_away_is_gone(visitor, clock, issuer, database) -> None:
    await visitor.log_in("lan", "bkn")
    assert (await visitor.send("/hat", hat="bkn")).status_code == 303
    before = await rows(database, "SELECT sealed FROM sessions")
    for _ in range(3):
        clock.moment += timedelta(minutes=25)
        assert "sebagai BKN" in await visitor.see("/hat")
    assert await rows(database, "SELECT sealed FROM sessions") != before
    grants = issuer.login._refresh
    grants |= {token: replace(grant, roles=("lan",)) for token, grant in grants.items()}
    page = await visitor.see("/hat")
    assert "sebagai LAN" in page
    assert "BKN" not in page
    issuer.login.forget()
    assert (await visitor.get("/hat")).status_code == 303, "the issuer renews no more"


async def test_what_was_typed_when_the_session_ended_is_back_for_the_same_person_alone(
    visitor, at_browser, clock, person_id
) -> None:
    await visitor.log_in("person", "lan", person=person_id)
    form = {"hat": "person", "csrf": (await visitor.get("/hat")).text.split('name="csrf" value="')[1].split('"')[0]}
    clock.moment += timedelta(minutes=31)
    answer = await visitor.http.post("/hat", data=form)
    assert answer.status_code == 401
    assert "disimpan satu jam" in answer.text
    [name] = [part.split('"')[0] for part in answer.text.split("parked%3D")[1:]]
    other = at_browser()
    await other.log_in("person", person=SOMEBODY)
    assert (await other.get(f"/hat?parked={name}")).status_code == 200
    back = await visitor.log_in("person", "lan", person=person_id, to=f"/hat?parked={name}")
    assert back.headers["location"] == f"/hat?parked={name}"


@pytest.mark.parametrize("alone", [True, False])
async def test_the_issuer_ends_sessions_from_behind(visitor, at_browser, issuer, database, alone) -> None:
    other = at_browser()
    for each in (visitor, other):
        await each.log_in("lan")
    [grant, *_] = [*issuer.login._refresh.values()][-2:]
    subject = "lan"
    said = {
        "iss": issuer.url, "aud": "portal", "iat": int(datetime.now(UTC).timestamp()), "sub": subject, "jti": "1",
        "events": {LOGGED_OUT: {}},
    } | ({"sid": grant.session} if alone else {})  # fmt: skip
    for spoilt in ({**said, "nonce": "x"}, {**said, "events": {}}, {**said, "aud": "other"}):
        refused = await visitor.http.post("/backchannel-logout", data={"logout_token": issuer.sign(spoilt)})
        assert refused.status_code == 400
    assert len(await rows(database, "SELECT id FROM sessions")) == 2
    told = await visitor.http.post("/backchannel-logout", data={"logout_token": issuer.sign(said)})
    assert told.status_code == 200
    assert len(await rows(database, "SELECT id FROM sessions")) == (1 if alone else 0)
    assert (await visitor.get("/hat")).status_code == 303


async def test_the_page_of_a_role_that_one_does_not_have_stays_shut(visitor, agency, calls) -> None:
    await visitor.log_in("verifier", agency=agency)
    for path in ("/card", f"/agencies/{agency}", "/exemptions"):
        answer = await visitor.get(path)
        assert (answer.status_code, calls.calls) == (403, [])
        assert "Halaman ini untuk peran lain." in answer.text
