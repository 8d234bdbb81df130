"""Whom our own calls trust in TLS."""

import ssl
from functools import cache

import httpx2


@cache
def trust() -> ssl.SSLContext:
    """The authorities of this machine, or those that SSL_CERT_FILE names. Reading them takes longer than most requests: once."""
    return httpx2.create_ssl_context()
