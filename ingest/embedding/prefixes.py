"""What a model wants to read before a question and before a passage; without, it finds less."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from ingest.settings import Settings

_NOTHING = "none"
"""The value of a setting that forbids what a model's family wants."""
_SEARCHING = "Represent this sentence for searching relevant passages: "


@dataclass(frozen=True, slots=True)
class Prefixes:
    """The text before a question, and that before a passage."""

    question: str = ""
    passage: str = ""

    @property
    def mark(self) -> str:
        """What tells vectors made with them from others of the same model; nothing without any."""
        if self == Prefixes():
            return ""
        return "+" + hashlib.sha256(f"{self.question}\0{self.passage}".encode()).hexdigest()[:6]

    def chosen(self, settings: Settings) -> Prefixes:
        """Return these, or what *settings* say instead."""
        return Prefixes(
            _said(settings.embedding_query_prefix, self.question),
            _said(settings.embedding_passage_prefix, self.passage),
        )


_FAMILIES: tuple[tuple[str, Prefixes], ...] = (
    (r"e5-mistral|e5.*instruct", Prefixes("Instruct: Retrieve passages that answer\nQuery: ")),
    (r"\be5\b", Prefixes("query: ", "passage: ")),
    (r"nomic-embed", Prefixes("search_query: ", "search_document: ")),
    (r"bge-(?:small|base|large)-en|mxbai-embed", Prefixes(_SEARCHING)),
    (r"arctic-embed.*(?:v2|2\.0|:2)|arctic-embed2", Prefixes("query: ")),
    (r"arctic-embed", Prefixes(_SEARCHING)),
    (r"embedding-?gemma", Prefixes("task: search result | query: ", "title: none | text: ")),
    (r"qwen3-embedding", Prefixes("Instruct: Retrieve passages that answer\nQuery:")),
    (r"ruri-v3", Prefixes("検索クエリ: ", "検索文書: ")),
    (r"ruri", Prefixes("クエリ: ", "文章: ")),
)
"""The first whose expression is in a model's name counts; each is what its model card asks for."""


def family(name: str) -> Prefixes:
    """Return what the family of the model *name* wants; nothing for an unknown one."""
    plain = name.lower().replace("_", "-")
    return next((wants for known, wants in _FAMILIES if re.search(known, plain)), Prefixes())


def _said(setting: str | None, otherwise: str) -> str:
    """Return what a setting says, unless it is unset."""
    if setting is None:
        return otherwise
    return "" if setting.strip().lower() == _NOTHING else setting
