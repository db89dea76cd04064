"""Quotation marks, whose opening in one language is the closing of another."""

from __future__ import annotations

import re

_PAIRS = ((re.compile("„([^„“”]*)[“”]"), r"“\1”"), (re.compile("»([^»«]*)«"), r"«\1»"))
"""„Like this“ and »like this« in German and its neighbours: there “ closes."""


def marked(text: str) -> str:
    """Return *text*, letter by letter as long, with every quotation between “ and ” or « and »."""
    for pattern, pair in _PAIRS:
        text = pattern.sub(pair, text)
    return text
