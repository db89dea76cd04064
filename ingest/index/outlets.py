"""Outlets that a question names as its source, and that the archive does not keep."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.language.as_english import as_english
from ingest.language.words import words

KNOWN = words()["outlets"]
SUFFIXES = "|".join(KNOWN["suffixes"].split())
ALONE = "|".join(re.escape(name) for name in KNOWN["names"])
PAPER = rf"(?:\b[A-Z][\w&.-]{{0,30}}(?: of)? ){{1,3}}(?:{SUFFIXES})"
"""Up to four words in capitals that end as papers' names do."""
OPEN, CLOSE = "[‘“'\"]?(?:[Tt]he )?", "\\b[’”'\"]?"
BY = r"(?i:\b(?:according to|(?:reported|published|written|covered) (?:by|in|on)) )"
DID = r"(?i:\b(?:what|how|when|why) (?:did|does|do|has) )"
SAYS = r" (?:say|said|report|reported|write|wrote|publish|published|claim)s?\b"
ITS = r"(?:[’']s)? (?:article|report|story|coverage|piece)\b"


def name(key: str) -> str:
    """Return the expression for the name of an outlet, a known one in any case."""
    return rf"{OPEN}(?P<{key}>{PAPER}|(?i:{ALONE})){CLOSE}"


PATTERNS = (f"{BY}{name('by')}", f"{DID}{name('did')}{SAYS}", f"{name('its')}{ITS}")
JA = "|".join([rf"\w{{1,8}}?(?:{'|'.join(KNOWN['suffixes_ja'].split())})", *KNOWN["names_ja"]])
PATTERNS_JA = rf"(?P<ja>{JA})(?:によると|によれば|の記事|の報道|は(?:何|どう))"
ENGLISH, JAPANESE = re.compile("|".join(PATTERNS)), re.compile(PATTERNS_JA)
ARTICLE = re.compile(r"^.*\bThe ")


def absent(question: str, outlets: Sequence[str], language: str | None = None) -> tuple[str, ...]:
    """Return the outlets whose report *question* asks for and that are none of *outlets*."""
    kept = [plain(outlet) for outlet in outlets]
    found = dict.fromkeys(named(as_english(question, language).text))
    return tuple(each for each in found if not any(plain(each) in outlet for outlet in kept))


def named(question: str) -> Iterator[str]:
    """Yield what *question* names as the source of a report."""
    for match in (*ENGLISH.finditer(question), *JAPANESE.finditer(question)):
        yield ARTICLE.sub("The ", next(filter(None, match.groupdict().values())))


def plain(outlet: str) -> str:
    """Fold case, and leave out what is no letter and a leading article."""
    letters = "".join(char for char in outlet.casefold() if char.isalnum())
    return letters.removeprefix("the")
