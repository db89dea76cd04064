"""Find a quotation in a passage under one normalisation, at its exact place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ingest.language.marks import marked
from ingest.model import Span

_FOLDED = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "`": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
        "−": "-",
    }
)
_ENDS = " \t\n\"'.,;:!?…「」『』“”‘’。、"
_QUOTED = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|「([^「」]+)」|『([^『』]+)』|«([^«»]+)»")
_INNER_ENDS = " \t\n\u3000.,;:!?…。、"
_SHORTEST = 2
"""Characters of the shortest quotation that proves anything."""


def locate(quote: str, text: str, *, any_case: bool = False) -> str | None:
    """Return the letters of *text* that *quote* stands for, or ``None``.

    Compared are NFKC forms with quotation marks and dashes plain and white space as one space;
    letters, case and figures must be the same; with *any_case* the first letter may be small where
    a sentence goes on around it. Marks and full stops at the ends are left out.
    """
    wanted = folded(quote.strip(_ENDS))
    if len(wanted.text) < _SHORTEST:
        return None
    whole = folded(text)
    at = whole.text.find(wanted.text)
    if at < 0 and any_case:
        at = whole.text.find(wanted.text[0].swapcase() + wanted.text[1:])
    if at < 0:
        return None
    found = whole.span(at, at + len(wanted.text))
    return text[found.start : found.end]


@dataclass(frozen=True, slots=True)
class FoldedText:
    """The compared characters of a text, and for each the place in it that it comes from."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Return which characters of the text itself stand behind a range of the compared ones."""
        return Span(self.places[start], self.places[end - 1] + 1)


def folded(text: str) -> FoldedText:
    """Return *text* as quotations are compared (:func:`locate`)."""
    chars = _folded(text)
    return FoldedText("".join(char for char, _ in chars), tuple(place for _, place in chars))


def _folded(text: str) -> list[tuple[str, int]]:
    """Return the compared characters of *text*, each with the place it comes from."""
    found: list[tuple[str, int]] = []
    for place, char in enumerate(text):
        plain = unicodedata.normalize("NFKC", char).translate(_FOLDED)
        for each in plain:
            if not each.isspace():
                found.append((each, place))
            elif found and found[-1][0] != " ":
                found.append((" ", place))
    return found


def quoted_in(sentence: str) -> list[str]:
    """Return what stands between quotation marks in *sentence*."""
    found = (
        "".join(part for part in match.groups() if part)
        for match in _QUOTED.finditer(marked(sentence))
    )
    return [each.rstrip(_INNER_ENDS).strip() for each in found]


def unquoted(sentence: str) -> str:
    """Return *sentence* with every quotation left out: what the writer says itself."""
    return _QUOTED.sub(" ", marked(sentence))
