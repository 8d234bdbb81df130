"""`common` holds no word of the business: whoever runs other services on it would have to change nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import common
from contracts.roles import CLAIMS, ROLES
from jejak_local.services import NAMES

KIT = Path(common.__file__).parent
GENERAL = {
    *("service", "person", "operator", "connection", "provider", "validator"),
    *("address", "position", "head", "manager", "platform", "admin", "region"),
}
"""Parts of the names of roles and claims that are also words of programs: pydantic has validators, OpenTelemetry providers."""
WORDS = """
    agencies ak angka asn attest bkn caturwulan civil competency course courses credits degree degrees employee
    evidence golongan government hr indonesia jakarta jenjang jp learning ledger mentoring ministry national nip nips
    office officer pegawai pic pics pns pppk predicate predikat province rank servant servants shortfall shortfalls
    sweep sweeps training trainings transcript
"""
BUSINESS = {
    *NAMES,
    *({part for name in (*ROLES, *CLAIMS) for part in name.split("_")} - GENERAL),
    *WORDS.split(),
}
ALLOWED = (
    *("https://jejak.asn.go.id/problems/", "asn1crypto", "pyhanko_certvalidator.registry"),
    *("xmlns:office", "office:"),
)
"""The address under which problems are described is answered with each, and so is part of what callers know; names of libraries, and of
the XML of ODS."""


def business_words(text: str) -> Iterator[str]:
    """The words of the business in a text or in code, where names are cut at underscores and capitals."""
    for allowed in ALLOWED:
        text = text.replace(allowed, "")
    for name in re.findall(r"[A-Za-z]+", text):
        for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name):
            if part.lower() in BUSINESS:
                yield name


def test_the_kit_has_no_word_of_the_business() -> None:
    files = [file for file in KIT.rglob("*") if file.suffix in {".py", ".toml", ".po"}]
    assert len(files) > 40
    found = {(str(file.relative_to(KIT)), word) for file in files for word in business_words(file.read_text())}
    assert not found


def test_a_planted_word_is_found_in_names_in_texts_and_in_addresses() -> None:
    planted = "def seen(agency_id, JPTotal): 'a NIP of the agencies' # https://credit.asn.go.id, nipping plan orphans"
    assert list(business_words(planted)) == ["agency", "JPTotal", "NIP", "agencies", "credit", "asn"]
