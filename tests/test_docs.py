"""The pages are true: what they name exists, and every rule is at most three links away from the README."""

import json
import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pytest

from common.process import commands_of
from contracts.degrees import DEGREES
from credit.domain.packs import load
from docs.generate import DOCS, drifted
from jejak_local.processes import CHECKOUT
from jejak_local.services import services
from registry.domain.grades import Jenjang, StaffType

README = CHECKOUT / "README.md"
FEATURES = DOCS / "features.md"
PAGES = {
    page: page.read_text(encoding="utf-8")
    for page in [README, CHECKOUT / "CHANGELOG.md", CHECKOUT / "bench/peers/README.md", *sorted(DOCS.glob("**/*.md"))]
}
DECISIONS = {page: text for page, text in PAGES.items() if page.parent.name == "decisions" and page.stem[0].isdigit()}
PRESENT = [page for page in PAGES if page not in DECISIONS]
"""The pages of what is true now; a decision may name what is gone."""


def path_of(page: Path) -> str:
    return page.relative_to(CHECKOUT).as_posix()


# --- links -------------------------------------------------------------------------------------------------------

SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def links(page: Path, text: str) -> Iterator[tuple[Path, str]]:
    """The files and folders of this checkout that a page links to, each with the heading that is meant, or none."""
    for target in LINK.findall(SPAN.sub("", text)):
        if not re.match(r"[a-z]+:", target):
            path, _, heading = target.partition("#")
            yield (page.parent / path).resolve() if path else page, heading


def headings(text: str) -> set[str]:
    """How a link names the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=path_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, heading in links(page, PAGES[page]):
        assert target.exists(), target
        assert not heading or heading in headings(PAGES[target]), f"{target}#{heading}"


# --- names -------------------------------------------------------------------------------------------------------

IGNORED = {"__pycache__", "node_modules"}
BLOCK = re.compile(r"^```.*?^```|(?:^ {4}.*\n)+", re.MULTILINE | re.DOTALL)


@cache
def files() -> list[str]:
    """Every file and folder of the checkout, with a slash before its path."""
    found: list[str] = []
    for folder, below, names in os.walk(CHECKOUT):
        below[:] = [name for name in below if name not in IGNORED and (name == ".ci" or not name.startswith("."))]
        found += [f"/{(Path(folder) / name).relative_to(CHECKOUT).as_posix()}" for name in (*below, *names)]
    return found


@cache
def code() -> str:
    """The text of every file that is neither a page, nor made of others, nor this one."""
    made = ("/docs/api/", "/docs/events/", "/bench/results/")
    paths = [Path(f"{CHECKOUT}{name}") for name in files() if not name.startswith(made)]
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in paths
        if path.is_file() and path.suffix not in {".md", ".xz"} and path != Path(__file__)
    )


@cache
def words() -> set[str]:
    """Every word of the code, those with hyphens whole and in parts."""
    return {*re.findall(r"[\w-]+", code()), *re.findall(r"\w+", code())}


@cache
def routes() -> set[str]:
    """Every route of every service as `GET /v1/people/{}`; of pages, and of a foreign standard, only the table of rights tells."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in DOCS.glob("api/*.json")]
    documented = {
        f"{method.upper()} {path}"
        for document in documents
        for path, methods in document["paths"].items()
        for method in methods
    }
    rows = re.findall(r"^\| (`.+?) \|", PAGES[DOCS / "rights.md"], re.MULTILINE)
    told = {route for row in rows for route in SPAN.findall(row)}
    return {re.sub("{.*?}", "{}", route) for route in documented | told}


def is_path(written: str) -> bool:
    """Whether a path, or the end of one, is there; `*`, `<name>` and `{name}` stand for any name."""
    pattern = re.sub(r"\\\*|<.*?>|\\\{.*?\\\}", "[^/]*", re.escape(written.strip("/")))
    return any(re.search(f"/{pattern}$", name) for name in files())


def is_test(written: str) -> bool:
    path, _, name = written.partition("::")
    return bool(re.search(rf"^(async )?def {name}\(", (CHECKOUT / path).read_text(encoding="utf-8"), re.MULTILINE))


def is_route(written: str) -> bool:
    return re.sub("{.*?}", "{}", written.partition("?")[0]) in routes()


def is_command(written: str) -> bool:
    """Whether a module can be run, and a service has the role or command that is named."""
    module, *words = written.split()[2:]
    if module not in {service.name for service in services()}:
        return find_spec(f"{module}.__main__" if "." not in module else module) is not None
    [service] = [service for service in services() if service.name == module]
    return not words or words[0] in {*service.roles, *commands_of(service), "migrate"}


def is_target(written: str) -> bool:
    target = written.split()[1]
    return re.search(rf"^{target}:", (CHECKOUT / "Makefile").read_text(), re.MULTILINE) is not None


def is_setting(written: str) -> bool:
    """Whether a service has the setting, written with its prefix or without."""
    return any(
        written in {name.upper(), f"{service.prefix}{name}".upper()}
        for service in services()
        for name in service.settings.model_fields
    )


def is_object(written: str) -> bool:
    """Whether `module.name` or `package.module.name` is there to be imported, `Class.method` to be called, or code says just this."""
    module, _, name = written.rpartition(".")
    if written in code() or (f"class {module}" in code() and f"def {name}(" in code()):
        return True
    where = re.escape(module.replace(".", "/"))
    modules = [path for path in files() if re.search(rf"/{where}(/__init__)?\.py$", path)]
    return any(re.search(rf"\b{name}\b", Path(f"{CHECKOUT}{module}").read_text()) for module in modules)


def is_callable(written: str) -> bool:
    name = re.split(r"\W", written.partition("(")[0])[-1]
    return re.search(rf"\b(def|class) {name}\b|\b{name} = ", code()) is not None


KINDS: list[tuple[str, Callable[[str], bool]]] = [
    (r"make [a-z][a-z-]*( .*)?", is_target),
    (r"python -m [\w.]+( .*)?", is_command),
    (r"(GET|POST|PUT|PATCH|DELETE) /\S+", is_route),
    (r"\S+::\S+", is_test),
    (r"[\w.*<>{}@-]+/[\w.*<>{}@/-]*|[\w.-]+\.(py|md|toml|yml|yaml|json|po|txt|lock|html)", is_path),
    (r"\w+(\.\w+)*\(.*\)", is_callable),
    (r"\w+(\.\w+)+", is_object),
    (r"[\w-]+", lambda written: written in words() or is_setting(written)),
]
"""What is written as code, and how to see that it is there; what has none of these forms is not looked at."""

OTHERS = {
    *(
        ".jejak/",
        ".jejak/pictures",
        ".jejak/chaos/",
        ".jejak/chaos/rounds.jsonl",
        ".jejak/signer",
        "run.json",
        "data.json",
    ),
    *("Allow", "http.server.request.duration"),
}
"""What is made at run time, by us or by libraries."""


def absent(text: str) -> list[str]:
    """What a page names that is not there."""
    spans = SPAN.findall(BLOCK.sub("", text))
    lines = [line.split("#")[0].strip() for block in BLOCK.findall(text) for line in block.splitlines()]
    commands = [line for line in lines if line.startswith(("make ", "python -m "))]
    found: list[str] = []
    for written in (*spans, *commands):
        exists = next((exists for form, exists in KINDS if re.fullmatch(form, written)), None)
        if exists and written not in OTHERS and not exists(written):
            found.append(written)
    return found


@pytest.mark.parametrize("page", PRESENT, ids=path_of)
def test_what_a_page_names_is_there(page: Path) -> None:
    assert absent(PAGES[page]) == []


@pytest.mark.parametrize(
    "planted",
    [
        "`make nothing`",
        "    make nothing  # said in a block\n",
        "`python -m training nothing`",
        "`python -m common.nothing list`",
        "`GET /v1/nothing/{id}`",
        "`tests/test_docs.py::test_nothing`",
        "`common/nothing.py`",
        "`TRAINING_NO_SUCH_SETTING`",
        "`common.clock.Nothing`",
        "`permit(role)`",
        "`person-unheard-of`",
    ],
)
def test_a_name_of_nothing_is_found(planted: str) -> None:
    assert len(absent(planted)) == 1


# --- rules -------------------------------------------------------------------------------------------------------

RULES = {
    "yearly duty": ("services/training/src/training/rules/jp/jp-2018.toml", r"floor = 20"),
    "duty of part of a year": ("services/training/src/training/domain/duty.py", "def pro_rata"),
    "hours of each form": ("services/training/src/training/domain/counting.py", "class "),
    "shortfall threshold": ("services/training/src/training/domain/caturwulan.py", "def threshold"),
    "periods": ("services/training/src/training/rules/caturwulan/caturwulan-2019.toml", "tables.periods"),
    "page size of shortfalls": ("libs/common/src/contracts/events/training.py", "^PEOPLE_A_PAGE = "),
    "credit points": ("services/credit/src/credit/domain/amounts.py", "def conversion_twelfths"),
    "coefficients": ("services/credit/src/credit/rules/conversion/konversi-2023.toml", "coefficient"),
    "months that count": ("services/credit/src/credit/domain/periods.py", "def convert"),
    "degrees": ("services/credit/src/credit/domain/degrees.py", "def judge_degree"),
    "ladder of degrees": ("libs/common/src/contracts/degrees.py", "^DEGREES"),
    "moves of a case": ("services/credit/src/credit/domain/cases.py", "^MOVES"),
    "person not known": ("docs/architecture/delivery.md", "^## Somebody not known yet$"),
    "waits before a mail is tried again": ("services/notification/src/notification/domain/delivery.py", "^WAITS = "),
    "who a mail goes to": ("services/notification/src/notification/domain/pics.py", "def addressees"),
    "number of a civil servant": ("libs/common/src/contracts/nip.py", "def parse_nip"),
    "golongan and jenjang": ("services/registry/src/registry/domain/grades.py", "^GOLONGAN_OF_JENJANG"),
    "what may change on a person": ("services/registry/src/registry/domain/person.py", "^LONGEST_ABSENCE"),
    "under whose name a reference is kept": ("libs/common/src/contracts/acting.py", "^class Sender"),
    "who may call what": ("docs/rights.md", r"POST /v1/cases/\{case_id\}/attest"),
    "claims of a role": ("libs/common/src/contracts/roles.py", "^ROLES"),
    "calls a second": ("docs/settings.md", "`CALLS_A_SECOND`"),
    "lines of a transaction": ("libs/common/src/common/web/bulk.py", "^CHUNK = "),
    "dead letters before a halt": ("libs/common/src/common/messages/inbox.py", "^MOST_BURIED_IN_A_ROW"),
    "largest event": ("libs/common/src/common/events.py", "^MAX_EVENT_BYTES"),
    "what a date is": ("libs/common/src/common/fields.py", "^FIRST_DAY"),
}
"""A choice of rules, and where each stands: a file and what is written there."""
HOPS = 3


def hops(pages: Mapping[Path, str]) -> dict[Path, int]:
    """How many links away from the README each file is."""
    found = {README: 0}
    ahead = deque([README])
    while ahead:
        page = ahead.popleft()
        for target, _ in links(page, pages.get(page, "")):
            if target not in found:
                found[target] = found[page] + 1
                ahead.append(target)
    return found


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_found_from_the_readme(rule: str) -> None:
    name, said = RULES[rule]
    assert hops(PAGES).get(CHECKOUT / name, HOPS + 1) <= HOPS
    assert re.search(said, (CHECKOUT / name).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_module_and_pack_of_rules_is_found_from_the_readme() -> None:
    sources = CHECKOUT / "services"
    stand = {*sources.glob("*/src/*/domain/**/*.py"), *sources.glob("*/src/*/rules/*/*.toml")}
    far = {path for path in stand if path.name != "__init__.py" and hops(PAGES).get(path, HOPS + 1) > HOPS}
    assert len(stand) > len(RULES)
    assert far == set()


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_nobody_links_to_is_not_found(rule: str) -> None:
    target = CHECKOUT / RULES[rule][0]
    without = {
        page: LINK.sub(lambda link: "" if target in dict(links(page, link[0])) else link[0], text)  # noqa: B023 - called before `page` is the next
        for page, text in PAGES.items()
    }
    assert target not in hops(without)


# --- decisions and features --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", DECISIONS, ids=path_of)
def test_a_decision_and_the_one_that_replaces_it_name_each_other(page: Path) -> None:
    status = re.search(r"^\*\*Status\.\*\* (.+)$", PAGES[page], re.MULTILINE)
    assert status
    assert re.match(r"Accepted\.$|Accepted; supersedes \[|Superseded by \[", status[1])
    by = status[1].startswith("Superseded")
    for other, _ in links(page, status[1]):
        answer = "Accepted; supersedes" if by else "Superseded by"
        assert re.search(rf"^\*\*Status\.\*\* {answer} .*\({page.name}\)", PAGES[other], re.MULTILINE)


def test_every_feature_says_its_state_and_shows_the_tests_of_its_check() -> None:
    rows = re.findall(r"^\| ([A-Z]\d\d) \| ([^|]+) \| [^|]+ \| ([^|]+) \|$", PAGES[FEATURES], re.MULTILINE)
    assert len(rows) == PAGES[FEATURES].count("\n|") - 2
    assert [name for name, _, _ in rows] == sorted({name for name, _, _ in rows})
    for _, state, tests in rows:
        assert re.fullmatch("done|part: .+", state)
        assert re.fullmatch(r"`[\w/.-]+::\w+`(, `[\w/.-]+::\w+`)*", tests)


# --- glossary ----------------------------------------------------------------------------------------------------


def test_the_words_of_the_law_that_requests_and_answers_use_are_in_the_glossary() -> None:
    [pack] = [pack.tables for pack in load().packs if pack.tables.conversion]
    words = {*DEGREES, *get_args(StaffType), *get_args(Jenjang), *pack.jenjang, *pack.conversion.predikat}
    words |= {jenjang.kategori for jenjang in pack.jenjang.values()}
    words |= {"hasil_kerja", "perilaku", "golongan", "predikat", "jenjang", "kp_need", "kj_need"}
    page = PAGES[DOCS / "glossary.md"]
    assert [word for word in sorted(words) if word not in page and word.replace("_", " ") not in page] == []


def test_a_page_of_a_service_that_is_no_more_is_taken_away(tmp_path: Path) -> None:
    old, same, new, gone = (tmp_path / f"{name}.json" for name in ("old", "same", "new", "gone"))
    for page in (old, same, gone):
        page.write_text("{}")
    assert drifted({old: "[]", same: "{}", new: "{}"}, tmp_path) == {old: "[]", new: "{}", gone: None}
