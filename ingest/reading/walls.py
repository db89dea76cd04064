"""Pages at status 200 that hold no article: walls, notices and what a machine answers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingest.language.words import words

_LONGEST = 2500
"""Characters of the longest notice; what is longer is read."""
_MOSTLY = 0.5
"""Share of a text that has to be of a notice; an article about cookies speaks of others too."""
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*|\n+")
SIGNS: Mapping[str, re.Pattern[str]] = {
    kind: re.compile("|".join(signs), re.IGNORECASE)
    for kind, signs in words()["walls"].items()
    if kind != "titles"
}
_TITLES: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(
        rf"^\W*(?:{'|'.join(signs)})\W*$|^(?:{'|'.join(signs)})\s*[-–—|:：]", re.IGNORECASE
    )
    for kind, signs in words()["walls"]["titles"].items()
}
_SAID = {
    "consent": "asks for consent to cookies",
    "missing": "says that the page does not exist",
    "robot": "asks whether a robot is reading",
    "login": "asks for a login or a subscription",
    "maintenance": "says that the site is being worked on",
    "moved": "says that the page has moved",
}


def wall(title: str, text: str) -> str | None:
    """Return what a page says instead of an article; ``None`` where it may be one."""
    if len(text) > _LONGEST:
        return None
    for kind, pattern in _TITLES.items():
        if pattern.search(title.strip()):
            return _SAID[kind]
    sentences = [each for each in _SENTENCE.split(text) if each.strip()]
    size = sum(map(len, sentences))
    told = {
        kind: sum(len(each) for each in sentences if pattern.search(each))
        for kind, pattern in SIGNS.items()
    }
    every = [each for each in sentences if any(p.search(each) for p in SIGNS.values())]
    if not size or sum(map(len, every)) < _MOSTLY * size:
        return None
    return _SAID[max(told, key=lambda kind: told[kind])]
