"""Promotions as sent."""

from pydantic import Field, StrictBool

from common.fields import Day, Document, Line
from contracts.nip import NOBODYS, WrittenNip
from registry.domain.person import PromotionKind
from registry.fields import Name


class PromotionIn(Document):
    """A rise by one rank (`rank`) or one level (`level`) from `valid_from` on (TMT), by a decree.

    Said again for the same day, it replaces what was said; `withdrawn` takes back one that was recorded wrong.
    """

    kind: PromotionKind
    valid_from: Day
    position: Name | None = Field(None, description="what it is called from then on; as before where it is left out")
    decree: Line = Field(examples=["SK 823.3/15/2026"])
    decree_date: Day
    withdrawn: StrictBool = False


class PromotionLine(PromotionIn):
    """A promotion of the person with this NIP, in a bulk upload."""

    nip: WrittenNip = Field(description="18 digits; spaces and dots are accepted", examples=[NOBODYS])
