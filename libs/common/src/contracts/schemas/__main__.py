"""Freezes the schemas of new event types: `python -m contracts.schemas`.

A frozen schema is only ever replaced by a compatible one; anything else is a new type (`.v2`).
"""

import sys

from contracts import PUBLISHED
from contracts.schemas import broken_promises, frozen_path, schema

if __name__ == "__main__":
    for event in PUBLISHED:
        path = frozen_path(event)
        broken = broken_promises(event, path.read_text(encoding="utf-8")) if path.exists() else []
        if broken:
            sys.exit(f"{event.type}: {'; '.join(broken)}. Publish the change as a new type.")
        path.write_text(schema(event) + "\n", encoding="utf-8")
        print(f"{path.name}: frozen")
