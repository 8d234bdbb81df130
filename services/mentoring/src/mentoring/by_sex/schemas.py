"""The figures by sex, as shown."""

from pydantic import BaseModel, Field

from contracts.sex import Sex


class SexCoverageOut(BaseModel):
    """Those of one sex who were counted. Null: fewer than ten of either sex, or others would be known by it who are."""

    sex: Sex
    matched: int | None
    unmatched: int | None
    mean_score: int | None = Field(description="in hundreds, so that nobody's own score gives their sex away")
