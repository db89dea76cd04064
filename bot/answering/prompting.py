"""Prompts, one file each with its front matter, and reading of the replies to them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml
from json_repair import repair_json

from bot.answering.limits import CHAT
from bot.answering.values import ChatError, Dropped, Sentence, Trouble
from ingest.language.script import EAST_ASIAN
from ingest.model import Evidence

FOLDER = Path(__file__).parents[2] / "prompts"
_FENCE = "---\n"
_THOUGHTS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
    ("<|channel|>analysis<|message|>", "<|end|>"),
    ("<|channel|>commentary<|message|>", "<|end|>"),
)
"""Opening and closing marks of a thought; the last two are those of the harmony format."""
_OPENING = dict(_THOUGHTS)
_CLOSING = frozenset(_OPENING.values())
_ANSWER = "<|channel|>final<|message|>"
_MARKS = (*_OPENING, *_CLOSING, "<|start|>assistant", _ANSWER, "<|return|>")
_WRAPPED_OBJECTS = re.compile(
    r'\{\s*"(?:sentences|lines|claims|items|answer|draft|output)"\s*:\s*\[$'
)
_STARTS_WITH_OBJECT = re.compile(r"[\s`*•>-]{0,9}(?:json)?[\s`*•>\d.)-]{0,9}[{\[]")
_FENCE_CHARACTERS = len("```json")
"""Characters of the longest mark that may precede the first object of an answer."""
_MARK = re.compile("|".join(map(re.escape, _MARKS)))


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
    wide = len(EAST_ASIAN.findall(text))
    return wide + (len(text) - wide) // CHAT.characters_per_token


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


class ThoughtFilter:
    """A filter that removes the thoughts of a model from a stream."""

    def __init__(self) -> None:
        """Start outside a thought."""
        self._buffer = ""
        self._until: str | None = None

    def feed(self, piece: str) -> Iterator[str | None]:
        """Yield the text of *piece* outside thoughts; ``None`` if all text so far was a thought."""
        text, position = self._buffer + piece, 0
        for match in _MARK.finditer(text):
            before, mark = text[position : match.start()], match.group()
            position = match.end()
            if before and self._until is None:
                yield before
            if self._until is not None:
                self._until = None if mark == self._until or mark == _ANSWER else self._until
            elif mark in _OPENING:
                self._until = _OPENING[mark]
            elif mark in _CLOSING or mark == _ANSWER:
                yield None
        end = max(position, len(text) - _partial_mark(text))
        remainder, self._buffer = text[position:end], text[end:]
        if remainder and self._until is None:
            yield remainder

    def end(self) -> str:
        """Return the buffered text, unless it belongs to a thought."""
        return "" if self._until is not None else self._buffer


def _partial_mark(text: str) -> int:
    """Return how many characters at the end of *text* may be the beginning of a mark."""
    longest = min(len(text), max(map(len, _MARKS)) - 1)
    suffixes = ((n, text[-n:]) for n in range(longest, 0, -1))
    return next((n for n, suffix in suffixes if any(mark.startswith(suffix) for mark in _MARKS)), 0)


class ObjectScanner:
    """A scanner that returns the JSON objects of a stream, each as soon as it is complete.

    A reply that starts with prose may be a thought without an opening mark: its objects are held
    until the end of the stream, or discarded at the closing mark of the thought.
    """

    def __init__(self) -> None:
        """Start outside an object."""
        self._thoughts = ThoughtFilter()
        self._open: list[str] = []
        self._depth = self._count = 0
        self._quoted = self._escaped = False
        self._broken = self._listed = False
        self._held: list[str] = []
        self._lead: str | None = ""
        self._text_parts: list[str] = []
        self._head = ""
        self._failure: ChatError | None = None

    @property
    def text(self) -> str:
        """Return the text outside thoughts."""
        return "".join(self._text_parts)

    @property
    def unfinished(self) -> bool:
        """Return True if an object is incomplete or the scan has failed."""
        return bool(self._open) or self._failure is not None

    def feed(self, piece: str) -> list[str]:
        """Return the objects completed by *piece*.

        Raises:
            ChatError: the text before has too many objects, or one without an end.
        """
        if self._failure is not None:
            raise self._failure
        objects: list[str] = []
        for text in self._thoughts.feed(piece):
            if text is None:
                objects.clear()
                self._discard()
            else:
                objects += self._scan(text)
        return self._release(objects)

    def end(self) -> list[str]:
        """Return the held objects at the end of the stream."""
        objects = self._scan(self._thoughts.end())
        self._lead = None
        return self._release(objects)

    def _release(self, objects: list[str]) -> list[str]:
        """Return *objects* and those held before, unless they have to be held."""
        self._held += objects
        if self._lead is not None:
            return []
        released, self._held = self._held, []
        return released

    def _discard(self) -> None:
        """Discard all text so far: it was a thought."""
        self._held.clear()
        self._text_parts.clear()
        self._open, self._depth, self._quoted, self._lead = [], 0, False, None

    def _scan(self, text: str) -> list[str]:
        """Return the objects completed by *text*, which is outside thoughts."""
        self._text_parts.append(text)
        if self._lead == "":
            self._head = (self._head + text[: CHAT.lead_characters]).lstrip()[
                : CHAT.lead_characters
            ]
            if _STARTS_WITH_OBJECT.match(self._head):
                self._lead = None
            elif len(self._head) > _FENCE_CHARACTERS:
                self._lead = "prose"
        objects: list[str] = []
        try:
            objects.extend(completed for char in text if (completed := self._step(char)))
        except ChatError as error:
            self._failure = error
        return objects

    def _step(self, char: str) -> str:
        """Process one character, and return the object that it completes, or an empty string."""
        if not self._depth and char != "{":
            return ""
        if self._quoted:
            return self._in_quotes(char)
        self._add(char)
        if char == '"':
            self._quoted = True
        elif char == "{":
            self._depth += 1
            self._listed = self._listed and self._depth > 1
            if self._depth > CHAT.nested_braces:
                raise ChatError(Trouble.FORM, f"it nested more than {CHAT.nested_braces} objects")
        elif char == "}":
            self._depth -= 1
            if not self._depth:
                return self._complete()
        elif char == "[" and self._depth == 1 and not self._listed:
            self._listed = True
            if _WRAPPED_OBJECTS.match("".join(self._open)):
                self._open, self._depth = [], 0
        return ""

    def _add(self, char: str) -> None:
        """Append a character to the incomplete object."""
        self._open.append(char)
        if len(self._open) > CHAT.object_characters:
            raise ChatError(
                Trouble.TRUNCATED,
                f"it did not end an object in {CHAT.object_characters:,} characters",
            )

    def _complete(self) -> str:
        """Return the complete object, and start outside an object."""
        completed, self._open = "".join(self._open), []
        self._count += 1
        if self._count > CHAT.objects:
            raise ChatError(Trouble.TRUNCATED, f"it wrote more than {CHAT.objects} objects")
        return completed

    def _in_quotes(self, char: str) -> str:
        """Process a character of a string; an object after a line break ends a broken one."""
        if self._broken and char == "{":
            completed = self._complete()
            self._open = ["{"]
            self._depth, self._quoted, self._broken, self._listed = 1, False, False, False
            return completed
        self._broken = char == "\n" or (self._broken and char.isspace())
        self._add(char)
        if self._escaped:
            self._escaped = False
        elif char == "\\":
            self._escaped = True
        elif char == '"':
            self._quoted = False
        return ""


def read_object(text: str) -> dict[str, Any] | None:
    """Parse one JSON object, repairing its syntax; ``None`` if it is not an object."""
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        value = _repair(text)
    except RecursionError:
        return None
    if not isinstance(value, dict):
        return None
    quotes = value.get("quotes")
    if isinstance(quotes, dict):
        quotes = [quotes]
    if isinstance(quotes, list):
        quotes = [{**q, "key": str(q.get("key"))} if isinstance(q, dict) else q for q in quotes]
    return {**value, "quotes": quotes} if "quotes" in value else value


def _repair(text: str) -> object:
    """Repair and parse one object; ``None`` if it is too long or nested too deeply."""
    if len(text) > CHAT.repaired_characters:
        return None
    try:
        return repair_json(text, return_objects=True)
    except (RecursionError, ValueError):  # nested too deeply
        return None
