"""What somebody may try on every page and in every form, found by their links: script, forms of others, haste, services that are away."""

import asyncio
import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from contracts.roles import ROLES
from jejak_local.visitor import Form, Read, Visitor
from portal.visits import Page, pages_of
from services.portal.tests.furnished import Furnished
from services.portal.tests.test_every_page import is_page, routes

SCRIPT = '"><script>alert(1)</script>'
NOBODY = "0199a000-0000-7000-8000-00000000dead"
TYPED = {"text", "textarea", "search", "email", "tel", "url"}
"""Fields in which people write what they like."""
VALID = {"date": "2026-06-16", "datetime-local": "2026-06-20T09:00", "number": "1"}
OWN = {"csrf", "do", "version", "once"}
"""Fields that the page sends of itself, and by which it knows its form."""
ENDS = re.compile(r"cancel|withdraw|leave|end|close|off|decline|reject|refuse|logout")
"""Deeds after which another has nothing left to be done to: tried last."""


def filled(path: str) -> str:
    """The path of a route with an id in the place of each of its parameters."""
    return re.sub(r"{[^}]+}", NOBODY, path)


def guard(route: Any) -> Page | None:
    return next((each.call for each in route.dependant.dependencies if isinstance(each.call, Page)), None)


def typed(form: Form, *, wild: bool = False) -> dict[str, str]:
    """A form as somebody sends it who writes script wherever they can write; the wild one writes where nobody can, too."""
    sent = dict(form.fields)
    for name, kind in form.kinds.items():
        if kind in TYPED or (wild and name not in OWN):
            sent[name] = SCRIPT
        elif name in form.choices and not sent[name]:
            sent[name] = next((each for each in form.choices[name] if each), "")
        elif kind in VALID and not sent[name]:
            sent[name] = VALID[kind]
    return sent


def written(form: Form) -> int:
    return sum(kind in TYPED for kind in form.kinds.values())


async def forms(furnished: Furnished) -> list[tuple[Visitor, str, Form]]:
    """Every form of every page, with one who sees it and where it goes; those that end something last."""
    found: dict[tuple[str, str, str], tuple[Visitor, str, Form]] = {}
    for shape, (who, answer) in (await furnished.pages()).items():
        for form in Read(answer.text).forms if is_page(answer) else ():
            if form.method == "post" and form.action != "/logout":
                key = (shape, form.fields.get("do", ""), str(sorted(form.fields)))
                found.setdefault(key, (who, form.action or answer.url.path, form))
    return sorted(found.values(), key=lambda each: bool(ENDS.search(each[2].fields.get("do", ""))))


def harmless(answer: httpx2.Response) -> bool:
    return answer.status_code < 500 and SCRIPT not in answer.text and "<script>alert" not in answer.text


async def test_no_form_lets_script_in_whatever_is_typed_and_however_often_it_is_sent(furnished) -> None:
    """Reflected, stored, and in what the address asks for; each form is sent twice at once."""
    wrong: list[tuple[str, dict[str, str], int]] = []
    sent = 0
    for who, action, form in await forms(furnished):
        for said in (typed(form, wild=True), typed(form)):
            answers = await asyncio.gather(*(who.http.post(action, data=said) for _ in range(2)))
            # Of two at the same moment that make the same, the later may be told to try again.
            taken = any(each.status_code < 400 for each in answers)
            outrun = [each for each in answers if taken and each.status_code == 503]
            wrong += [(action, said, each.status_code) for each in answers if not harmless(each) and each not in outrun]
            sent += written(form)
    assert wrong == []
    assert sent > 40, "there are as many fields to write in"
    shown = await furnished.pages()
    assert [shape for shape, (_, answer) in shown.items() if not harmless(answer)] == []
    stored = [shape for shape, (_, answer) in shown.items() if SCRIPT in unescape(answer.text)]
    assert len(stored) >= 5, "it was taken, and is shown as the words it is"
    for route in routes("GET"):
        for name in (field.alias for field in route.dependant.query_params):
            for shape, (who, answer) in shown.items():
                if re.fullmatch(re.sub(r"{[^}]+}", "[^/]+", route.path), shape):
                    asked = dict(answer.url.params) | {name: SCRIPT}
                    assert harmless(await who.get(answer.url.path, params=asked)), (shape, name)


async def test_what_was_typed_is_kept_when_the_service_is_away(furnished, calls) -> None:
    found, apps = await forms(furnished), dict(calls.apps)
    lost: list[tuple[str, str]] = []
    for who, action, form in found:
        if not written(form):
            continue
        words = {name: f"Kata {n}" for n, name in enumerate(form.fields) if form.kinds[name] in TYPED}
        calls.apps.clear()
        answer = await who.http.post(action, data=typed(form) | words)
        calls.apps.update(apps)
        assert answer.status_code < 500, (action, answer.text)
        if answer.is_redirect:
            assert action.startswith("/views"), (
                "a view is the portal's own, asks no service, and is saved; nothing else is"
            )
            continue
        kept = unescape(answer.text)
        if again := re.search(r'href="([^"]*parked=[^"]+)"', answer.text):
            kept = unescape((await who.get(unescape(again[1]))).text)
        lost += [(action, name) for name, each in words.items() if each not in kept]
    assert lost == []


async def test_no_form_of_another_site_is_taken_by_any_page(visitor, calls, person_id, agency) -> None:
    claims = {"person": person_id, "agency": agency, "provider": agency, "connection": agency}
    hats = [role for role in ROLES if set(ROLES[role].needs) <= claims.keys()]
    await visitor.log_in(*hats, **claims)
    calls.calls.clear()
    for route in routes("POST"):
        if guard(route) is not None:
            answer = await visitor.http.post(filled(route.path), data={"do": "enrol", "csrf": "x"})
            assert (answer.status_code, calls.calls) == (403, []), route.path
            assert "Formulir ini bukan dari sesi Anda" in answer.text, route.path


@pytest.mark.parametrize("hat", ROLES)
async def test_each_page_opens_to_its_hats_and_to_no_other(app, visitor, calls, person_id, agency, hat) -> None:
    """Each hat tries each page, to look and to send: another's is refused before any service is asked."""
    claims = {"person": person_id, "agency": agency, "provider": agency, "connection": agency, "region": "Bali"}
    await visitor.log_in(hat, **claims, position="Analis")
    sent = {"csrf": Read((await visitor.get("/hat")).text).hidden["csrf"], "hat": hat}
    wrong: list[tuple[str, str, int]] = []
    for (method, path), page in pages_of(app).items():
        opens = not page.roles or hat in page.roles
        if path == "/logout":
            continue
        calls.calls.clear()
        answer = await visitor.http.request(method, filled(path), data=sent if method == "POST" else None)
        shut = answer.status_code == 403 and not calls.calls
        if shut == opens:
            wrong.append((method, path, answer.status_code))
    assert wrong == []


async def test_who_is_not_logged_in_is_asked_to_on_each_page_that_is_not_for_everybody(app, visitor, calls) -> None:
    for (method, path), page in pages_of(app).items():
        if page.signed_in:
            answer = await visitor.http.request(method, filled(path))
            to_login = answer.is_redirect and answer.headers["location"].startswith("/login?next=")
            assert to_login if method != "POST" else answer.status_code == 403, (method, path)
    assert calls.calls == []


async def test_the_form_of_whoever_sat_there_before_is_not_sent_as_somebody_else(
    visitor, beside, calls, person_id
) -> None:
    """Two people at one browser: the first has left a form open in a tab."""
    training = await beside("training")
    await training.people(training.state(person_id=person_id))
    await visitor.log_in("person", person=person_id)
    [_, form] = Read((await visitor.get("/declare")).text).forms
    other = training.state()
    await training.people(other)
    await visitor.log_in("person", person=other.person_id)
    calls.calls.clear()
    answer = await visitor.http.post("/declare", data=typed(form) | {"title": "Rahasia pertama"})
    assert (answer.status_code, calls.calls) == (403, [])
    assert "Rahasia pertama" not in answer.text
    assert "parked" not in answer.text


async def test_a_form_of_ones_own_session_before_is_back_and_sent_once_more_by_hand(
    visitor, beside, calls, person_id
) -> None:
    """Two tabs: in the other one they have logged in again meanwhile."""
    training = await beside("training")
    await training.people(training.state(person_id=person_id))
    await visitor.log_in("person", person=person_id)
    [_, form] = Read((await visitor.get("/declare")).text).forms
    said = typed(form) | {"title": "Pelatihan lama"}
    await visitor.log_in("person", person=person_id)
    calls.calls.clear()
    answer = await visitor.http.post("/declare", data=said, headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, "parked" in answer.text) == (403, False), "not for another site"
    answer = await visitor.http.post("/declare", data=said)
    assert (answer.status_code, calls.calls) == (409, [])
    [address] = re.findall(r'href="(/declare\?parked=[^"]+)"', answer.text)
    again = await visitor.get(address)
    assert 'value="Pelatihan lama"' in again.text
    other = Visitor(visitor.http)
    await other.log_in("person", person=training.state().person_id)
    assert "Pelatihan lama" not in (await other.get(address)).text


async def test_a_real_browser_frames_no_page_and_shows_none_again_after_log_out(
    page, log_in, served, beside, person_id
) -> None:
    training = await beside("training")
    await training.people(training.state(person_id=person_id))
    await log_in("person", person=person_id, to="/card")
    await page.get_by_role("heading", name="Kartu JP saya").wait_for()
    await page.get_by_role("button", name="Keluar").click()
    await page.wait_for_url(f"{served}/")
    await page.go_back()
    assert "/authorize" in page.url, "asked for anew, and nobody is logged in"
    await page.goto("about:blank")
    await page.set_content(f'<iframe src="{served}/glossary"></iframe>')
    frame = page.frames[1]
    await frame.wait_for_load_state()
    assert "Glosarium" not in await frame.content()


async def test_whoever_has_moved_on_while_hr_looked_is_not_there_any_more(visitor, beside, agency) -> None:
    """A person who transfers: their link in a list that was open leads to no data, and nothing is decided of them."""
    from jejak_local.harness import OTHER_AGENCY

    training = await beside("training")
    state = training.state(agency=agency)
    await training.people(state)
    await visitor.log_in("agency_hr", agency=agency)
    listed = await visitor.get(f"/agencies/{agency}/people")
    [link] = re.findall(r'href="(/people/[^"]+)"', listed.text)
    assert (await visitor.get(link)).status_code == 200
    moved = training.state(person_id=state.person_id, agency=OTHER_AGENCY)
    await training.people(moved, sequence=2)
    gone = await visitor.get(link)
    assert gone.status_code in {403, 404}
    assert "JP" not in urlsplit(link).path + gone.text.partition("<main")[2]
    assert str(state.person_id) not in (await visitor.get(f"/agencies/{agency}/people")).text
