"""Builders of what tests arrange; the country, its parties and its papers are made up."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime

import numpy as np

from ingest.index.cutting import cut, terms
from ingest.model import Extract, Header

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
TEXT = (
    "The Harbour Alliance won 46 seats in Orvessa, the Electoral Authority said on Sunday. "
    "Its leader, Ilse Marrowen, said that she would stay.\n\n"
    "Turnout was 62.7 per cent, three points more than in 2022."
)


def an_extract(text=TEXT, **header):
    """Build what reading might have made of an article."""
    about = {
        "title": "Harbour wins 46 seats",
        "outlet": "Sarnholt Ledger",
        "published": date(2026, 10, 26),
        "language": "en",
    }
    rest = {name: header.pop(name) for name in ("captions", "corrections") if name in header}
    return Extract(Header(**{**about, **header}), text, **rest)


def saved(archive, *extracts, now=NOW):
    """Save extracts as the spine does, and return what became of them."""
    items = [(each, cut(each.text, each.header.language)) for each in extracts]
    return archive.articles.save_many(items, now=now)


class Hashing:
    """An embedder that takes no time: a text's words, by their hashes."""

    model, dimensions, is_remote, windows = "hashing", 64, False, 1

    def passages(self, texts):
        return np.stack([self.question(text) for text in texts])

    def question(self, text):
        found = np.zeros(self.dimensions, np.float32)
        for term in terms(text) or ["-"]:
            found[zlib.crc32(term.encode()) % self.dimensions] += 1.0
        return found / np.linalg.norm(found)
