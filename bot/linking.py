"""Addresses that open a page at a sentence (WICG, Scroll To Text Fragment)."""

from __future__ import annotations

from urllib.parse import quote

from ingest.language.script import Script

_END_CHARACTERS = {Script.ALPHABETIC: 40, Script.EAST_ASIAN: 12}
"""Characters of each end of a long sentence in the fragment; a short one is given in full."""


def opening_at(url: str | None, sentence: str) -> str | None:
    """Return *url* with a text fragment, so that a browser scrolls to *sentence* and marks it.

    An address that has a fragment already, or is not HTTP, is returned unchanged.
    """
    line = " ".join(sentence.split())
    if url is None or "#" in url or not url.startswith(("http://", "https://")) or not line:
        return url
    script = Script.of_text(line)
    end_length = _END_CHARACTERS[script]
    if len(line) <= 2 * end_length:
        return f"{url}#:~:text={_encode(line)}"
    start, end = line[:end_length], line[-end_length:]
    if script is Script.ALPHABETIC:
        start, end = start.rpartition(" ")[0] or start, end.partition(" ")[2] or end
    return f"{url}#:~:text={_encode(start)},{_encode(end)}"


def _encode(text: str) -> str:
    """Encode *text* for a fragment, in which dashes and commas are syntax."""
    return quote(text, safe="").replace("-", "%2D")


def answer_page(base: str | None, number: int | None) -> str | None:
    """Return the address of the public page of an answer, or ``None``."""
    if base is None or number is None:
        return None
    return f"{base.rstrip('/')}/answers/{number}"
