"""Passages as other programs see them: limited in length, without instructions to models."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.answering.proving.ground import title_of
from bot.outcomes import opening_at, source_object
from ingest.archive import Archive
from ingest.index.passages import first_sentence, sentences
from ingest.language.instructions import speaks_to_a_model
from ingest.model import Passage

ADDRESS = "desk://articles/{article}/passages/{number}"
"""The resource address of a passage; passages of an article are counted from 1."""
_ADDRESS_PATTERN = re.compile(r"desk://articles/([0-9]{1,9})/passages/([0-9]{1,6})")
_MAX_SHARE = 0.5
"""Maximum share of an article in one passage, as a short article is one passage."""
_RESULT_CHARACTERS = 300
"""Maximum number of characters of a search result."""
_OMITTED = "[…]"
"""Placeholder of a sentence with instructions to a model, and of text beyond the limit."""


@dataclass(frozen=True, slots=True)
class ShownPassages:
    """Reader of passages for other programs; *whole* permits whole articles."""

    archive: Archive
    whole: bool = False

    def result(self, passage: Passage) -> dict[str, Any]:
        """Return a passage as a search result."""
        header = passage.header
        day = f", {header.day.isoformat()}" if header.day else ""
        text = self._limited_text(passage)
        return {
            "id": passage.id,
            "title": f"{title_of(passage) or 'Untitled'} ({header.outlet}{day})",
            "url": opening_at(header.url, first_sentence(passage)) or _address(passage),
            "text": text if len(text) <= _RESULT_CHARACTERS else f"{text[:_RESULT_CHARACTERS]}…",
        }

    def document(self, passage_id: str) -> dict[str, Any] | None:
        """Return a passage, or its article, as a document; ``None`` if it is not citable."""
        passage = self.archive.passages.get([passage_id]).get(passage_id)
        return None if passage is None else self._document(passage)

    def at(self, address: str) -> dict[str, Any] | None:
        """Return the document at a resource address, or ``None``."""
        match = _ADDRESS_PATTERN.fullmatch(address)
        if match is None:
            return None
        article, number = int(match[1]), int(match[2])
        passages = self.archive.passages.of_article(article)
        if not 1 <= number <= len(passages):
            return None
        return self.document(passages[number - 1].id)

    def _document(self, passage: Passage) -> dict[str, Any]:
        passages = self.archive.passages.of_article(passage.article_id) if self.whole else [passage]
        text = "\n\n".join(map(self._limited_text, passages))
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

    def _limited_text(self, passage: Passage) -> str:
        """Return a passage without instructions to models, at most half of a short article."""
        text, language = passage.text, passage.header.language
        length = self.archive.passages.length(passage.article_id)
        limit = len(text) if self.whole else max(1, int(_MAX_SHARE * length))
        parts: list[str] = []
        for span in sentences(text, language):
            if parts and span.end > limit:
                parts.append(_OMITTED)
                break
            sentence = text[span.start : span.end]
            parts.append(_OMITTED if speaks_to_a_model(sentence) else sentence)
        return " ".join(parts)


def _address(passage: Passage) -> str:
    """Return the resource address of a passage."""
    return ADDRESS.format(article=passage.article_id, number=passage.order + 1)
