"""Outlets that a question names as its source and the archive does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.language.as_english import as_english
from ingest.language.words import words

_OUTLET_WORDS = words()["outlets"]
_SUFFIXES = "|".join(_OUTLET_WORDS["suffixes"].split())
_KNOWN_NAMES = "|".join(re.escape(name) for name in _OUTLET_WORDS["names"])
_PAPER = rf"(?:\b[A-Z][\w&.-]{{0,30}}(?: of)? ){{1,3}}(?:{_SUFFIXES})"
"""Up to four capitalised words, the last of which is typical of newspaper names."""
_OPEN, _CLOSE = "[‘“'\"]?(?:[Tt]he )?", "\\b[’”'\"]?"
_ACCORDING_TO = r"(?i:\b(?:according to|(?:reported|published|written|covered) (?:by|in|on)) )"
_WHAT_DID = r"(?i:\b(?:what|how|when|why) (?:did|does|do|has) )"
_SAYS = r" (?:say|said|report|reported|write|wrote|publish|published|claim)s?\b"
_ITS_REPORT = r"(?:[’']s)? (?:article|report|story|coverage|piece)\b"


def _name(key: str) -> str:
    """Return the regular expression for an outlet's name; known names match in any case."""
    return rf"{_OPEN}(?P<{key}>{_PAPER}|(?i:{_KNOWN_NAMES})){_CLOSE}"


_PATTERNS = (
    f"{_ACCORDING_TO}{_name('by')}",
    f"{_WHAT_DID}{_name('did')}{_SAYS}",
    f"{_name('its')}{_ITS_REPORT}",
)
_JA = "|".join(
    [rf"\w{{1,8}}?(?:{'|'.join(_OUTLET_WORDS['suffixes_ja'].split())})", *_OUTLET_WORDS["names_ja"]]
)
_PATTERNS_JA = rf"(?P<ja>{_JA})(?:によると|によれば|の記事|の報道|は(?:何|どう))"
_ENGLISH, _JAPANESE = re.compile("|".join(_PATTERNS)), re.compile(_PATTERNS_JA)
_ARTICLE = re.compile(r"^.*\bThe ")


def absent_outlets(
    question: str, outlets: Sequence[str], language: str | None = None
) -> tuple[str, ...]:
    """Return the outlets that *question* asks about as a source and that are not in *outlets*."""
    known_outlets = [_plain(outlet) for outlet in outlets]
    names = dict.fromkeys(_named(as_english(question, language).text))
    return tuple(
        name for name in names if not any(_plain(name) in outlet for outlet in known_outlets)
    )


def _named(question: str) -> Iterator[str]:
    """Yield the outlets that *question* names as the source of a report."""
    for match in (*_ENGLISH.finditer(question), *_JAPANESE.finditer(question)):
        yield _ARTICLE.sub("The ", next(filter(None, match.groupdict().values())))


def _plain(outlet: str) -> str:
    """Return the letters and digits of a name in lower case, without a leading "the"."""
    letters = "".join(char for char in outlet.casefold() if char.isalnum())
    return letters.removeprefix("the")
