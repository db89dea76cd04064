"""Outlets that a question names as its source, and that the archive does not keep."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.language.as_english import as_english
from ingest.language.words import words

_KNOWN = words()["outlets"]
_SUFFIXES = "|".join(_KNOWN["suffixes"].split())
_ALONE = "|".join(re.escape(name) for name in _KNOWN["names"])
_PAPER = rf"(?:\b[A-Z][\w&.-]{{0,30}}(?: of)? ){{1,3}}(?:{_SUFFIXES})"
"""Up to four words in capitals that end as papers' names do."""
_OPEN, _CLOSE = "[‘“'\"]?(?:[Tt]he )?", "\\b[’”'\"]?"
_BY = r"(?i:\b(?:according to|(?:reported|published|written|covered) (?:by|in|on)) )"
_DID = r"(?i:\b(?:what|how|when|why) (?:did|does|do|has) )"
_SAYS = r" (?:say|said|report|reported|write|wrote|publish|published|claim)s?\b"
_ITS = r"(?:[’']s)? (?:article|report|story|coverage|piece)\b"


def _name(key: str) -> str:
    """Return the expression for the name of an outlet, a known one in any case."""
    return rf"{_OPEN}(?P<{key}>{_PAPER}|(?i:{_ALONE})){_CLOSE}"


_PATTERNS = (f"{_BY}{_name('by')}", f"{_DID}{_name('did')}{_SAYS}", f"{_name('its')}{_ITS}")
_JA = "|".join([rf"\w{{1,8}}?(?:{'|'.join(_KNOWN['suffixes_ja'].split())})", *_KNOWN["names_ja"]])
_PATTERNS_JA = rf"(?P<ja>{_JA})(?:によると|によれば|の記事|の報道|は(?:何|どう))"
_ENGLISH, _JAPANESE = re.compile("|".join(_PATTERNS)), re.compile(_PATTERNS_JA)
_ARTICLE = re.compile(r"^.*\bThe ")


def absent(question: str, outlets: Sequence[str], language: str | None = None) -> tuple[str, ...]:
    """Return the outlets whose report *question* asks for and that are none of *outlets*."""
    kept = [_plain(outlet) for outlet in outlets]
    found = dict.fromkeys(_named(as_english(question, language).text))
    return tuple(each for each in found if not any(_plain(each) in outlet for outlet in kept))


def _named(question: str) -> Iterator[str]:
    """Yield what *question* names as the source of a report."""
    for match in (*_ENGLISH.finditer(question), *_JAPANESE.finditer(question)):
        yield _ARTICLE.sub("The ", next(filter(None, match.groupdict().values())))


def _plain(outlet: str) -> str:
    """Fold case, and leave out what is no letter and a leading article."""
    letters = "".join(char for char in outlet.casefold() if char.isalnum())
    return letters.removeprefix("the")
