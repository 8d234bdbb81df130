"""Stakeholders as written and shown."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from common.fields import Document, Line, Paragraph


class StakeholderIn(Document):
    """Who takes part, in which role; the contribution may be left open."""

    name: Line
    role: Line
    contribution: Paragraph | None = None


class StakeholderOut(BaseModel):
    """A stakeholder as of a day, and since when it has stood so."""

    id: UUID
    name: str
    role: str
    contribution: str | None
    valid_from: date
    valid_to: date | None
