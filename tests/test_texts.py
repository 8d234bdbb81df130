"""What people read stands in catalogues, complete in both languages."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

from common.texts import KIT, LANGUAGES, Texts, operator_language
from common.web.problems import language_of
from jejak_local.loose_texts import loose
from jejak_local.texts import extracted, packages, read, update, written

PACKAGES = [pytest.param(folder, id=folder.name) for folder in packages()]


def messages(catalogue: Catalog) -> dict[str, Message]:
    """The messages by their name; a plural one has it twice."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: message for message in catalogue if message.id
    }


def words(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def takes(words: str) -> set[tuple[str, str]]:
    """The values a text takes, and how they are written."""
    return {(name, form) for _, name, form, _ in Formatter().parse(words) if name is not None}


def flaws(said: Catalog, catalogues: dict[str, Catalog]) -> Iterator[str]:
    """Whatever is wrong with the catalogues of a package that says these texts."""
    for language, catalogue in catalogues.items():
        if missing := messages(said).keys() - messages(catalogue).keys():
            yield f"said and not in {language}: {sorted(missing)}"
        if unused := messages(catalogue).keys() - messages(said).keys():
            yield f"in {language} and said by nobody: {sorted(unused)}"
        if catalogue.obsolete:
            yield f"obsolete in {language}: {sorted(map(str, catalogue.obsolete))}"
        for name, message in messages(catalogue).items():
            if message.fuzzy:
                yield f"fuzzy in {language}: {name}"
            if not all(word.strip() for word in words(message)):
                yield f"no words in {language}: {name}"
            if message.pluralizable and len(words(message)) != catalogue.num_plurals:
                yield f"not all plurals in {language}: {name}"
    first, *others = map(messages, catalogues.values())
    for name in first:
        asked = {frozenset(takes(word)) for other in (first, *others) if name in other for word in words(other[name])}
        if len(asked) > 1:
            yield f"not the same values everywhere: {name}"


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_text_has_its_words_in_both_languages(folder: Path) -> None:
    assert list(flaws(extracted(folder), {language: read(folder, language) for language in LANGUAGES})) == []


@pytest.mark.parametrize("folder", PACKAGES)
def test_a_catalogue_is_as_the_command_writes_it(folder: Path) -> None:
    """Or whoever next runs `make texts` would find lines changed that are no business of theirs."""
    assert [path for path, content in written(folder).items() if path.read_bytes() != content] == []


def spoilt(folder: Path, old: str, new: str, language: str = "en") -> list[str]:
    """The flaws of a package after a change of one of its catalogues."""
    path = folder / "locale" / language / "LC_MESSAGES" / "messages.po"
    before = path.read_text()
    assert old in before
    path.write_text(before.replace(old, new))
    return list(flaws(extracted(folder), {each: read(folder, each) for each in LANGUAGES}))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A package of a few texts, complete in both languages."""
    (tmp_path / "talk.py").write_text(
        'texts.say("greeting", language, name=name)\ntexts.say_count("found", 3, language)\n'
    )
    (tmp_path / "problems.toml").write_text("unheard = 404\n")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "pack.toml").write_text('title = "pack.title"\n[[tables.caps]]\ntext = "pack.cap"\n')
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text('<p>{{ say("page.now") }}</p>')
    update(tmp_path)
    for language in LANGUAGES:
        path = tmp_path / "locale" / language / "LC_MESSAGES" / "messages.po"
        text = path.read_text().replace('"greeting"\nmsgstr ""', '"greeting"\nmsgstr "Hi {name}"')
        text = re.sub(r'(msgid_plural .*\n)msgstr\[0\] ""', r'\1msgstr[0] "{n} found"', text)
        path.write_text(
            re.sub(r'(msgstr(?:\[1\])?) ""(?!\n")', r'\1 "words"', text).replace('[1] "words"', '[1] "{n}"')
        )
    return tmp_path


def test_every_kind_of_source_is_searched_and_a_complete_catalogue_has_no_flaw(small: Path) -> None:
    names = {"greeting", "found", "problem.unheard", "pack.title", "pack.cap", "page.now"}
    assert messages(extracted(small)).keys() == names
    assert spoilt(small, "Hi", "Hello") == []
    update(small)
    assert Texts(small).say("greeting", "en", name="Ani") == "Hello Ani"


@pytest.mark.parametrize(
    ("old", "new", "flaw"),
    [
        ('msgid "greeting"', 'msgid "farewell"', "said and not in en: ['greeting']"),
        ('msgid "greeting"', 'msgid "farewell"', "in en and said by nobody: ['farewell']"),
        ('msgid "page.now"', '#, fuzzy\nmsgid "page.now"', "fuzzy in en: page.now"),
        ('msgid "page.now"\nmsgstr "words"', '#~ msgid "page.now"\n#~ msgstr "words"', "obsolete in en: ['page.now']"),
        ('"page.now"\nmsgstr "words"', '"page.now"\nmsgstr ""', "no words in en: page.now"),
        ("Hi {name}", "Hi {nama}", "not the same values everywhere: greeting"),
        ("Hi {name}", "Hi {name:d}", "not the same values everywhere: greeting"),
        ('[1] "{n}"', '[1] "many"', "not the same values everywhere: found"),
    ],
)
def test_each_flaw_of_a_catalogue_is_found(small: Path, old: str, new: str, flaw: str) -> None:
    assert flaw in spoilt(small, old, new)


EXCEPTIONS = {
    "common": {
        ("due.py", "of what is due, some broke"),  # an exception, for the log
        ("messages/fetching.py", "cannot be unpacked: ⌘"),  # a dead letter's reason, in English like the log
        ("process.py", "consumer ⌘"),  # the name of a role
        ("spreadsheets/writing.py", None),  # the XML of an ODS file
        ("web/edge.py", "default-src 'self' 'unsafe-inline' data: blob:"),  # a header
        ("web/openapi.py", None),  # the OpenAPI document, whose language is English
    },
    "contracts": {
        ("looks.py", 'attachment; filename="⌘"'),  # a header
        ("personal.py", None),  # why something of a person is not shown, for whoever reads the code
        ("schemas/__init__.py", None),  # what the developer reads who has changed an event's schema
        ("schemas/__main__.py", None),
    },
    "connectors": {
        ("imports/kinds.py", None),  # headings in both languages, and examples of what stands below them
        ("imports/commands.py", "Lembar kerja"),  # the name of a connection, which whoever has it may change
        ("personal/sections.toml", None),  # why something of a person is not shown, for whoever reads the code
        ("domain/naming.py", "account ⌘ ⌘"),  # what a key is made of
        ("domain/values.py", "dict[str, Any]"),  # a type
        ("mapping/names.py", None),  # what a key is made of
        ("signals/commands.py", None),  # SQL, and what a report is known by
        ("reconciling/asking.py", "Bearer ⌘"),  # headers
        ("siasn/sender.py", None),  # headers, and a line of the log
        ("signing/tables.py", "num_nonnulls(agency_id, provider_id) = 1"),  # SQL
        ("statements/queries.py", None),  # SQL
        ("statements/api.py", None),  # headers
        ("webhooks/tables.py", "num_nonnulls(agency_id, connection_id) = 1"),  # SQL
    },
    "credit": {
        ("personal/sections.toml", None),  # why something of a person is not shown, for whoever reads the code
        ("imports/kinds.py", None),  # columns of a spreadsheet, each called in both languages
    },
    "notification": {
        ("personal/sections.toml", None),
        ("messages/mail.py", "⌘ JP"),  # the unit, alike in both languages
        ("messages/mail.py", "⌘–⌘ JP"),
        ("messages/mail.py", "Sounding Bangkom <sounding.⌘>"),  # the name of a list, for mail programs
        ("messages/sender.py", "send mail"),  # the name of a span
    },
    "mentoring": {("personal/sections.toml", None)},
    "portal": {
        ("asking.py", "Bearer ⌘"),  # headers
        ("login/api.py", "public, max-age=⌘, immutable"),
        ("outfit.py", "'self' data: blob:"),
        ("visits.py", "Cookie, Accept-Language"),
        ("texts.py", None),  # how a moment is written in each language
    },
    "registry": {("personal/sections.toml", None), ("imports/kinds.py", None)},
    "training": {("personal/sections.toml", None)},
}
"""What is found and may stand, by package and file: a text with ⌘ for its values, or None for a whole file."""


def unexplained(folder: Path) -> list[str]:
    """The loose texts of a package that no exception names."""
    may = EXCEPTIONS.get(folder.name, set())
    return [
        f"{file}:{line}: {text}"
        for file, line, text in loose(folder)
        if (file, text) not in may and (file, None) not in may
    ]


@pytest.mark.parametrize("folder", PACKAGES)
def test_no_text_stands_outside_of_the_catalogues(folder: Path) -> None:
    assert unexplained(folder) == []
    found = {(file, text) for file, _, text in loose(folder)}
    files = {(file, None) for file, _ in found}
    assert EXCEPTIONS.get(folder.name, set()) <= found | files, "an exception for what is no longer there"


PLANTED = {
    "rounds/api.py": [
        '    return HTMLResponse("Halaman ini belum ada")\n',
        '    raise SystemExit(f"{1} orang belum mencapai")\n',
        '    raise HTTPException(404, detail="Nothing was found here")\n',
        '    print("Tidak ada yang dikirim")\n',
    ],
    "templates/mail.txt": ["Terima kasih banyak\n"],
    "templates/digest.html": ["<p>See your mail</p>\n"],
    "problems.toml": ['[unheard]\nid = "Data tidak ditemukan."\n'],
}


@pytest.mark.parametrize(("file", "planted"), [(file, text) for file, texts in PLANTED.items() for text in texts])
def test_a_planted_text_is_found(tmp_path: Path, file: str, planted: str) -> None:
    folder = tmp_path / "notification"
    [original] = [folder for folder in packages() if folder.name == "notification"]
    shutil.copytree(original, folder)
    assert unexplained(folder) == []
    with (folder / file).open("a") as code:
        code.write(planted)
    [found] = unexplained(folder)
    assert found.startswith(file)


@pytest.mark.parametrize(
    "developers",
    [
        '"""What a module is for."""',
        'raise ValueError(f"no key of {1} fits")',
        'log.error("event cannot be applied")',
        'parser.add_argument("--kafka", help="bootstrap servers, host and port")',
        'size: int = Field(description="how many there are")',
        'assert session, "a session that is open"',
        'query = text("SELECT id FROM people WHERE name = :name")',
    ],
)
def test_what_only_developers_read_is_no_text(tmp_path: Path, developers: str) -> None:
    (tmp_path / "code.py").write_text(developers)
    assert list(loose(tmp_path)) == []


def test_numbers_shares_and_dates_are_written_as_the_language_does(small: Path) -> None:
    written = "{count} {share:percent} {day} {year:d}"
    for language in LANGUAGES:
        spoilt(small, "Hi {name}", written, language)
    values = {"count": Decimal("1234.5"), "share": Decimal("0.273"), "day": date(2026, 11, 21), "year": 2026}
    said = [Texts(small).say("greeting", language, **values) for language in LANGUAGES]
    assert said == ["1.234,5 27,3% 21 November 2026 2026", "1,234.5 27.3% 21 November 2026 2026"]


def test_words_depend_on_how_many_there_are(small: Path) -> None:
    assert [Texts(small).say_count("found", count, "en") for count in (1, 2)] == ["1 found", "2"]
    assert [Texts(small).say_count("found", count, "id") for count in (1, 2)] == ["1 found", "2 found"]


def test_a_name_or_a_value_that_is_not_there_is_an_error(small: Path) -> None:
    for name in ("nothing", "greeting"):
        with pytest.raises(KeyError):
            Texts(small).say(name, "id")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "id"),
        ({"LANG": "id_ID.UTF-8"}, "id"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB", "LANG": "id_ID"}, "en"),
    ],
)
def test_commands_speak_the_language_of_the_environment(monkeypatch, environment, language) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert operator_language() == language
    assert KIT.tell("check.balanced") == {"id": "Pembukuan seimbang.", "en": "The books balance."}[language]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "id"),
        ("", "id"),
        ("en", "en"),
        ("en-GB,id;q=0.5", "en"),
        ("id;q=0.5, en;q=0.8", "en"),
        ("fr, en;q=0.7, id;q=0.3", "en"),
        ("fr, de", "id"),
        ("en;q=0", "id"),
        ("en;q=0, id;q=0.1", "id"),
        ("EN-us ; q=0.9, id-ID ; q=0.2", "en"),
        ("english", "id"),
        ("en;q=much, *", "id"),
    ],
)
def test_the_language_of_a_request_is_the_one_its_header_likes_best(header, language) -> None:
    assert language_of(header) == language
