"""Dated history: what held from when until when, without gap and without overlap.

`valid_to` is the first day a value no longer held; the last span is open. Neighbouring
spans differ in value, so two histories that say the same are equal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span(Generic[T]):
    """A value and the days it held."""

    value: T
    valid_from: date
    valid_to: date | None


History = tuple[Span[T], ...]


def begun(value: T, day: date) -> History[T]:
    """A history that knows one value, from `day` on."""
    return (Span(value, day, None),)


def begins_on(history: History[T]) -> date:
    """The first day anything is known of."""
    return history[0].valid_from


def at(history: History[T], day: date) -> T | None:
    """What held on `day`; None before the history begins."""
    return next((span.value for span in reversed(history) if span.valid_from <= day), None)


def at_or_first(history: History[T], day: date) -> T:
    """What held on `day`; before the history begins, what it begins with."""
    return next((span.value for span in reversed(history) if span.valid_from <= day), history[0].value)


def next_change(history: History[T], day: date) -> date | None:
    """The first change after `day` on record."""
    return next((span.valid_from for span in history if span.valid_from > day), None)


def put(history: History[T], value: T, start: date, end: date | None) -> History[T]:
    """The history in which `value` holds from `start` until `end`, and everything else stays as it is.

    `end` is exclusive, after `start`, and not before the history begins; None stands for ever.
    """
    points = {span.valid_from: span.value for span in history if span.valid_from < start}
    points[start] = value
    if end is not None:
        points |= {max(span.valid_from, end): span.value for span in history if _reaches(span, end)}
    return _spans(points)


def put_until_next(history: History[T], value: T, start: date) -> History[T]:
    """The history in which `value` holds from `start` until the next change on record.

    So a fact told late leaves later changes alone, and one that is told again changes nothing.
    """
    if at(history, start) == value:
        return history
    return put(history, value, start, next_change(history, start))


def starting(history: History[T], day: date) -> History[T]:
    """The history, but beginning on `day`: cut off before it, or with its first value carried back to it."""
    points = {max(span.valid_from, day): span.value for span in history if _reaches(span, day)}
    if day < begins_on(history):
        points[day] = history[0].value
    return _spans(points)


def ending(history: History[T], day: date) -> History[T]:
    """The history without changes after `day`; the day is not before the history begins."""
    return put(history, at_or_first(history, day), day, None)


def _reaches(span: Span[T], day: date) -> bool:
    return span.valid_to is None or span.valid_to > day


def _spans(points: Mapping[date, T]) -> History[T]:
    changes: list[tuple[date, T]] = []
    for day, value in sorted(points.items(), key=lambda point: point[0]):
        if not changes or changes[-1][1] != value:
            changes.append((day, value))
    ends = [*(day for day, _ in changes[1:]), None]
    return tuple(Span(value, day, end) for (day, value), end in zip(changes, ends, strict=True))
