"""Which numbers are public; a number is an address as it is connected to."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from ingest.errors import ForbiddenAddressError
from ingest.fetching.addresses import checked, is_public, opted_out

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
