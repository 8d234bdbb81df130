"""Verifies an audit that credit has written, with nothing but Python: `python verify.py FILE`.

Every fault is a line of JSON, with the number of the line in the file and whose chain it is of. It exits with 1 where there is one.

- `changed`: what the line tells is not what was sealed.
- `broken`: its seal does not follow the one before it in the file, or one between them is missing.
- `cut`: the end is missing, or does not count what is there.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


def faults(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """What is wrong with an audit, line by line; nothing where all of it is as it was sealed."""
    digest, count, ended = hashlib.sha256(), 0, False
    last: dict[str, Any] = {}
    for number, raw in enumerate(lines, 1):
        line: dict[str, Any] = json.loads(raw)
        named = {"line": number, **{name: line[name] for name in ("of", "chain", "place") if name in line}}
        if line["of"] == "end":
            ended = (line["lines"], line["digest"]) == (count, digest.hexdigest())
        elif line["of"] != "head":
            count += 1
            before = line["before"]
            sealed = hashlib.sha256(bytes.fromhex(before or "") + line["told"].encode()).hexdigest()
            if sealed != line["seal"]:
                yield named | {"fault": "changed"}
            same = (last.get("of"), last.get("chain")) == (line["of"], line["chain"])
            follows = (last["place"] + 1, last["seal"]) if same else (line["place"], before)
            if follows != (line["place"], before) or (before is None) != (line["place"] == 1):
                yield named | {"fault": "broken"}
            last = line
        digest.update(raw)
    if not ended:
        yield {"fault": "cut"}


def main() -> int:
    with Path(sys.argv[1]).open("rb") as file:
        found = list(faults(file))
    sys.stdout.writelines(f"{json.dumps(fault)}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
