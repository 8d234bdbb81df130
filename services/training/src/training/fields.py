"""Field types the schemas share."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from common.fields import PLAIN

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=PLAIN)]

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def _plainly_written(value: object) -> object:
    """Python's Decimal also reads `1_0`, digits of other scripts, and 1E+9999999999, with which nothing can be computed."""
    if isinstance(value, str) and not NUMBER.fullmatch(value):
        raise ValueError("not a plain decimal number")
    return value


Hours = Annotated[
    Decimal,
    BeforeValidator(_plainly_written),
    Field(max_digits=12),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^{NUMBER.pattern}$"}]}),
]
