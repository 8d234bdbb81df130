"""The parts of a person's record and the fields that each shows: `parts.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources

PARTS: Mapping[str, Sequence[str]] = tomllib.loads(
    resources.files("contracts").joinpath("parts.toml").read_text("utf-8")
)
