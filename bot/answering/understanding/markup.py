"""What Discord writes into a message beside its words."""

from __future__ import annotations

import re
import unicodedata

_MARKUP = re.compile(
    r"<a?:\w+:\d+>|<(?:@[!&]?|#|/[\w -]+:)\d+>|<t:-?\d+(?::\w)?>|<id:\w+>"
    r"|<?https?://\S+|(?<!\w):[a-z0-9_+-]{2,32}:(?!\w)"
    r"|^[ \t]{0,8}(?:>>> |> |#{1,3} |[-*] )|[`*_~|]{2,}|`",
    re.IGNORECASE | re.MULTILINE,
)
"""What Discord writes that is no word: emoji, mentions, channels, times, links, marks."""
_PICTURES = {"So", "Sk", "Cn", "Co", "Me"}
_SELECTORS = re.compile("[\ufe00-\ufe0f\u200d]")
"""What chooses how an emoji looks, or joins two."""


def bare(text: str) -> str:
    """Leave out of *text* what is no word: emoji, mentions, links, marks; what is bare stays."""
    marked = _SELECTORS.sub("", _MARKUP.sub(" ", text))
    shown = "".join(" " if unicodedata.category(c) in _PICTURES else c for c in marked)
    return " ".join(shown.split())
