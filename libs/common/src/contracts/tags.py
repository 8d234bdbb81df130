"""What the registry may say of somebody for a time: `tags.toml`."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import NamedTuple


class Tag(NamedTuple):
    """What a tag is called, and by which rule it is given."""

    name: str
    source: str


TAGS: Mapping[str, Tag] = {
    name: Tag(**said)
    for name, said in tomllib.loads(resources.files("contracts").joinpath("tags.toml").read_text("utf-8")).items()
}
