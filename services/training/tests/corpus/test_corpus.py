"""The intake of trainings does what it did: 10,000 lines in 200 uploads and what happens between them.

`script` makes them from one seed, `playing` sends them through the real application; every answer, row and event must
be the one that was recorded before, but for ids and times. Who changes the behaviour on purpose looks at the
differences that the failing test prints, records anew, and commits both together:

    .venv/bin/pytest services/training/tests/corpus/test_corpus.py --record-corpus
"""

import hashlib
import json
import lzma
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

import common
import training
from services.training.tests.corpus.playing import Player, Seen, parts
from services.training.tests.corpus.script import steps

RECORDED = Path(__file__).with_name("recorded.jsonl.xz")
LISTED, SHOWN = 60, 20
ELSEWHERE = {
    "code-taken": "of the catalogue",
    "periods-overlap": "of the catalogue",
    **dict.fromkeys(
        ("ground-unknown", "own-exemption", "exemption-decided", "exemption-not-approved", "end-outside"),
        "of exemptions",
    ),
    **dict.fromkeys(
        ("not-short", "nudged-already", "due-gone", "course-not-offered", "assigned-already", "not-open"), "of teams"
    ),
    **dict.fromkeys(("link-invalid", "link-expired"), "no mail leads here"),
    **dict.fromkeys(("check-decided", "lease-over"), "of checks"),
    **dict.fromkeys(
        ("files-over", "file-altered", "file-too-large", "picture-unreadable", "picture-too-large"),
        "no files are kept here",
    ),
    "accreditation-by-lan": "of the catalogue",
    "flag-settled": "of flags",
    "nip-of-another": "of transcripts",
    **dict.fromkeys(("nothing-to-audit", "finding-given", "not-outside"), "of audits"),
    **dict.fromkeys(
        (
            *("attendance-short", "class-begun", "class-cancelled", "class-jp-differs", "class-not-over", "class-over"),
            *("class-session-outside", "class-session-unknown", "class-sessions-overlap", "form-not-in-classes"),
            *("not-attended", "not-in-class", "result-given", "seats-taken", "session-not-begun", "times-reversed"),
            *("certificate-revoked", "evaluated-already", "not-asked", "signer-away"),
        ),
        "of classes",
    ),
    **dict.fromkeys(
        (
            *("cell-broken", "cell-choice-unknown", "cell-day-is-number", "cell-digits-lost", "cell-formula"),
            *("cell-number-invalid", "cell-number-is-day", "column-missing", "column-twice", "column-unknown"),
            *(
                "file-empty",
                "file-expands",
                "file-unreadable",
                "import-none-refused",
                "import-not-ended",
                "import-row-waits",
                "rows-too-many",
            ),
        ),
        "no spreadsheets are read here",
    ),
    **dict.fromkeys(("claim-gone", "claim-missing", "claim-succeeded"), "of rights"),
    "not-deputy": "nobody acts for another here",
    "at-rest": "nobody's record rests",
    "agency-unknown": "of audits",
    "kind-unconfirmed": "of what mentoring tells",
    "file-type-refused": "no files are kept here",
    **dict.fromkeys(("job-not-waiting", "job-not-failed", "job-dies"), "there are no jobs"),
    "when-invalid": "moments came later: records/test_zones.py",
    "headers-too-large": "of the server, before any route",
    "too-slow": "of the server",
    "no-http": "of the server",
    "too-many-requests": "tests have no such limits",
    "too-many-uploads": "tests have no such limits",
    "event-too-large": "a line is shorter than an event may be",
    "internal-error": "nothing fails",
    "unavailable": "the database is there",
}
"""Codes that no request of the script can be answered with, and why."""


@pytest.mark.timeout(900)  # some 20 s by itself; many runs at once on a small machine take long
async def test_the_intake_answers_writes_and_tells_what_it_did_before(api, world, pytestconfig):
    script = steps()
    seen = await Player(api.http, api.issuer, world).play(script)
    check_codes(seen)
    mark = hashlib.sha256("\n".join(map(repr, script)).encode()).hexdigest()
    if pytestconfig.getoption("--record-corpus", default=False):
        record(mark, seen)
    with lzma.open(RECORDED, "rt", encoding="utf-8") as file:
        kept_mark, *kept = (json.loads(line) for line in file)
    if found := differences(dict(kept), seen):
        pytest.fail(found, pytrace=False)
    assert mark == kept_mark, "the script is another than the recorded one: record anew"


def codes(seen: Sequence[Seen]) -> dict[str, Counter[str]]:
    """How often each code was answered, by its text."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for each in seen:
        answer = json.loads(each.what)
        if isinstance(answer, list):
            continue
        problems = [answer] if answer.get("status") == "refused" else (answer.get("body") or {}).get("errors", [])
        for problem in problems:
            found[problem["code"]][problem["message"]] += 1
    return found


def check_codes(seen: Sequence[Seen]) -> None:
    """Every code that a route can answer with occurs, in both languages."""
    files = [file for package in (common, training) for file in Path(package.__path__[0]).rglob("problems.toml")]
    every = {code for file in files for code in tomllib.loads(file.read_text())}
    found = codes(seen)
    assert every - found.keys() == ELSEWHERE.keys()
    assert [code for code, texts in found.items() if len(texts) < 2] == []


def record(mark: str, seen: Sequence[Seen]) -> None:
    with lzma.open(RECORDED, "wt", preset=9 | lzma.PRESET_EXTREME, encoding="utf-8") as file:
        for line in (mark, *((each.where, each.what) for each in seen)):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def differences(kept: dict[str, str], seen: Sequence[Seen]) -> str:
    """What is another than it was: of each kind of difference how many, and the first with what was sent before it."""
    assert len({each.where for each in seen}) == len(seen)
    kinds: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for each in seen:
        was = kept.pop(each.where, None)
        if was != each.what:
            now = each.what
            apart = dict(parts(json.loads(was), json.loads(now))) if was else {}
            kinds[_kind(each.where), "" if was else "is new", *apart].append(
                "\n  ".join(
                    (
                        *(each.where, f"sent {each.sent}", f"was  {was or 'nothing'}", f"is   {now}"),
                        *(f"     {path}: {told}" for path, told in apart.items()),
                    )
                )
            )
    for where, was in kept.items():
        kinds[_kind(where), "is gone"].append(f"{where}\n  was  {was}")
    counted = [f"{len(each):,} times: {' '.join(kind)}" for kind, each in kinds.items()]
    return "\n".join(
        (*counted[:LISTED], "", *("\n" + each[0] for each in list(kinds.values())[:SHOWN])) if kinds else ()
    )


def _kind(where: str) -> str:
    """The name of something seen, without what tells it from others of its kind."""
    return re.sub("[0-9].*", "", where.partition(": ")[0].split(", ")[-1]).strip()
