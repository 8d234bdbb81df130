"""The ten main tasks, by somebody who has a keyboard and no mouse, and who hears what is on the page (X08).

What has the focus is seen, large enough, has a name and is reached in the order in which it is read aloud; nothing is asked
twice; each task takes a fixed number of round trips, and few bytes (T20). axe is asked of each page that is heard.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Page, Request, expect

from common.runner import Runner
from contracts.roles import ROLES
from services.portal.tests.furnished import LONG, Furnished, class_of_tomorrow
from services.portal.tests.test_every_page import FIRST_VIEW
from services.portal.tests.test_office import GOOD, HEADINGS, SPOILT

FOCUS = """() => {
    const at = document.activeElement, before = window.before, style = getComputedStyle(at);
    const box = at.getBoundingClientRect();
    const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 40), 1), innerWidth - 1);
    const shown = document.elementFromPoint(x, Math.max(box.top + Math.min(box.height / 2, 9), 1));
    const held = {
        "is not hidden": box.bottom > 0 && box.top < innerHeight && at.contains(shown),
        "looks unlike any other": style.outlineStyle !== "none",
        "comes after what was reached before":
            !before?.isConnected || at === before || before.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING,
        "is large enough": style.display === "inline" || Math.min(box.width, box.height) >= 24,
    };
    before?.removeAttribute("data-at");
    at.setAttribute("data-at", "");
    window.before = at;
    return at === document.body ? null : Object.keys(held).filter((each) => !held[each]);
}"""
"""What does not hold of what has the focus (none has: null); a link among words may be as low as they are (WCAG 2.5.8)."""
SPOKEN = re.compile(r"""- '?(?:(\w+) "(.+?)"|text: (.+))""")
"""The role and the name of what has the focus in its tree; what folds up has its words alone."""
SKIP = ("link", "Langsung ke isi")
MOST_STEPS = 60
PATIENCE = 60_000
"""Milliseconds: a busy machine is no fault."""


@dataclass
class Hands:
    """A person at the keyboard of a real browser, and what the page has cost them."""

    page: Page
    url: str
    furnished: Furnished
    hindrances: Callable[[], Awaitable[list[Any]]]
    requests: list[Request] = field(default_factory=list[Request])

    def notes(self, request: Request) -> None:
        self.requests.append(request)

    async def sit(self, hat: str, path: str, **claims: Any) -> None:
        """Somebody else takes the chair, logged in, on a page."""
        visitor, known = self.furnished.sit(), self.furnished.claims | claims
        wanted = {*ROLES[hat].needs, *ROLES[hat].either} & known.keys()
        await visitor.log_in(hat, **{name: known[name] for name in wanted})
        await self.page.context.clear_cookies()
        cookies = [{"name": each.name, "value": each.value, "url": self.url} for each in visitor.http.cookies.jar]
        await self.page.context.add_cookies(cookies)
        await self.page.goto(self.url + path)

    async def reach(self, role: str, name: str, leads: str = "") -> None:
        """Tab by Tab, past the menu by its link, until what is called so has the focus; all on the way can be used."""
        heard: list[str] = []
        for _ in range(MOST_STEPS):
            await self.page.keyboard.press("Tab")
            wrong = await self.page.evaluate(FOCUS)
            if wrong is None:
                continue
            spoken = (await self.page.locator("[data-at]").aria_snapshot()).splitlines()[0]
            heard.append(spoken)
            assert wrong == [], f"{spoken} does not hold: {wrong}, after {heard}"
            said = SPOKEN.match(spoken)
            assert said, f"nothing is said of {spoken} after {heard}"
            kind, words = said[1] or "text", said[2] or said[3]
            if (kind, words) == SKIP:
                await self.page.keyboard.press("Enter")
            elif kind == role and words.startswith(name) and await self._leads(leads):
                return
        raise AssertionError(f"Tab does not lead to {role} {name}, but to {heard}")

    async def _leads(self, where: str) -> bool:
        return not where or where in (await self.page.locator("[data-at]").get_attribute("href") or "")

    async def press(self, role: str, name: str, leads: str = "", key: str = "Enter") -> None:
        """What is called so is reached and pressed, and another page comes."""
        await self.reach(role, name, leads)
        async with self.page.expect_navigation():
            await self.page.keyboard.press(key)

    async def opens(self, name: str) -> None:
        """What is folded up under this name."""
        await self.reach("text", name)
        await self.page.keyboard.press("Enter")

    async def write(self, name: str, words: str) -> None:
        await self.reach("textbox", name)
        await self.page.keyboard.press("ControlOrMeta+A")
        await self.page.keyboard.type(words)

    async def hears(self, spoken: str) -> None:
        """What the page says, in this order, by its tree of what is read aloud; and nobody is kept from using it."""
        await expect(self.page.locator("main")).to_match_aria_snapshot(spoken, timeout=PATIENCE)
        assert await self.hindrances() == []

    async def worked_off(self, name: str) -> None:
        """What the service does in its own time is done."""
        world = self.furnished.worlds[name]
        runner = Runner(world.parts, world.service.jobs)
        while await runner.turn():
            pass

    async def cost(self) -> tuple[int, int]:
        """Round trips and bytes since it was asked last. A file is kept for ever, and comes once; so does what a page asks again
        by itself, however long it has to."""
        came: dict[str, int] = {}
        for number, each in enumerate(self.requests):
            if await each.response():
                sizes = await each.sizes()
                again = "/assets/" in each.url or "hx-request" in each.headers
                key = each.url if again else f"{number}"
                came[key] = max(came.get(key, 0), sizes["responseBodySize"] + sizes["responseHeadersSize"])
        self.requests.clear()
        return len(came), sum(came.values())


@pytest.fixture
def hands(page: Page, served: str, furnished: Furnished, hindrances: Any) -> Hands:
    made = Hands(page, served, furnished, hindrances)
    page.on("request", made.notes)
    page.set_default_timeout(PATIENCE)
    return made


async def declares(it: Hands) -> None:
    """T01."""
    await it.sit("person", "/card")
    await it.press("link", "Laporkan pelatihan")
    await it.reach("combobox", "Bentuk pelatihan")
    await it.page.keyboard.type("Pelatihan teknis")
    await it.write("Nama pelatihan", "Pelatihan arsip")
    for day in ("Hari pertama", "Hari terakhir"):
        await it.reach("textbox", day)
        await it.page.keyboard.type("03032026")
    await it.write("JP menurut sertifikat", "seribu")
    await it.reach("button", "Kirim")
    await it.page.keyboard.press("Enter")
    await it.hears("""
        - heading "Laporkan pelatihan" [level=1]
        - alert:
          - heading "Ada yang perlu diperbaiki" [level=2]
          - list:
            - listitem:
              - link /JP menurut sertifikat/
        - combobox "Bentuk pelatihan":
          - option "Pelatihan teknis" [selected]
        - textbox "Nama pelatihan": Pelatihan arsip
        - textbox "Hari pertama": 2026-03-03
        - textbox "Hari terakhir": 2026-03-03
        - textbox /JP menurut sertifikat/: seribu
        - button "Kirim"
    """)
    assert await it.page.evaluate("document.activeElement.id") == "faults", "it is told at once what is wrong"
    await it.reach("link", "JP menurut sertifikat: ")
    await it.page.keyboard.press("Enter")
    assert await it.page.evaluate("document.activeElement.id") == "jp", "the fault leads to its field"
    await it.page.keyboard.press("ControlOrMeta+A")
    await it.page.keyboard.type("7,5")
    await it.press("button", "Kirim")
    await it.hears("""
        - heading "Pelatihan arsip" [level=1]
        - status: /Tersimpan/
    """)


async def fetches_the_transcript(it: Hands) -> None:
    """T16."""
    await it.sit("person", "/records")
    await it.press("link", "Transkrip saya")
    await it.hears("""
        - heading "Transkrip saya" [level=1]
        - button "Unduh sebagai PDF"
        - button "Unduh sebagai data (JWS)"
    """)
    await it.reach("button", "Unduh sebagai PDF")
    async with it.page.expect_download() as came:
        await it.page.keyboard.press("Enter")
    assert (await came.value).suggested_filename.endswith(".pdf")


async def checks_what_was_declared(it: Hands) -> None:
    """T05."""
    await it.sit("verifier", "/checking")
    await it.press("button", "Ambil 20 berikutnya")
    await it.press("link", "Periksa yang berikutnya")
    await it.hears("""
        - heading /WWW/ [level=1]
        - region "Yang dinyatakan"
        - region "Bukti"
        - heading "Keputusan" [level=2]
        - button "Benarkan"
        - textbox "Alasan, dibaca oleh yang bersangkutan"
        - button "Tolak"
    """)
    await it.press("button", "Benarkan")
    await it.hears("""
        - heading "Riwayat di tangan saya" [level=1]
        - status: Keputusan tersimpan.
    """)


async def decides_on_points(it: Hands) -> None:
    await it.sit("verifier", "/judging")
    await it.press("link", "Buka yang paling mendesak")
    await it.press("button", "Kembalikan untuk diperbaiki")
    await it.hears("""
        - alert:
          - list:
            - listitem:
              - link /Alasan/
        - region "Yang dinyatakan"
        - region "Bukti"
        - heading "Keputusan" [level=2]
        - button
        - group "Kembalikan untuk diperbaiki":
          - textbox "Alasan"
          - button "Kembalikan untuk diperbaiki"
    """)
    await it.write("Alasan", "Bukti tidak terbaca")
    await it.press("button", "Kembalikan untuk diperbaiki")
    await it.hears("""
        - heading "Antrean angka kredit" [level=1]
        - status: "Keputusan tersimpan: 1."
    """)


async def uploads_people(it: Hands) -> None:
    await it.sit("agency_hr", "/uploads")
    await it.reach("combobox", "Isi lembar kerja")
    await it.page.keyboard.type("Pegawai")
    async with it.page.expect_file_chooser() as asked:
        await it.reach("button", "Lembar kerja")
        await it.page.keyboard.press("Enter")
    content = (HEADINGS + GOOD + SPOILT).encode()
    await (await asked.value).set_files({"name": "pegawai.csv", "mimeType": "text/csv", "buffer": content})
    await it.press("button", "Unggah")
    await it.worked_off("registry")
    await it.hears("""
        - heading "Unggahan" [level=1]
        - paragraph:
          - meter "2 dari 2 baris"
        - term: Tersimpan
        - definition: "1"
        - term: Ditolak
        - definition: "1"
        - paragraph:
          - link "Unduh baris yang ditolak"
    """)


async def reminds(it: Hands) -> None:
    """T17."""
    await it.sit("person", "/team")
    await it.press("button", "Ingatkan")
    await it.hears("""
        - heading "Tim saya" [level=1]
        - status: Pengingat terkirim.
        - region "Tim saya":
          - table:
            - rowgroup:
              - row:
                - columnheader "Nama"
                - columnheader "Keadaan"
    """)


async def confirms_a_session(it: Hands) -> None:
    await it.sit("person", "/mentoring", person=it.furnished.people[1])
    await it.press("button", "Sudah terlaksana")
    await it.hears("""
        - heading "Mentoring saya" [level=1]
        - heading "Pertemuan berikutnya" [level=2]
        - list:
          - listitem:
            - link
            - text: /menunggu pernyataan yang satu lagi/
    """)


async def takes_a_seat_and_is_given_the_result(it: Hands) -> None:
    class_id = await class_of_tomorrow(it.furnished)
    await it.sit("person", "/classes", person=it.furnished.people[2])
    await it.press("link", LONG[:50], leads=class_id)
    await it.press("button", "Ambil kursi")
    await it.hears("""
        - paragraph: terdaftar
        - button "Lepaskan kursi"
    """)
    await it.furnished.later(days=2)
    await it.sit("provider", f"/teaching/{class_id}")
    for what, field_, line in (
        ("Catat kehadiran", "Satu NIP per baris", ""),
        ("Catat hasil", "Satu baris per orang", "; Sari Contoh"),
    ):
        await it.opens(what)
        await it.write(field_, it.furnished.nips[2] + line)
        await it.press("button", what)
    await it.hears("""
        - status: 1 baris tersimpan.
        - heading "Peserta" [level=2]
        - region "Peserta":
          - table:
            - rowgroup:
              - row:
                - columnheader "Siapa"
            - rowgroup:
              - row:
                - rowheader /WWW/
                - cell "terdaftar"
                - cell "hadir"
                - cell "lulus, 2,5 JP"
    """)


async def maps_a_course(it: Hands) -> None:
    await it.sit("agency_hr", f"/connections/{it.furnished.claims['connection']}")
    await it.opens("Petakan kursus ini")
    await it.write("Kode kursus di katalog", "tidak ada")
    await it.press("button", "Petakan kursus ini")
    assert await it.page.locator("[name=course_code]").input_value() == "tidak ada", "nothing is asked twice"
    await it.write("Kode kursus di katalog", "C-7")
    await it.press("button", "Petakan kursus ini")
    await it.hears("""
        - status:
          - text: /Terpetakan/
          - link
    """)


async def goes_from_the_nation_to_the_last_short_person(it: Hands) -> None:
    """002.34: four clicks."""
    await it.sit("lan", "/nation?by=kind")
    await it.press("link", "Kementerian")
    await it.press("link", LONG[:50])
    short = it.page.locator('main a[href*="state=overdue"], main a[href*="state=needs_action"]')
    some = short.filter(has_not_text=re.compile("^0$")).first
    await it.press("link", await some.inner_text(), leads=str(await some.get_attribute("href")))
    await it.press("link", LONG[:50], leads="/people/")
    await it.hears("""
        - heading /WW/ [level=1]
    """)


TASKS: Mapping[Callable[[Hands], Awaitable[None]], int] = {
    declares: 10,
    fetches_the_transcript: 6,
    checks_what_was_declared: 9,
    decides_on_points: 8,
    uploads_people: 7,
    reminds: 6,
    confirms_a_session: 6,
    maps_a_course: 7,
    goes_from_the_nation_to_the_last_short_person: 8,
    takes_a_seat_and_is_given_the_result: 12,
}
"""Each with its round trips: the pages, and whatever they load once."""


async def test_ten_tasks_by_keyboard_alone(hands) -> None:
    cost: dict[str, tuple[int, int]] = {}
    for task in TASKS:
        await task(hands)
        cost[task.__name__] = await hands.cost()
    assert {name: trips for name, (trips, _) in cost.items()} == {task.__name__: trips for task, trips in TASKS.items()}
    assert {name: weight for name, (_, weight) in cost.items() if weight > FIRST_VIEW} == {}
