"""What people read on pages, and the templates that say it."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import Environment

from common.templates import speaking
from common.texts import LOCALES, Language, Texts, day, number, text_named
from portal import charts

TEXTS = Texts(Path(__file__).parent)
say = TEXTS.say
ZONES = {
    "Asia/Jakarta": text_named("zone.wib"),
    "Asia/Makassar": text_named("zone.wita"),
    "Asia/Jayapura": text_named("zone.wit"),
}
"""The zones of Indonesia, with the name each is called by."""

ROLES = {
    "": text_named("role."),
    "lan": text_named("role.lan"),
    "analis": text_named("role.analis"),
    "agency_hr": text_named("role.agency_hr"),
    "agency_head": text_named("role.agency_head"),
    "pic": text_named("role.pic"),
    "verifier": text_named("role.verifier"),
    "validator": text_named("role.validator"),
    "provider": text_named("role.provider"),
    "person": text_named("role.person"),
    "inspector": text_named("role.inspector"),
    "steward": text_named("role.steward"),
    "bkn": text_named("role.bkn"),
    "researcher": text_named("role.researcher"),
    "intern": text_named("role.intern"),
    "programme_manager": text_named("role.programme_manager"),
    "platform_admin": text_named("role.platform_admin"),
    "service": text_named("role.service"),
    "operator": text_named("role.operator"),
}
"""What each hat is called."""
CALLED = {
    "role": ROLES,
    "way": {"online": text_named("way.online"), "onsite": text_named("way.onsite")},
    "side": {"mentee": text_named("side.mentee"), "mentor": text_named("side.mentor")},
    "pair": {
        "draft": text_named("pair.draft"),
        "replaced": text_named("pair.replaced"),
        "offered": text_named("pair.offered"),
        "active": text_named("pair.active"),
        "declined": text_named("pair.declined"),
        "lapsed": text_named("pair.lapsed"),
        "ended": text_named("pair.ended"),
        "completed": text_named("pair.completed"),
    },
    "held": {
        "planned": text_named("held.planned"),
        "pending": text_named("held.pending"),
        "confirmed": text_named("held.confirmed"),
        "cancelled": text_named("held.cancelled"),
        "expired": text_named("held.expired"),
        "requested": text_named("held.requested"),
        "accepted": text_named("held.accepted"),
        "rejected": text_named("held.rejected"),
    },
    "count": {
        "accepted": text_named("connection.accepted"),
        "sent": text_named("connection.sent"),
        "waiting": text_named("connection.waiting"),
        "in_review": text_named("connection.in_review"),
        "refused": text_named("connection.refused"),
        "duplicate": text_named("connection.duplicate"),
        "withdrawn": text_named("connection.withdrawn"),
    },
    "report_state": {
        "waiting_person": text_named("report-state.waiting_person"),
        "waiting_course": text_named("report-state.waiting_course"),
        "possible_double": text_named("report-state.possible_double"),
        "sent": text_named("report-state.sent"),
        "taken": text_named("report-state.taken"),
        "refused": text_named("report-state.refused"),
        "in_review": text_named("report-state.in_review"),
        "withdrawn": text_named("report-state.withdrawn"),
    },
    "seat": {
        "enrolled": text_named("seat.enrolled"),
        "waiting": text_named("seat.waiting"),
        "withdrawn": text_named("seat.withdrawn"),
    },
    "mark": {
        "content": text_named("mark.content"),
        "teaching": text_named("mark.teaching"),
        "organisation": text_named("mark.organisation"),
    },
    "served": {
        "knowledge": text_named("served.knowledge"),
        "skill": text_named("served.skill"),
        "attitude": text_named("served.attitude"),
    },
    "limit": {
        "seats": text_named("desk-limit.seats"),
        "jenjang": text_named("desk-limit.jenjang"),
        "line": text_named("desk-limit.line"),
        "conflict": text_named("desk-limit.conflict"),
        "agency": text_named("desk-limit.agency"),
        "language": text_named("desk-limit.language"),
        "zone": text_named("desk-limit.zone"),
        "meeting": text_named("desk-limit.meeting"),
        "not-admitted": text_named("desk-limit.not-admitted"),
        "not-matched-yet": text_named("desk-limit.not-matched-yet"),
    },
    "figure": {
        "enrolled": text_named("figure.enrolled"),
        "matched": text_named("figure.matched"),
        "attended": text_named("figure.attended"),
        "pairs": text_named("figure.pairs"),
        "ended_early": text_named("figure.ended_early"),
        "drop_out": text_named("figure.drop_out"),
        "sessions": text_named("figure.sessions"),
        "hours": text_named("figure.hours"),
        "days_to_first_session": text_named("figure.days_to_first_session"),
        "goals": text_named("figure.goals"),
        "goals_reached": text_named("figure.goals_reached"),
        "satisfaction": text_named("figure.satisfaction"),
        "circle_meetings": text_named("figure.circle_meetings"),
        "talks": text_named("figure.talks"),
    },
    "rule": {
        "seats": text_named("rule.seats"),
        "sessions": text_named("rule.sessions"),
        "months": text_named("rule.months"),
        "min_distance": text_named("rule.min_distance"),
        "confirm_days": text_named("rule.confirm_days"),
    },
    "rule_subject": {
        "conversion": text_named("rule-subject.conversion"),
        "entry": text_named("rule-subject.entry"),
        "conventional": text_named("rule-subject.conventional"),
        "integration": text_named("rule-subject.integration"),
        "promotion": text_named("rule-subject.promotion"),
        "days": text_named("rule-subject.days"),
        "professionalism": text_named("rule-subject.professionalism"),
        "results": text_named("rule-subject.results"),
        "returns": text_named("rule-subject.returns"),
        "waiting": text_named("rule-subject.waiting"),
        "calendar": text_named("rule-subject.calendar"),
        "leases": text_named("rule-subject.leases"),
        "appeals": text_named("rule-subject.appeals"),
        "data_fixes": text_named("rule-subject.data_fixes"),
        "conflicts": text_named("rule-subject.conflicts"),
        "second_checks": text_named("rule-subject.second_checks"),
        "one_step": text_named("rule-subject.one_step"),
    },
    "dimension": {
        "qualification": text_named("dimension.qualification"),
        "competence": text_named("dimension.competence"),
        "performance": text_named("dimension.performance"),
        "discipline": text_named("dimension.discipline"),
    },
    "paper_kind": {
        "conversion": text_named("paper-kind.conversion"),
        "accumulation": text_named("paper-kind.accumulation"),
        "determination": text_named("paper-kind.determination"),
    },
    "paper_state": {
        "valid": text_named("paper-state.valid"),
        "replaced": text_named("paper-state.replaced"),
        "revoked": text_named("paper-state.revoked"),
    },
    "job": {
        "queued": text_named("job.queued"),
        "running": text_named("job.running"),
        "done": text_named("job.done"),
        "failed": text_named("job.failed"),
        "cancelled": text_named("job.cancelled"),
    },
    "match_way": {"total": text_named("match-way.total"), "stable": text_named("match-way.stable")},
    "about": {
        "conduct": text_named("about.conduct"),
        "absence": text_named("about.absence"),
        "confidentiality": text_named("about.confidentiality"),
        "conflict_of_interest": text_named("about.conflict_of_interest"),
        "other": text_named("about.other"),
    },
    "answer": {
        "useful": text_named("answer.useful"),
        "clear": text_named("answer.clear"),
        "open": text_named("answer.open"),
    },
    "half_day": {
        "mon-am": text_named("half-day.mon-am"),
        "mon-pm": text_named("half-day.mon-pm"),
        "tue-am": text_named("half-day.tue-am"),
        "tue-pm": text_named("half-day.tue-pm"),
        "wed-am": text_named("half-day.wed-am"),
        "wed-pm": text_named("half-day.wed-pm"),
        "thu-am": text_named("half-day.thu-am"),
        "thu-pm": text_named("half-day.thu-pm"),
        "fri-am": text_named("half-day.fri-am"),
        "fri-pm": text_named("half-day.fri-pm"),
    },
    "zone": ZONES,
    "source": {
        "system": text_named("source.system"),
        "provider": text_named("source.provider"),
        "self": text_named("source.self"),
    },
    "state": {
        "met": text_named("state.met"),
        "short": text_named("state.short"),
        "on_track": text_named("state.on_track"),
        "needs_action": text_named("state.needs_action"),
        "overdue": text_named("state.overdue"),
        "exempt": text_named("state.exempt"),
    },
    "verdict": {"confirmed": text_named("verdict.confirmed"), "refused": text_named("verdict.refused")},
    "jenjang": {
        "pemula": text_named("jenjang.pemula"),
        "terampil": text_named("jenjang.terampil"),
        "mahir": text_named("jenjang.mahir"),
        "penyelia": text_named("jenjang.penyelia"),
        "ahli_pertama": text_named("jenjang.ahli_pertama"),
        "ahli_muda": text_named("jenjang.ahli_muda"),
        "ahli_madya": text_named("jenjang.ahli_madya"),
        "ahli_utama": text_named("jenjang.ahli_utama"),
    },
    "shortfall": {"open": text_named("shortfall.open"), "resolved": text_named("shortfall.resolved")},
    "round_kind": {
        "sweep": text_named("round-kind.sweep"),
        "reopened": text_named("round-kind.reopened"),
    },
    "digest": {
        "collecting": text_named("digest.collecting"),
        "waiting": text_named("digest.waiting"),
        "ready": text_named("digest.ready"),
        "met": text_named("digest.met"),
    },
    "unsent": {
        "no-pic": text_named("unsent.no-pic"),
        "agency-inactive": text_named("unsent.agency-inactive"),
    },
    "by": {
        "kind": text_named("by.kind"),
        "region": text_named("by.region"),
        "agency": text_named("by.agency"),
        "unit": text_named("by.unit"),
        "jenjang": text_named("by.jenjang"),
        "position": text_named("by.position"),
    },
    "agency_kind": {
        "K": text_named("agency-kind.K"),
        "L": text_named("agency-kind.L"),
        "D": text_named("agency-kind.D"),
    },
    "pic": {
        "main": text_named("pic.main"),
        "deputy": text_named("pic.deputy"),
    },
    "case_kind": {
        "conversion": text_named("case-kind.conversion"),
        "education": text_named("case-kind.education"),
        "opening": text_named("case-kind.opening"),
        "reversal": text_named("case-kind.reversal"),
    },
    "case_state": {
        "submitted": text_named("case-state.submitted"),
        "checked": text_named("case-state.checked"),
        "attested": text_named("case-state.attested"),
        "returned": text_named("case-state.returned"),
        "reversed": text_named("case-state.reversed"),
    },
    "entry_kind": {
        "conversion": text_named("entry-kind.conversion"),
        "education": text_named("entry-kind.education"),
        "opening": text_named("entry-kind.opening"),
        "level-used": text_named("entry-kind.level-used"),
        "level-lost": text_named("entry-kind.level-lost"),
        "reversal": text_named("entry-kind.reversal"),
    },
    "predikat": {
        "sangat_baik": text_named("predikat.sangat_baik"),
        "baik": text_named("predikat.baik"),
        "butuh_perbaikan": text_named("predikat.butuh_perbaikan"),
        "kurang": text_named("predikat.kurang"),
        "sangat_kurang": text_named("predikat.sangat_kurang"),
    },
    "part": {
        "predikat": text_named("part.predikat"),
        "period": text_named("part.period"),
        "evidence": text_named("part.evidence"),
        "record": text_named("part.record"),
        "paper": text_named("part.paper"),
        "claim": text_named("part.claim"),
        "ground": text_named("part.ground"),
    },
    "awaits": {"check": text_named("awaits.check"), "attest": text_named("awaits.attest")},
    "waits": {"submitted": text_named("waits.submitted"), "checked": text_named("waits.checked")},
    "fault": {
        "unreadable": text_named("fault.unreadable"),
        "not-signed": text_named("fault.not-signed"),
        "of-somebody-else": text_named("fault.of-somebody-else"),
        "other-period": text_named("fault.other-period"),
        "other-predikat": text_named("fault.other-predikat"),
        "other-amount": text_named("fault.other-amount"),
        "not-the-outcome": text_named("fault.not-the-outcome"),
        "still-holds": text_named("fault.still-holds"),
    },
    "decision": {
        "open": text_named("decision.open"),
        "right": text_named("decision.right"),
        "wrong": text_named("decision.wrong"),
    },
    "import": {
        "queued": text_named("import.queued"),
        "running": text_named("import.running"),
        "waiting": text_named("import.waiting"),
        "done": text_named("import.done"),
        "failed": text_named("import.failed"),
        "cancelled": text_named("import.cancelled"),
    },
    "row": {
        "stored": text_named("row.stored"),
        "updated": text_named("row.updated"),
        "unchanged": text_named("row.unchanged"),
        "duplicate": text_named("row.duplicate"),
        "taken": text_named("row.taken"),
        "waiting": text_named("row.waiting"),
        "refused": text_named("row.refused"),
    },
    "appeal_level": {
        "objection": text_named("appeal-level.objection"),
        "appeal": text_named("appeal-level.appeal"),
    },
    "appeal_state": {
        "filed": text_named("appeal-state.filed"),
        "granted": text_named("appeal-state.granted"),
        "held-granted": text_named("appeal-state.held-granted"),
        "denied": text_named("appeal-state.denied"),
        "issued": text_named("appeal-state.issued"),
        "withdrawn": text_named("appeal-state.withdrawn"),
        "overtaken": text_named("appeal-state.overtaken"),
    },
    "data_kind": {
        "correction": text_named("data-kind.correction"),
        "restriction": text_named("data-kind.restriction"),
    },
    "data_state": {
        "open": text_named("data-state.open"),
        "done": text_named("data-state.done"),
        "in_force": text_named("data-state.in_force"),
        "refused": text_named("data-state.refused"),
        "withdrawn": text_named("data-state.withdrawn"),
        "lifted": text_named("data-state.lifted"),
    },
    "data_file": {
        "gathering": text_named("data-file.gathering"),
        "making": text_named("data-file.making"),
        "ready": text_named("data-file.ready"),
        "erased": text_named("data-file.erased"),
    },
    "record_part": {
        "identity": text_named("record-part.identity"),
        "history": text_named("record-part.history"),
        "trainings": text_named("record-part.trainings"),
        "hours": text_named("record-part.hours"),
        "exemptions": text_named("record-part.exemptions"),
        "cases": text_named("record-part.cases"),
        "credit": text_named("record-part.credit"),
        "contact": text_named("record-part.contact"),
        "posts": text_named("record-part.posts"),
        "evidence": text_named("record-part.evidence"),
        "mentoring": text_named("record-part.mentoring"),
        "messages": text_named("record-part.messages"),
    },
    "act": {
        "rank": text_named("act.rank"),
        "level": text_named("act.level"),
    },
    "condition": {
        "credit-for-rank": text_named("condition.credit-for-rank"),
        "years-in-rank": text_named("condition.years-in-rank"),
        "predicate": text_named("condition.predicate"),
        "discipline": text_named("condition.discipline"),
        "credit-for-level": text_named("condition.credit-for-level"),
        "open-post": text_named("condition.open-post"),
        "test-passed": text_named("condition.test-passed"),
    },
    "condition_state": {
        "met": text_named("condition-state.met"),
        "not-met": text_named("condition-state.not-met"),
        "unknown": text_named("condition-state.unknown"),
    },
}
"""The names of texts for the words of a closed list: `say(called.role[hat])`."""


NUMBERS = 10_000
"""How many are kept as they are written: a table of all agencies has thousands, most of them small, and to write them was half of its page."""


@cache
def templates(language: Language) -> Environment:
    """Templates that speak a language; numbers, days and moments are written as services tell them in JSON."""
    environment = speaking(TEXTS, language)
    environment.globals |= {"called": CALLED, "charts": charts}
    environment.filters |= {
        "number": lru_cache(NUMBERS)(lambda told: number(Decimal(told), language)),
        "day": lambda told: day(date.fromisoformat(told), language),
        "moment": partial(moment, language=language),
    }
    return environment


def moment(told: str, zone: str, language: Language) -> str:
    """A moment as a clock in that zone shows it, with the name of the zone."""
    there = datetime.fromisoformat(told).astimezone(ZoneInfo(zone))
    shown = format_datetime(
        there, "d MMMM y, HH.mm" if language == "id" else "d MMMM y, HH:mm", locale=LOCALES[language]
    )
    return f"{shown} {say(ZONES[zone], language)}"
