"""A drafted sentence, and what it may rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bot.answering.checking.quotations import unquoted
from bot.answering.model import Citation, Language
from ingest.index.passages import sentences
from ingest.index.script import Script
from ingest.model import Passage
from ingest.reading.instructions import speaks_to_a_model


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the writer wrote it, without its keys."""

    text: str
    language: Language

    @property
    def own(self) -> str:
        """What the writer says itself, quotations left out."""
        return unquoted(self.text)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a sentence may rest on: its citations and the question; what it may never repeat."""

    citations: Sequence[Citation]
    question: str
    instructions: str = ""

    @property
    def passages(self) -> list[Passage]:
        """Return the cited passages, each once."""
        return list({c.passage.id: c.passage for c in self.citations}.values())

    @property
    def text(self) -> str:
        """Return the cited passages under their titles, outlets and agencies, with the question."""
        parts = [self.question]
        for passage in self.passages:
            parts += [reliable(passage), about(passage)]
        return "\n".join(parts)

    @property
    def spoken(self) -> str:
        """Return the question, and the titles and words of the cited passages."""
        said = (f"{title_of(p)}\n{reliable(p)}" for p in self.passages)
        return "\n".join([self.question, *said])

    @property
    def cited(self) -> str:
        """Return the sentences that hold the quotations."""
        return "\n".join(text for c in self.citations for text in around(c, 0))

    @property
    def days(self) -> list[date]:
        """Return the days of publication."""
        return [p.header.day for p in self.passages if p.header.day]

    def shares_script(self, text: str) -> bool:
        """Tell whether any cited sentence is in the script of *text*."""
        script = Script.of_question(text)
        cited = (sentence for c in self.citations for sentence in around(c, 0))
        return any(Script.of_text(sentence) is script for sentence in cited)


def around(citation: Citation, before: int) -> list[str]:
    """Return the sentences of the passage that a quotation touches, and *before* ahead of them."""
    passage, end = citation.passage, citation.start + len(citation.quote)
    spans = sentences(passage.text, passage.header.language)
    touched = [i for i, s in enumerate(spans) if s.start < end and citation.start < s.end]
    if not touched:
        return [citation.quote]
    first = max(0, touched[0] - before)
    return [passage.text[s.start : s.end] for s in spans[first : touched[-1] + 1]]


def title_of(passage: Passage) -> str:
    """Return an article's title, unless it speaks to a model: then nothing can rest on it."""
    return "" if speaks_to_a_model(passage.header.title) else passage.header.title


@lru_cache(maxsize=256)
def reliable(passage: Passage) -> str:
    """Return a passage without the sentences that speak to a model."""
    spans = sentences(passage.text, passage.header.language)
    said = (passage.text[span.start : span.end] for span in spans)
    return "\n".join(sentence for sentence in said if not speaks_to_a_model(sentence))


def about(passage: Passage) -> str:
    """Return what is known of an article besides its text."""
    header = passage.header
    day = header.day.strftime("%A %d %B %Y") if header.day else ""
    return " ".join([title_of(passage), header.outlet, header.agency or "", *header.authors, day])
