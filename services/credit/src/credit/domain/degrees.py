"""What a finished learning activity is worth in AK: nothing since 2023, but for a higher formal degree.

A higher degree adds a quarter of the KP need of the jenjang held, once per degree (PermenPANRB
1/2023). Several records can name one degree, be corrected, and be revoked: `settle` says which of
them holds the degree's one case.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from common.rules import RulePack
from contracts.degrees import DEGREES, is_higher
from credit.domain.amounts import education_twelfths
from credit.domain.periods import Away, Segment
from credit.domain.rules import Rules

Outcome = Literal["no-points", "education-case"]


@dataclass(frozen=True)
class Verdict:
    """What a record gives, and the code of the reason."""

    outcome: Outcome
    reason: str


REVOKED = Verdict("no-points", "record-revoked")
REVERSAL_DUE = Verdict("no-points", "reversal-due")
ALREADY_CLAIMED = Verdict("no-points", "degree-already-claimed")
GONE: frozenset[Away] = frozenset(["not-joined", "retired", "deceased"])
BONUS = Verdict("education-case", "higher-degree")


def judge_activity(rules: Rules) -> Verdict:
    """The verdict on a counted activity under the rules of its end date."""
    return Verdict("no-points", rules.activity)


def judge_degree(
    rules: Rules, degree: str, education: str | None, jenjang: str | None, away: Away | None = None
) -> Verdict:
    """The verdict on a degree by itself: against the education on record, and the jenjang held on its date.

    `away` says why the person did not serve on that date. Leave and study do not matter: it is on
    study that degrees are earned, and the post on record is the one the person comes back to.
    """
    if rules.education is None:
        return judge_activity(rules)
    if degree not in DEGREES:
        reason = "degree-unknown"
    elif education not in DEGREES:
        reason = "education-unknown"
    elif not is_higher(degree, education):
        reason = "degree-not-higher"
    elif away in GONE:
        reason = away
    elif jenjang not in rules.jenjang:
        reason = "no-functional-post"
    else:
        return BONUS
    return Verdict("no-points", reason)


def bonus_segment(pack: RulePack[Rules], jenjang: str, end_date: date) -> Segment:
    """The education bonus in the jenjang held on a degree's date, by the rules of that date.

    Raises ValueError when these rules know no bonus.
    """
    rules = pack.tables
    if rules.education is None:
        raise ValueError(f"{pack.id} gives no education bonus")
    percent, kp_need = rules.education.percent, rules.jenjang[jenjang].kp_need
    return Segment(jenjang, end_date, end_date, 0, percent, kp_need, education_twelfths(percent, kp_need), pack.id)


@dataclass(frozen=True)
class Claim:
    """A record that names a degree, or once did; `verdict` is `judge_degree`'s."""

    record_id: UUID
    person_id: UUID
    degree: str | None
    end_date: date
    revoked: bool
    verdict: Verdict


@dataclass(frozen=True)
class Bonus:
    """An education case as it stands."""

    case_id: UUID
    record_id: UUID
    person_id: UUID
    degree: str
    state: str


@dataclass(frozen=True)
class Settled:
    """What one record comes to; `overdue` when an attested case has lost its ground and awaits a reversal."""

    verdict: Verdict
    case_id: UUID | None = None
    overdue: bool = False


@dataclass(frozen=True)
class Settlement:
    """What to do: cases to return with a reason code, claims to open one for, and each record's result."""

    returned: Mapping[UUID, str]
    opened: Sequence[Claim]
    records: Mapping[UUID, Settled]


@dataclass(frozen=True)
class _Sorted:
    """Education cases by what becomes of them.

    `claimed` holds people with degrees; `held` and `overdue` the case of a record; `stopped` the
    returned case of a record for a degree of a person.
    """

    returned: dict[UUID, str] = field(default_factory=dict[UUID, str])
    claimed: set[tuple[UUID, str]] = field(default_factory=set[tuple[UUID, str]])
    held: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    overdue: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    stopped: dict[tuple[UUID, UUID, str | None], UUID] = field(
        default_factory=dict[tuple[UUID, UUID, str | None], UUID]
    )


def settle(claims: Iterable[Claim], bonuses: Iterable[Bonus]) -> Settlement:
    """Matches records with education cases, one per person and degree.

    A case keeps its degree while its record still claims it, whatever the registry has learned
    since, and also while it waits to be resubmitted. Without that ground an open case is returned,
    and an attested one is overdue: only a reversal can take its points back. The earliest record
    with a claim gets a free degree.
    """
    found = {claim.record_id: claim for claim in claims}
    books = _sort(bonuses, found)
    opened: list[Claim] = []
    records: dict[UUID, Settled] = {}
    for claim in sorted(found.values(), key=lambda claim: (claim.end_date, claim.record_id)):
        result = _result(claim, books)
        if result is not None:
            records[claim.record_id] = result
        elif claim.degree is not None:
            opened.append(claim)
            books.claimed.add((claim.person_id, claim.degree))
    return Settlement(books.returned, opened, records)


def _sort(bonuses: Iterable[Bonus], found: Mapping[UUID, Claim]) -> _Sorted:
    books = _Sorted()
    # A case on its way comes before one that waits: a record may have been corrected there and back.
    for bonus in sorted(bonuses, key=lambda bonus: (bonus.state == "returned", bonus.case_id)):
        claim = found.get(bonus.record_id)
        place = bonus.person_id, bonus.degree
        grounded = claim is not None and _supports(claim, bonus)
        if grounded and (bonus.state != "returned" or place not in books.claimed):
            books.claimed.add(place)
            books.held[bonus.record_id] = bonus.case_id
        elif bonus.state == "attested":
            books.claimed.add(place)
            books.overdue[bonus.record_id] = bonus.case_id
        else:
            books.stopped[bonus.record_id, *place] = bonus.case_id
            if bonus.state != "returned":
                gone = claim is None or claim.revoked
                books.returned[bonus.case_id] = "record-revoked" if gone else "record-corrected"
    return books


def _result(claim: Claim, books: _Sorted) -> Settled | None:
    """What a record comes to; None when a case is to be opened for it."""
    stopped = books.stopped.get((claim.record_id, claim.person_id, claim.degree))
    if claim.record_id in books.overdue:
        return Settled(REVERSAL_DUE, books.overdue[claim.record_id], overdue=True)
    if claim.revoked:
        return Settled(REVOKED, stopped)
    if claim.record_id in books.held:
        return Settled(BONUS, books.held[claim.record_id])
    if claim.verdict != BONUS:
        return Settled(claim.verdict, stopped)
    if (claim.person_id, claim.degree) in books.claimed:
        return Settled(ALREADY_CLAIMED, stopped)
    return None


def _supports(claim: Claim, bonus: Bonus) -> bool:
    return not claim.revoked and claim.person_id == bonus.person_id and claim.degree == bonus.degree
