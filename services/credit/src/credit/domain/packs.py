"""The rule packs of credit: how the tables of one are read, and how its own cases are put to it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from common.refused import Refused
from common.rules import Pages, RuleBook, RulePack, load_rule_book
from credit.domain.amounts import conversion_twelfths, education_twelfths, exact_ak, shown_ak, total
from credit.domain.degrees import judge_degree
from credit.domain.periods import WHYS, Absence, Post, Tenure, convert, months_between
from credit.domain.rules import Book, Conversion, Education, Jenjang, Matrix, OpenReading, Predikat, Rules

PACKS = Path(__file__).parent.parent / "rules" / "conversion"


def load(folder: Pages = PACKS) -> Book:
    """All packs of credit, each proved by its own cases. Raises RulePackError."""
    return load_rule_book(folder, _parse, run_case)


def _parse(tables: Mapping[str, Any]) -> Rules:
    """Types a pack's tables. Raises ValueError for a coefficient whose amounts four decimals cannot hold."""
    rules = Rules(
        activity=tables["activity"],
        reasons=tables["reasons"],
        jenjang={code: _jenjang(code, entry) for code, entry in tables.get("jenjang", {}).items()},
        conversion=_conversion(tables["conversion"]) if "conversion" in tables else None,
        education=_education(tables["education"]) if "education" in tables else None,
        readings=tuple(OpenReading(**entry | {"of": tuple(entry["of"])}) for entry in tables.get("readings", ())),
        sources=tables["sources"],
    )
    if rules.conversion:
        for predikat in rules.conversion.predikat.values():
            for jenjang in rules.jenjang.values():
                conversion_twelfths(1, predikat.percent, jenjang.coefficient)
    return rules


def _jenjang(code: str, entry: Mapping[str, Any]) -> Jenjang:
    return Jenjang(
        code=code,
        name=entry["name"],
        kategori=entry["kategori"],
        golongan=tuple(entry["golongan"]),
        coefficient=Decimal(entry["coefficient"]),
        kp_need=Decimal(entry["kp_need"]),
        kj_need=Decimal(entry["kj_need"]) if "kj_need" in entry else None,
        status=entry["status"],
        sources=tuple(entry["sources"]),
    )


def _conversion(entry: Mapping[str, Any]) -> Conversion:
    return Conversion(
        predikat={
            code: Predikat(code, row["label"], row["percent"], row["status"], tuple(row["sources"]))
            for code, row in entry["predikat"].items()
        },
        matrix=Matrix(
            {
                (result, behaviour): predikat
                for result, row in entry["matrix"]["cells"].items()
                for behaviour, predikat in row.items()
            },
            entry["matrix"]["status"],
            tuple(entry["matrix"]["sources"]),
        ),
        earliest_day=entry["earliest_day"],
    )


def _education(entry: Mapping[str, Any]) -> Education:
    return Education(entry["percent"], entry["status"], tuple(entry["sources"]))


def run_case(rules: Rules, given: Mapping[str, Any]) -> Mapping[str, object]:
    """Answers one case of a pack; the question says which rule is asked. Raises KeyError for an unknown one."""
    return QUESTIONS[given["question"]](rules, given)


def _converted(rules: Rules, given: Mapping[str, Any]) -> Mapping[str, object]:
    predikat = _conversion_of(rules).predikat[given["predikat"]]
    return _amount(conversion_twelfths(given["months"], predikat.percent, rules.jenjang[given["jenjang"]].coefficient))


def _year(rules: Rules, given: Mapping[str, Any]) -> Mapping[str, object]:
    """A year of somebody who serves, except for a time `away` from `since` until the day before `until`."""
    joined_on = given.get("joined_on", date.min)
    away = [Absence(given["away"], given["since"], given.get("until"))] if "away" in given else []
    tenure = Tenure(joined_on, [Post(given["jenjang"], given.get("post_since", joined_on), None)], away)
    book = RuleBook((RulePack("", "", "", date.min, None, rules),))
    months = months_between(date(given["year"], 1, 1), date(given["year"], 12, 31))
    try:
        converted = convert(book, tenure, {}, months, given["predikat"])
    except Refused as refused:
        return {"refused": refused.code}
    return {
        "months": sum(segment.months for segment in converted.segments),
        "left_out": {str(out.month.month): out.why for out in converted.left_out},
    } | _amount(total(segment.twelfths for segment in converted.segments))


def _bonus(rules: Rules, given: Mapping[str, Any]) -> Mapping[str, object]:
    jenjang = given.get("jenjang")
    held = [given["education"]] if "education" in given else []
    verdict = judge_degree(rules, given["degree"], held, jenjang, verified=given.get("verified", True))
    answer: dict[str, object] = {"outcome": verdict.outcome, "reason": verdict.reason}
    if rules.education and jenjang:
        answer |= _amount(education_twelfths(rules.education.percent, rules.jenjang[jenjang].kp_need))
    return answer


def _activity(rules: Rules, given: Mapping[str, Any]) -> Mapping[str, object]:
    del given
    return {"reason": rules.activity, "source": rules.reasons[rules.activity]}


def _years_to_pangkat(rules: Rules, given: Mapping[str, Any]) -> Mapping[str, object]:
    percent = _conversion_of(rules).predikat[given["predikat"]].percent
    years = {Fraction(row.kp_need) / (Fraction(row.coefficient) * percent / 100) for row in rules.jenjang.values()}
    return {"years": " and ".join(str(value) for value in sorted(years))}


def _invariants(rules: Rules, given: Mapping[str, Any]) -> Mapping[str, object]:
    del given
    rows = rules.jenjang.values()
    return {
        "kp_need_is_four_coefficients": all(row.kp_need == 4 * row.coefficient for row in rows),
        "kj_need_is_kp_need_per_golongan": all(
            row.kj_need is None or row.kj_need == row.kp_need * len(row.golongan) for row in rows
        ),
        "every_reason_has_a_source": all(rules.reasons.values()) and rules.reasons.keys() >= {rules.activity, *WHYS},
    }


def _matrix(rules: Rules, given: Mapping[str, Any]) -> Mapping[str, object]:
    return {"predikat": _conversion_of(rules).matrix.cells[given["hasil_kerja"], given["perilaku"]]}


QUESTIONS = {
    "conversion": _converted,
    "year": _year,
    "education": _bonus,
    "activity": _activity,
    "years-to-pangkat": _years_to_pangkat,
    "invariants": _invariants,
    "matrix": _matrix,
}


def _amount(twelfths: Decimal) -> dict[str, object]:
    return {"twelfths": twelfths, "ak": shown_ak(twelfths), "ak_exact": str(exact_ak(twelfths))}


def _conversion_of(rules: Rules) -> Conversion:
    if rules.conversion is None:
        raise KeyError("conversion")
    return rules.conversion
