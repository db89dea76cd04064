"""Which numbers are public; a number is an address as it is connected to."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from multidict import CIMultiDict

from ingest.errors import ForbiddenAddressError
from ingest.fetching.addresses import (
    Robots,
    checked,
    direct_address,
    is_public,
    opted_out,
    pasted_address,
)
from ingest.fetching.identities import clean_url
from tests.builders import NOW

INNER = (
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "192.0.0.8",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "localhost",
    "",
)


@pytest.mark.parametrize("number", INNER)
def test_an_inner_number_is_not_public(number):
    """Loopback, private, link-local, shared, multicast, mapped and tunnelled ones lead inside."""
    assert not is_public(number)


@pytest.mark.parametrize("number", ["93.184.216.34", "2606:2800:220:1::1", "8.8.8.8"])
def test_a_public_number_is(number):
    assert is_public(number)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://ledger.example/a",
        "gopher://ledger.example/",
        "javascript:alert(1)",
        "http://",
        "http:///a",
        "//ledger.example/a",
        "http://ledger.example:22/",
        "https://ledger.example:8443/",
        "http://ledger.example:99999/",
        "http://user:secret@ledger.example/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://ledger.example/a\r\nHost: inner",
        "http://ledger..example/a",
        f"http://{'a' * 64}.example/",
        f"http://ledger.example/{'a' * 3000}",
    ],
)
def test_what_is_no_plain_address_of_the_web_is_refused(url):
    """It is refused by a sentence that holds no password and is short."""
    with pytest.raises(ForbiddenAddressError) as refused:
        checked(url)
    assert "secret" not in str(refused.value)
    assert len(str(refused.value)) < 250


def test_the_webs_own_ports_may_be_named():
    """80 and 443 are what http and https mean."""
    assert checked(" http://ledger.example:80/a ") == "http://ledger.example:80/a"
    assert checked("https://ledger.example/a?b=c")


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        (["nosnippet", "NoIndex"], False),
        (["googlebot: nofollow", "none"], False),
        (["*: noindex"], False),
        (["electiondesk: nofollow, noai"], False),
        (["bingbot: nosnippet, ElectionDesk: noindex"], False),
        (["unavailable_after: 25 Jun 2030 15:00:00 GMT, noindex"], False),
        (["bingbot: nofollow, noindex"], True),
        (["electiondesk: nofollow", "bingbot: noindex"], True),
        (["max-snippet: 20, noarchive"], True),
        ([], True),
    ],
)
def test_every_header_about_robots_is_read_and_only_ours_is_obeyed(tags, kept):
    """A site may send several, and names other robots before the rules that are theirs."""
    headers = CIMultiDict([("X-Robots-Tag", tag) for tag in tags])
    assert (opted_out(headers) is None) == kept


TIDE = "https://tide.example/orvessa/ferry-sails"


@pytest.mark.parametrize(
    "text",
    [
        TIDE,
        f"<{TIDE}>",
        f"(see {TIDE}).",
        f"{TIDE}, which is new!",
        f"“{TIDE}”",
        f"『{TIDE}』を読んで。",
        f"[Ferry sails]({TIDE})",
        f"Ferry sails\n{TIDE}\n",
        f"\u200b{TIDE}\ufeff",
        "tide.example/orvessa/ferry-sails",
        "HTTPS://Tide.Example/orvessa/ferry-sails",
        "feed://tide.example/orvessa/ferry-sails",
        f"feed:{TIDE}",
        f"view-source:{TIDE}",
        f"https://{TIDE}",
        f"{TIDE} and once more {TIDE}",
        f"https://www.google.co.jp/url?sa=t&url={quote(TIDE, safe='')}&usg=x",
        f"https://eur02.safelinks.protection.outlook.com/?url={quote(TIDE, safe='')}&data=5",
        "https://tide-example.cdn.ampproject.org/c/s/tide.example/orvessa/ferry-sails",
    ],
)
def test_an_address_is_read_as_people_paste_it(text):
    """With what stands around it, without its scheme, or as a link that only leads to it."""
    assert pasted_address(text) == TIDE


@pytest.mark.parametrize(
    "text",
    [
        "https://tide.example/wiki/Ward_(Orvessa)",
        "https://tide.example/q?id=7&lang=en",
        "https://tide.example/記事/渡船",
        "https://web.archive.org/web/2026/https://tide.example/a",
        "https://www.google.com/search?q=https://tide.example/a",
        "https://tide.example/share?url=https://other.example/a",
    ],
)
def test_an_address_that_is_whole_is_not_changed(text):
    """Brackets, other letters and other addresses may be part of it."""
    assert pasted_address(text) == text
    assert pasted_address(text.replace("&", "&amp;")) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{TIDE} https://tide.example/b", "2 addresses were given"),
        ("the ferry of Orvessa", "not an address"),
        ("mailto:desk@tide.example", "not an address"),
        ("javascript:alert(1)", "not an address"),
        ("", "not an address"),
        ("127.0.0.1/admin", "not an address"),
        ("http://10.0.0.7/admin.", "public internet"),
        ("https://www.google.com/url?url=http%3A%2F%2F192.168.0.1%2F", "public internet"),
        ("https://www.google.com/url?q=https%3A%2F%2Fann%3Ageheim%40tide.example%2F", "user name"),
        (f"https://tide.example/{'a' * 3000}", "too long"),
    ],
)
def test_a_paste_without_one_address_is_refused(text, message):
    """With a sentence; what forwards leads inside no more than anything else."""
    with pytest.raises(ForbiddenAddressError, match=message) as refused:
        pasted_address(text)
    assert "geheim" not in str(refused.value)


def test_a_paste_is_read_in_linear_time():
    """However many marks it ends with."""
    with pytest.raises(ForbiddenAddressError):
        pasted_address("[" * 700 + ")" * 700 + "https://" * 80)


def test_a_host_is_one_host_in_any_letters():
    """As it is typed, and as it is looked up."""
    assert clean_url("https://Brücke.example/a") == clean_url("https://xn--brcke-lva.example/a/")
    assert direct_address("https://Brücke.example/a") == "https://Brücke.example/a"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_rules_are_read_in_the_encoding_of_their_mark(codec):
    """Rules that were read as other signs would allow everything."""
    rules = "User-agent: *\r\nDisallow: /draft/\r\nCrawl-delay: 90\r\n".encode(codec)
    robots = Robots.of("https://courier.example", 200, rules, NOW)
    assert not robots.allows("https://courier.example/draft/a")
    assert robots.allows("https://courier.example/a")
    assert robots.delay() == 90
