"""Lay a question and a window out as the tokens that the reader reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tokenizers import Tokenizer

_START, _END = 0, 2
"""Tokens that begin a text and end a part of it, as XLM-RoBERTa has them."""
_QUESTION_TOKENS, _ABOVE_TOKENS = 48, 44
"""Most tokens of a question and of what stands above a window; what is longer is cut."""
LONGEST_PAIR = 192
"""Most tokens of a pair; a window of three sentences has about 90."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The tokens of one question and one window; the window's begin at ``begins``.

    ``offsets`` holds, for each of the window's tokens, the first character of the window that it
    stands for and the one after the last.
    """

    ids: tuple[int, ...]
    begins: int
    offsets: tuple[tuple[int, int], ...]


def above(title: str, day: date | None, heading: str = "") -> str:
    """Return the line that the reader sees above a window: its title, day and heading."""
    parts = (title, day.isoformat() if day else "", heading)
    return ". ".join(part for part in parts if part)


def pair_of(
    tokenizer: Tokenizer, question: str, header: str, window: str, longest: int = LONGEST_PAIR
) -> Pair:
    """Return the tokens of *question* and *window* under *header*, at most *longest*."""

    def tokens(text: str, most: int) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids[:most])

    asked = tokens(f"query: {question}", _QUESTION_TOKENS)
    over = tokens(f"passage: {header}." if header else "passage:", _ABOVE_TOKENS)
    head = [_START, *asked, _END, *over]
    read = tokenizer.encode(window, add_special_tokens=False)
    room = max(1, longest - len(head) - 1)
    ids, offsets = read.ids[:room], read.offsets[:room]
    return Pair((*head, *ids, _END), len(head), tuple(offsets))
