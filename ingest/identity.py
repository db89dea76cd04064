"""What makes an article the same one: its address without its trimmings, or outlet and title."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit, urlunsplit

from courlan.clean import TRACKERS_RE

from ingest.model import Header

_INDEX_PAGE = re.compile(r"/index\.(?:html?|php)$")
_KEPT = ("!", "item:")
"""How the fragments begin that tell articles apart: pages drawn by scripts, items of a feed."""
_PASTED = "#pasted"
"""Ends the name of a text that somebody pasted: it is never a version of what was fetched."""
_OWN = frozenset({"cid", "eid", "uid"})
"""Parameters that count visits on one site, and on another name the article by its number."""
_TRACKERS = re.compile(
    r"igsh(?:id)?|ttclid|li_fat_id|wt\.[a-z_]+|cmpid|smid|smtyp|ocid|ns_[a-z]+|at_[a-z_]+|s_kwcid|icid|ito"
    r"|taid|guccounter|guce_[a-z_]+|__twitter_impression|ftag|tpcc|ncid|sr_share|cn-track|sh_kit|spm"
    r"|_hs[a-z]+|rb_clickid|trk(?:campaign)?|fb_[a-z_]+|__(?:cft__|tn__|s|source)|int_?cmp|itid|wpisrc"
    r"|cndid|mbid|bxid|esrc|ck_subscriber_id|reflink|xtor|share(?:id|token)?|leadsource|sref"
)
"""Parameters that count visits and are not among those that courlan knows."""
_PORTS = {"http": ":80", "https": ":443"}
_SAFE = "!$&'()*+,;=:@/~-._"
"""Signs of a path that mean the same bare (RFC 3986, section 3.3)."""
_MACHINES = ("www.", "m.", "mobile.", "amp.")
"""Names of machines that show one site."""
_AMP = re.compile(r"(?:/amp(?=/|$)|(?:\.|/)amp(?=\.html?$)|\.amp$)")
_AMP_VALUES = frozenset({"", "1", "true", "amp"})
_ERASED = "erased:"
"""Stands before the hash of an address that must not be fetched again."""


def identity_of(header: Header) -> str:
    """Return the address of an article, not as AMP, else its outlet and title.

    A paste has one of its own.
    """
    return _handed_over(_named(header), header)


def _named(header: Header) -> str:
    """Return what an article is called by, whoever read it."""
    if header.url:
        parts = urlsplit(clean_url(header.url))
        bare = [
            pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _is_amp(*pair)
        ]
        path = _AMP.sub("", parts.path) or "/"
        return parts._replace(path=path, query=urlencode(bare)).geturl()
    return f"{header.outlet}\n{header.title}".casefold()


def _handed_over(name: str, header: Header) -> str:
    """Let the name of a paste say that it is one."""
    return f"{name}{_PASTED}" if header.pasted else name


def apart(name: str, place: str) -> str:
    """Return the name of an article or a page as one server keeps it for itself.

    Without a *place* it is everybody's and keeps its name. It ends like a fragment, so that what
    reads it as an address is not misled.
    """
    return f"{name}{_apart(place)}"


def unplaced(name: str, place: str) -> str:
    """Return what :func:`apart` was given."""
    return name.removesuffix(_apart(place))


def _apart(place: str) -> str:
    """Return how the names end of what *place* keeps for itself."""
    return f"#in:{place}" if place else ""


def identities_of(header: Header) -> tuple[str, ...]:
    """Return what an article may be kept by: its identity first, then its other addresses.

    One article stands with and without ``www.``, for telephones, as AMP, under either scheme; and
    earlier releases wrote addresses as they were given.
    """
    if not header.url:
        return (identity_of(header),)
    parts = urlsplit(_named(header))
    told = (
        parts._replace(scheme=scheme, netloc=host).geturl()
        for host in _hosts(parts.netloc)
        for scheme in ("https", "http")
    )
    names = (parts.geturl(), clean_url(header.url), _as_given(header.url), *told)
    return tuple(dict.fromkeys(_handed_over(each, header) for each in names))


def clean_url(url: str) -> str:
    """Leave out what does not tell articles apart: case of the host, port, trackers, fragment.

    Parameters are put in order, and signs written in one way. Trackers are those that courlan
    knows and some more, but for a number that may be the article's own.
    """
    parts = urlsplit(url.strip())
    scheme = parts.scheme.lower()
    host = parts.netloc.lower().removesuffix(_PORTS.get(scheme, "\n")).rstrip(".")
    path = quote(unquote_to_bytes(_path_of(parts.path)), safe=_SAFE)
    query = sorted(
        pair for pair in _parameters(parts.query) if not _TRACKERS.fullmatch(pair[0].lower())
    )
    fragment = parts.fragment if parts.fragment.startswith(_KEPT) else ""
    return urlunsplit((scheme, host, path, urlencode(query), fragment))


def sealed(address: str) -> str:
    """Return what an address is remembered by after its article was erased."""
    if address.startswith(_ERASED):
        return address
    return _ERASED + hashlib.sha256(address.encode()).hexdigest()


def seals_of(url: str, place: str = "") -> frozenset[str]:
    """Return what an address may be remembered by, as this and earlier releases wrote it.

    With a *place* it is what that server keeps for itself.
    """
    return frozenset(sealed(apart(each, place)) for each in (clean_url(url), _as_given(url)))


def _as_given(url: str) -> str:
    """Return an address as earlier releases cleaned it."""
    parts = urlsplit(url.strip())
    fragment = parts.fragment if parts.fragment.startswith(_KEPT) else ""
    query = urlencode(_parameters(parts.query))
    return urlunsplit(
        (parts.scheme.lower(), parts.netloc.lower(), _path_of(parts.path), query, fragment)
    )


def _path_of(path: str) -> str:
    """Return a path without the name of an index page and its last stroke."""
    return _INDEX_PAGE.sub("", path).rstrip("/") or "/"


def _parameters(query: str) -> list[tuple[str, str]]:
    """Return the parameters of an address without the trackers that courlan knows."""
    return [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if not TRACKERS_RE.search(name.lower()) or (name.lower() in _OWN and value.isdecimal())
    ]


def _hosts(host: str) -> list[str]:
    """Return the names that a host may have: itself first."""
    bare = host
    for machine in _MACHINES:
        if host.startswith(machine) and host.count(".") > 1:
            bare = host.removeprefix(machine)
    return list(dict.fromkeys((host, bare, *(machine + bare for machine in _MACHINES))))


def _is_amp(name: str, value: str) -> bool:
    """Return True if a parameter only asks for the page as AMP."""
    return name.lower() in {"amp", "outputtype", "output"} and value.lower() in _AMP_VALUES
