"""Style sheet, scripts and signs of the pages: read once, served under names that change with their content."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOLDER = Path(__file__).with_name("static")


@dataclass(frozen=True)
class Asset:
    """A file; packed once, since it is the same for everybody."""

    media_type: str
    content: bytes = field(repr=False)
    packed: bytes = field(repr=False)


@dataclass(frozen=True)
class Assets:
    """All of them, by the names they are served under."""

    served: Mapping[str, Asset]
    names: Mapping[str, str]

    @classmethod
    def read(cls) -> "Assets":
        """Reads the portal's own and those that npm has installed beside them (`make setup`)."""
        served: dict[str, Asset] = {}
        names: dict[str, str] = {}
        for path in sorted(FOLDER.rglob("*")):
            if path.suffix in TYPES:
                content = path.read_bytes()
                mark = hashlib.sha256(content).hexdigest()[:12]
                name = f"{path.stem}.{mark}{path.suffix}"
                served[name] = Asset(TYPES[path.suffix], content, gzip.compress(content, mtime=0))
                names[path.name] = f"/assets/{name}"
        return cls(served, names)

    def __getitem__(self, name: str) -> str:
        """The address of a file by its name. Raises KeyError for one that is not there."""
        return self.names[name]
