"""Remove the markup of Discord from a message."""

from __future__ import annotations

import re
import unicodedata

_MARKUP = re.compile(
    r"<a?:\w+:\d+>|<(?:@[!&]?|#|/[\w -]+:)\d+>|<t:-?\d+(?::\w)?>|<id:\w+>"
    r"|<?https?://\S+|(?<!\w):[a-z0-9_+-]{2,32}:(?!\w)"
    r"|^[ \t]{0,8}(?:>>> |> |#{1,3} |[-*] )|[`*_~|]{2,}|`",
    re.IGNORECASE | re.MULTILINE,
)
"""Markup of Discord: emoji, mentions, channels, times, links, formatting."""
_SYMBOL_CATEGORIES = {"So", "Sk", "Cn", "Co", "Me"}
_SELECTORS = dict.fromkeys([*range(0xFE00, 0xFE10), 0x200D])
"""Variation selectors of emoji, and the joiner of two."""


def strip_markup(text: str) -> str:
    """Return *text* without emoji, mentions, links and formatting marks."""
    without_markup = _MARKUP.sub(" ", text).translate(_SELECTORS)
    words = "".join(
        " " if unicodedata.category(c) in _SYMBOL_CATEGORIES else c for c in without_markup
    )
    return " ".join(words.split())
