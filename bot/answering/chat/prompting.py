"""Prompts: one file each with its front matter, and the digest stored with each answer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

import yaml

from bot.answering.model import Dropped, Sentence
from ingest.language.script import CJK
from ingest.model import Evidence

FOLDER = Path(__file__).parents[3] / "prompts"
_FENCE = "---\n"
_WIDE = re.compile(f"[{CJK}]")
_CHARACTERS_PER_TOKEN = 4
"""Estimate for other scripts than CJK; the vocabulary of the server is not available."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt text with ``{inputs}``; ``digest`` identifies its wording."""

    name: str
    version: int
    inputs: frozenset[str]
    text: str

    @classmethod
    @cache
    def load(cls, name: str) -> Prompt:
        """Read ``prompts/NAME.md``; cached for the life of the process."""
        _, front, text = (FOLDER / f"{name}.md").read_text(encoding="utf-8").split(_FENCE, 2)
        metadata = yaml.safe_load(front)
        return cls(name, metadata["version"], frozenset(metadata["inputs"]), text.strip())

    @property
    def digest(self) -> str:
        """Return twelve characters that identify this wording."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]

    def filled(self, **values: str) -> str:
        """Return the text with *values* filled in; they must match its inputs exactly."""
        if values.keys() != self.inputs:
            raise ValueError(f"The prompt {self.name} takes {sorted(self.inputs)}.")
        return self.text.format(**values)


def question_material(question: str, passages: Mapping[str, Evidence]) -> str:
    """Return the question and the passages as one JSON object: data for a model."""
    return json.dumps(
        {
            "question": question,
            "coverage": [_passage_fields(key, evidence) for key, evidence in passages.items()],
        },
        ensure_ascii=False,
    )


def room_for(evidence: Sequence[Evidence], tokens: int) -> int:
    """Return how many passages, the best first, fit into *tokens*; at least one."""
    sizes = [_tokens_of(json.dumps(_passage_fields("", e), ensure_ascii=False)) for e in evidence]
    return max(1, sum(total <= tokens for total in accumulate(sizes)))


def _tokens_of(text: str) -> int:
    """Estimate the tokens of *text*: one a CJK character, one every four others."""
    wide = len(_WIDE.findall(text))
    return wide + (len(text) - wide) // _CHARACTERS_PER_TOKEN


def dropped_material(
    passages: Mapping[str, Evidence], dropped: Mapping[int, tuple[Sentence, Dropped]]
) -> str:
    """Return the dropped sentences, the reasons, and the passages that they cite, as JSON."""
    cited_keys = {quote.key for sentence, _ in dropped.values() for quote in sentence.quotes}
    sentences = [
        {
            "number": number,
            "said": failure.text,
            "reason": failure.failing.value,
            "words": failure.detail,
            "quotes": [{"key": quote.key, "quote": quote.quote} for quote in sentence.quotes],
        }
        for number, (sentence, failure) in dropped.items()
    ]
    coverage = [_passage_fields(key, passages[key]) for key in passages if key in cited_keys]
    return json.dumps({"sentences": sentences, "coverage": coverage}, ensure_ascii=False)


def _passage_fields(key: str, evidence: Evidence) -> dict[str, object]:
    """Return the fields of one passage that the writer is given."""
    header = evidence.passage.header
    return {
        "key": key,
        "outlet": header.outlet,
        "agency": header.agency,
        "also_in": [copy.outlet for copy in evidence.copies],
        "kind": str(header.kind),
        "ownership": str(header.ownership) if header.ownership else None,
        "only_a_preview": header.preview,
        "authors": list(header.authors),
        "title": header.title,
        "published": str(header.day) if header.published else None,
        "corrections": list(evidence.passage.corrections),
        "text": evidence.passage.text,
    }
