"""How long what is kept: `retention.toml`."""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from importlib import resources
from typing import Literal

_SAID = tomllib.loads(resources.files("contracts").joinpath("retention.toml").read_text("utf-8"))


TOPICS: Mapping[str, Literal["replaced", "time"]] = {name: said["by"] for name, said in _SAID["topics"].items()}
"""How what a topic holds of somebody goes when they are erased."""
ROWS: Mapping[str, timedelta] = {name: timedelta(days=said["days"]) for name, said in _SAID["rows"].items()}
"""By the table, for how long its rows are kept once nothing more becomes of them."""
FILES: Mapping[str, timedelta] = {name: timedelta(days=said["days"]) for name, said in _SAID["files"].items()}
"""For how long what people send as files is kept, by what it is for."""
COMPACTION = timedelta(days=_SAID["compaction"]["days"])
YEARS_AFTER_LEAVING: int = _SAID["personnel"]["years_after_leaving"]


def kept_until(left_on: date) -> date:
    """The first day on which the record of somebody who left is to be erased; of 29 February, 1 March."""
    try:
        return left_on.replace(year=left_on.year + YEARS_AFTER_LEAVING)
    except ValueError:
        return date(left_on.year + YEARS_AFTER_LEAVING, 3, 1)
