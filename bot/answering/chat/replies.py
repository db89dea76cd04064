"""What a model says, piece by piece: its thoughts left out, and its JSON objects as they end.

Models are told to write one JSON object a line. Many servers cannot make them: objects stand over
several lines, side by side, in arrays, in fences, behind bullets and lead-ins, under one key, with
commas too many. Whatever is found is proven all the same, so the form is forgiven.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from json_repair import repair_json

from bot.answering.chat.meter import ChatError
from bot.answering.model import Trouble

_THOUGHTS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
    ("<|channel|>analysis<|message|>", "<|end|>"),
    ("<|channel|>commentary<|message|>", "<|end|>"),
)
"""How models mark what they only think; the last two are those of the harmony format."""
_OPENING = dict(_THOUGHTS)
_CLOSING = frozenset(_OPENING.values())
_ANSWER = "<|channel|>final<|message|>"
_MARKS = (*_OPENING, *_CLOSING, "<|start|>assistant", _ANSWER, "<|return|>")
_WRAPPED = re.compile(r'\{\s*"(?:sentences|lines|claims|items|answer|draft|output)"\s*:\s*\[$')
_STARTS = re.compile(r"[\s`*•>-]{0,9}(?:json)?[\s`*•>\d.)-]{0,9}[{\[]")
_FENCE = len("```json")
"""Characters of the longest sign that may stand before the first object of an answer."""
_LEAD = 40
"""Characters at the beginning of a reply in which its first object begins, or none does."""


_MARK = re.compile("|".join(map(re.escape, _MARKS)))
_LONGEST_OBJECT = 32_000
"""Characters of the longest object that is read: eight quotations of the longest kind are half."""
_MOST_OBJECTS = 100
"""Objects of one reply; a draft has eight lines."""
_DEEPEST = 20
"""Braces that may stand in each other; a draft has three."""
_MENDED = 8_000
"""Characters of the longest object whose signs are mended."""


class Thoughtless:
    """Leaves out of a stream what a model only thinks."""

    def __init__(self) -> None:
        """Begin outside any thought."""
        self._rest = ""
        self._until: str | None = None

    def feed(self, piece: str) -> Iterator[str | None]:
        """Yield what is said in *piece*; ``None`` where all that was said before was a thought."""
        text, at = self._rest + piece, 0
        for found in _MARK.finditer(text):
            said, at, mark = text[at : found.start()], found.end(), found.group()
            if said and self._until is None:
                yield said
            if self._until is not None:
                self._until = None if mark == self._until or mark == _ANSWER else self._until
            elif mark in _OPENING:
                self._until = _OPENING[mark]
            elif mark in _CLOSING or mark == _ANSWER:
                yield None
        end = max(at, len(text) - _held_back(text))
        said, self._rest = text[at:end], text[end:]
        if said and self._until is None:
            yield said

    def end(self) -> str:
        """Return what was held back, if it was said."""
        return "" if self._until is not None else self._rest


def _held_back(text: str) -> int:
    """Return how many characters at the end of *text* may begin a mark."""
    longest = min(len(text), max(map(len, _MARKS)) - 1)
    ends = ((n, text[-n:]) for n in range(longest, 0, -1))
    return next((n for n, end in ends if any(mark.startswith(end) for mark in _MARKS)), 0)


class Objects:
    """Finds the JSON objects in a stream, each as soon as it has ended.

    What begins with prose may be a thought that no mark opens: its objects wait for the end, or
    for the mark that closes it, which forgets them.
    """

    def __init__(self) -> None:
        """Begin outside any object."""
        self._thoughts = Thoughtless()
        self._open: list[str] = []
        self._depth = self._count = 0
        self._quoted = self._escaped = False
        self._broken = self._listed = False
        self._waiting: list[str] = []
        self._lead: str | None = ""
        self._said: list[str] = []
        self._head = ""
        self._over: ChatError | None = None

    @property
    def said(self) -> str:
        """Return everything that was no thought."""
        return "".join(self._said)

    @property
    def unfinished(self) -> bool:
        """Whether an object has begun and not ended, or something is left unread."""
        return bool(self._open) or self._over is not None

    def feed(self, piece: str) -> list[str]:
        """Return the objects that end in *piece*.

        Raises:
            ChatError: what came before has too many objects, or one that has no end.
        """
        if self._over is not None:
            raise self._over
        found: list[str] = []
        for said in self._thoughts.feed(piece):
            if said is None:
                found.clear()
                self._forget()
            else:
                found += self._scan(said)
        return self._released(found)

    def end(self) -> list[str]:
        """Return the objects that waited, when the stream has ended."""
        found = self._scan(self._thoughts.end())
        self._lead = None
        return self._released(found)

    def _released(self, found: list[str]) -> list[str]:
        """Return what need not wait."""
        self._waiting += found
        if self._lead is not None:
            return []
        released, self._waiting = self._waiting, []
        return released

    def _forget(self) -> None:
        """Begin anew: what came so far was a thought."""
        self._waiting.clear()
        self._said.clear()
        self._open, self._depth, self._quoted, self._lead = [], 0, False, None

    def _scan(self, text: str) -> list[str]:
        self._said.append(text)
        if self._lead == "":
            self._head = (self._head + text[:_LEAD]).lstrip()[:_LEAD]
            if _STARTS.match(self._head):
                self._lead = None
            elif len(self._head) > _FENCE:
                self._lead = "prose"
        found: list[str] = []
        try:
            found.extend(ended for char in text if (ended := self._step(char)))
        except ChatError as error:
            self._over = error
        return found

    def _step(self, char: str) -> str:
        """Take one character, and return the object that it ends."""
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
            if self._depth > _DEEPEST:
                raise ChatError(Trouble.FORM, f"it nested more than {_DEEPEST} objects")
        elif char == "}":
            self._depth -= 1
            if not self._depth:
                return self._done()
        elif char == "[" and self._depth == 1 and not self._listed:
            self._listed = True
            if _WRAPPED.match("".join(self._open)):
                self._open, self._depth = [], 0
        return ""

    def _add(self, char: str) -> None:
        """Keep a character of an object that has not ended."""
        self._open.append(char)
        if len(self._open) > _LONGEST_OBJECT:
            raise ChatError(
                Trouble.TRUNCATED, f"it did not end an object in {_LONGEST_OBJECT:,} characters"
            )

    def _done(self) -> str:
        """Return the object that has ended."""
        done, self._open = "".join(self._open), []
        self._count += 1
        if self._count > _MOST_OBJECTS:
            raise ChatError(Trouble.TRUNCATED, f"it wrote more than {_MOST_OBJECTS} objects")
        return done

    def _in_quotes(self, char: str) -> str:
        """Take a character of a string; one that a line breaks off before an object was broken."""
        if self._broken and char == "{":
            done = self._done()
            self._open = ["{"]
            self._depth, self._quoted, self._broken, self._listed = 1, False, False, False
            return done
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
    """Read one object, mended where its signs are wrong; ``None`` where it is none."""
    try:
        found = json.loads(text, strict=False)
    except ValueError:
        found = _mended(text)
    except RecursionError:
        return None
    if not isinstance(found, dict):
        return None
    rests = found.get("rests")
    if isinstance(rests, dict):
        rests = [rests]
    if isinstance(rests, list):
        rests = [{**r, "key": str(r.get("key"))} if isinstance(r, dict) else r for r in rests]
    return {**found, "rests": rests} if "rests" in found else found


def _mended(text: str) -> object:
    """Read one object whose signs are wrong; ``None`` where it is too long or nests too deep."""
    if len(text) > _MENDED:
        return None
    try:
        return repair_json(text, return_objects=True)
    except (RecursionError, ValueError):  # it nests too deep
        return None
