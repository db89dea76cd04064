"""Quotation marks: the opening mark of one language is the closing mark of another."""

from __future__ import annotations

import re

_PAIRS = ((re.compile("„([^„“”]*)[“”]"), r"“\1”"), (re.compile("»([^»«]*)«"), r"«\1»"))
"""Patterns of „this“ and »this«, as in German and its neighbours, where “ is the closing mark."""


def marked(text: str) -> str:
    """Return *text* with every quotation between “ and ” or « and »; its length does not change."""
    for pattern, pair in _PAIRS:
        text = pattern.sub(pair, text)
    return text
