"""A question as people type it in a chat, and the words in it that coverage would use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from bot.answering.lexicon import Lexicon
from ingest.index.analysis import terms
from ingest.language.script import has_japanese

MARKUP = re.compile(
    r"<a?:\w+:\d+>|<(?:@[!&]?|#|/[\w -]+:)\d+>|<t:-?\d+(?::\w)?>|<id:\w+>"
    r"|<?https?://\S+|(?<!\w):[a-z0-9_+-]{2,32}:(?!\w)"
    r"|^\s*(?:>>> |> |#{1,3} |[-*] )|[`*_~|]{2,}|`",
    re.IGNORECASE | re.MULTILINE,
)
"""What Discord writes that is no word: emoji, mentions, channels, times, links, marks."""
PICTURES = {"So", "Sk", "Cn", "Co"}
WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
SPELLINGS = (
    (re.compile(r"is(e|ed|es|ing|ation)$"), r"iz\1"),
    (re.compile(r"iz(e|ed|es|ing|ation)$"), r"is\1"),
    (re.compile(r"our(s|ed|ing|ite)?$"), r"or\1"),
    (re.compile(r"or(s|ed|ing|ite)?$"), r"our\1"),
    (re.compile(r"tre$"), "ter"),
    (re.compile(r"ter$"), "tre"),
    (re.compile(r"ence$"), "ense"),
    (re.compile(r"ense$"), "ence"),
    (re.compile(r"ll(ed|ing|or)$"), r"l\1"),
)
"""British and American endings, both ways."""
SHORTEST = 4
"""Letters of a word from which it may be mistyped."""
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def heard(text: str) -> str:
    """Return *text* as coverage would word it: bare of markup, chat words written out."""
    return written_out(bare(text) or text, Lexicon.load().chat)


def bare(text: str) -> str:
    """Leave out of *text* what is no word: emoji, mentions, links, marks; what is bare stays."""
    marked = MARKUP.sub(" ", text)
    shown = "".join(" " if unicodedata.category(c) in PICTURES else c for c in marked)
    return " ".join(shown.split())


def written_out(text: str, chat: Mapping[str, str]) -> str:
    """Replace the words of a chat by those that coverage has: "ppl" by "people"."""
    return WORD.sub(lambda m: chat.get(m[0].casefold().replace("’", "'"), m[0]), text)


def spelt(word: str) -> set[str]:
    """Return the index terms of *word* in British and American spelling."""
    small = word.casefold()
    return {
        term
        for pattern, other in SPELLINGS
        if pattern.search(small)
        for term in terms(pattern.sub(other, small))
    }


def meant(word: str, known: Callable[[str], int]) -> str | None:
    """Return the word of the coverage that *word* is mistyped for, one letter away, if any.

    *known* tells in how many passages a term stands; of several the most frequent is taken.
    """
    small = word.casefold()
    if len(small) < SHORTEST or not small.isascii() or not small.isalpha() or has_japanese(word):
        return None
    found = {each: max(map(known, terms(each)), default=0) for each in one_away(small)}
    best = max(found, key=lambda each: (found[each], each))
    return best if found[best] > 0 else None


def one_away(word: str) -> set[str]:
    """Return every word one letter away: left out, doubled, exchanged, swapped (Norvig, 2007)."""
    parts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    without = {a + b[1:] for a, b in parts if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1}
    changed = {a + c + b[1:] for a, b in parts if b for c in ALPHABET}
    more = {a + c + b for a, b in parts for c in ALPHABET}
    return (without | swapped | changed | more) - {word}
