"""What came of the offers, as shown."""

from pydantic import BaseModel, Field


class UptakeOut(BaseModel):
    """Converted staff of a programme. Null: fewer than ten, or others would be known by it who are."""

    offered: int | None = Field(description="told of the programme since their post was turned into a functional one")
    applied: int | None = Field(description="of those, who take or took part as mentees")
    matched: int | None = Field(description="of those, who have or had a pair that both accepted")
