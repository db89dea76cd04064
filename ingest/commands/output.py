"""Output of the maintainers' commands: tables with rich for people, JSON for programs."""

from __future__ import annotations

import difflib
import json
import sys
import textwrap
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from ingest.model import Article, Evidence, Header, Moment, Source, Summary, Version, day_of
from ingest.model import Progress as ProgressCallback

_Result = TypeVar("_Result")

_PROGRESS_SECONDS = 5.0
"""Seconds between lines of progress without a terminal."""
_EXCERPT_CHARACTERS = 160


def printable(text: str) -> str:
    """Remove control characters, with which an article's text could control the terminal."""
    return "".join(
        sign for sign in text if sign in {"\t", "\n"} or unicodedata.category(sign) != "Cc"
    )


def cell(text: object, style: str = "") -> Text:
    """Return a table cell whose text is not interpreted as markup."""
    return Text(printable(str(text)), style=style)


def _date_text(header: Header) -> str:
    """Return the publication date of an article, or the earliest possible one."""
    if header.published:
        return when(header.published)
    return f"≥ {header.not_before}" if header.not_before else "undated"


def when(moment: Moment) -> str:
    """Format a day, or a day with its time."""
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else moment.isoformat()


def print_json(value: object) -> None:
    """Print *value* as one JSON object on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_json_value))


def print_result(record: Mapping[str, object], sentence: str, *, as_json: bool) -> None:
    """Print the result of a command: for programs its *record*, for people a *sentence*."""
    if as_json:
        print_json(record)
    else:
        print(sentence)


def print_list(name: str, values: Iterable[object]) -> None:
    """Print an object with one list, writing each of *values* as it arrives."""
    print(f'{{\n  "{name}": [', end="")
    separator = ""
    for value in values:
        text = json.dumps(value, ensure_ascii=False, indent=2, default=_json_value)
        print(separator, textwrap.indent(text, "    "), sep="\n", end="")
        separator = ","
    print("\n  ]\n}" if separator else "]\n}")


def print_line(value: object) -> None:
    """Print *value* as JSON on one line."""
    print(json.dumps(value, ensure_ascii=False, default=_json_value), flush=True)


def _json_value(value: object) -> Any:  # noqa: ANN401 - JSON
    """Convert a value of the domain for JSON."""
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


def with_progress(
    label: str, total: int | None, work: Callable[[ProgressCallback], _Result]
) -> _Result:
    """Run *work* with a progress bar on standard error, or with lines if that is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return work(_ProgressLines(label, total))
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=total)
        return work(
            lambda done, count: bar.update(task, completed=done, total=total or count or None)
        )


class _ProgressLines:
    """Progress as lines of text, at most one in :data:`_PROGRESS_SECONDS` seconds."""

    def __init__(self, label: str, total: int | None) -> None:
        self._label = label
        self._total = total
        self._last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Print the progress, unless a line was printed a moment ago or nothing is known yet."""
        total = self._total or total
        if (done or total) and time.monotonic() - self._last >= _PROGRESS_SECONDS:
            self._last = time.monotonic()
            count = f"{done:,} of {total:,}" if total else f"{done:,}"
            print(f"{self._label}: {count}", file=sys.stderr, flush=True)


def article_table(articles: Sequence[Article], *, reasons: bool = False) -> Table:
    """Return a table of articles; with *reasons*, why each is not cited or not trusted."""
    reason_column = ["Why"] if reasons else []
    table = Table(
        "No.", "Date", "Outlet", "Title", "Kind", *reason_column, box=None, header_style="bold"
    )
    for article in articles:
        header = article.header
        table.add_row(
            cell(article.id),
            cell(_date_text(header)),
            cell(header.outlet),
            cell(header.title),
            cell(header.kind, "dim"),
            *([cell(article.note or article.held or "")] if reasons else []),
        )
    return table


def show_version(
    version: Version, article: Article, console: Console, story: Sequence[Article] = ()
) -> None:
    """Print one version: metadata, body, captions and corrections."""
    header = version.extract.header
    console.print(cell(header.title, "bold"))
    facts = {
        "article": f"{article.id}, version {version.number} of {article.versions}",
        "outlet": header.outlet,
        "agency": header.agency,
        "authors": ", ".join(header.authors),
        "dateline": header.dateline,
        "published": _date_text(header),
        "kind": header.kind,
        "section": header.section,
        "language": header.language,
        "url": header.url,
        "modified": when(header.modified) if header.modified else None,
        "access": "preview only" if header.preview else None,
        "ownership": article.header.ownership,
        "original": header.original,
        "also in": ", ".join(f"{relative.header.outlet} ({relative.id})" for relative in story),
        str(article.removal): when(article.removed_at) if article.removed_at else None,
        "because": article.note or article.held,
    }
    for name, value in facts.items():
        if value:
            console.print(Text(f"{name:>10}  ", style="dim") + cell(value))
    console.print()
    console.print(_cell_lines(version.extract.text))
    for name, texts in (
        ("Caption", version.extract.captions),
        ("Correction", version.extract.corrections),
    ):
        for text in texts:
            console.print(Text(f"\n{name}: ", style="bold") + cell(text))


def _cell_lines(text: str) -> Text:
    """Return a body with its line breaks, not interpreted as markup."""
    return Text("\n".join(printable(line) for line in text.split("\n")))


def evidence_table(evidence: Sequence[Evidence]) -> Table:
    """Return a table of evidence with scores, source and beginning of each passage."""
    table = Table("", "Score", "Meaning", "Words", "Passage", box=None, header_style="bold")
    for rank, item in enumerate(evidence, start=1):
        header = item.passage.header
        text = " ".join(item.passage.text.split())
        excerpt = text if len(text) <= _EXCERPT_CHARACTERS else f"{text[:_EXCERPT_CHARACTERS]}…"
        number = f"(article {item.passage.article_id})"
        source_line = f"{header.outlet} · {_date_text(header)} · {header.title} {number}"
        copies = ", ".join(copy.outlet for copy in item.copies)
        copies_line = cell(f"\nalso in {copies}", "italic") if copies else Text("")
        table.add_row(
            str(rank),
            f"{item.score:.2f}",
            "–" if item.dense is None else f"{item.dense:.2f}",
            "–" if item.lexical is None else f"{item.lexical:.1f}",
            cell(source_line, "bold") + Text("\n") + cell(excerpt) + copies_line + Text("\n"),
        )
    return table


def summary_table(summary: Summary, now: datetime) -> Table:
    """Return a table of outlets with their number of articles and the age of the newest."""
    table = Table("Outlet", "Articles", "Newest", "", box=None, header_style="bold")
    table.columns[1].justify = "right"
    for outlet in summary.outlets:
        newest = when(outlet.newest) if outlet.newest else "undated"
        days = (now.date() - day_of(outlet.newest)).days if outlet.newest else None
        age = "" if days is None else "today" if days <= 0 else f"{days:,} days old"
        table.add_row(cell(outlet.outlet), f"{outlet.articles:,}", newest, cell(age, "dim"))
    return table


def sources_table(sources: Sequence[Source]) -> Table:
    """Return a table of sources with their last result."""
    table = Table("No.", "Outlet", "Address", "Every", "Last looked at", "", box=None)
    for source in sources:
        table.add_row(
            cell(source.id),
            cell(source.outlet),
            cell(source.address),
            cell(f"{source.every} min"),
            cell(when(source.checked_at) if source.checked_at else "never"),
            cell(_failure_text(source) or str(source.permission)),
        )
    return table


def _failure_text(source: Source) -> str:
    """Return the failure of a source and its start, or an empty text."""
    since = f" since {when(source.failed_at)}" if source.failed_at else ""
    return f"failed{since}: {source.failure}" if source.failure else ""


def ago(moment: datetime, now: datetime) -> str:
    """Return the time since *moment* and the moment, as text."""
    minutes = int((now - moment).total_seconds() // 60)
    hours, days = minutes // 60, minutes // (60 * 24)
    if minutes < 1:
        return f"just now ({when(moment)} UTC)"
    if hours < 1:
        return f"{minutes} minutes ago ({when(moment)} UTC)"
    if days < 1:
        return f"{hours} hours ago ({when(moment)} UTC)"
    return f"{days:,} days ago ({when(moment)} UTC)"


def show_difference(before: Version, after: Version, console: Console) -> None:
    """Print the differences of two versions, in the header and line by line in the body."""
    old_extract, new_extract = before.extract, after.extract
    read_times = f"read {when(before.read_at)}", f"read {when(after.read_at)}"
    numbers = f"version {before.number}", f"version {after.number}"
    for name in ("title", "outlet", "published", "agency", "kind"):
        old, new = getattr(old_extract.header, name), getattr(new_extract.header, name)
        if old != new:
            console.print(Text(f"{name}: ") + cell(old, "red strike") + " → " + cell(new, "green"))
    lines = difflib.unified_diff(
        [*old_extract.text.split("\n"), *old_extract.corrections],
        [*new_extract.text.split("\n"), *new_extract.corrections],
        *numbers,
        *read_times,
        lineterm="",
        n=0,
    )
    styles = {"+": "green", "-": "red", "@": "dim"}
    for line in lines:
        console.print(cell(line, styles.get(line[:1], "")))
