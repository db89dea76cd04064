"""The identity of an article: its normalised address, or its outlet and title."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import (
    parse_qsl,
    quote,
    unquote_to_bytes,
    urlencode,
    urljoin,
    urlsplit,
    urlunsplit,
)

import idna
from courlan.clean import TRACKERS_RE

if TYPE_CHECKING:
    from ingest.model import Header


WEB_SCHEMES = ("http://", "https://")
_INDEX_PAGES = ("index.html", "index.htm", "index.php")
_KEPT_FRAGMENTS = ("!", "item:")
"""Prefixes of fragments that identify an article: pages drawn by scripts, items of a feed."""
_PASTED_SUFFIX = "#pasted"
"""The suffix of a pasted text's identity, so that it is never a version of a fetched page."""
_AMBIGUOUS_TRACKERS = frozenset({"cid", "eid", "uid"})
"""Parameters that are trackers on one site and the article's number on another."""
_TRACKERS = re.compile(
    r"igsh(?:id)?|ttclid|li_fat_id|wt\.[a-z_]+|cmpid|smid|smtyp|ocid|ns_[a-z]+|at_[a-z_]+|s_kwcid|icid|ito"
    r"|taid|guccounter|guce_[a-z_]+|__twitter_impression|ftag|tpcc|ncid|sr_share|cn-track|sh_kit|spm"
    r"|_hs[a-z]+|rb_clickid|trk(?:campaign)?|fb_[a-z_]+|__(?:cft__|tn__|s|source)|int_?cmp|itid|wpisrc"
    r"|cndid|mbid|bxid|esrc|ck_subscriber_id|reflink|xtor|share(?:id|token)?|leadsource|sref"
)
"""Trackers that courlan does not know."""
_PORTS = {"http": ":80", "https": ":443"}
_SAFE_CHARACTERS = "!$&'()*+,;=:@/~-._"
"""Characters of a path that need no escape (RFC 3986, section 3.3)."""
_HOST_PREFIXES = ("www.", "m.", "mobile.", "amp.")
"""Host name prefixes that lead to the same site."""
_AMP = re.compile(r"(?:/amp(?=/|$)|(?:\.|/)amp(?=\.html?$)|\.amp$)")
_AMP_VALUES = frozenset({"", "1", "true", "amp"})
_ERASED_PREFIX = "erased:"
"""The prefix of the hash of an address that must not be fetched again."""


def identity_of(header: Header) -> str:
    """Return the identity of an article: its address without AMP, or its outlet and title.

    A paste has an identity of its own.
    """
    return _mark_paste(_page_name(header), header)


def _page_name(header: Header) -> str:
    """Return the name of an article's page, fetched or pasted."""
    if header.url:
        parts = urlsplit(clean_url(header.url))
        bare = [
            pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _is_amp(*pair)
        ]
        path = _AMP.sub("", parts.path) or "/"
        return parts._replace(path=path, query=urlencode(bare)).geturl()
    return f"{header.outlet}\n{header.title}".casefold()


def _mark_paste(name: str, header: Header) -> str:
    """Add the suffix of pastes to the name of a pasted text."""
    return f"{name}{_PASTED_SUFFIX}" if header.pasted else name


def add_place(name: str, place: str) -> str:
    """Return the name of an article or a page that belongs to one server.

    Without a *place* the name is unchanged. The suffix looks like a fragment, so that the name
    can still be parsed as an address.
    """
    return f"{name}{_place_suffix(place)}"


def remove_place(name: str, place: str) -> str:
    """Return the name without the suffix that :func:`add_place` added."""
    return name.removesuffix(_place_suffix(place))


def _place_suffix(place: str) -> str:
    """Return the suffix of names that belong to *place*."""
    return f"#in:{place}" if place else ""


def identities_of(header: Header) -> tuple[str, ...]:
    """Return all names that an article may have in the archive: its identity first.

    An article can be fetched with and without ``www.``, in mobile or AMP form, by http or https;
    and earlier releases did not normalise addresses as much.
    """
    if not header.url:
        return (identity_of(header),)
    parts = urlsplit(_page_name(header))
    variants = (
        parts._replace(scheme=scheme, netloc=host).geturl()
        for host in _hosts(parts.netloc)
        for scheme in ("https", "http")
    )
    names = (parts.geturl(), clean_url(header.url), _earlier_form(header.url), *variants)
    return tuple(dict.fromkeys(_mark_paste(name, header) for name in names))


def resolved(base: str, address: str) -> str:
    """Return an *address* in a page or a feed, resolved against *base*; empty if it is broken."""
    try:
        return urlsplit(urljoin(base, address)).geturl()
    except ValueError:
        return ""


def clean_url(url: str) -> str:
    """Normalise an address: case of the host, port, trackers, fragment.

    Parameters are sorted, and characters escaped in one way. Trackers are those of courlan and some
    more, except numbers that may identify the article.
    """
    parts = urlsplit(url.strip())
    scheme = parts.scheme.lower()
    host = _ascii_host(parts.netloc.lower().removesuffix(_PORTS.get(scheme, "\n"))).rstrip(".")
    path = quote(unquote_to_bytes(_path_of(parts.path)), safe=_SAFE_CHARACTERS)
    query = sorted(
        pair for pair in _parameters(parts.query) if not _TRACKERS.fullmatch(pair[0].lower())
    )
    fragment = parts.fragment if parts.fragment.startswith(_KEPT_FRAGMENTS) else ""
    return urlunsplit((scheme, host, path, urlencode(query), fragment))


def _ascii_host(host: str) -> str:
    """Return a host in other letters in the form in which it is looked up ("xn--…")."""
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return host


def sealed(address: str) -> str:
    """Return the hash by which the address of an erased article is stored."""
    if address.startswith(_ERASED_PREFIX):
        return address
    return _ERASED_PREFIX + hashlib.sha256(address.encode()).hexdigest()


def seals_of(url: str, place: str = "") -> frozenset[str]:
    """Return the hashes by which this and earlier releases may have stored an address.

    With a *place*, the address belongs to that server.
    """
    return frozenset(
        sealed(add_place(address, place)) for address in (clean_url(url), _earlier_form(url))
    )


def _earlier_form(url: str) -> str:
    """Return an address as earlier releases normalised it."""
    parts = urlsplit(url.strip())
    fragment = parts.fragment if parts.fragment.startswith(_KEPT_FRAGMENTS) else ""
    query = urlencode(_parameters(parts.query))
    return urlunsplit(
        (parts.scheme.lower(), parts.netloc.lower(), _path_of(parts.path), query, fragment)
    )


def _path_of(path: str) -> str:
    """Return a path without an index page's name and a trailing slash."""
    folder, _, page = path.rpartition("/")
    return (folder if page in _INDEX_PAGES else path).rstrip("/") or "/"


def _parameters(query: str) -> list[tuple[str, str]]:
    """Return the parameters of an address without the trackers that courlan knows."""
    return [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if not TRACKERS_RE.search(name.lower())
        or (name.lower() in _AMBIGUOUS_TRACKERS and value.isdecimal())
    ]


def _hosts(host: str) -> list[str]:
    """Return the equivalent names of a host, starting with itself."""
    base = host
    for machine in _HOST_PREFIXES:
        if host.startswith(machine) and host.count(".") > 1:
            base = host.removeprefix(machine)
    return list(dict.fromkeys((host, base, *(machine + base for machine in _HOST_PREFIXES))))


def _is_amp(name: str, value: str) -> bool:
    """Return True if a parameter only asks for the page as AMP."""
    return name.lower() in {"amp", "outputtype", "output"} and value.lower() in _AMP_VALUES
