"""Field types the schemas share."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from common.fields import PLAIN

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=PLAIN)]

# Numbers like 1E+9999999999 and 1E-9999999999 overflow in every reckoning, or vanish in it.
Hours = Annotated[Decimal, Field(max_digits=12)]
