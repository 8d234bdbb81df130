"""What became of a load: counts per stream, and the answers held against the planted faults."""

from collections import Counter
from dataclasses import dataclass, field

from nation.faults import Fault

EXAMPLES = 100  # surprises of a stream that are kept; all are counted


@dataclass(frozen=True)
class Answer:
    """One line of a bulk answer: `id` when taken, `code` and `field` when refused."""

    line: int
    status: str
    id: str | None = None
    code: str | None = None
    field: str | None = None


@dataclass(frozen=True)
class Surprise:
    """An answer other than foretold; `kind` of the planted fault, None for a good line."""

    stream: str
    line: int
    kind: str | None
    expected: str
    got: str


@dataclass
class Surprises:
    """How many there were, and the first hundred of them."""

    total: int = 0
    examples: list[Surprise] = field(default_factory=list[Surprise])

    def add(self, surprise: Surprise) -> None:
        self.total += 1
        if self.total <= EXAMPLES:
            self.examples.append(surprise)


@dataclass
class StreamSummary:
    """The answers to all uploads of one label. `seconds` run from the first byte sent to the last answer.

    `missing`: planted faults not answered as foretold. `unexpected`: good lines refused. `repeated`: good
    lines answered as duplicates, as all are when a load is sent again; they are among `duplicate` too.
    """

    label: str
    sent: int = 0
    stored: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicate: int = 0
    repeated: int = 0
    refused: Counter[str] = field(default_factory=Counter[str])
    planted: int = 0
    seconds: float = 0.0
    missing: Surprises = field(default_factory=Surprises)
    unexpected: Surprises = field(default_factory=Surprises)

    @property
    def rate(self) -> float:
        """Lines per second."""
        return self.sent / self.seconds if self.seconds else 0.0

    @property
    def ok(self) -> bool:
        """Whether every planted fault, and nothing else, was answered as a fault."""
        return not self.missing.total and not self.unexpected.total

    def count(self, answer: Answer) -> None:
        match answer.status:
            case "stored":
                self.stored += 1
            case "updated":
                self.updated += 1
            case "unchanged":
                self.unchanged += 1
            case "duplicate":
                self.duplicate += 1
            case _:
                self.refused[answer.code or answer.status] += 1


class Judge:
    """Holds the answers to one upload against the faults planted in it."""

    def __init__(self, stream: str, summary: StreamSummary) -> None:
        self.heard = 0
        self._stream = stream
        self._summary = summary
        self._faults: dict[int, Fault] = {}
        self._ids: dict[int, str | None] = {}

    def foretell(self, fault: Fault) -> None:
        """Expects the answer to a fault. All are foretold before the first answer is heard."""
        self._faults[fault.line] = fault
        self._summary.planted += 1
        if fault.repeats is not None:
            self._ids[fault.repeats] = None

    def hear(self, answer: Answer) -> None:
        """Counts an answer; answers come in the order of the lines."""
        self.heard += 1
        self._summary.count(answer)
        if answer.line in self._ids:
            self._ids[answer.line] = answer.id
        fault = self._faults.get(answer.line)
        if fault:
            self._hear_of_fault(fault, answer)
        elif answer.status == "refused":
            self._summary.unexpected.add(Surprise(self._stream, answer.line, None, "taken", _told(answer)))
        elif answer.status == "duplicate":
            self._summary.repeated += 1

    def _hear_of_fault(self, fault: Fault, answer: Answer) -> None:
        right = answer.status == fault.status and fault.code in {None, answer.code}
        expected = f"{fault.status} {fault.code or ''}".rstrip()
        got = _told(answer)
        if fault.repeats is not None:
            first = self._ids[fault.repeats]
            right = right and answer.id is not None and answer.id == first
            expected, got = f"{expected} of {first}", f"{got} of {answer.id}"
        if not right:
            self._summary.missing.add(Surprise(self._stream, fault.line, fault.kind, expected, got))


def _told(answer: Answer) -> str:
    return " ".join(filter(None, (answer.status, answer.code, answer.field)))


@dataclass
class CaseSummary:
    """Credit cases decided: checked by a verifier, then attested by a validator; `left` wait for one of them."""

    found: int = 0
    checked: int = 0
    attested: int = 0
    returned: int = 0
    refused: Counter[str] = field(default_factory=Counter[str])

    @property
    def left(self) -> int:
        return self.found - self.attested - self.returned


@dataclass
class LoadSummary:
    """A whole load. `agencies` gives the registry's id of each agency code, for who wants to go on."""

    streams: dict[str, StreamSummary] = field(default_factory=dict[str, StreamSummary])
    cases: CaseSummary = field(default_factory=CaseSummary)
    agencies: dict[str, str] = field(default_factory=dict[str, str])
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every answer was the foretold one."""
        return all(stream.ok for stream in self.streams.values())
