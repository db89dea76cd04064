"""Which addresses may be reached at all: public ones, by the web's own schemes and ports.

A name is checked again as a number at the moment of connecting, so neither a redirect nor a name
that changes its number between two look-ups (DNS rebinding) leads inside.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from ingest.errors import ForbiddenAddressError

_SCHEMES = {"http": 80, "https": 443}
_LONGEST = 2048
"""Characters of the longest address that is followed."""
_ODD_NUMBER = re.compile(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?", re.IGNORECASE)
"""Hosts that some resolvers read as a number although nobody writes one so."""
_INSIDE = tuple(
    map(
        ipaddress.ip_network,
        (
            "64:ff9b::/96",  # an IPv4 address inside an IPv6 one (RFC 6052)
            "64:ff9b:1::/48",  # the same, of local use (RFC 8215)
            "2002::/16",  # 6to4, which carries IPv4 addresses as well
            "2001::/32",  # Teredo, the same
            "fec0::/10",  # site-local, deprecated and still routed
            "192.0.0.0/24",  # IETF protocol assignments
            "192.88.99.0/24",  # 6to4 relays
            "::/96",  # an IPv4 address in the deprecated form ::127.0.0.1 (RFC 4291)
            "::ffff:0:0:0/96",  # an IPv4 address translated (RFC 2765)
            "5f00::/16",  # segment routing (RFC 9602)
            "3fff::/20",  # documentation (RFC 9637)
            "100:0:0:1::/64",  # dummy prefix (RFC 9780)
            "100::/64",  # discard-only (RFC 6666)
        ),
    )
)
"""Networks that lead inside although :attr:`ipaddress.IPv4Address.is_global` calls them global."""


def is_public(number: str) -> bool:
    """Tell whether an IP address is one of the public internet."""
    try:
        address = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    inside = any(address in each for each in _INSIDE if each.version == address.version)
    return address.is_global and not address.is_multicast and not inside


def checked(url: str) -> str:
    """Return *url* if it is one that may be asked for.

    Raises:
        ForbiddenAddressError: it is no web address, carries a password, or names another port.
    """
    try:
        parts = urlsplit(url.strip())
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise ForbiddenAddressError(f"{short_address(url)} is not an address. Check it.") from error
    if parts.scheme.lower() not in _SCHEMES or not host:
        raise ForbiddenAddressError(
            f"{short_address(url)} is not an address of the web (http or https)."
        )
    if len(url) > _LONGEST or any(ord(c) < ord(" ") for c in url):
        raise ForbiddenAddressError(
            f"{short_address(url)} is too long or holds control characters."
        )
    if parts.username is not None or parts.password is not None:
        raise ForbiddenAddressError(f"The address at {host} carries a user name. Leave it out.")
    if port is not None and port != _SCHEMES[parts.scheme.lower()]:
        raise ForbiddenAddressError(
            f"{short_address(url)} names port {port}; only 80 and 443 are asked."
        )
    numeric = _is_number(host) or _ODD_NUMBER.fullmatch(host)
    if numeric and not is_public(host):
        raise ForbiddenAddressError(inside(host))
    return url.strip()


def _is_number(host: str) -> bool:
    """Tell whether *host* is an IP address as it is usually written."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def inside(host: str) -> str:
    """Say that *host* is not of the public internet."""
    return f"{host} is not an address of the public internet. It was not contacted."


def short_address(url: str) -> str:
    """Return *url* short enough for a sentence, and without a password."""
    tail = url.strip().rpartition("@")[2] if "@" in url.partition("?")[0] else url.strip()
    return tail if len(tail) <= 120 else f"{tail[:119]}…"
