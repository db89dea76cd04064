"""Find the exact place of a quotation in a passage, after normalising both."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ingest.language.marks import marked
from ingest.model import Span

_PLAIN_MARKS = str.maketrans(
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
_QUOTATION = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|「([^「」]+)」|『([^『』]+)』|«([^«»]+)»")
_INNER_ENDS = " \t\n\u3000.,;:!?…。、"
_MIN_CHARACTERS = 2
"""Characters of the shortest quotation that can prove a sentence."""


def locate(quote: str, text: str, *, any_case: bool = False) -> str | None:
    """Return the wording of *text* that matches *quote*, or ``None``.

    Both are compared in NFKC, with plain quotation marks and dashes and single spaces. Letters,
    case and figures must be equal; with *any_case* the first letter may differ in case, as in the
    middle of a sentence. Punctuation at the ends is ignored.
    """
    folded_quote = fold(quote.strip(_ENDS))
    if len(folded_quote.text) < _MIN_CHARACTERS:
        return None
    folded_text = fold(text)
    place = folded_text.text.find(folded_quote.text)
    if place < 0 and any_case:
        place = folded_text.text.find(folded_quote.text[0].swapcase() + folded_quote.text[1:])
    if place < 0:
        return None
    span = folded_text.span(place, place + len(folded_quote.text))
    return text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class FoldedText:
    """The normalised characters of a text, and the place in the text of each."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Return the span of the original text for a range of normalised characters."""
        return Span(self.places[start], self.places[end - 1] + 1)


def fold(text: str) -> FoldedText:
    """Return *text* normalised for comparison (see :func:`locate`)."""
    chars = _folded_characters(text)
    return FoldedText("".join(char for char, _ in chars), tuple(place for _, place in chars))


def _folded_characters(text: str) -> list[tuple[str, int]]:
    """Return the normalised characters of *text*, each with its place in the text."""
    characters: list[tuple[str, int]] = []
    for place, char in enumerate(text):
        plain = unicodedata.normalize("NFKC", char).translate(_PLAIN_MARKS)
        for folded_char in plain:
            if not folded_char.isspace():
                characters.append((folded_char, place))
            elif characters and characters[-1][0] != " ":
                characters.append((" ", place))
    return characters


def quotations_in(sentence: str) -> list[str]:
    """Return the texts between quotation marks in *sentence*."""
    quotations = (
        "".join(part for part in match.groups() if part)
        for match in _QUOTATION.finditer(marked(sentence))
    )
    return [quotation.rstrip(_INNER_ENDS).strip() for quotation in quotations]


def without_quotations(sentence: str) -> str:
    """Return *sentence* without quotations: only the words of the writer."""
    return _QUOTATION.sub(" ", marked(sentence))
