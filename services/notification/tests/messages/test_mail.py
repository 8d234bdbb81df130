"""What a PIC reads."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest
from inline_snapshot import snapshot
from jinja2 import UndefinedError

from common.ids import derived_id
from notification.digests.figures import Figures, RoundFigures, UnitFigures
from notification.domain.delivery import Envelope, LastLook
from notification.domain.pics import Addressee
from notification.messages.commands import Claimed
from notification.messages.mail import compose, render
from notification.texts import templates

NOW = datetime(2026, 5, 2, 2, 15, tzinfo=UTC)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
LINK = "https://portal.example/rounds/1?agency=2"
ROUND = RoundFigures(
    round_id=derived_id("round"),
    year=2026,
    period=1,
    as_of=date(2026, 4, 30),
    people=1234,
    listed=57,
    owed=Decimal("301.500"),
    short=55,
    missing=Decimal("1290.250"),
    due_low=Decimal("3.333"),
    due_high=Decimal("6.667"),
    units=[
        UnitFigures(name="Biro <Umum>", short=20, missing=Decimal("120.5")),
        UnitFigures(name=None, short=3, missing=Decimal(9)),
    ],
    other_units=2,
)
FIGURES = Figures(kind="sweep", agency="Kementerian Uji & <Coba>", short=55, rounds=[ROUND], counted_at=NOW)


def text(language: str, zone: str, rank: str = "main", kind: str = "sweep", **changes):
    """A mail about one round that is so."""
    found = ROUND.model_copy(update=changes)
    return written(language, zone, rank, kind=kind, short=found.short, rounds=[found])


def written(language: str, zone: str, rank: str = "main", **changes):
    figures = FIGURES.model_copy(update=changes)
    links = {found.round_id: f"{LINK}{'&more' * number}" for number, found in enumerate(figures.rounds)}
    return render(figures, rank=rank, language=language, time_zone=zone, links=links)


def test_a_digest_in_indonesian() -> None:
    rendered = text("id", "Asia/Makassar")
    assert rendered.subject == snapshot(
        "Sounding Bangkom: 55 dari 1.234 pegawai belum mencapai JP caturwulan 1 tahun 2026"
    )
    assert rendered.plain == snapshot("""\
Yth. PIC Pengembangan Kompetensi
Kementerian Uji & <Coba>

Kami menyampaikan hasil pemantauan jam pelajaran (JP) caturwulan 1 (Januari–April) tahun 2026 di instansi Bapak/Ibu, menurut data per 30 April 2026. Sebagian pegawai masih memerlukan dukungan agar JP-nya tercapai pada waktunya.

RINGKASAN
Pegawai yang dihitung     : 1.234
Sudah mencapai            : 1.179 (95,5%)
Belum mencapai            : 55 (4,5%)
JP yang masih kurang      : 1.290,25 JP
Ambang JP per pegawai     : 3,333–6,667 JP

Sejak pendataan, 2 pegawai telah menyusul dan sudah kami hitung sebagai tercapai.

UNIT YANG PALING MEMERLUKAN DUKUNGAN
1. Biro <Umum>: 20 pegawai, kurang 120,5 JP
2. Tanpa unit: 3 pegawai, kurang 9 JP
dan 2 unit lain

LANGKAH BERIKUTNYA
1. Buka rincian per unit di tautan di bawah ini.
2. Laporkan pelatihan yang sudah selesai tetapi belum tercatat atau belum diverifikasi; setelah diverifikasi, JP-nya langsung dihitung.
3. Bersama pimpinan unit, rencanakan kegiatan pengembangan bagi pegawai yang JP-nya masih kurang.

Rincian instansi: https://portal.example/rounds/1?agency=2

Terima kasih atas kerja sama Bapak/Ibu.

--
Surel ini dikirim otomatis oleh Jejak, Lembaga Administrasi Negara; mohon tidak dibalas.
Angka dihitung pada 2 Mei 2026 pukul 10.15 WITA.
""")


def test_a_digest_in_english_for_a_deputy_abroad() -> None:
    rendered = text("en", "Europe/London", rank="deputy")
    assert rendered.subject == snapshot("Sounding Bangkom: 55 of 1,234 staff short of learning hours, period 1 of 2026")
    assert rendered.plain == snapshot("""\
To the Deputy PIC for Competence Development
Kementerian Uji & <Coba>

Here are your agency's learning hours (JP) for four-month period 1 (January–April) of 2026, according to the records as of 30 April 2026. Some of your staff still need support to reach their hours in time.

SUMMARY
Staff counted             : 1,234
On pace                   : 1,179 (95.5%)
Short of hours            : 55 (4.5%)
Hours missing in total    : 1,290.25 JP
Due by now, per person    : 3.333–6.667 JP

Since the count, 2 members of your staff have caught up and are counted here as on pace.

UNITS MOST IN NEED OF SUPPORT
1. Biro <Umum>: 20 staff, 120.5 JP missing
2. No unit: 3 staff, 9 JP missing
and 2 more units

WHAT TO DO NEXT
1. Open the details by unit with the link below.
2. Report learning that is complete but not yet recorded or verified; its hours count as soon as they are verified.
3. Together with the heads of units, plan learning for staff who are still short.

Your agency's details: https://portal.example/rounds/1?agency=2

Thank you for your help.

--
This e-mail was sent automatically by Jejak, National Institute of Public Administration (LAN); please do not reply.
Counted on 2 May 2026 at 03:15 BST.
""")


def test_a_reopening_in_both_languages() -> None:
    same = {"kind": "reopened", "short": 1, "listed": 1, "due_low": Decimal("6.667"), "other_units": 0}
    assert text("id", "Asia/Jayapura", **same).subject == snapshot(
        "Sounding Bangkom: 1 pegawai kembali kurang JP untuk caturwulan 1 tahun 2026"
    )
    assert text("id", "Asia/Jayapura", **same).plain == snapshot("""\
Yth. PIC Pengembangan Kompetensi
Kementerian Uji & <Coba>

Karena ada catatan pelatihan yang dikoreksi atau dicabut, atau riwayat penempatan yang diperbarui, 1 pegawai di instansi Bapak/Ibu kini berada di bawah ambang jam pelajaran (JP) caturwulan 1 (Januari–April) tahun 2026.

RINGKASAN
JP kembali kurang         : 1 dari 1.234 pegawai
JP yang masih kurang      : 1.290,25 JP
Ambang JP per pegawai     : 6,667 JP

UNIT
1. Biro <Umum>: 20 pegawai, kurang 120,5 JP
2. Tanpa unit: 3 pegawai, kurang 9 JP

LANGKAH BERIKUTNYA
1. Periksa apa yang berubah di tautan di bawah ini; bila koreksinya keliru, hubungi penyelenggara.
2. Rencanakan kegiatan pengganti bagi pegawai yang JP-nya kembali kurang.

Rincian instansi: https://portal.example/rounds/1?agency=2

Terima kasih atas kerja sama Bapak/Ibu.

--
Surel ini dikirim otomatis oleh Jejak, Lembaga Administrasi Negara; mohon tidak dibalas.
Angka dihitung pada 2 Mei 2026 pukul 11.15 WIT.
""")
    assert text("en", "Asia/Jakarta", **same).subject == snapshot(
        "Sounding Bangkom: 1 staff member short of learning hours again, period 1 of 2026"
    )
    assert text("en", "Asia/Jakarta", **same).plain == snapshot("""\
To the PIC for Competence Development
Kementerian Uji & <Coba>

Because training records were corrected or revoked, or service histories were updated, 1 member of your staff is now below the learning hours (JP) due for four-month period 1 (January–April) of 2026.

SUMMARY
Short again               : 1 of 1,234 staff
Hours missing in total    : 1,290.25 JP
Due by now, per person    : 6.667 JP

UNITS
1. Biro <Umum>: 20 staff, 120.5 JP missing
2. No unit: 3 staff, 9 JP missing

WHAT TO DO NEXT
1. See what has changed with the link below; if a correction is wrong, contact the provider.
2. Plan other learning for staff who are short of hours again.

Your agency's details: https://portal.example/rounds/1?agency=2

Thank you for your help.

--
This e-mail was sent automatically by Jejak, National Institute of Public Administration (LAN); please do not reply.
Counted on 2 May 2026 at 09:15 WIB.
""")


def test_what_is_reopened_together_is_one_notice() -> None:
    """Four people of a class, short again in two periods of a year and one of the year before."""
    rounds = [
        ROUND.model_copy(update={"round_id": derived_id("round", number), "year": year, "period": period} | counts)
        for number, (year, period, counts) in enumerate(
            [
                (2025, 3, {"short": 1, "missing": Decimal("0.5"), "due_low": Decimal(20), "due_high": Decimal(20)}),
                (2026, 1, {"short": 0, "missing": Decimal(0)}),
                (2026, 2, {"short": 4, "missing": Decimal(8)}),
            ]
        )
    ]
    both = [rounds[0], ROUND.model_copy(update={"short": 2}), rounds[2]]
    told = {"kind": "reopened", "short": 4}
    assert written("id", "Asia/Jakarta", **told, rounds=both).subject == snapshot(
        "Sounding Bangkom: 4 pegawai kembali kurang JP untuk caturwulan 3 tahun 2025; 1 dan 2 tahun 2026"
    )
    assert written("en", "Asia/Jakarta", **told, rounds=both).subject == snapshot(
        "Sounding Bangkom: 4 staff short of learning hours again, period 3 of 2025; 1 and 2 of 2026"
    )
    assert written("id", "Asia/Jakarta", **told, rounds=rounds).plain == snapshot("""\
Yth. PIC Pengembangan Kompetensi
Kementerian Uji & <Coba>

Karena ada catatan pelatihan yang dikoreksi atau dicabut, atau riwayat penempatan yang diperbarui, 4 pegawai di instansi Bapak/Ibu kini berada di bawah ambang jam pelajaran (JP) caturwulan 3 (September–Desember) tahun 2025; 2 (Mei–Agustus) tahun 2026.

RINGKASAN CATURWULAN 3 TAHUN 2025
JP kembali kurang         : 1 dari 1.234 pegawai
JP yang masih kurang      : 0,5 JP
Ambang JP per pegawai     : 20 JP

UNIT
1. Biro <Umum>: 20 pegawai, kurang 120,5 JP
2. Tanpa unit: 3 pegawai, kurang 9 JP
dan 2 unit lain

RINGKASAN CATURWULAN 2 TAHUN 2026
JP kembali kurang         : 4 dari 1.234 pegawai
JP yang masih kurang      : 8 JP
Ambang JP per pegawai     : 3,333–6,667 JP

UNIT
1. Biro <Umum>: 20 pegawai, kurang 120,5 JP
2. Tanpa unit: 3 pegawai, kurang 9 JP
dan 2 unit lain

LANGKAH BERIKUTNYA
1. Periksa apa yang berubah di tautan di bawah ini; bila koreksinya keliru, hubungi penyelenggara.
2. Rencanakan kegiatan pengganti bagi pegawai yang JP-nya kembali kurang.

Rincian instansi, caturwulan 3 tahun 2025: https://portal.example/rounds/1?agency=2
Rincian instansi, caturwulan 2 tahun 2026: https://portal.example/rounds/1?agency=2&more&more

Terima kasih atas kerja sama Bapak/Ibu.

--
Surel ini dikirim otomatis oleh Jejak, Lembaga Administrasi Negara; mohon tidak dibalas.
Angka dihitung pada 2 Mei 2026 pukul 09.15 WIB.
""")


class Outline(HTMLParser):
    """What a screen reader and a mail client make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", ["sweep", "reopened"])
def test_the_page_is_accessible_and_loads_nothing(kind: str, language: str) -> None:
    rendered = text(language, "Asia/Jakarta", kind=kind)
    page = Outline()
    page.feed(rendered.html)
    names = [tag for tag, _ in page.tags]
    attributes = dict(page.tags)
    assert attributes["html"]["lang"] == language
    assert names.count("h1") == names.count("title") == 1
    assert all(found.get("scope") in {"row", "col"} for tag, found in page.tags if tag == "th")
    assert not {"style", "link", "script", "img"} & set(names), "nothing to load, every style in its place"
    assert [found["href"] for tag, found in page.tags if tag == "a"] == [LINK]
    ids = [found["id"] for _, found in page.tags if "id" in found]
    assert len(ids) == len(set(ids))
    assert {found["aria-labelledby"] for tag, found in page.tags if tag == "table"} <= {*ids}
    assert all("style" in found for tag, found in page.tags if tag in {"p", "table", "td", "th", "h1", "h2"})
    assert "Kementerian Uji & <Coba>" in page.said
    assert "Biro <Umum>" in page.said
    assert [figure for figure in NUMBER.findall(rendered.plain) if figure not in page.said] == []
    assert len(rendered.html.encode()) < 60_000


def test_a_variable_that_is_not_there_fails() -> None:
    template = templates("id").from_string("{{ figures.nothing }}")
    with pytest.raises(UndefinedError):
        template.render(figures=FIGURES)


@pytest.mark.parametrize(
    ("people", "short", "met_share", "short_share"),
    [
        (11, 8, "27,3%", "72,7%"),
        (11, 3, "72,7%", "27,3%"),
        (3, 1, "66,7%", "33,3%"),
        (2000, 1, "99,9%", "0,1%"),
        (2000, 1999, "0,1%", "99,9%"),
        (50_000, 1, "99,9%", "0,1%"),
        (50_000, 49_999, "0,1%", "99,9%"),
        (16, 1, "93,8%", "6,3%"),
        (400, 1, "99,8%", "0,3%"),
        (4, 4, "0%", "100%"),
        (4, 2, "50%", "50%"),
    ],
)
def test_a_share_is_the_nearest_tenth_and_only_all_is_all_and_only_none_is_none(
    people: int, short: int, met_share: str, short_share: str
) -> None:
    rendered = text("id", "Asia/Jakarta", people=people, listed=short, short=short)
    for body in (rendered.plain, rendered.html):
        assert re.findall(r"\(([\d.,]+%)\)", body) == [met_share, short_share]


@pytest.mark.parametrize("language", ["id", "en"])
def test_whoever_is_listed_misses_more_than_nothing(language: str) -> None:
    """No hour is rounded: by a rounding somebody could be short by 0 JP, or short of hours they have."""
    least = Decimal("0.001")
    rendered = text(
        language,
        "Asia/Jakarta",
        short=1,
        missing=least,
        due_high=Decimal("3.333"),
        units=[UnitFigures(name="Biro Umum", short=1, missing=least)],
    )
    for body in (rendered.plain, rendered.html):
        assert body.count("0.001" if language == "en" else "0,001") == 2
        assert ("3.333 JP" if language == "en" else "3,333 JP") in body


def claimed(**changes) -> Claimed:
    values = {
        "envelope": Envelope(derived_id("m"), ["pic@k.go.id", "deputy@k.go.id"], [], [], 0, in_doubt=False),
        "mail_id": derived_id("m"),
        "due_at": NOW,
        "look": LastLook("queued"),
        "until": NOW,
        "round_id": derived_id("r"),
        "agency_id": derived_id("a"),
        "addressee": Addressee("main", "pic@k.go.id", ("deputy@k.go.id",), "id", "Asia/Jakarta"),
        "traceparents": [],
        "content": FIGURES,
    }
    return Claimed(**(values | changes))


def composed(message: Claimed, trace: str | None = None):
    written = compose(
        message, sender="Jejak LAN <jejak@lan.example>", portal_url="https://portal.example/", now=NOW, trace=trace
    )
    return message_from_bytes(written.as_bytes(), policy=policy.default), written.as_bytes()


def test_headers() -> None:
    parsed, _ = composed(claimed(), trace="00-1-2-01")
    body = parsed.get_body(("plain",)).get_content()
    assert {name: value for name, value in parsed.items() if name != "Content-Type"} == snapshot(
        {
            "From": "Jejak LAN <jejak@lan.example>",
            "To": "pic@k.go.id",
            "Cc": "deputy@k.go.id",
            "Subject": "Sounding Bangkom: 55 dari 1.234 pegawai belum mencapai JP caturwulan 1 tahun 2026",
            "Date": "Sat, 02 May 2026 02:15:00 +0000",
            "Message-ID": "<1fb537a1-fedc-5a3e-a60d-dda59756d9af@lan.example>",
            "Auto-Submitted": "auto-generated",
            "List-Id": "Sounding Bangkom <sounding.lan.example>",
            "X-Jejak-Round": "34afcb3b-a494-50ab-98de-81d8a63e0c8b",
            "X-Jejak-Trace": "00-1-2-01",
            "MIME-Version": "1.0",
            "Content-Language": "id",
        }
    )
    assert parsed.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    assert f"https://portal.example/rounds/{ROUND.round_id}?agency={derived_id('a')}" in body


def test_without_a_trace_or_a_copy_there_is_no_such_header() -> None:
    alone = Envelope(derived_id("m"), ["pic@k.go.id"], [], [], 0, in_doubt=False)
    parsed, _ = composed(claimed(envelope=alone))
    assert {"Cc", "X-Jejak-Trace"}.isdisjoint(parsed.keys())


def test_every_line_fits_and_is_plain_ascii() -> None:
    named = FIGURES.model_copy(update={"agency": "Kementerian " + "Panjang " * 60 + "é"})
    _, raw = composed(claimed(content=named))
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_name_with_a_line_break_smuggles_no_header_in() -> None:
    parsed, _ = composed(claimed(content=FIGURES.model_copy(update={"agency": "Uji\r\nBcc: x@y.id"})))
    assert "Bcc" not in parsed
