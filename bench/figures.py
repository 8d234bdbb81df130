"""What a measure found: values of several rounds, and the goal they are held to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One line of the report: a value a round, judged by their median, or by the worst of them where `worst` says so.

    `course` is how the value changed in a round, as points of seconds and value, to be drawn.
    """

    name: str
    unit: str
    values: Sequence[float]
    at_least: float | None = None
    at_most: float | None = None
    worst: bool = False
    course: Sequence[tuple[float, float]] = ()

    @property
    def low(self) -> float:
        return min(self.values)

    @property
    def middle(self) -> float:
        return median(self.values)

    @property
    def high(self) -> float:
        return max(self.values)

    @property
    def bound(self) -> float | None:
        """The value that the goal names."""
        return self.at_most if self.at_least is None else self.at_least

    @property
    def goal(self) -> str:
        """The goal in words; empty when there is none."""
        if self.bound is None:
            return ""
        return f"{'at most' if self.at_least is None else 'at least'} {shown(self.bound)}"

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None when there is none."""
        if self.at_least is not None:
            return (self.low if self.worst else self.middle) >= self.at_least
        if self.at_most is not None:
            return (self.high if self.worst else self.middle) <= self.at_most
        return None

    def facts(self) -> dict[str, Any]:
        """The figure as it stands in the JSON report."""
        judged = {name: getattr(self, name) for name in ("low", "middle", "high", "bound", "goal", "met")}
        return asdict(self) | judged


def shown(value: float) -> str:
    """With as many digits as can be meant: 12,345 or 12.3 or 0.123."""
    for least, digits in ((1000, 0), (100, 0), (10, 1), (1, 2)):
        if abs(value) >= least:
            return f"{value:,.{digits}f}"
    return f"{value:.3f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
