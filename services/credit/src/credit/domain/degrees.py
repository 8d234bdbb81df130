"""What a finished learning activity is worth in AK: nothing since 2023, but for a higher formal degree.

A higher degree adds a quarter of the KP need of the jenjang held, once per degree (PermenPANRB 1/2023). It is compared
with what was held before its own date, so that it does not matter whether the registry or the training record tells of it
first. Several records can name one degree, be corrected and be revoked: `settle` says which of them has the degree's case.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
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


@dataclass(frozen=True)
class Schooling:
    """The highest degree that somebody has by the registry, from a day on."""

    degree: str
    valid_from: date


def degree_before(known: Sequence[Schooling], day: date) -> str | None:
    """The degree on record the day before; of a day before all of them, the first. `known` are in the order of their days."""
    earlier = [schooling.degree for schooling in known if schooling.valid_from < day]
    return earlier[-1] if earlier else known[0].degree if known else None


def judge_degree(
    rules: Rules,
    degree: str,
    held: Collection[str],
    jenjang: str | None,
    *,
    away: Away | None = None,
    verified: bool = True,
) -> Verdict:
    """The verdict on a degree by itself: by the degrees `held` before, and the jenjang held on its date.

    `away` says why the person did not serve on that date. Leave and study do not matter: degrees are earned on study, and
    the post on record is the one the person comes back to. `verified` says whether the agency or the provider answers
    for the record.
    """
    if rules.education is None:
        return judge_activity(rules)
    if degree not in DEGREES:
        reason = "degree-unknown"
    elif not any(known in DEGREES for known in held):
        reason = "education-unknown"
    elif not all(is_higher(degree, known) for known in held if known in DEGREES):
        reason = "degree-not-higher"
    elif away in GONE:
        reason = away
    elif jenjang not in rules.jenjang:
        reason = "no-functional-post"
    elif not verified:
        reason = "degree-unverified"
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
class DegreeClaim:
    """A record that names a degree, or once did; `verdict` is `judge_degree`'s."""

    record_id: UUID
    person_id: UUID
    degree: str | None
    end_date: date
    revoked: bool
    verdict: Verdict


@dataclass(frozen=True)
class Bonus:
    """An education case as it stands, for a degree of `end_date`.

    `by_hand` when a person has returned it; `undone` when its checker has changed its record since.
    """

    case_id: UUID
    record_id: UUID
    person_id: UUID
    degree: str
    end_date: date
    state: str
    by_hand: bool = False
    undone: bool = False

    @property
    def place(self) -> tuple[UUID, str]:
        """The degree of a person: there is one live case of each."""
        return self.person_id, self.degree


@dataclass(frozen=True)
class Settled:
    """What one record comes to; `overdue` when its attested case has lost its ground and needs a reversal."""

    verdict: Verdict
    case_id: UUID | None = None
    overdue: bool = False


@dataclass(frozen=True)
class Settlement:
    """What to do: cases to return with a reason code and to resume, claims to open one for, and each record's result."""

    returned: Mapping[UUID, str]
    resumed: Collection[UUID]
    opened: Sequence[DegreeClaim]
    records: Mapping[UUID, Settled]


@dataclass(frozen=True)
class _Fates:
    """What becomes of education cases.

    `claimed` are degrees of people that have a case; `held` and `overdue` give the case of a record, `stopped` the
    returned case of a record, a person and a degree.
    """

    returned: dict[UUID, str] = field(default_factory=dict[UUID, str])
    resumed: set[UUID] = field(default_factory=set[UUID])
    claimed: set[tuple[UUID, str]] = field(default_factory=set[tuple[UUID, str]])
    held: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    overdue: dict[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    stopped: dict[tuple[UUID, UUID, str | None], UUID] = field(
        default_factory=dict[tuple[UUID, UUID, str | None], UUID]
    )


def settle(claims: Iterable[DegreeClaim], bonuses: Iterable[Bonus]) -> Settlement:
    """Matches records with education cases, one per person and degree.

    The earliest record whose verdict is the bonus has the degree, unless somebody has already acted on the case of
    another record: that one then keeps it, also while its case waits to be submitted again.

    A case that has lost its ground is returned, and resumed when the ground is back. A case is returned and resumed at
    once when its record was corrected to another date, which it then has, or by its checker, so that somebody else checks
    it. An attested case without ground is overdue: only a reversal can take its points back.

    So the result depends on what is known and on what people did, not on the order in which events came.
    """
    found = {claim.record_id: claim for claim in sorted(claims, key=lambda claim: (claim.end_date, claim.record_id))}
    earliest: dict[tuple[UUID, str | None], UUID] = {}
    for claim in found.values():
        if claim.verdict == BONUS and not claim.revoked:
            earliest.setdefault((claim.person_id, claim.degree), claim.record_id)
    fates = _sort(bonuses, found, earliest)
    opened: list[DegreeClaim] = []
    records: dict[UUID, Settled] = {}
    for claim in found.values():
        result = _result(claim, fates)
        if result is not None:
            records[claim.record_id] = result
        elif claim.degree is not None:
            opened.append(claim)
            fates.claimed.add((claim.person_id, claim.degree))
    return Settlement(fates.returned, fates.resumed, opened, records)


def _sort(
    bonuses: Iterable[Bonus], found: Mapping[UUID, DegreeClaim], earliest: Mapping[tuple[UUID, str | None], UUID]
) -> _Fates:
    fates = _Fates()
    # A case on its way comes before one that waits: a record may have been corrected there and back.
    for bonus in sorted(bonuses, key=lambda bonus: (bonus.state == "returned", not bonus.by_hand, bonus.case_id)):
        claim, place = found.get(bonus.record_id), bonus.place
        acted_on = bonus.state in {"checked", "attested"} or bonus.by_hand
        lost = _lost(claim, bonus) or (
            None if acted_on or earliest[place] == bonus.record_id else ALREADY_CLAIMED.reason
        )
        if lost is None and (bonus.state != "returned" or place not in fates.claimed):
            fates.claimed.add(place)
            fates.held[bonus.record_id] = bonus.case_id
            redated = found[bonus.record_id].end_date != bonus.end_date and bonus.state != "attested"
            anew = redated or bonus.undone
            if anew and bonus.state != "returned":
                fates.returned[bonus.case_id] = "record-corrected"
            if anew or (bonus.state == "returned" and not bonus.by_hand):
                fates.resumed.add(bonus.case_id)
        elif bonus.state == "attested":
            fates.claimed.add(place)
            fates.overdue[bonus.record_id] = bonus.case_id
        else:
            fates.stopped[bonus.record_id, *place] = bonus.case_id
            if bonus.state != "returned" and lost is not None:
                fates.returned[bonus.case_id] = lost
    return fates


def _result(claim: DegreeClaim, fates: _Fates) -> Settled | None:
    """What a record comes to; None when a case is to be opened for it."""
    stopped = fates.stopped.get((claim.record_id, claim.person_id, claim.degree))
    if claim.record_id in fates.overdue:
        return Settled(REVERSAL_DUE, fates.overdue[claim.record_id], overdue=True)
    if claim.revoked:
        return Settled(REVOKED, stopped)
    if claim.record_id in fates.held:
        return Settled(BONUS, fates.held[claim.record_id])
    if claim.verdict != BONUS:
        return Settled(claim.verdict, stopped)
    if (claim.person_id, claim.degree) in fates.claimed:
        return Settled(ALREADY_CLAIMED, stopped)
    return None


def _lost(claim: DegreeClaim | None, bonus: Bonus) -> str | None:
    """Why a case has no ground any more in its record."""
    if claim is None or claim.revoked:
        return REVOKED.reason
    if (claim.person_id, claim.degree) != bonus.place:
        return "record-corrected"
    return None if claim.verdict == BONUS else claim.verdict.reason
