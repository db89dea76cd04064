"""Prompts: one text a file with its front matter, and the digest that is kept with each answer."""

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
_LETTERS = 4
"""Of a token in other scripts, about; no server's own vocabulary is at hand."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text with ``{inputs}``; ``digest`` tells two wordings apart."""

    name: str
    version: int
    inputs: frozenset[str]
    text: str

    @classmethod
    @cache
    def load(cls, name: str) -> Prompt:
        """Read ``prompts/NAME.md`` once a process."""
        _, front, text = (FOLDER / f"{name}.md").read_text(encoding="utf-8").split(_FENCE, 2)
        about = yaml.safe_load(front)
        return cls(name, about["version"], frozenset(about["inputs"]), text.strip())

    @property
    def digest(self) -> str:
        """Return twelve characters that name this wording."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]

    def filled(self, **values: str) -> str:
        """Return the text with *values*, which are all its inputs and no others."""
        if values.keys() != self.inputs:
            raise ValueError(f"The prompt {self.name} takes {sorted(self.inputs)}.")
        return self.text.format(**values)


def material(question: str, given: Mapping[str, Evidence]) -> str:
    """Return the question and the passages as one JSON object: data, whatever they say."""
    return json.dumps(
        {"question": question, "coverage": [_described(k, e) for k, e in given.items()]},
        ensure_ascii=False,
    )


def room_for(evidence: Sequence[Evidence], tokens: int) -> int:
    """Return how many passages, the best first, have room in so many *tokens*; at least one."""
    sizes = [_tokens_of(json.dumps(_described("", e), ensure_ascii=False)) for e in evidence]
    return max(1, sum(total <= tokens for total in accumulate(sizes)))


def _tokens_of(text: str) -> int:
    """Estimate the tokens of *text*: one a CJK character, one every four others."""
    wide = len(_WIDE.findall(text))
    return wide + (len(text) - wide) // _LETTERS


def dropped_material(
    given: Mapping[str, Evidence], dropped: Mapping[int, tuple[Sentence, Dropped]]
) -> str:
    """Return the sentences that could not be proven, why, and the passages that they cite."""
    cited = {rest.key for sentence, _ in dropped.values() for rest in sentence.rests}
    told = [
        {
            "number": number,
            "said": why.text,
            "reason": why.failing.value,
            "words": why.detail,
            "rests": [{"key": rest.key, "quote": rest.quote} for rest in sentence.rests],
        }
        for number, (sentence, why) in dropped.items()
    ]
    coverage = [_described(key, given[key]) for key in given if key in cited]
    return json.dumps({"sentences": told, "coverage": coverage}, ensure_ascii=False)


def _described(key: str, evidence: Evidence) -> dict[str, object]:
    """Return what the writer is told of one passage."""
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
