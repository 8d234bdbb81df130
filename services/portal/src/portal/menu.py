"""What a hat finds in the menu: every feature's `api.py` says it as `MENU`, in the order of the features."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from portal.features import FEATURES


@dataclass(frozen=True)
class Item:
    """A page in the menu: its address, the name of its text, and the hats that find it there (none: everybody who is logged in)."""

    address: str
    text: str
    hats: tuple[str, ...] = ()


@cache
def items(hat: str | None) -> Sequence[Item]:
    """The menu of a hat; nothing for who is not logged in."""
    if hat is None:
        return ()
    modules = [import_module(f"portal.{feature}.api") for feature in FEATURES]
    every = [item for module in modules for item in getattr(module, "MENU", ())]
    return [item for item in every if not item.hats or hat in item.hats]
