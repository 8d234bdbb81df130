"""The script of the corpus: 200 uploads, 10,000 lines, and what happens between them, all from one seed."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from services.training.tests.corpus.cast import (
    AGENCIES,
    CALLERS,
    COURSES,
    HEROES,
    PEOPLE,
    PROVIDERS,
    STRANGERS,
    Course,
    Person,
    provider_document,
)
from services.training.tests.corpus.making import (
    BLANK,
    RAW,
    TITLES,
    Dice,
    Line,
    content,
    good,
    odd,
    offered,
    written,
)

SEED = "jejak"
UPLOADS = 200
LINES = 10_000
"""Of all uploads but those of a single line that belong to a story."""
LARGEST = 250
"""Lines of an upload: at most a chunk, since what counts within one transaction differs from what counts over two."""
LARGE = 137
"""The one upload of more, of lines that have nothing to do with each other."""
LARGE_LINES = 1_100
AUTUMN = 140
"""From this upload on it is September: what ended in summer is no longer to come."""
NDJSON = {"content-type": "application/x-ndjson"}
LANGUAGES = ("id", "en", "en-GB,en;q=0.8", "id-ID,id;q=0.9,en;q=0.5")

Reference = tuple[str, str, str]
"""Caller, source name and reference of a line that was sent."""


@dataclass(frozen=True)
class Call:
    """A request. `target` is the line whose record takes the place of `{id}` in the path."""

    method: str
    path: str
    caller: str | None
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    target: Reference | None = None
    lines: tuple[bytes, ...] = ()
    part: int = 0
    """In parts of how many bytes the body comes; 0: in one."""

    @property
    def is_upload(self) -> bool:
        return self.path.endswith(":batch")


@dataclass(frozen=True)
class Tell:
    """The registry tells anew of people (by number)."""

    sequence: int
    people: dict[int, dict[str, Any]]


@dataclass(frozen=True)
class Wait:
    """It becomes this moment."""

    moment: datetime


@dataclass(frozen=True)
class Command:
    """What an operator runs: `python -m training sweep`, say."""

    arguments: tuple[str, ...]


Step = Call | Tell | Wait | Command


def steps() -> list[Step]:
    """The whole script."""
    return [*before(), *_uploads(), *_after()]


def before() -> Iterator[Step]:
    """The world, and the sweeps of the periods that closed before the first upload."""
    yield Wait(datetime(2025, 9, 5, 3, tzinfo=UTC))
    yield Tell(1, {person.number: dict(person.told) for person in PEOPLE})
    yield _batch("providers", [provider_document(number) for number in PROVIDERS], "lan")
    yield _batch("courses", [course.document() for course in COURSES])
    yield Command(("open-year", "2024"))
    yield Command(("sweep",))
    yield Wait(datetime(2026, 1, 10, 3, tzinfo=UTC))
    yield Command(("open-year", "2026"))
    yield Command(("sweep",))
    yield Wait(datetime(2026, 5, 3, 16, 30, tzinfo=UTC))
    yield Command(("sweep",))


def _batch(what: str, documents: list[dict[str, Any]], who: str = "service") -> Call:
    lines = tuple(json.dumps(document).encode() for document in documents)
    return Call("POST", f"/v1/{what}:batch", who, b"\n".join(lines), lines=lines)


MOVED = (13, 20, 27, 29, 31)
"""People of whom it becomes known lately that they have moved."""
AFTER_MOVES = (20, 21, 22, 23, 165, 166, 167, 168)
"""Uploads in which agencies send again what was sent of them."""


def _moved(number: int) -> dict[str, Any]:
    agency = PEOPLE[number].agency
    served = [
        (AGENCIES[agency], date(2010, 1, 1), date(2025, 6, 1)),
        (AGENCIES["C" if agency == "A" else "A"], date(2025, 6, 1), None),
    ]
    return {"joined_on": date(2010, 1, 1), "assignments": served}


BETWEEN: dict[int, tuple[Step, ...]] = {
    20: (
        # A late transfer: the records of two years are another agency's.
        Tell(2, {number: _moved(number) for number in MOVED}),
    ),
    45: (
        _batch("courses", [Course("C-TEKNIS", 1, "KL03", "9.5", ("TIK",)).document()]),
        _batch("courses", [Course("C-DARING", 1, "NKL03", "2.5", (), date(2018, 1, 1), date(2026, 2, 1)).document()]),
    ),
    60: (
        # Joined later than was said, left earlier, and back from leave: duty and what was due change.
        Tell(
            2,
            {
                14: {"joined_on": date(2026, 3, 1), "agency": AGENCIES["B"]},
                22: {"joined_on": date(2010, 1, 1), "agency": AGENCIES["B"], "absences": []},
                30: {"joined_on": date(2010, 1, 1), "left_on": date(2026, 2, 1), "agency": AGENCIES["B"]},
            },
        ),
    ),
    80: (Wait(datetime(2026, 6, 1, 16, 59, 59, tzinfo=UTC)),),
    100: (
        Command(("sweep", "--again", "2026", "1")),
        _batch("providers", [{"code": "P-1", "name": "Penyelenggara 1, kini lain"}]),
    ),
    120: (
        # The number that was moving has moved.
        Tell(2, {10: {"joined_on": date(2010, 1, 1), "nip": "197001012010011999", "former": [PEOPLE[9].nip]}}),
        Tell(2, {11: {"joined_on": date(2010, 1, 1), "agency": AGENCIES["A"]}}),
    ),
    AUTUMN: (Wait(datetime(2026, 9, 3, 17, 0, tzinfo=UTC)), Command(("sweep",))),
    165: (
        # And all of it was a mistake.
        Tell(
            3, {number: {"joined_on": date(2010, 1, 1), "agency": AGENCIES[PEOPLE[number].agency]} for number in MOVED}
        ),
    ),
}
"""What happens before the upload of a number."""


@dataclass
class _Told:
    """The lines sent so far that were meant well, each with its caller, and what corrections said of them."""

    lines: list[tuple[str, Line]] = field(default_factory=list)
    corrected: list[tuple[str, Line]] = field(default_factory=list)

    def of_moved(self) -> list[Line]:
        people = {name for number in MOVED for name in (PEOPLE[number].nip, PEOPLE[number].id.hex)}
        names = ((line, str(line.get("person_id") or line.get("nip"))) for _, line in self.lines)
        return [line for line, name in names if re.sub("[-. ]", "", name).lower() in people]

    def of(self, caller: str) -> list[Line]:
        return [line for whose, line in self.lines if whose == caller]


def _uploads() -> Iterator[Step]:
    told = _Told()
    for number, size in enumerate(_sizes()):
        yield from BETWEEN.get(number, ())
        dice = Dice.of(f"{SEED} {number}")
        yield _large(dice, number, size) if number == LARGE else _upload(dice, number, size, told)
        if number % 20 == 10:
            yield from _story(dice, HEROES[number // 20])
        for turn in range(4):
            yield from _between(dice, f"{number}/{turn}", told)


def _sizes() -> list[int]:
    dice = Dice.of(f"{SEED} sizes")
    sizes = [1 + dice.below(60) for _ in range(UPLOADS)]
    sizes[3], sizes[90], sizes[LARGE] = LARGEST, LARGEST, LARGE_LINES
    # What lacks, or is too much, is shared out among the small ones.
    turn = 0
    while (left := LINES - sum(sizes)) != 0:
        if sizes[turn % UPLOADS] < 100 and sizes[turn % UPLOADS] + (left > 0) - (left < 0) > 0:
            sizes[turn % UPLOADS] += (left > 0) - (left < 0)
        turn += 1
    return sizes


def _caller(dice: Dice) -> str:
    return dice.pick((*CALLERS, "service", "service", "hr-A", "hr-A", "hr-B", "penyelenggara-1", "sambungan"))


def _upload(dice: Dice, number: int, size: int, told: _Told) -> Call:
    caller = dice.pick(("hr-A", "hr-B", "hr-C")) if number in AFTER_MOVES else _caller(dice)
    earlier = told.of(caller)
    moved = told.of_moved() if number in AFTER_MOVES else []
    corrected = [line for whose, line in told.corrected if whose == caller]
    made: list[Line] = []
    lines: list[bytes] = []
    for place in range(size):
        fresh = good(dice, CALLERS[caller], f"U{number}-{place}")
        if number >= AUTUMN and dice.chance(25):
            fresh |= {"start_date": "2026-06-01", "end_date": f"2026-0{6 + dice.below(3)}-{10 + dice.below(20)}"}
            fresh.pop("session_dates", None)
        match dice.below(100):
            case roll if roll < 50 and moved:
                line = dice.pick(moved) | ({"reference": f"U{number}-{place}"} if roll < 25 else {})
                line = {name: value for name, value in line.items() if name != "source"}
            case roll if roll < 9 and (earlier or made):
                line = dice.pick(earlier or made)
            case roll if roll < 13 and made:
                line = dice.pick(made)
            case roll if roll < 15 and made:
                line = dice.pick(made) | {"reference": f"U{number}-{place}"}
            case roll if roll < 19 and (earlier or made):
                line = odd(dice, dice.pick(earlier or made))
            case roll if roll < 21 and corrected:
                line = dice.pick(corrected)
            case roll if roll < 24:
                lines.append(dice.pick(RAW))
                continue
            case roll if roll < 26:
                lines.append(dice.pick(BLANK))
                continue
            case roll if roll < 48:
                line = odd(dice, fresh)
                line = odd(dice, line) if dice.chance(10) else line
            case _:
                line = fresh
                made.append(line)
        lines.append(written(dice, line))
    told.lines += [(caller, line) for line in made]
    return _call(dice, caller, lines)


def _large(dice: Dice, number: int, size: int) -> Call:
    """Lines of a year that no sweep looks at and of forms without a cap: it is the same however they are cut into chunks."""
    lines: list[bytes] = []
    for place in range(size):
        line = good(dice, CALLERS["service"], f"U{number}-{place}") | {"form": "KL06", "jp": dice.pick((1, "2", 0.25))}
        line |= {"start_date": "2024-05-02", "end_date": f"2024-05-{2 + dice.below(29):02}"}
        for name in ("course_code", "provider_code", "session_dates", "sessions", "degree"):
            line.pop(name, None)
        lines.append(written(dice, line) if dice.chance(97) else dice.pick(RAW[:40]))
        if place > 300 and dice.chance(10):
            lines[-1] = lines[dice.below(place)]
    return _call(dice, "service", lines)


def _call(dice: Dice, caller: str, lines: list[bytes]) -> Call:
    body = b"\n".join(lines) + (b"\n" if dice.chance(70) else b"")
    kind = dice.pick(("application/x-ndjson", "application/x-ndjson", "application/jsonl; charset=utf-8", ""))
    headers = {"accept-language": dice.pick(LANGUAGES)} | ({"content-type": kind} if kind else {})
    part = dice.pick((0, 0, 97, 4096, 65_536))
    return Call(
        "POST",
        "/v1/trainings:batch",
        caller,
        (b"\xef\xbb\xbf" if dice.chance(15) else b"") + body,
        headers,
        lines=tuple(lines),
        part=part if len(body) < 500_000 else 0,
    )


# --- singles and changes


def _between(dice: Dice, mark: str, told: _Told) -> Iterator[Step]:
    """A single, or a change of what an upload has brought."""
    match dice.below(10):
        case 0 | 1 | 2:
            yield from _single(dice, mark, told)
        case 3 | 4 | 5:
            yield from _correct(dice, told)
        case 6:
            yield _change(dice, told, "verify", b"", self_declared=True)
        case 7 if dice.chance(60):
            yield from _life(dice, told)
        case _:
            reason = dice.pick((*[b'{"reason": "dicabut"}'] * 12, b'{"reason": ""}', b"{}", b"[", b""))
            yield _change(dice, told, "revoke", reason)


def _headers(dice: Dice) -> dict[str, str]:
    return {"accept-language": dice.pick(LANGUAGES), "content-type": "application/json"}


def _single(dice: Dice, mark: str, told: _Told) -> Iterator[Call]:
    caller = _caller(dice)
    line = good(dice, CALLERS[caller], f"S{mark}")
    match dice.below(10):
        case 0 | 1 | 2 | 3:
            told.lines.append((caller, line))
        case 4 | 5 if earlier := told.of(caller):
            line = dice.pick(earlier)
        case 6:
            yield Call("POST", "/v1/trainings", caller, dice.pick(RAW[:50]), _headers(dice))
            return
        case _:
            line = odd(dice, line)
    call = Call("POST", "/v1/trainings", caller, written(dice, line).removeprefix(b"\xef\xbb\xbf"), _headers(dice))
    if dice.chance(30):
        key = {"idempotency-key": dice.pick((f"kunci {mark}", f"kunci {mark}", "x" * 200, "x" * 201))}
        call = replace(call, headers=call.headers | key)
        yield call
        if dice.chance(30):
            yield replace(call, body=written(dice, line | {"title": "Lain"}))
    yield call


def _who(dice: Dice, caller: str) -> str:
    """Who changes what a caller has sent: often that caller, sometimes anybody."""
    return dice.pick((caller, caller, caller, caller, "service", "service", "hr-A", "hr-B", *CALLERS, "lan"))


def _target(caller: str, line: Line) -> Reference:
    return caller, line["source_name"], line["reference"]


def _correct(dice: Dice, told: _Told) -> Iterator[Call]:
    caller, line = dice.pick(told.lines)
    who = _who(dice, caller)
    new = content(dice)
    match dice.below(10):
        case 0 | 1 | 2 | 3 | 4:
            # A little: most corrections are.
            keep = {"reference", "source_name", "source", "nip", "person_id"}
            new = {name: value for name, value in line.items() if name not in keep}
            new |= dice.pick(({"title": dice.pick(TITLES)}, {"jp": dice.pick(("1", "5", "0.5", "7.75"))}, {}))
        case 5:
            new |= offered(dice, CALLERS[caller])
        case 6 | 7:
            new = odd(dice, new | {"reference": "x", "source_name": "x", **({"nip": "x"} if dice.chance(10) else {})})
            new = {name: value for name, value in new.items() if name not in {"reference", "source_name"}}
        case _:
            pass
    headers = _headers(dice)
    if dice.chance(25):
        headers["if-match"] = dice.pick(('"1"', '"2"', '"1", "2", "3"', 'W/"1"', "*", "1"))
    reason = {} if dice.chance(3) else {"reason": dice.pick(("salah ketik", "salah ketik", "x" * 1000, "ü\u2028"))}
    call = Call("PUT", "/v1/trainings/{id}", who, written(dice, new | reason), headers, _target(caller, line))
    yield call
    if dice.chance(15):
        yield call
    identity = {name: line[name] for name in ("reference", "source_name", "nip", "person_id", "source") if name in line}
    told.corrected.append((caller, {name: value for name, value in new.items() if name != "nip"} | identity))


def _change(dice: Dice, told: _Told, what: str, body: bytes, *, self_declared: bool = False) -> Call:
    lines = told.lines
    if self_declared and dice.chance(70):
        lines = [each for each in lines if each[0].startswith("orang") or each[1].get("source") == "self"] or lines
    caller, line = dice.pick(lines)
    who = _who(dice, caller)
    if self_declared:
        who = dice.pick(("service", "hr-A", "hr-A", "hr-B", "hr-C", "hr-A-orang", "hr-A-berdua", caller))
    return Call("POST", f"/v1/trainings/{{id}}/{what}", who, body, _headers(dice), _target(caller, line))


def _life(dice: Dice, told: _Told) -> Iterator[Call]:
    """A record that somebody has declared of themselves: verified, corrected, revoked, and what is too late after each."""
    own = [each for each in told.lines if each[0].startswith("orang")]
    caller, line = dice.pick(own or told.lines)
    target = _target(caller, line)
    keep = {"reference", "source_name", "source", "nip", "person_id"}
    same = {name: value for name, value in line.items() if name not in keep} | {"reason": "uji"}
    other = json.dumps(same | {"title": "Judul lain"}).encode()
    revoke = b'{"reason": "bukan miliknya"}'
    for who, method, what, body in (
        (caller, "POST", "/verify", b""),
        ("hr-A-orang", "POST", "/verify", b""),
        ("service", "POST", "/verify", b""),
        ("service", "POST", "/verify", b""),
        (caller, "PUT", "", other),
        ("hr-A-orang", "PUT", "", other),
        (caller, "POST", "/revoke", revoke),
        ("service", "PUT", "", json.dumps(same).encode()),
        ("service", "PUT", "", other),
        ("service", "POST", "/revoke", revoke),
        ("service", "POST", "/revoke", revoke),
        ("service", "PUT", "", other),
        ("service", "POST", "/verify", b""),
    ):
        if dice.chance(75):
            yield Call(method, f"/v1/trainings/{{id}}{what}", who, body, _headers(dice), target)


def _story(dice: Dice, hero: Person) -> Iterator[Call]:
    """Somebody meets what was due in a closed period, falls below it by a correction and a revocation, and meets it again."""
    for year in (2025, 2026):
        start, end = f"{year}-02-27", f"{year}-03-02"
        activity = {"form": "KL04", "title": "Kisah", "start_date": start, "end_date": end, "jp": "6.66"}
        line = activity | {"reference": f"H-{year}-{hero.number}", "source_name": "kisah", "person_id": str(hero.id)}
        target = _target("service", line)
        for jp in ("6.65", "6.67", "1", "13.33"):
            if jp == "6.67":
                yield Call("POST", "/v1/trainings", "service", json.dumps(line).encode(), _headers(dice))
            told = json.dumps(activity | {"jp": jp, "reason": "uji"}).encode()
            yield Call("PUT", "/v1/trainings/{id}", "service", told, _headers(dice), target)
        yield Call("POST", "/v1/trainings/{id}/revoke", "service", b'{"reason": "uji"}', _headers(dice), target)
        again = json.dumps(line | {"reference": f"H-{year}-{hero.number}-2", "jp": "25"}).encode()
        yield Call("POST", "/v1/trainings:batch", "service", again, _headers(dice) | NDJSON, lines=(again,))


def _after() -> Iterator[Call]:
    """Requests that are refused as a whole, each in both languages, and some uploads with nothing in them."""
    line = written(Dice.of("after"), good(Dice.of("after"), CALLERS["service"], "Z-1"))
    upload, single = "/v1/trainings:batch", "/v1/trainings"
    for language in ("id", "en"):
        asked = {"accept-language": language}
        for stranger in (None, *STRANGERS):
            yield Call("POST", upload, stranger, line, asked | NDJSON, lines=(line,))
            yield Call("POST", single, stranger, line, asked | {"content-type": "application/json"})
        for wrong in ("application/json", "text/csv", "application/x-ndjson+x"):
            yield Call("POST", upload, "service", line, asked | {"content-type": wrong}, lines=(line,))
        yield Call("POST", single, "service", line, asked | {"content-type": "text/plain"})
        yield Call("POST", upload, "service", line, asked | NDJSON | {"content-encoding": "gzip"}, lines=(line,))
        yield Call(
            "POST", single, "service", line, asked | {"content-encoding": "br", "content-type": "application/json"}
        )
        yield Call(
            "POST", single, "service", b'"' + b"x" * 1_100_000 + b'"', asked | {"content-type": "application/json"}
        )
        yield Call("DELETE", single, "service", b"", asked)
        for nothing in (b"", b"\n", b"\n \n\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"):
            yield Call("POST", upload, "service", nothing, asked | NDJSON)
