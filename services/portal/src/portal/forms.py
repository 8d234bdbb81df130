"""A form: what somebody has typed, which is never lost, and what is wrong with it, field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from common.refused import Refused
from portal.asking import Answer


@dataclass(frozen=True)
class Form:
    """Values by the names of the fields; faults by field, those of no field under the empty name."""

    typed: Mapping[str, str] = field(default_factory=dict[str, str])
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    def __getitem__(self, name: str) -> str:
        """What was typed in a field; nothing yet is the empty text."""
        return self.typed.get(name, "")

    def wrong(self, name: str) -> Sequence[str]:
        """What is wrong with a field."""
        return self.faults.get(name, ())

    def given(self, *names: str) -> dict[str, str]:
        """What was typed in those of these fields that are not empty."""
        return {name: self.typed[name].strip() for name in names if self.typed.get(name, "").strip()}

    def known(self, name: str) -> UUID:
        """The id in a field that nobody types. Raises Refused `not-found` where it is none."""
        try:
            return UUID(self[name])
        except ValueError as error:
            raise Refused("not-found") from error

    def whole(self, name: str) -> int | str | None:
        """The number that was typed; what is none goes to the service as it is, which says what is wrong with it."""
        typed = self[name].strip()
        return int(typed) if typed.isascii() and typed.isdigit() else typed or None

    def refused(self, answer: Answer, fields: Sequence[str], otherwise: str) -> "Form":
        """The form with what a service has against it; `otherwise` is said where it gives no reason.

        A fault of something that is no field of the form is told of the form as a whole.
        """
        faults: dict[str, list[str]] = {}
        for fault in answer.faults or [{"field": None, "message": otherwise}]:
            name = (fault["field"] or "").partition(".")[0]
            faults.setdefault(name if name in fields else "", []).append(fault["message"])
        return Form(self.typed, faults)
