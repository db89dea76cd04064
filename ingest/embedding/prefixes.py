"""The prefixes that a model needs before a question and a passage to find well."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from ingest.settings import Settings

_NO_PREFIX = "none"
"""The value of a setting that switches the prefix of a model's family off."""
_SEARCH_INSTRUCTION = "Represent this sentence for searching relevant passages: "


@dataclass(frozen=True, slots=True)
class Prefixes:
    """The text before a question, and the text before a passage."""

    question: str = ""
    passage: str = ""

    @property
    def mark(self) -> str:
        """A suffix of the model's name that identifies these prefixes; empty without prefixes."""
        if self == Prefixes():
            return ""
        return "+" + hashlib.sha256(f"{self.question}\0{self.passage}".encode()).hexdigest()[:6]

    def chosen(self, settings: Settings) -> Prefixes:
        """Return these prefixes, replaced by those in *settings* if set."""
        return Prefixes(
            _prefix_setting(settings.embedding_query_prefix, self.question),
            _prefix_setting(settings.embedding_passage_prefix, self.passage),
        )


_FAMILIES: tuple[tuple[str, Prefixes], ...] = (
    (r"e5-mistral|e5.*instruct", Prefixes("Instruct: Retrieve passages that answer\nQuery: ")),
    (r"\be5\b", Prefixes("query: ", "passage: ")),
    (r"nomic-embed", Prefixes("search_query: ", "search_document: ")),
    (r"bge-(?:small|base|large)-en|mxbai-embed", Prefixes(_SEARCH_INSTRUCTION)),
    (r"arctic-embed.*(?:v2|2\.0|:2)|arctic-embed2", Prefixes("query: ")),
    (r"arctic-embed", Prefixes(_SEARCH_INSTRUCTION)),
    (r"embedding-?gemma", Prefixes("task: search result | query: ", "title: none | text: ")),
    (r"qwen3-embedding", Prefixes("Instruct: Retrieve passages that answer\nQuery:")),
    (r"ruri-v3", Prefixes("検索クエリ: ", "検索文書: ")),
    (r"ruri", Prefixes("クエリ: ", "文章: ")),
)
"""The first expression found in a model's name applies; the prefixes are from its model card."""


def family(name: str) -> Prefixes:
    """Return the prefixes of the model family of *name*; empty for an unknown one."""
    plain = name.lower().replace("_", "-")
    return next(
        (prefixes for pattern, prefixes in _FAMILIES if re.search(pattern, plain)), Prefixes()
    )


def _prefix_setting(setting: str | None, default: str) -> str:
    """Return the prefix in a setting, or *default* if it is unset."""
    if setting is None:
        return default
    return "" if setting.strip().lower() == _NO_PREFIX else setting
