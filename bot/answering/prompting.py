"""Prompts: one text a file with its front matter, and the digest that is kept with each answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ingest.model import Evidence

FOLDER = Path(__file__).parents[2] / "prompts"
FENCE = "---\n"


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
        _, front, text = (FOLDER / f"{name}.md").read_text(encoding="utf-8").split(FENCE, 2)
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
        {"question": question, "coverage": [described(k, e) for k, e in given.items()]},
        ensure_ascii=False,
    )


def described(key: str, evidence: Evidence) -> dict[str, object]:
    """Return what the writer is told of one passage."""
    header = evidence.passage.header
    return {
        "key": key,
        "outlet": header.outlet,
        "agency": header.agency,
        "also_in": [copy.outlet for copy in evidence.copies],
        "kind": str(header.kind),
        "title": header.title,
        "published": str(header.day) if header.published else None,
        "text": evidence.passage.text,
    }
