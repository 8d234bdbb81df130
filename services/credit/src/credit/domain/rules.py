"""The regulation as typed tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from common.rules import RuleBook


@dataclass(frozen=True)
class Jenjang:
    """A level of functional posts: its golongan, its yearly coefficient, and the AK needed to rise.

    `kp_need` is for kenaikan pangkat, `kj_need` for kenaikan jenjang (None at the top level).
    """

    code: str
    name: str
    kategori: str
    golongan: tuple[str, ...]
    coefficient: Decimal
    kp_need: Decimal
    kj_need: Decimal | None
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Predikat:
    """A yearly or periodic rating of somebody's work, and the percentage of the coefficient it earns."""

    code: str
    label: str
    percent: int
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Matrix:
    """How hasil kerja and perilaku make a predikat."""

    cells: Mapping[tuple[str, str], str]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Conversion:
    """AK from the predikat, which may be set from the `earliest_day` of the last month of its period on."""

    predikat: Mapping[str, Predikat]
    matrix: Matrix
    earliest_day: int


@dataclass(frozen=True)
class Education:
    """AK from a higher degree: `percent` of the KP need."""

    percent: int
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class OpenReading:
    """How a question is decided here that none of the sources decides, in cases of these kinds.

    It goes with every answer that it decides about. `text` is the name of its text in the catalogues.
    """

    code: str
    of: tuple[str, ...]
    source: str
    status: str
    text: str


@dataclass(frozen=True)
class Rules:
    """The tables of one pack. Without `conversion` or `education`, no AK arise that way.

    `activity` is the reason code of a finished learning activity; `reasons` holds the legal source of every reason code
    that the pack can give; `readings` are what the sources leave open; `sources` says what each source key stands for.
    """

    activity: str
    reasons: Mapping[str, str]
    jenjang: Mapping[str, Jenjang] = field(default_factory=dict[str, Jenjang])
    conversion: Conversion | None = None
    education: Education | None = None
    readings: tuple[OpenReading, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict[str, str])

    def readings_of(self, kind: str) -> list[OpenReading]:
        """The open readings behind what cases of a kind come to."""
        return [reading for reading in self.readings if kind in reading.of]


Book = RuleBook[Rules]
"""The packs of the service, each with its period."""
