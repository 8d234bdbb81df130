"""Column types that several tables share."""

from sqlalchemy import Numeric

TWELFTHS = Numeric(12, 4)
"""An amount of AK times twelve, exact: see credit.domain.amounts."""
