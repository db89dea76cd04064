"""How much of an article's text another program sees: passages, and never what speaks to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.answering.proving.ground import title_of
from bot.linking import opening_at
from bot.reporting import source_object
from ingest.archive import Archive
from ingest.index.passages import first_sentence, sentences
from ingest.language.instructions import speaks_to_a_model
from ingest.model import Passage

ADDRESS = "desk://articles/{article}/passages/{number}"
"""The address of a passage among the resources; passages of an article are counted from 1."""
_ADDRESSED = re.compile(r"desk://articles/([0-9]{1,9})/passages/([0-9]{1,6})")
_SHARE = 0.5
"""Largest share of an article that one passage shows: a short article is one passage."""
_OPENING = 300
"""Characters of a result that say what it is about."""
_LEFT_OUT = "[…]"
"""Stands for a sentence that speaks to a language model, and for what is not passed on."""


@dataclass(frozen=True, slots=True)
class ShownPassages:
    """Reads passages out of *archive*; *whole* lets whole articles be read."""

    archive: Archive
    whole: bool = False

    def result(self, passage: Passage) -> dict[str, Any]:
        """Return a passage as search lists it."""
        header = passage.header
        day = f", {header.day.isoformat()}" if header.day else ""
        text = self._shown(passage)
        return {
            "id": passage.id,
            "title": f"{title_of(passage) or 'Untitled'} ({header.outlet}{day})",
            "url": opening_at(header.url, first_sentence(passage)) or _address(passage),
            "text": text if len(text) <= _OPENING else f"{text[:_OPENING]}…",
        }

    def document(self, passage_id: str) -> dict[str, Any] | None:
        """Return a passage as one document, or its article; ``None`` if it does not stand."""
        passage = self.archive.passages.get([passage_id]).get(passage_id)
        return None if passage is None else self._document(passage)

    def at(self, address: str) -> dict[str, Any] | None:
        """Return the passage at an address of :data:`ADDRESS`; ``None`` if there is none."""
        named = _ADDRESSED.fullmatch(address)
        if named is None:
            return None
        article, number = int(named[1]), int(named[2])
        found = self.archive.passages.of_article(article)
        if not 1 <= number <= len(found):
            return None
        return self.document(found[number - 1].id)

    def _document(self, passage: Passage) -> dict[str, Any]:
        run = self.archive.passages.of_article(passage.article_id) if self.whole else [passage]
        text = "\n\n".join(map(self._shown, run))
        return {
            "id": passage.id,
            "title": title_of(passage) or "Untitled",
            "text": text,
            "url": passage.header.url or _address(passage),
            "metadata": {
                **source_object(passage.header),
                "article": passage.article_id,
                "version": passage.version,
                "start": passage.start,
                "end": passage.end,
                "corrections": list(passage.corrections),
                "shown": "article" if self.whole else "passage",
            },
        }

    def _shown(self, passage: Passage) -> str:
        """Return the text of a passage without what speaks to a model; of a short article half."""
        text, language = passage.text, passage.header.language
        length = self.archive.passages.length(passage.article_id)
        room = len(text) if self.whole else max(1, int(_SHARE * length))
        shown: list[str] = []
        for each in sentences(text, language):
            if shown and each.end > room:
                shown.append(_LEFT_OUT)
                break
            said = text[each.start : each.end]
            shown.append(_LEFT_OUT if speaks_to_a_model(said) else said)
        return " ".join(shown)


def _address(passage: Passage) -> str:
    """Return the address of a passage among the resources."""
    return ADDRESS.format(article=passage.article_id, number=passage.order + 1)
