"""How a platform's users and courses are named here: by a hash of what it calls them, and in words without a person's name."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.domain.naming import identity, key
from contracts.nip import nip_hash, parse_nip


@dataclass(frozen=True)
class User:
    """Whom a platform speaks of: `key` is kept for what it calls them, `found` finds the statements that are about them, `anywhere` those in which they have any
    part.

    `told` is how it names them, without a person's name: an account, the SHA-1 of an address, an OpenID. `nip_hash` is there where the
    account's name is a NIP, which is then in nothing else of this.
    """

    key: bytes
    found: int
    anywhere: int
    told: Mapping[str, Any]
    nip_hash: str | None = None


@dataclass(frozen=True)
class PlatformCourse:
    """What a platform calls a course: the hash of its id, the id and a title of it."""

    key: bytes
    told: str
    title: str | None


def user_of(agent: Mapping[str, Any], nip_key: str) -> User | None:
    """Whom an agent of xAPI names; None for a group, and for one without an identifier.

    An address and the SHA-1 of it name the same.
    """
    named = identity(dict(agent))
    if named is None or agent.get("objectType") == "Group":
        return None
    keys = key("a", named), key("A", named)
    if "account" in agent:
        return _account(agent["account"], keys, nip_key)
    if "openid" in agent:
        return User(_hashed(f"openid {agent['openid']}", nip_key), *keys, {"openid": _plain(agent["openid"])})
    sha1: str = agent["mbox_sha1sum"] if "mbox_sha1sum" in agent else _sha1(agent["mbox"])
    return User(_hashed(f"mbox {sha1.lower()}", nip_key), *keys, {"mbox_sha1sum": sha1.lower()})


def course_of(course_id: str, title: str | None) -> PlatformCourse:
    """A course by the platform's own id."""
    hashed = hashlib.sha256(course_id.encode(errors="surrogatepass")).digest()
    return PlatformCourse(hashed, _plain(course_id), title and _plain(title))


def _account(account: Mapping[str, str], keys: tuple[int, int], nip_key: str) -> User:
    home, name = account["homePage"], account["name"]
    hashed = _hashed(f"account {home} {name}", nip_key)
    try:
        number = parse_nip(name)
    except ValueError:
        return User(hashed, *keys, {"account": {"homePage": _plain(home), "name": _plain(name)}})
    return User(hashed, *keys, {"account": {"homePage": _plain(home)}}, nip_hash(number.digits, nip_key))


def _sha1(mbox: str) -> str:
    return hashlib.sha1(mbox.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()  # as xAPI has it


def _hashed(named: str, nip_key: str) -> bytes:
    """Keyed: account names and addresses are few enough to be tried out one by one."""
    secret = hashlib.sha256(nip_key.encode()).digest()
    return hashlib.blake2b(named.encode(errors="surrogatepass"), key=secret, person=b"actor", digest_size=32).digest()


def _plain(text: str) -> str:
    """What a column holds and a line shows: no control characters, no half of a surrogate pair."""
    whole = text.encode(errors="replace").decode()
    return "".join(letter if letter.isprintable() else " " for letter in whole)
