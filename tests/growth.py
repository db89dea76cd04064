"""How work grows with hostile text: every way in, over shapes that repeat, nest and never end."""

from __future__ import annotations

import gc
import io
import json
import math
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import openpyxl

from bot.answering.prompting import ObjectScanner, read_object
from bot.answering.tables import contests_in, polls_in
from bot.answering.understanding.guard import guard
from bot.answering.understanding.normalising import normalise_query
from bot.answering.understanding.question import ask
from bot.answering.values import ChatError, UnaskableError
from bot.discord_ui.buttons import matching_choices
from bot.discord_ui.escaping import directed_lines, link, literal, phrase, title
from ingest.commands.indexing import questions
from ingest.errors import IngestError
from ingest.index.cutting import cut, sentences, terms
from ingest.index.scope import absent_outlets, question_scope
from ingest.language.as_english import as_english
from ingest.language.datelines import newest_reported, parse_date
from ingest.language.dates import clocks_in, days_in, weekdays_in
from ingest.language.lines import roles, speaks_to_a_model
from ingest.language.names import names_in
from ingest.language.numbers import figures_in
from ingest.language.similarity import shingles, sketch
from ingest.model import Header, Passage
from ingest.reading import Hints, read_bytes
from ingest.reading.listings import read_listing

_PIECE, _PASSAGE = 16, 800
"""Characters of a cell or a line, and of a passage."""
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
    "rows of cells": "A · 1 · B: 2 %\n",
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


_PAGE = _read("a.html", "<html><body><article><h1>Ferries</h1>", "</body></html>")
_ROWS, _CUES = _read("a.csv", "Party,Votes\n"), _read("a.vtt", "WEBVTT\n\n")


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


def _pieces(text: str, size: int = _PIECE) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def _workbook(text: str) -> object:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Party", "Votes"])
    for number, piece in enumerate(_pieces(text)):
        sheet.append([piece, number])
    data = io.BytesIO()
    book.save(data)
    return list(read_bytes(data.getvalue(), "a.xlsx", Hints()))


def _tables(text: str) -> object:
    header = Header("Poll of October", "Sarnholt Ledger", published=NOW.date())
    passages = [
        Passage(f"1:1:{n}:a", 1, 1, n, n * _PASSAGE, n * _PASSAGE + len(part), part, header)
        for n, part in enumerate(_pieces(text, _PASSAGE))
    ]
    return contests_in(passages), polls_in(passages)


def _shown(text: str) -> object:
    names = [f"{text[:80]}{n}" for n in range(50)]
    return (
        literal(text),
        phrase(text),
        directed_lines(text),
        title(text, len(text) // 2),
        link(text, text, instead="here"),
        matching_choices(text, names, include_text=True),
    )


def _lines(text: str) -> object:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        whole, pieces = json.dumps({"question": text}), _pieces(text)
        file.write("\n".join([text, whole, *(json.dumps({"question": each}) for each in pieces)]))
        file.flush()
        return list(questions(Path(file.name)))


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
    "a page of rules": lambda text: _PAGE(
        f"<style>{'.a{color:red}' * len(_pieces(text))}</style>"
        + "".join(f"<p class=a>{piece}</p>" for piece in _pieces(text))
    ),
    "a line of JSON": _read("a.jsonl", '{"title": "T", "text": ' + json.dumps("Ferries. ")[:-1]),
    "a feed": _listed,
    "a model's reply": _reply,
    "a question": _question,
    "a table of commas": _read("a.csv", "Party,Votes\n"),
    "a table of rows": lambda text: _ROWS(
        "\n".join(f"{p},{n}" for n, p in enumerate(_pieces(text)))
    ),
    "a table of tabs": _read("a.tsv", "Party\tVotes\n"),
    "a workbook": _workbook,
    "a file of JSON": _read("a.json", '[{"party": "A", "votes": 1, "place": "', '"}]'),
    "a file of captions": _read("a.vtt", "WEBVTT\n\n00:00.000 --> 00:02.000\n"),
    "a file of cues": lambda text: _CUES(
        "".join(
            f"00:{n // 60:02}:{n % 60:02}.000 --> 99:00:00.000\n{p}\n\n"
            for n, p in enumerate(_pieces(text))
        )
    ),
    "a mail": _read("a.eml", "From: a@b.example\nSubject: T\n\n"),
    "a mail's header": _read("a.eml", "From: a@b.example\nSubject: ", "\n\nThe ferry left.\n"),
    "a mail of parts": _read("a.eml", "Content-Type: multipart/mixed; boundary=b\n\n--b\n"),
    "a rich text": _read("a.rtf", "{\\rtf1 "),
    "a list of feeds": _read("a.opml", "<opml><body><outline text='A' xmlUrl='https://a.example/"),
    "a passage's tables": _tables,
    "a line that is shown": _shown,
    "a file of questions": _lines,
}
"""Every way from somebody else's bytes to passages, and from a question or a reply to an answer."""


def repeated(shape: str, size: int) -> str:
    """Return *size* characters of a shape."""
    unit = SHAPES[shape]
    return (unit * (size // len(unit) + 1))[:size]


def steps(work: Callable[[str], object], text: str) -> int:
    """Count the lines of Python that *work* runs over *text*: the same on every machine.

    The collector of garbage waits: what it calls (finalizers of another test's objects, hooks of
    libraries) would be counted as well.
    """
    counted = 0

    def trace(_frame: object, event: str, _argument: object) -> Callable[..., object]:
        nonlocal counted
        counted += event == "line"
        return trace

    before, was_collecting = sys.gettrace(), gc.isenabled()
    gc.disable()
    sys.settrace(trace)
    try:
        work(text)
    finally:
        sys.settrace(before)
        if was_collecting:
            gc.enable()
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
