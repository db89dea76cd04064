"""Cut text into the terms that words are searched by; the same for coverage and questions."""

from __future__ import annotations

import re
import threading
import unicodedata

import Stemmer

CJK = "぀-ヿ㐀-鿿豈-﫿々가-힯"
RUN = re.compile(
    rf"(?P<cjk>[{CJK}]+)|(?P<number>\d+(?:[.,]\d+)*)|(?P<word>[^\W\d_{CJK}][^\W_{CJK}]*)"
)
COMBINING = re.compile("[\u0300-\u036f]")
POSSESSIVE = re.compile(r"[’']s\b")

_own = threading.local()


def terms(text: str) -> list[str]:
    """Return the index terms of *text*, in order: word stems, numbers and CJK bigrams.

    Text is folded by NFKC, case and accents. Latin words are stemmed by Snowball's English
    algorithm whatever their language, so that a question finds a name in coverage of another
    language; a CJK run gives its overlapping pairs of characters, a lone character itself.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = POSSESSIVE.sub("", folded)
    plain = unicodedata.normalize("NFC", COMBINING.sub("", unicodedata.normalize("NFD", folded)))
    found: list[str] = []
    for match in RUN.finditer(plain):
        if run := match["cjk"]:
            found.extend(run[i : i + 2] for i in range(max(1, len(run) - 1)))
        elif number := match["number"]:
            found.append(number.replace(",", ""))
        else:
            found.append(stemmer().stemWord(match["word"]))
    return found


def stemmer() -> Stemmer.Stemmer:
    """Return this thread's stemmer; one may not be shared."""
    if not hasattr(_own, "stemmer"):
        _own.stemmer = Stemmer.Stemmer("english")
    mine: Stemmer.Stemmer = _own.stemmer
    return mine
