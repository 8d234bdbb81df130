"""What the rules say no with."""


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A rule forbids what was asked; `code` is of the service's problem catalogue, `field` the input at fault."""

    def __init__(self, code: str, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
