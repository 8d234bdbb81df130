"""Planted faults: wrong lines among the good ones, each listed with the answer it must get.

A fault is an extra line after a good one, so every good line is still sent: what is lost is lost by
the services. Positions and kinds come from the nation's seed.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from nation.generate import FOUNDED, Line, Nation, Stream, encode

EVERY = 500  # good lines from one fault to the next in a long stream
TOO_LONG = 70_000  # characters; the services read lines up to 64 KiB
DECADE = timedelta(days=3650)
LONG_AGO = "1951-01-01"  # nobody in service had joined


@dataclass(frozen=True)
class Fault:
    """A planted line and its answer: `status`, and the `code` of a refusal.

    `repeats` is the line whose record a `duplicate` must name. Lines are counted from 1.
    """

    stream: str
    line: int
    kind: str
    status: str
    code: str | None = None
    repeats: int | None = None


class Planted(NamedTuple):
    """A line as it is sent, with its line break; `good` is its content unless it is a fault."""

    body: bytes
    good: Line | None
    fault: Fault | None


class Bed(NamedTuple):
    """Where a fault is planted: a good line already sent, and a number no other fault of the stream has."""

    nation: Nation
    stream: Stream
    base: Line
    number: int

    def fresh(self, **changes: object) -> Line:
        """The good line changed, under a reference of its own where it has one."""
        own = {"reference": f"{self.base['reference']}-x{self.number}"} if "reference" in self.base else {}
        return self.base | own | changes

    def without(self, field: str) -> Line:
        return {name: value for name, value in self.fresh().items() if name != field}


class Kind(NamedTuple):
    """A way to be wrong: the line it makes of a bed (None: not possible there), and the answer to it."""

    name: str
    make: Callable[[Bed], Line | str | None]
    code: str | None = None
    status: str = "refused"


def plant(nation: Nation, stream: Stream) -> Iterator[Planted]:
    """The lines of `stream` with faults among them, as they are sent; never more than two lines in memory."""
    kinds = KINDS.get(stream.label, ())
    dice = random.Random(f"faults/{nation.seed}/{stream.name}")
    gap = max(1, min(EVERY, stream.expected // (2 * len(kinds)))) if kinds else 0
    wait = 1 + int(dice.random() * gap)
    first: tuple[int, Line] | None = None
    sent = planted = 0
    for line in stream.lines():
        sent += 1
        yield Planted(_bytes(encode(line)), line, None)
        first = first or (sent, line)
        wait -= 1
        if not kinds or wait:
            continue
        wait = 1 + int(dice.random() * 2 * gap)
        kind = kinds[planted % len(kinds)]
        # every other time the first line of all is repeated: it was stored long ago
        at, base = first if planted // len(kinds) % 2 else (sent, line)
        wrong = kind.make(Bed(nation, stream, base, planted))
        planted += 1
        if wrong is None:
            continue
        sent += 1
        repeats = at if kind.status == "duplicate" else None
        fault = Fault(stream.name, sent, kind.name, kind.status, kind.code, repeats)
        yield Planted(_bytes(wrong if isinstance(wrong, str) else encode(wrong)), None, fault)


def _bytes(line: str) -> bytes:
    return line.encode() + b"\n"


def _broken(bed: Bed) -> str:
    return encode(bed.fresh())[:-1]


def _too_long(bed: Bed) -> Line:
    return bed.fresh(title="x" * TOO_LONG)


def _month_13(bed: Bed) -> Line:
    nip = "".join(filter(str.isdigit, bed.base["nip"]))
    return bed.fresh(nip=f"{nip[:4]}13{nip[6:]}")


def _stranger(bed: Bed) -> Line:
    return bed.fresh(nip=bed.nation.stranger(bed.number).nip)


def _outsider(bed: Bed) -> Line | None:
    other = bed.nation.outsider(bed.stream.scope.key, bed.number) if bed.stream.scope else None
    return bed.fresh(nip=other.nip) if other else None


def _other_person(bed: Bed) -> Line | None:
    others = (bed.nation.person(number).nip for number in range(bed.nation.people))
    nip = next((other for other in others if other != bed.base["nip"]), None)
    return bed.fresh(nip=nip) if nip else None


def _reversed(bed: Bed) -> Line:
    start = date.fromisoformat(bed.base["start_date"])
    return bed.fresh(end_date=(start - timedelta(days=3)).isoformat())


def _in_future(bed: Bed) -> Line:
    day = (bed.nation.today + DECADE).isoformat()
    return bed.fresh(start_date=day, end_date=day)


def _taught(bed: Bed, form: str, provider: str) -> Line:
    """An activity of that form, given by that provider outside of any course."""
    return bed.fresh(form=form, provider_code=provider, jp="8", course_code=None, degree=None)


def _other_provider(bed: Bed) -> Line:
    other = next(p for p in bed.nation.catalogue.providers if p.code != bed.base["provider_code"])
    return _taught(bed, other.accreditations[0].form, other.code)


def _other_predikat(bed: Bed) -> Line:
    return bed.base | {"predikat": "kurang" if bed.base["predikat"] == "baik" else "baik"}


def _under_itself(bed: Bed) -> Line:
    """The unit on top of the one of the good line, put under it as long as both are there: a loop of up to four units."""
    structure = bed.nation.structure(bed.base["agency_code"])
    top = structure.top(structure.number(bed.base["code"]))
    place: Line = {"agency_code": structure.agency.code, "parent_code": bed.base["code"]}
    return {"code": top.code, "name": top.name, **place, "valid_from": FOUNDED}


def _above_itself(bed: Bed) -> Line:
    """The post above all others, put under that of the good line: a loop of two posts and more."""
    structure = bed.nation.structure(bed.base["agency_code"])
    root = structure.root()
    return bed.base | {
        "code": root.code,
        "type": root.type,
        "name": root.name,
        "jenjang": root.level,
        "unit_code": root.unit.code,
        "seats": 1,
        "superior_code": bed.base["code"],
    }


def _no_seat_left(bed: Bed) -> Line | None:
    """The post above all others of an agency for one more than its head, who holds it since they joined."""
    for structure in (bed.nation.structure(bed.base["agency_code"]), bed.nation.structures[0]):
        head, root = bed.nation.person(structure.start), structure.root()
        staff = map(bed.nation.person, range(structure.start + structure.size, structure.start + structure.people))
        other = next((each for each in staff if not each.absence and not bed.nation.exchange(each)), None)
        if not head.absence and other:
            since = max(head.joined_on, other.joined_on) + timedelta(days=1)
            place: Line = {"agency_code": structure.agency.code, "post_code": root.code, "kind": "definitive"}
            return {"nip": other.nip, **place, "valid_from": since.isoformat()}
    return None


def _acting_already(bed: Bed) -> Line | None:
    """One more who acts, in a post of the first agency in which somebody does: by then all of that agency is told."""
    structure = bed.nation.structures[0]
    if bed.base["agency_code"] == structure.agency.code:
        return None
    heads = range(structure.start, structure.start + structure.size)
    acts = next((line for line in bed.nation.holding_lines(heads) if line["kind"] != "definitive"), None)
    staff = map(bed.nation.person, range(structure.start + structure.size, structure.start + structure.people))
    other = next((each for each in staff if not each.absence and not bed.nation.exchange(each)), None)
    if acts is None or other is None:
        return None
    since = max(acts["valid_from"], other.joined_on.isoformat())
    return acts | {"nip": other.nip, "valid_from": since} if since < (acts.get("until") or "9999") else None


def _post_elsewhere(bed: Bed) -> Line | None:
    """A post of an agency to which nobody moves."""
    elsewhere = bed.nation.hr_agencies[0]
    if bed.base["agency_code"] == elsewhere:
        return None
    return bed.base | {"agency_code": elsewhere, "post_code": bed.nation.structure(elsewhere).root().code}


def _unit_elsewhere(bed: Bed) -> Line | None:
    """A unit of another agency than the one named."""
    other = next((each for each in bed.nation.agency_list if each.code != bed.base["agency_code"]), None)
    return bed.base | {"unit_code": bed.nation.structure(other.code).unit(0).code} if other else None


def _deputy_of_a_deputy(bed: Bed) -> Line:
    """The deputy's own duty, done by the one for whom they stand in."""
    return bed.fresh(nip=bed.base["deputy_nip"], deputy_nip=bed.base["nip"])


def _after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _tomorrow(bed: Bed) -> Line:
    """The merger of the first agency on a day to come."""
    first, second, *_ = bed.nation.agency_list
    on = (bed.nation.today + timedelta(days=1)).isoformat()
    return {"agency_code": first.code, "on": on, "shares": [{"agency_code": second.code}]}


BROKEN = (
    Kind("invalid-json", _broken, "invalid-json"),
    Kind("unknown-field", lambda bed: bed.fresh(hobi="memancing"), "field-unknown"),
)
ANYWHERE = (
    *BROKEN,
    Kind("nip-month-13", _month_13, "nip-invalid"),
)
NO_CHANGE = Kind("same-again", lambda bed: bed.base, status="unchanged")
UNKNOWN_AGENCY = Kind("unknown-agency", lambda bed: bed.fresh(agency_code="K-999", unit_code=None), "agency-unknown")
SAME_AGAIN = Kind("same-again", lambda bed: bed.base, status="duplicate")
RECORDS = (
    *ANYWHERE,
    Kind("unknown-person", _stranger, "person-unknown"),
    SAME_AGAIN,
)
TRAININGS = (
    *RECORDS,
    Kind("same-reference-other-body", lambda bed: bed.base | {"title": "Judul Lain"}, "reference-conflict"),
    Kind("jp-zero", lambda bed: bed.fresh(jp="0"), "jp-out-of-range"),
    Kind("jp-negative", lambda bed: bed.fresh(jp="-4"), "jp-out-of-range"),
    Kind("jp-10000", lambda bed: bed.fresh(jp="10000"), "jp-out-of-range"),
    Kind("jp-three-decimals", lambda bed: bed.fresh(jp="4.125"), "jp-decimals"),
    Kind("end-before-start", _reversed, "dates-reversed"),
    Kind("in-the-future", _in_future, "date-in-future"),
    Kind("unknown-form", lambda bed: bed.fresh(form="XX99", course_code=None, degree=None), "form-unknown"),
    Kind("no-title", lambda bed: bed.without("title"), "field-missing"),
    Kind("line-too-long", _too_long, "line-too-long"),
)

# The kinds of a stream by its label. Where several streams share a label, each has them in this order.
KINDS: dict[str, tuple[Kind, ...]] = {
    "agencies": (
        *BROKEN,
        NO_CHANGE,
        Kind("unknown-kind", lambda bed: bed.fresh(kind="X"), "field-invalid"),
        Kind("unknown-zone", lambda bed: bed.fresh(zone="WIX"), "field-invalid"),
    ),
    "units": (
        *BROKEN,
        NO_CHANGE,
        Kind("under-itself", _under_itself, "unit-loop"),
        Kind("unknown-parent", lambda bed: bed.fresh(parent_code="U-000"), "unit-unknown"),
        Kind("no-name", lambda bed: bed.without("name"), "field-missing"),
        Kind("unknown-agency", lambda bed: bed.fresh(agency_code="K-999"), "agency-unknown"),
    ),
    "posts": (
        *BROKEN,
        NO_CHANGE,
        Kind("above-itself", _above_itself, "superior-loop"),
        Kind("unknown-superior", lambda bed: bed.fresh(superior_code="P-000"), "post-unknown"),
        Kind("unknown-unit", lambda bed: bed.fresh(unit_code="U-000"), "unit-unknown"),
        Kind("level-of-another-type", lambda bed: bed.fresh(type="JF", jenjang="pratama"), "level-type-mismatch"),
        Kind("no-seats", lambda bed: bed.fresh(seats=0), "field-invalid"),
        Kind("unknown-agency", lambda bed: bed.fresh(agency_code="K-999"), "agency-unknown"),
    ),
    "people": (
        *ANYWHERE,
        NO_CHANGE,
        Kind("no-name", lambda bed: bed.without("name"), "field-missing"),
        Kind(
            "staff-type-against-nip",
            lambda bed: bed.fresh(staff_type="PPPK" if bed.base["staff_type"] == "PNS" else "PNS"),
            "staff-type-mismatch",
        ),
        UNKNOWN_AGENCY,
    ),
    "changes": (
        *ANYWHERE,
        NO_CHANGE,
        UNKNOWN_AGENCY,
        Kind("unit-elsewhere", _unit_elsewhere, "unit-unknown"),
        Kind("before-joining", lambda bed: bed.fresh(valid_from=LONG_AGO), "before-joining"),
    ),
    "holdings": (
        *ANYWHERE,
        NO_CHANGE,
        Kind("no-seat-left", _no_seat_left, "seats-exceeded"),
        Kind("acts-already", _acting_already, "acting-twice"),
        Kind("post-elsewhere", _post_elsewhere, "post-elsewhere"),
        Kind("unknown-post", lambda bed: bed.fresh(post_code="P-000"), "post-unknown"),
        Kind("unknown-person", _stranger, "person-unknown"),
        Kind("ends-before-it-begins", lambda bed: bed.fresh(until=LONG_AGO), "dates-reversed"),
        Kind("before-joining", lambda bed: bed.fresh(valid_from=LONG_AGO), "before-joining"),
        Kind("unknown-way", lambda bed: bed.fresh(kind="pjs"), "field-invalid"),
    ),
    "contacts": (
        *ANYWHERE,
        NO_CHANGE,
        Kind("unknown-person", _stranger, "not-found"),
        Kind("no-address", lambda bed: bed.fresh(email="pegawai"), "email-invalid"),
        Kind("unknown-zone", lambda bed: bed.fresh(zone="WIX"), "field-invalid"),
        Kind("nobody", lambda bed: bed.without("nip"), "field-missing"),
    ),
    "addresses": (Kind("of-somebody-else", _other_person, "email-taken"),),
    "deputies": (
        *ANYWHERE,
        NO_CHANGE,
        Kind("of-oneself", lambda bed: bed.fresh(deputy_nip=bed.base["nip"]), "deputy-oneself"),
        Kind("in-a-circle", _deputy_of_a_deputy, "deputy-loop"),
        Kind("two-at-once", lambda bed: bed.fresh(valid_to=_after(bed.base["valid_to"])), "deputy-twice"),
        Kind(
            "unknown-deputy", lambda bed: bed.fresh(deputy_nip=bed.nation.stranger(bed.number).nip), "deputy-elsewhere"
        ),
        Kind("of-a-post", lambda bed: bed.fresh(duty="head"), "duty-not-delegable"),
        Kind("ends-before-it-begins", lambda bed: bed.fresh(valid_to=LONG_AGO), "dates-reversed"),
    ),
    "exemptions": (
        Kind("same-again", lambda bed: bed.base, "periods-overlap"),
        Kind("unknown-ground", lambda bed: bed.fresh(ground="malas"), "ground-unknown"),
        Kind("ends-before-it-begins", lambda bed: bed.fresh(valid_to=LONG_AGO), "dates-reversed"),
    ),
    "reforms": (
        Kind("merged-already", lambda bed: bed.base, "agency-closed"),
        Kind("tomorrow", _tomorrow, "reform-not-yet"),
    ),
    "trainings": TRAININGS,
    "trainings by agencies": (Kind("other-agency", _outsider, "agency-mismatch"), *TRAININGS),
    "trainings by providers": (Kind("other-provider", _other_provider, "not-yours"), *TRAININGS),
    "trainings by people": (Kind("other-person", _other_person, "not-yours"), *ANYWHERE, SAME_AGAIN),
    "predicates": (
        *RECORDS,
        Kind("same-reference-other-body", _other_predikat, "reference-conflict"),
        Kind(
            "end-before-start",
            lambda bed: bed.fresh(period_start="2024-07-01", period_end="2024-06-30"),
            "dates-reversed",
        ),
        Kind(
            "half-a-month",
            lambda bed: bed.fresh(period_start="2024-03-15", period_end="2024-06-30"),
            "period-not-whole-months",
        ),
        Kind("unknown-predikat", lambda bed: bed.fresh(predikat="istimewa"), "field-invalid"),
        Kind("no-predikat", lambda bed: bed.without("predikat"), "field-missing"),
    ),
}
