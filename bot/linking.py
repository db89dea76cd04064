"""An address that opens a page at a sentence (WICG, Scroll To Text Fragment)."""

from __future__ import annotations

from urllib.parse import quote

from ingest.language.script import Script

_ENDS = {Script.ALPHABETIC: 40, Script.EAST_ASIAN: 12}
"""Characters of each end of a sentence that name it; a shorter one is named whole."""


def opening_at(url: str | None, sentence: str) -> str | None:
    """Return *url* so that a browser opens it at *sentence* and marks that.

    An address that has a fragment of its own, or is not of the web, stays as it is.
    """
    line = " ".join(sentence.split())
    if url is None or "#" in url or not url.startswith(("http://", "https://")) or not line:
        return url
    script = Script.of_text(line)
    longest = _ENDS[script]
    if len(line) <= 2 * longest:
        return f"{url}#:~:text={_encoded(line)}"
    start, end = line[:longest], line[-longest:]
    if script is Script.ALPHABETIC:
        start, end = start.rpartition(" ")[0] or start, end.partition(" ")[2] or end
    return f"{url}#:~:text={_encoded(start)},{_encoded(end)}"


def _encoded(text: str) -> str:
    """Encode *text* for a fragment, where dashes and commas have a meaning."""
    return quote(text, safe="").replace("-", "%2D")


def answer_page(base: str | None, number: int | None) -> str | None:
    """Return the address at which anybody sees the quotations of an answer, where it has one."""
    if base is None or number is None:
        return None
    return f"{base.rstrip('/')}/answers/{number}"
