"""The sexes that a NIP can tell (digit 15).

Plain Python, so that rules may use it.
"""

from typing import Literal

Sex = Literal["male", "female"]
