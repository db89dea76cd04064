"""Names of countries in Japanese and in English, from Unicode's locale data (CLDR)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache

from babel import Locale


@cache
def english_places() -> Mapping[str, str]:
    """Return the English name of each country by its Japanese name."""
    japanese, english = Locale("ja").territories, Locale("en").territories
    return {
        unicodedata.normalize("NFKC", name): english[code]
        for code, name in japanese.items()
        if len(code) == 2 and code in english
    }
