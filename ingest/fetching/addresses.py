"""The addresses that may be fetched: public ones, with the web's schemes and ports.

The IP address is checked again when a connection is made, so neither a redirect nor a name whose
address changes between two look-ups (DNS rebinding) leads into a private network.
"""

from __future__ import annotations

import codecs
import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from protego import Protego

from ingest.errors import ForbiddenAddressError
from ingest.fetching.limits import FETCHES

if TYPE_CHECKING:
    from multidict import MultiMapping

_SCHEMES = {"http": 80, "https": 443}
_ODD_NUMBER = re.compile(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?", re.IGNORECASE)
"""Hosts that some resolvers read as an IP address in an unusual notation."""
_PRIVATE_NETWORKS = tuple(
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
"""Networks that can reach private hosts though :attr:`ipaddress.IPv4Address.is_global` is true."""
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"“”„«»「」『』【】、。，]+", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"(?:[\w-]{1,63}\.){1,10}[^\W\d_][\w-]{1,62}(?:[/?#]\S*)?")
_FEED_SCHEME = "feed://"
_DOUBLE_SCHEME = re.compile(r"\bhttps?://(?=https?:/)", re.IGNORECASE)
_SENTENCE_MARKS = frozenset(".,;:!?'’*`")
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_AMP_VIEWER = re.compile(
    r"https?://(?:[\w-]{1,63}\.cdn\.ampproject\.org/[a-z]{1,2}|(?:www\.)?google\.[a-z.]{2,6}/amp)"
    r"/(?P<secure>s/)?(?P<page>[\w-]{1,63}\.\S+)",
    re.IGNORECASE,
)
_FORWARDER = re.compile(
    r"https?://(?:(?:www\.)?google\.[a-z.]{2,6}/url|(?:www\.)?bing\.com/news/apiclick\.aspx"
    r"|lm?\.(?:facebook|instagram)\.com/|[\w.-]{1,63}\.safelinks\.protection\.outlook\.com/"
    r"|(?:www\.)?youtube\.com/redirect|(?:www\.)?linkedin\.com/(?:redir|safety/go)"
    r"|out\.reddit\.com/|t\.umblr\.com/redirect|vk\.com/away\.php|(?:html\.)?duckduckgo\.com/l/"
    r"|slack-redir\.net/link)",
    re.IGNORECASE,
)
"""Links whose parameter is the address of the page."""
_FORWARDED_NAMES = ("url", "u", "q", "to", "z", "uddg")
AGENT = "ElectionDesk"
"""Our user agent in robots.txt."""
_OPT_OUT_WORDS = frozenset({"noindex", "none", "noai"})
_VALUED_DIRECTIVES = frozenset({"unavailable_after", "max-snippet", "max-image-preview"})
"""Directives of ``X-Robots-Tag`` with a value after a colon, as a robot's name has its rules."""


def is_public(number: str) -> bool:
    """Return True if an IP address is on the public internet."""
    try:
        address = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    is_private = any(
        address in network for network in _PRIVATE_NETWORKS if network.version == address.version
    )
    return address.is_global and not address.is_multicast and not is_private


def checked(url: str) -> str:
    """Return *url* if it may be fetched.

    Raises:
        ForbiddenAddressError: it is no web address, carries a password, or names another port.
    """
    try:
        parts = urlsplit(url.strip())
        port, host = parts.port, parts.hostname
        (host or "").encode("idna")  # a name that cannot be looked up is a typing error
    except ValueError as error:
        raise ForbiddenAddressError(f"{short_address(url)} is not an address. Check it.") from error
    if parts.scheme.lower() not in _SCHEMES or not host:
        raise ForbiddenAddressError(
            f"{short_address(url)} is not an address of the web (http or https)."
        )
    if len(url) > FETCHES.address_characters or any(ord(c) < ord(" ") for c in url):
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


def pasted_address(text: str) -> str:
    """Return the address in what a person pasted, if it may be fetched.

    Brackets, quotation marks, words and invisible characters around it are left out, a missing
    scheme is added, and a link that only leads to the page is replaced (:func:`direct_address`).

    Raises:
        ForbiddenAddressError: there is none or several, or it may not be fetched.
    """
    if len(text) > FETCHES.address_characters:
        return checked(text)
    line = "".join(letter for letter in text if unicodedata.category(letter) != "Cf").strip()
    line = line.replace("&amp;", "&").replace("](", " ")
    if line[: len(_FEED_SCHEME)].lower() == _FEED_SCHEME:
        line = f"https://{line[len(_FEED_SCHEME) :]}"
    matches = _WEB_ADDRESS.findall(_DOUBLE_SCHEME.sub("", line))
    addresses = list(dict.fromkeys(_without_punctuation(match) for match in matches))
    if len(addresses) > 1:
        raise ForbiddenAddressError(f"{len(addresses)} addresses were given. Give one at a time.")
    if not addresses and _BARE_ADDRESS.fullmatch(bare := _without_punctuation(line.strip("<>"))):
        addresses = [f"https://{bare}"]
    url = checked(direct_address(addresses[0] if addresses else line))
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.lower()).geturl()


def _without_punctuation(address: str) -> str:
    """Return *address* without the marks of the sentence behind it; its own brackets stay."""
    end = len(address)
    while end:
        last = address[end - 1]
        opening = _BRACKETS.get(last)
        if last in _SENTENCE_MARKS or (
            opening and address.count(opening, 0, end) < address.count(last, 0, end)
        ):
            end -= 1
        else:
            break
    return address[:end]


def direct_address(url: str) -> str:
    """Return the address that a link of a search engine, a mail filter or an AMP viewer leads to.

    Programs may not follow such links, and an AMP viewer shows the text of another site. Other
    addresses are unchanged.
    """
    if viewed := _AMP_VIEWER.fullmatch(url):
        return f"http{'s' if viewed['secure'] else ''}://{viewed['page']}"
    if not _FORWARDER.match(url):
        return url
    targets = dict(parse_qsl(urlsplit(url).query))
    values = (targets.get(name, "") for name in _FORWARDED_NAMES)
    return next((value for value in values if _WEB_ADDRESS.fullmatch(value)), url)


def _is_number(host: str) -> bool:
    """Return True if *host* is an IP address in the usual notation."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def inside(host: str) -> str:
    """Return the error message for a host that is not on the public internet."""
    return f"{host} is not an address of the public internet. It was not contacted."


def short_address(url: str) -> str:
    """Return *url* shortened for a message, without a password."""
    tail = url.strip().rpartition("@")[2] if "@" in url.partition("?")[0] else url.strip()
    return tail if len(tail) <= 120 else f"{tail[:119]}…"


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of a site; if ``rules`` is None, ``problem`` says why they were not read."""

    rules: Protego | None
    read_at: datetime
    problem: str = ""

    @classmethod
    def of(cls, site: str, status: int, data: bytes, now: datetime) -> Robots:
        """Parse a response: 4xx allows everything, 5xx and 429 forbid everything for now.

        RFC 9309 says so of all but 429, which asks for fewer requests.
        """
        if status >= 500 or status == HTTPStatus.TOO_MANY_REQUESTS:
            problem = f"The robots.txt of {site} answers {status}, so nothing else is fetched"
            return cls(None, now, f"{problem} there. Try again later.")
        is_utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        encoding = "utf-16" if is_utf_16 else "utf-8-sig"
        text = data[: FETCHES.robots_bytes].decode(encoding, "replace") if status < 400 else ""
        return cls(Protego.parse(text), now)

    @classmethod
    def silent(cls, site: str, now: datetime) -> Robots:
        """Return the rules of a site that did not answer."""
        return cls(None, now, f"{site} does not answer. Try again later.")

    def stale(self, now: datetime) -> bool:
        """Return True if the rules must be read again; after a failure, that is soon."""
        return now - self.read_at >= (FETCHES.robots_age if self.rules else timedelta(minutes=5))

    def allows(self, url: str) -> bool:
        """Return True if *url* may be fetched."""
        return self.rules is not None and self.rules.can_fetch(url, AGENT)

    def delay(self) -> float:
        """Return the site's crawl delay in seconds."""
        return float((self.rules.crawl_delay(AGENT) if self.rules else 0) or 0)


def opted_out(headers: MultiMapping[str]) -> str | None:
    """Return the header that forbids keeping the response, or None."""
    for tag in headers.getall("X-Robots-Tag", ()):
        if _forbids_keeping(tag.lower()):
            return f"X-Robots-Tag: {tag.lower()}"
    return "tdm-reservation: 1" if headers.get("tdm-reservation", "").strip() == "1" else None


def _forbids_keeping(tag: str) -> bool:
    """Return True if a header has a rule against keeping the page, for every robot or for ours.

    A robot's name stands before its rules, and they end where another name stands.
    """
    robot = ""
    for part in tag.split(","):
        name, colon, rule = part.partition(":")
        if colon and name.strip() not in _VALUED_DIRECTIVES:
            robot = name.strip()
        if (
            robot in {"", "*", AGENT.lower()}
            and (rule if colon else part).strip() in _OPT_OUT_WORDS
        ):
            return True
    return False
