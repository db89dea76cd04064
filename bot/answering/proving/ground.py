"""A drafted sentence, and the sentences of the coverage that it cites: all it may rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.answering.model import Citation
from bot.answering.proving.quotations import unquoted
from ingest.index.passages import sentences
from ingest.language.as_english import plain_english
from ingest.language.instructions import speaks_to_a_model
from ingest.language.languages import Language
from ingest.model import Passage, Span


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the writer wrote it, without its keys."""

    text: str
    language: Language

    @property
    def own(self) -> str:
        """What the writer says itself, quotations left out."""
        return unquoted(self.text)

    @property
    def read(self) -> str:
        """The same, as figures and days are read in it."""
        return plain_english(self.own, self.language)


@dataclass(frozen=True, slots=True)
class CitedGround:
    """The citations of a sentence; *instructions* are what no sentence may repeat."""

    citations: Sequence[Citation]
    instructions: str = ""

    @property
    def passages(self) -> list[Passage]:
        """Return the cited passages, each once."""
        return list({c.passage.id: c.passage for c in self.citations}.values())

    @property
    def cited(self) -> list[str]:
        """Return the sentences that hold the quotations, a run for each citation, each once."""
        return list(dict.fromkeys(_cited(each) for each in self.citations))

    @property
    def read(self) -> list[str]:
        """Return the same, as figures and days are read in them."""
        return list(dict.fromkeys(as_read(each) for each in self.citations))

    @property
    def days(self) -> list[date]:
        """Return the days of publication."""
        return [p.header.day for p in self.passages if p.header.day]


def touched(citation: Citation, beside: int = 0) -> list[Span]:
    """Return the sentences that a quotation touches, and *beside* on either side."""
    passage, end = citation.passage, citation.start + len(citation.quote)
    spans = sentences(passage.text, passage.header.language)
    held = [i for i, s in enumerate(spans) if s.start < end and citation.start < s.end]
    if not held:
        return [Span(citation.start, end)]
    return list(spans[max(0, held[0] - beside) : held[-1] + 1 + beside])


def _cited(citation: Citation) -> str:
    """Return the whole sentences that a quotation touches."""
    spans = touched(citation)
    return citation.passage.text[spans[0].start : spans[-1].end]


def as_read(citation: Citation) -> str:
    """Return the same, as figures and days are read in it."""
    return plain_english(_cited(citation), citation.header.language)


def in_context(citation: Citation) -> str:
    """Return the cited sentences with one on either side, unless it speaks to a model."""
    text = citation.passage.text
    own = {(s.start, s.end) for s in touched(citation)}
    said = [
        text[s.start : s.end]
        for s in touched(citation, beside=1)
        if (s.start, s.end) in own or not speaks_to_a_model(text[s.start : s.end])
    ]
    return " ".join(" ".join(said).split())


def title_of(passage: Passage) -> str:
    """Return an article's title, unless it speaks to a model: then nothing can rest on it."""
    return "" if speaks_to_a_model(passage.header.title) else passage.header.title
