"""Find a quotation in a passage under one normalisation, at its exact place."""

from __future__ import annotations

import re
import unicodedata

from ingest.language.marks import marked

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
    wanted = "".join(char for char, _ in _folded(quote.strip(_ENDS)))
    if len(wanted) < _SHORTEST:
        return None
    chars = _folded(text)
    whole = "".join(char for char, _ in chars)
    at = whole.find(wanted)
    if at < 0 and any_case:
        at = whole.find(wanted[0].swapcase() + wanted[1:])
    if at < 0:
        return None
    start, end = chars[at][1], chars[at + len(wanted) - 1][1] + 1
    return text[start:end]


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
