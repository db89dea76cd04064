"""How work grows with hostile text: every way in, over shapes that repeat, nest and never end."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from bot.answering.chat.meter import ChatError
from bot.answering.chat.replies import ObjectScanner, read_object
from bot.answering.understanding.guard import guard
from bot.answering.understanding.normalising import normalise_query
from bot.answering.understanding.question import UnaskableError, ask
from ingest.errors import IngestError
from ingest.index.analysis import terms
from ingest.index.outlets import absent_outlets
from ingest.index.passages import cut, sentences
from ingest.index.scope import question_scope
from ingest.language.as_english import as_english
from ingest.language.datelines import newest_reported, parse_date
from ingest.language.dates import clocks_in, days_in, weekdays_in
from ingest.language.instructions import speaks_to_a_model
from ingest.language.lines import roles
from ingest.language.names import names_in
from ingest.language.numbers import figures_in
from ingest.language.similarity import shingles, sketch
from ingest.reading import Hints, read_bytes
from ingest.reading.listings import read_listing

STEEPEST = 1.3
"""The exponent above which the work grows faster than the text."""
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
OUTLETS = ("Sarnholt Ledger", "Marrowen Post")

SHAPES: Mapping[str, str] = {
    "dates": "1 January ",
    "ranges of days": "1 to 4 October ",
    "months": "May ",
    "eras": "令和8年10月4日",
    "numbers": "1,000 ",
    "numbers in words": "one hundred and ",
    "numbers in kanji": "一億二千万",
    "percentages": "62.7 % ",
    "names": "Anna Marrow ",
    "initials": "A. B. ",
    "brackets": "(",
    "links": "[a](",
    "quotation marks": "“he said” ",
    "closing marks": "” ",
    "apostrophes": "'s ",
    "spaces": " ",
    "lines": "Ferries\n",
    "paragraphs": "The ferry left.\n\n",
    "sentences": "The ferry left. ",
    "cells": "A · B. ",
    "kana": "あ",
    "kanji": "選挙",
    "marks above": "e\u0301\u0301",
    "tags": "<b>",
    "nested paragraphs": "<div><p>x",
    "tables": "<table><tr><td>",
    "comments": "<!--",
    "entities": "&amp;",
    "keys": '{"a":',
    "lists": "[[",
    "rules": "---\n",
    "addresses": "https://a.example/ ",
}
"""What is repeated; some of them open what nothing closes."""


def _read(name: str, before: str = "", behind: str = "") -> Callable[[str], object]:
    def read(text: str) -> object:
        return list(read_bytes(f"{before}{text}{behind}".encode(), name, Hints()))

    return read


def _listed(text: str) -> object:
    item = "<item><title>T</title><link>https://a.example/x</link><description>"
    feed = f"<rss><channel><title>F</title>{item}{text}</description></item></channel></rss>"
    with suppress(IngestError):
        return read_listing(feed.encode(), "https://a.example/feed")
    return None


def _reply(text: str) -> object:
    objects, found = ObjectScanner(), []
    with suppress(ChatError):  # it is too long, too deep, too many: what came before is read
        for at in range(0, len(text), 7):
            found += objects.feed(text[at : at + 7])
    return [read_object(each) for each in (*found, *objects.end())]


def _question(text: str) -> object:
    try:
        question = ask(text, now=NOW)
    except UnaskableError:
        return None
    normalise_query(question.text, lambda _term: 0)
    return (
        guard(question),
        question_scope(question.text, OUTLETS, NOW.date()),
        absent_outlets(text, OUTLETS),
    )


ENTRIES: Mapping[str, Callable[[str], object]] = {
    "days_in": days_in,
    "clocks_in, weekdays_in": lambda text: (clocks_in(text), weekdays_in(text)),
    "parse_date, newest_reported": lambda text: (parse_date(text), newest_reported(text)),
    "figures_in": figures_in,
    "names_in": names_in,
    "roles": lambda text: roles(text.split("\n")),
    "roles of short lines": lambda text: roles(text.split(" ")),
    "as_english": lambda text: as_english(text, "de"),
    "speaks_to_a_model": speaks_to_a_model,
    "terms": terms,
    "shingles, sketch": lambda text: (shingles(text), sketch(text)),
    "sentences": lambda text: sentences.__wrapped__(text, "en"),
    "cut": lambda text: cut(text, "ja"),
    "a pasted text": _read("a.txt"),
    "a Markdown file": _read("a.md"),
    "a page": _read("a.html", "<html><body><article><h1>Ferries</h1><p>", "</body></html>"),
    "a line of JSON": _read("a.jsonl", '{"title": "T", "text": ' + json.dumps("Ferries. ")[:-1]),
    "a feed": _listed,
    "a model's reply": _reply,
    "a question": _question,
}
"""Every way from somebody else's bytes to passages, and from a question or a reply to an answer."""


def repeated(shape: str, size: int) -> str:
    """Return *size* characters of a shape."""
    unit = SHAPES[shape]
    return (unit * (size // len(unit) + 1))[:size]


def steps(work: Callable[[str], object], text: str) -> int:
    """Count the lines of Python that *work* runs over *text*: the same on every machine."""
    counted = 0

    def trace(_frame: object, event: str, _argument: object) -> Callable[..., object]:
        nonlocal counted
        counted += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work(text)
    finally:
        sys.settrace(before)
    return counted


def exponent(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """Fit ``cost = a · size ^ exponent`` over the larger half of *sizes*, and return the exponent.

    Growth that is only beginning is seen there; what every text costs weighs least.
    """
    points = [(math.log(s), math.log(max(c, 1e-9))) for s, c in zip(sizes, costs, strict=True)]
    points = points[len(points) // 2 :] if len(points) > 3 else points[-2:]
    x = sum(one for one, _ in points) / len(points)
    y = sum(other for _, other in points) / len(points)
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)
