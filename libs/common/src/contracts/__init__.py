"""The published language of Jejak: topics, events, and the number every civil servant has."""

from contracts.events import PUBLISHED

__all__ = ["PUBLISHED"]
