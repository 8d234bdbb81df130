"""How anything says no: a rule of the domain, a use case, or the edge. `common.web.problems` answers it."""


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """What was asked is refused: a stable code of the service's catalogue, the input at fault, and values of its text.

    `field` names the input, if it is one. A value may stand in the answer: never one that tells who somebody is.
    """

    def __init__(self, code: str, field: str | None = None, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.values = values
