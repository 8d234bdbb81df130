"""How a rule says no."""


class Refused(Exception):  # noqa: N818 - names what it is
    """A rule is broken; `code` stands in problems.toml, `field` names the input at fault, `values` fill the text."""

    def __init__(self, code: str, field: str | None = None, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.values = values
