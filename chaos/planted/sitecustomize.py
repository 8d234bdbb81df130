"""Python imports this first in every process that has its folder on PYTHONPATH: only those of `chaos.arena`."""

import os

if os.environ.get("CHAOS_PAGE"):
    from training.soundings import tables

    tables.PAGE = int(os.environ["CHAOS_PAGE"])
