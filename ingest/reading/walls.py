"""Pages answered with status 200 that hold no article: walls, notices and robot checks."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingest.language.words import words

_NOTICE_CHARACTERS = 2500
"""Characters of the longest notice; a longer page is read as an article."""
_NOTICE_SHARE = 0.5
"""Share of a text that must match; an article about cookies has other sentences as well."""
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
_DESCRIPTIONS = {
    "consent": "asks for consent to cookies",
    "missing": "says that the page does not exist",
    "robot": "asks whether a robot is reading",
    "login": "asks for a login or a subscription",
    "maintenance": "says that the site is being worked on",
    "moved": "says that the page has moved",
}


def wall(title: str, text: str) -> str | None:
    """Return the description of the wall or notice on a page; ``None`` for a possible article."""
    if len(text) > _NOTICE_CHARACTERS:
        return None
    for kind, pattern in _TITLES.items():
        if pattern.search(title.strip()):
            return _DESCRIPTIONS[kind]
    sentences = [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]
    size = sum(map(len, sentences))
    sizes = {
        kind: sum(len(sentence) for sentence in sentences if pattern.search(sentence))
        for kind, pattern in SIGNS.items()
    }
    matching_sentences = [
        sentence
        for sentence in sentences
        if any(pattern.search(sentence) for pattern in SIGNS.values())
    ]
    if not size or sum(map(len, matching_sentences)) < _NOTICE_SHARE * size:
        return None
    return _DESCRIPTIONS[max(sizes, key=lambda kind: sizes[kind])]
