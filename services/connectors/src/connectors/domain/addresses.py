"""Which addresses a webhook may go to: none inside our own network (server-side request forgery)."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from httpx2 import URL, InvalidURL

from common.refused import Refused

NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses that stand for those of IPv4 (RFC 6052), of which some are inside."""
LONGEST = 2000


def read_address(written: str, *, inside: bool) -> URL:
    """A target as it is written. Raises Refused `webhook-address`.

    `inside` lets http pass, for tests and trials.
    """
    try:
        url = URL(written)
    except InvalidURL as error:
        raise Refused("webhook-address", field="url") from error
    schemes = {"https", "http"} if inside else {"https"}
    if len(written) > LONGEST or url.scheme not in schemes or not url.host or url.userinfo or url.fragment:
        raise Refused("webhook-address", field="url")
    return url


def is_outside(found: str) -> bool:
    """Whether an address of IP is somebody's on the open internet: not of this machine, a private network or a link."""
    address = ip_address(found.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif address.sixtofour or address.teredo or address in NAT64:
            return False
    return address.is_global and not address.is_multicast
