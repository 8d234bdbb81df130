"""Providers, courses, and what one person learns in a year."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from nation.data import LEARNING, Form
from nation.people import Person

OWN_DICE = 1 << 56  # random numbers apart from those that made the person

# How the year of a person goes. Who keeps pace gains at least 7 verified JP in every caturwulan: a third of
# the 20 JP a year asks for 6.67.
KEEPS_PACE = 0.78
FALLS_BEHIND = 0.84  # at pace in the first caturwulan only
SMALL_STEPS = 0.94  # below 6.67 JP in all; the rest learn nothing that is verified
LONG_COURSE = 0.2  # of those at pace: one course of 20 JP or more instead of one a caturwulan

EXTRAS = (0, 1, 1, 1, 2, 2, 2, 3, 3, 4)  # smaller activities of a whole year, equally likely
SELF_DECLARED = 0.25  # of the smaller activities
TINY = ("NKL01", "NKL02", "NKL09", "NKL10")  # 2 JP each
DEGREES = {"S1": ("S2", "Magister Administrasi Publik"), "S2": ("S3", "Doktor Ilmu Administrasi")}
DEGREE_SHARE = 0.012
DEGREE_DAYS = 700
DEGREE_FORM = "PD01"  # formal education, beside the 25 forms of training

CATURWULAN = ((1, 5), (5, 9), (9, 13))  # first month, month after the last

FORMS = {form.code: form for form in LEARNING.forms}
SMALL = tuple(form for form in LEARNING.forms for _ in range(form.weight))


Roll = Callable[[], float]


class Accreditation(NamedTuple):
    """A provider may teach `form` from `valid_from` until before `valid_to` (None = open)."""

    form: str
    valid_from: date
    valid_to: date | None


class Provider(NamedTuple):
    code: str
    name: str
    accreditations: tuple[Accreditation, ...]


class Course(NamedTuple):
    """`jp` as the certificate prints it; None: it prints none."""

    code: str
    provider_code: str
    form: str
    title: str
    jp: str | None
    competencies: list[str]
    valid_from: date
    valid_to: date | None


class Activity(NamedTuple):
    """One finished activity of a person. `own` = declared by the person, not verified by anybody."""

    form: str
    title: str
    competencies: list[str]
    start: date
    end: date
    jp: str | None = None
    course_code: str | None = None
    provider_code: str | None = None
    sessions: int = 1
    international: bool = False
    degree: str | None = None
    own: bool = False


@dataclass(frozen=True)
class Catalogue:
    """Who teaches what in `year`: every form that is taught has an accredited provider the whole year."""

    year: int

    @cached_property
    def providers(self) -> tuple[Provider, ...]:
        """Each provider also has one accreditation that ended with the year before."""
        since, ended, until = date(self.year - 3, 1, 1), date(self.year - 1, 12, 31), date(self.year + 1, 12, 31)
        providers: list[Provider] = []
        for number, school in enumerate(LEARNING.providers):
            held = [Accreditation(form, since, until if number % 3 else None) for form in school.forms]
            lost = self._never_taught(school.forms)[0]
            providers.append(Provider(f"P-{number + 1:03d}", school.name, (*held, Accreditation(lost, since, ended))))
        return tuple(providers)

    @cached_property
    def courses(self) -> tuple[Course, ...]:
        """Three courses of each provider and form."""
        since = date(self.year - 1, 1, 1)
        courses: list[Course] = []
        for number, provider in enumerate(self.providers):
            for form in (FORMS[code] for code in LEARNING.providers[number].forms):
                for edition in range(3):
                    topic = LEARNING.topics[(number * 5 + len(courses)) % len(LEARNING.topics)]
                    courses.append(
                        Course(
                            code=f"{provider.code}-{form.code}-{edition + 1}",
                            provider_code=provider.code,
                            form=form.code,
                            title=f"{form.title} {topic.title}",
                            jp=form.jp[(number + edition) % len(form.jp)] or None,
                            competencies=[topic.competence],
                            valid_from=since,
                            valid_to=None,
                        )
                    )
        return tuple(courses)

    def _never_taught(self, forms: tuple[str, ...]) -> list[str]:
        return [form.code for form in LEARNING.forms if form.taught and form.code not in forms]

    @cached_property
    def _of_form(self) -> dict[str, tuple[Course, ...]]:
        return {code: tuple(course for course in self.courses if course.form == code) for code in FORMS}

    @cached_property
    def _main(self) -> tuple[Course, ...]:
        """Courses that keep a person at pace for one caturwulan."""
        return tuple(course for course in self.courses if course.jp and 7 <= float(course.jp) < 20)

    @cached_property
    def _long(self) -> tuple[Course, ...]:
        """Courses that are enough for the year."""
        return tuple(course for course in self.courses if course.jp and float(course.jp) >= 20)

    @cached_property
    def _months(self) -> tuple[int, ...]:
        """Ordinals of the first days of the twelve months, and of the next year."""
        return (
            *(date(self.year, month, 1).toordinal() for month in range(1, 13)),
            date(self.year + 1, 1, 1).toordinal(),
        )

    def activities(self, seed: int, person: Person, last: date) -> Iterator[Activity]:
        """What `person` finished in the year until `last`, in no particular order."""
        roll = random.Random(seed << 64 | OWN_DICE | person.number).random
        year = _Year(self._months, person, last)
        pace = roll()
        if pace < KEEPS_PACE * LONG_COURSE:
            yield from self._courses(year, self._long, 1, roll)
        elif pace < KEEPS_PACE:
            yield from self._courses(year, self._main, len(CATURWULAN), roll)
        elif pace < FALLS_BEHIND:
            yield from self._courses(year, self._main, 1, roll)
        else:
            yield from _tiny(year, pace >= SMALL_STEPS, roll)
        if pace < KEEPS_PACE:
            yield from self._extras(year, roll)
            yield from _degree(year, person.education, roll)

    def _courses(self, year: "_Year", courses: tuple[Course, ...], most: int, roll: Roll) -> Iterator[Activity]:
        """A course in each caturwulan of service, the first `most` of them."""
        for first, after in CATURWULAN:
            finished, course = year.day_between(first, after, roll()), courses[int(roll() * len(courses))]
            if finished and most:
                most -= 1
                yield year.course(course, finished)

    def _extras(self, year: "_Year", roll: Roll) -> Iterator[Activity]:
        for _ in range(EXTRAS[int(roll() * len(EXTRAS))]):
            form, finished = SMALL[int(roll() * len(SMALL))], year.day_between(1, 13, roll())
            own, choice, chance = roll() < SELF_DECLARED, roll(), roll()
            if finished and form.taught and not own:
                offered = self._of_form[form.code]
                yield year.course(offered[int(choice * len(offered))], finished, international=_abroad(form, chance))
            elif finished:
                yield year.other(form, finished, choice, sessions=1 + int(chance * form.sessions), own=own)


def _tiny(year: "_Year", own: bool, roll: Roll) -> Iterator[Activity]:
    for _ in range(1 + int(roll() * 3)):
        form, finished, choice = FORMS[TINY[int(roll() * len(TINY))]], year.day_between(1, 13, roll()), roll()
        if finished:
            yield year.other(form, finished, choice, sessions=1, own=own)


def _degree(year: "_Year", education: str, roll: Roll) -> Iterator[Activity]:
    finished = year.day_between(1, 13, roll())
    if finished and education in DEGREES and roll() < DEGREE_SHARE:
        yield year.degree(*DEGREES[education], finished)


def _abroad(form: Form, chance: float) -> bool:
    return form.code in {"KL06", "NKL06"} and chance < 0.1


class _Year:
    """The days of the year on which a person is in service, and the activities that end on them."""

    def __init__(self, months: tuple[int, ...], person: Person, last: date) -> None:
        self.joined = person.joined_on.toordinal()
        self.months = months
        self.last = last.toordinal()
        self.absence = person.absence

    def day_between(self, first: int, after: int, chance: float) -> date | None:
        """A day of service from the month `first` until before the month `after`; None when it would lie ahead."""
        earliest = max(self.months[first - 1], self.joined)
        end = self.months[after - 1]
        if self.absence:
            since = self.absence.since.toordinal()
            until = self.absence.until.toordinal() if self.absence.until else end
            if earliest < since:
                end = min(end, since)
            else:
                earliest = max(earliest, until)
        day = earliest + int(chance * (end - earliest))
        return date.fromordinal(day) if day < end and day <= self.last else None

    def course(self, course: Course, finished: date, *, international: bool = False) -> Activity:
        start = self._start(FORMS[course.form].days, finished)
        provider, jp = course.provider_code, course.jp
        return Activity(
            course.form, course.title, course.competencies, start, finished, jp, course.code, provider, 1, international
        )

    def other(self, form: Form, finished: date, choice: float, *, sessions: int, own: bool) -> Activity:
        """An activity without a provider, about any topic."""
        topic = LEARNING.topics[int(choice * len(LEARNING.topics))]
        return Activity(
            form.code,
            f"{form.title} {topic.title}",
            [topic.competence],
            self._start(form.days, finished),
            finished,
            form.jp[int(choice * len(form.jp))] or None,
            sessions=sessions,
            own=own,
        )

    def degree(self, degree: str, title: str, finished: date) -> Activity:
        start = self._start(DEGREE_DAYS, finished)
        return Activity(DEGREE_FORM, f"Tugas Belajar {title}", ["pendidikan"], start, finished, degree=degree)

    def _start(self, days: int, finished: date) -> date:
        return date.fromordinal(max(finished.toordinal() - days + 1, self.joined))
