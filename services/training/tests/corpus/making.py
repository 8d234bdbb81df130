"""Lines for an upload of trainings: good ones, odd ones that are taken all the same, and wrong ones.

All that is random comes from a `Dice`, which a seed throws for the corpus and hypothesis for the property test.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from services.training.tests.corpus.cast import COURSES, CROWD, FORMER, NOBODY, PEOPLE, Caller, Person

T = TypeVar("T")
Line = dict[str, Any]
Make = Callable[["Dice", Line], Line]


@dataclass(frozen=True)
class Dice:
    """`below(n)` gives a number from 0 to n - 1."""

    below: Callable[[int], int]

    @classmethod
    def of(cls, seed: str) -> "Dice":
        """Python promises the same numbers in every version for `random()` alone."""
        random = Random(seed)
        return cls(lambda most: int(random.random() * most))

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))]

    def chance(self, percent: int) -> bool:
        return self.below(100) >= 100 - percent


# --- good lines

DAYS = [
    *(date(2026, month, day) for month in (1, 2, 3, 4) for day in (1, 2, 15, 28)),
    *(date(2025, month, day) for month in (1, 4, 6, 9, 12) for day in (1, 17, 30)),
    *(date(2024, month, 29) for month in (1, 2, 3, 12)),
    date(2026, 1, 1),
    date(2025, 12, 31),
    date(2026, 1, 31),
    date(2023, 12, 31),
    date(2021, 8, 17),
    date(2019, 1, 1),
    date(2019, 6, 30),
]
LENGTHS = (0, 0, 0, 0, 1, 1, 2, 4, 9, 33)
HOURS = ("1", "2", "3", "0.5", "0.25", "4", "8", "2.75", "1.01", "16")
FORMS = (
    *("KL03", "KL03", "KL03", "KL03", "KL04", "KL01", "KL02", "KL05", "KL12", "NKL11", "NKL13", "NKL06", "NKL06"),
    *("KL06", "KL07", "KL08", "KL09", "KL10", "KL11", "NKL03", "NKL04"),
    *("NKL01", "NKL01", "NKL01", "NKL02", "NKL02", "NKL09", "NKL09", "NKL09", "NKL10", "NKL10"),
    *("NKL05", "NKL07", "NKL08", "NKL12", "PD01"),
)
STATED = {"KL01", "KL02", "KL03", "KL04", "KL05", "KL12", "NKL06", "NKL11", "NKL13"}
SESSIONS = {"NKL01", "NKL02"}
TITLES = (
    "Pelatihan teknis",
    "Diklat – Ünïcode ✓ 研修",
    "Seminar \U0001f4da",
    "a",
    'Kutip "dua" \\ garis',
    "<b>&amp;</b>",
)
SOURCES = ("lms", "moodle kemenkeu", "e-learning/ünï")


def content(dice: Dice) -> Line:
    """An activity of any form that nothing speaks against, but what a person's history does."""
    form = dice.pick(FORMS)
    end = dice.pick(DAYS)
    start = end - timedelta(days=dice.pick(LENGTHS))
    made: Line = {
        "form": form,
        "title": dice.pick(TITLES),
        "start_date": start.isoformat(),
        "end_date": end.isoformat(),
    }
    if form in STATED or dice.chance(40):
        made["jp"] = dice.pick(HOURS)
    if form in SESSIONS and dice.chance(50):
        dates = [start + timedelta(days=dice.below((end - start).days + 1)) for _ in range(1 + dice.below(4))]
        made["session_dates"] = [day.isoformat() for day in dates]
    elif form in SESSIONS or dice.chance(5):
        made["sessions"] = 1 + dice.below(4)
    if form == "PD01":
        made["degree"] = dice.pick(("S1", "S2", "D-IV", "S3"))
    if dice.chance(60 if form == "NKL06" else 8):
        made["international"] = dice.chance(80)
    if dice.chance(15):
        made["competencies"] = [dice.pick(("TIK", "data", "bahasa Inggris")) for _ in range(dice.below(4))]
    if dice.chance(15):
        made["evidence"] = dice.pick(("https://bukti.example/1?a=b", "No. 7/ST/2026", "ü" * 1000))
    return made


def offered(dice: Dice, caller: Caller) -> Line:
    """What a content may have instead to be of a course or a provider; sometimes it does not fit."""
    courses = [course for course in COURSES if caller.provider in {None, course.provider}] or COURSES
    course = dice.pick(courses)
    made: Line = {"form": course.form}
    if dice.chance(70):
        made["course_code"] = course.code
    if dice.chance(50) or "course_code" not in made:
        made["provider_code"] = f"P-{course.provider}"
    return made


def whom(dice: Dice, caller: Caller) -> Person:
    """Mostly somebody the caller answers for."""
    if "person" in caller.roles and caller.person is not None and dice.chance(90):
        return PEOPLE[caller.person]
    if caller.person is not None and dice.chance(15):
        return PEOPLE[caller.person]
    if caller.agency and "agency_hr" in caller.roles and dice.chance(85):
        own = [person for person in CROWD if person.agency == caller.agency]
        return dice.pick(own[:20] if dice.chance(50) else own)
    return dice.pick(CROWD[:40] if dice.chance(50) else CROWD)


def named(dice: Dice, person: Person) -> Line:
    """A person by NIP, as it may be written, by id, or by both."""
    nip = person.nip
    written = (
        nip,
        nip,
        nip,
        f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}",
        f"{nip[:8]}.{nip[8:14]}.{nip[14]}.{nip[15:]}",
        f" {nip} ",
    )
    match dice.below(5):
        case 0 | 1:
            return {"nip": dice.pick(written)}
        case 2 | 3:
            return {"person_id": dice.pick((str(person.id), str(person.id), str(person.id).upper(), person.id.hex))}
        case _:
            return {"nip": dice.pick(written), "person_id": str(person.id)}


def good(dice: Dice, caller: Caller, reference: str) -> Line:
    """A line that is mostly taken, of a caller."""
    made = {"reference": reference, "source_name": dice.pick(SOURCES), **named(dice, whom(dice, caller))}
    made |= content(dice)
    if dice.chance(20):
        made |= offered(dice, caller)
    if dice.chance(15):
        made["source"] = dice.pick(("self", "system", "provider") if "service" in caller.roles else ("self", "self"))
    return made


# --- odd ones, which are taken, and near ones, which are not

ODD_HOURS: tuple[Any, ...] = (
    *(8, 8.0, 8.5, 0.1, 0.01, 1e1, 2.50, 1.10, 1999.99, 2000, 0.30000000000000004, 8.1000000000000001, 1e-2, 1e-3),
    *("8.0", "8.00", "8.000", "+8", "08", "0008.5", "8.0000000000", "2000", "2000.00", "0.010", "1999.99"),
    *("123456789012", "1234567890123", "0.00000000001", "0.000000000001", "8.", ".5", " 8", "8 ", "1e1", "1E+1"),
    *("-0", "-1", "0", "0.0", "0.001", "3.125", "2000.01", "2000.001", "99999", "", " ", "8,5", "8_0", "٨", "８"),
    *("Infinity", "-Infinity", "NaN", "sNaN", "0x8", "8 jam", "1E400", "1e-400", True, False, [], {}, [8], {"a": 1}),
    *(-1, 0, -0.0, 1e300, 10**12 - 1, 10**12, 10**30, 12345678.125, 1e16, 123456789.1234567),
)
ODD_DATES: tuple[Any, ...] = (
    *("2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "2026-1-5", "26-01-05", "2026/01/05", "20260105"),
    *("2026-01-05T00:00:00", "2026-01-05 00:00:00", "2026-01-05Z", " 2026-01-05", "2026-01-05 ", "2026-01-05\n"),
    *("1899-12-31", "1900-01-01", "2200-12-31", "2201-01-01", "9999-12-31", "0000-01-01", "-2026-01-05", ""),
    *("٢٠٢٦-٠١-٠٥", "２０２６-01-05", "1767571200", "besok", 20260105, 1767571200, 1767571200.5, True, None, [], {}),
    *("2027-01-01", "2018-12-31", "2018-06-01", "2019-01-01", "2015-01-01", "2026-04-31", "+2026-01-05"),
)
ODD_TEXTS: tuple[Any, ...] = (
    *("", " ", "\t", "  spasi  ", "\u00a0x\u00a0", "\u3000x", "a\tb", "a\nb", "a\r\n", "\ta", "a\x00b", "\x00"),
    *(
        "a\x1fb",
        "a\x7fb",
        "a\x80b",
        "a\u2028b",
        "\ufeffa",
        "a\u200bb",
        "\u202eabc",
        "e\u0301",
        "\u00e9",
        "\ud83d\ude00",
    ),
    *("x" * 64, "x" * 65, "x" * 200, "x" * 201, "x" * 1000, "x" * 1001, "ü" * 200, "\U0001f4da" * 200, " " * 300 + "x"),
    *("\U0001f4da" * 201, "x" * 999 + "  ", 5, 5.5, True, None, [], {}, ["a"], "null", "<script>", "'; DROP TABLE x"),
)
ODD_NUMBERS: tuple[Any, ...] = (0, -1, 1, 3, 100, 101, 10**30, 1.0, 1.5, 1e0, "3", "", True, False, None, [], {})
ODD_FLAGS: tuple[Any, ...] = (0, 1, "true", "false", "ya", "", None, 1.0, [], {}, True, False)
ODD_LISTS: tuple[Any, ...] = (
    None,
    "TIK",
    {},
    [],
    [None],
    [""],
    [" a "],
    ["a", "a"],
    [5],
    ["x" * 64],
    ["x" * 65],
    [["a"]],
    ["a\x00"],
    ["k"] * 50,
    ["k"] * 51,
    7,
    True,
)
ODD_PEOPLE: tuple[Any, ...] = (
    *(None, "", " ", 0, 5, True, [], {}, "bukan-id", "00000000-0000-0000-0000-000000000000"),
    *("{%s}", "urn:uuid:%s", "%s ", " %s", "%sx", "%s\x00"),
)
ODD_NIPS: tuple[Any, ...] = (
    *(None, "", " ", ".", 199001012015011001, True, [], {}, "199013012015011001", "19900101", "1990010120150110011"),
    *("198001012005131001", "198001012005201001", "198001012005013001", "198001012005011000", "198001012094011001"),
    *("199502302015011001", "189912312015011001", "१९८००१०१२००५०१1001", "19800101-200501-1-001", "X98001012005011001"),
    *("198001012005011001\x00", "19800101 200501\t1 001", "198001012005011001\n"),
)
UNKNOWN = (
    "hobi",
    "id",
    "year",
    "verified",
    "jp_counted",
    "Title",
    " title",
    "",
    "nama\x00",
    "ü",
    "hands",
    "_x",
    "__x__",
)
FIELDS = ("reference", "source_name", "form", "title", "start_date", "end_date")
OPTIONAL = (
    *("course_code", "provider_code", "jp", "session_dates", "sessions", "international", "degree", "competencies"),
    *("evidence", "source", "nip", "person_id"),
)


def _set(field: str, values: Sequence[Any]) -> Make:
    return lambda dice, line: line | {field: dice.pick(values)}


def _end(line: Line) -> date:
    """The end of a line whose dates may be odd already."""
    try:
        return date.fromisoformat(line["end_date"])
    except (KeyError, TypeError, ValueError):
        return DAYS[0]


def _days(dice: Dice, line: Line) -> Line:
    """Dates in an order or at a distance that the rules look at."""
    end = _end(line)
    start = dice.pick(
        (
            end + timedelta(days=1),
            end - timedelta(days=3660),
            end - timedelta(days=3661),
            end - timedelta(days=370),
            date(end.year - 1, 12, 30),
            date(end.year - 2, 6, 1),
            date(2009, 12, 31),
            date(2018, 12, 20),
        )
    )
    return line | {"start_date": start.isoformat()}


def _edge_of_service(dice: Dice, line: Line) -> Line:
    """Around the day on which somebody joined or left."""
    joined, left = [person for person in CROWD if person.number % 16 in {1, 5}], CROWD[2::16]
    start, end = dice.pick(("03-01 03-12", "03-10 03-10", "03-09 03-09", "02-01 02-01", "02-01 02-02")).split()
    person, year = dice.pick([(each, each.joined_on.year) for each in joined] + [(each, 2025) for each in left])
    if person in left:
        start, end = dice.pick(("09-30 09-30", "09-30 10-01", "10-01 10-01")).split()
    made = line | {"nip": person.nip, "start_date": f"{year}-{start}", "end_date": f"{year}-{end}", "form": "KL06"}
    return {name: value for name, value in made.items() if name not in {"person_id", "course_code", "session_dates"}}


def _late(dice: Dice, line: Line) -> Line:
    """It ended before there were rules, lately, today or tomorrow: which it is the clock says, in Jakarta."""
    day = dice.pick(("2018-12-31", "2026-05-03", "2026-05-04", "2026-06-01", "2026-08-31", "2026-09-04", "2026-12-31"))
    return line | {"start_date": day, "end_date": day}


def _short_sessions(dice: Dice, line: Line) -> Line:
    end = _end(line).isoformat()
    dates: Any = dice.pick(
        (
            [end],
            [end, line.get("start_date"), end],
            ["2026-12-01"],
            ["2015-01-01", end],
            [end] * 100,
            [end] * 101,
            ["2026-02-30"],
            [20260101],
            None,
            "2026-01-01",
            [],
        )
    )
    made = line | {"form": dice.pick(("NKL01", "NKL02", "NKL01", "KL03")), "session_dates": dates}
    made.pop("sessions", None)
    return made | ({"sessions": 1 + dice.below(3)} if dice.chance(40) else {})


def _degree(dice: Dice, line: Line) -> Line:
    form = dice.pick(("PD01", "PD01", "PD01", "KL03"))
    degree = dice.pick(("S1", "S4", "s1", "D-IV", "", " S2 ", None, 5))
    started = {"start_date": dice.pick(("2016-08-01", "2022-08-01", "2009-01-01"))} if dice.chance(60) else {}
    return line | {"form": form, "degree": degree} | started


def _person_id(dice: Dice, line: Line) -> Line:
    """An id written in some other way, or that of nobody."""
    odd = dice.pick(ODD_PEOPLE)
    person = dice.pick(CROWD)
    named = line | {"person_id": odd % person.id if isinstance(odd, str) and "%s" in odd else odd}
    if dice.chance(70):
        named.pop("nip", None)
    return named


def _nip(dice: Dice, line: Line) -> Line:
    made = line | {
        "nip": dice.pick((*ODD_NIPS, *NOBODY, *FORMER, *FORMER, *FORMER, PEOPLE[10].nip, dice.pick(CROWD).nip))
    }
    if dice.chance(70):
        made.pop("person_id", None)
    return made


def _nobody(dice: Dice, line: Line) -> Line:
    return {name: value for name, value in line.items() if name not in {"nip", "person_id"}}


def _less(dice: Dice, line: Line) -> Line:
    left_out = {dice.pick(FIELDS), dice.pick((*FIELDS, "jp"))}
    return {name: value for name, value in line.items() if name not in left_out}


def _more(dice: Dice, line: Line) -> Line:
    return line | {dice.pick(UNKNOWN): dice.pick((None, 1, "x", [], {"a": {"b": []}}))}


def _two_wrongs(dice: Dice, line: Line) -> Line:
    """Which of them is named first is for the code to keep."""
    return line | {
        "jp": dice.pick(ODD_HOURS),
        "end_date": dice.pick(ODD_DATES),
        "form": dice.pick(("XX99", "", "KL03")),
    }


def _nulls(dice: Dice, line: Line) -> Line:
    """Null is what is left out, where it may be."""
    return dict.fromkeys((dice.pick(OPTIONAL), dice.pick(OPTIONAL)), None) | line | {dice.pick(OPTIONAL): None}


def _defaults(dice: Dice, line: Line) -> Line:
    """Said though it is the default: the fingerprint is that of a line which leaves it out."""
    return {"international": False, "competencies": [], "jp": None, "session_dates": [], "sessions": None} | line


EVERY: tuple[Make, ...] = (
    *(_set("jp", ODD_HOURS),) * 5,
    _set("end_date", ODD_DATES),
    _set("end_date", ODD_DATES),
    _set("start_date", ODD_DATES),
    _set("title", ODD_TEXTS),
    _set("reference", ODD_TEXTS),
    _set("source_name", ODD_TEXTS),
    _set("evidence", ODD_TEXTS),
    _set("form", ("XX99", "kl03", " KL03 ", "", None, 5, "KL03\x00", "K" * 65, "PD01", "KL99")),
    _set("course_code", ("C-TIADA", "C-LAMA", "C-LEWAT", "C-DUA", " C-TEKNIS ", "", None, 5, "c-teknis", "C-MANDIRI")),
    _set("course_code", tuple(course.code for course in COURSES)),
    _set("provider_code", ("P-1", "P-2", "P-3", "P-4", "P-9", " P-1 ", "", None, 5, "p-1")),
    _set("source", ("self", "system", "provider", "lain", "", None, 5, "Self")),
    _set("sessions", ODD_NUMBERS),
    _set("international", ODD_FLAGS),
    _set("competencies", ODD_LISTS),
    _days,
    _days,
    _edge_of_service,
    _edge_of_service,
    _late,
    _late,
    _short_sessions,
    _short_sessions,
    _degree,
    _degree,
    _person_id,
    _nip,
    _nip,
    _nobody,
    _less,
    _more,
    _two_wrongs,
    _nulls,
    _defaults,
)


def odd(dice: Dice, line: Line) -> Line:
    """The line with something about it that somebody once got wrong; often it is to be refused."""
    return dice.pick(EVERY)(dice, line)


# --- bytes

RAW: tuple[bytes, ...] = (
    *(b"{", b"}", b"[", b"[]", b"[1, 2]", b"null", b"true", b"5", b'"x"', b"{}", b"{,}", b"'{}'", b"nul", b"\x00"),
    *(b"NaN", b"\xff\xfe", b"\xef\xbb\xbf{}", b"{'reference': 'x'}", b'{"reference": "x",}', b"// x", b"<xml/>"),
    *(b'{"title": "\xff\xfe"}', b'{"title": "\xed\xa0\x80"}', b'{"title": "\\ud800"}', b'{"title": "\\udc00\\ud800"}'),
    *(b'{"\\ud800": 1}', b'{"jp": 01}', b'{"jp": +1}', b'{"jp": .5}', b'{"jp": 5.}', b'{"jp": 0x1}', b'{"jp": NaN}'),
    *(b'{"jp": Infinity}', b'{"jp": -Infinity}', b'{"jp": 1e}', b'{"jp": 1} {"jp": 2}', b'{"jp": 1} x', b'{"a":' * 300),
    *(b'{"a":' + b"[" * 200 + b"]" * 200 + b"}", b'{"title": "a\tb"}', b'{"title": "\\x41"}', b'{"title": "a'),
    *(b"x" * 70_000, b'{"title": "' + b"x" * 65_525 + b'"}', b'{"title": "' + b"x" * 65_524 + b'"}'),
)
BLANK: tuple[bytes, ...] = (b"", b"", b" ", b"\t", b"  \r", b"\r", b"\x0b", b"\x0c", b" \t ")


def written(dice: Dice, line: Line) -> bytes:
    """JSON as some program writes it."""
    if dice.chance(25):
        line = dict(sorted(line.items(), key=lambda item: dice.below(100)))
    text = json.dumps(
        line, ensure_ascii=dice.chance(50), separators=dice.pick(((", ", ": "), (",", ":"), (" , ", " : ")))
    )
    encoded = text.encode("utf-8", "surrogatepass")
    match dice.below(40):
        case 0:
            return b"  " + encoded + b" \t"
        case 1:
            return encoded + b"\r"
        case 2:
            return encoded.replace(b'"title"', b'"\\u0074itle"')
        case 3:
            return encoded[:-1] + b', "title": "Yang kedua"}'
        case 4:
            return b"\xef\xbb\xbf" + encoded
        case _:
            return encoded
