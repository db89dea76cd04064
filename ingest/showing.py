"""What the maintainers' commands print: for people with rich, for machines as JSON."""

from __future__ import annotations

import difflib
import json
import re
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Sequence
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
from ingest.model import Progress as Told

_Result = TypeVar("_Result")

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_EVERY = 5.0
"""Seconds between lines of progress where there is no terminal."""
_EXCERPT = 160


def printable(text: str) -> str:
    """Take out what would steer a terminal; an article's text must not."""
    return _CONTROL.sub("", text)


def cell(text: object, style: str = "") -> Text:
    """Return a table cell in which nothing is markup."""
    return Text(printable(str(text)), style=style)


def _dated(header: Header) -> str:
    """Return a date as far as it is known."""
    if header.published:
        return when(header.published)
    return f"≥ {header.not_before}" if header.not_before else "undated"


def when(moment: Moment) -> str:
    """Return a day, or a day with its time."""
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else moment.isoformat()


def print_json(value: object) -> None:
    """Print *value* as one JSON object on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_written))


def print_list(name: str, values: Iterable[object]) -> None:
    """Print an object that has only a list, each of *values* as it comes, as :func:`print_json`."""
    print(f'{{\n  "{name}": [', end="")
    before = ""
    for each in values:
        written = json.dumps(each, ensure_ascii=False, indent=2, default=_written)
        print(before, textwrap.indent(written, "    "), sep="\n", end="")
        before = ","
    print("\n  ]\n}" if before else "]\n}")


def print_line(value: object) -> None:
    """Print *value* as JSON on one line."""
    print(json.dumps(value, ensure_ascii=False, default=_written), flush=True)


def _written(value: object) -> Any:  # noqa: ANN401 - JSON
    """Write values of the domain as JSON."""
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


def with_progress(label: str, total: int | None, work: Callable[[Told], _Result]) -> _Result:
    """Do *work* under a bar on standard error; a line now and then without a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return work(_Lines(label, total))
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=total)
        return work(lambda done, of: bar.update(task, completed=done, total=total if total else of))


class _Lines:
    """Progress as lines of text, at most one in :data:`_EVERY` seconds."""

    def __init__(self, label: str, total: int | None) -> None:
        self._label = label
        self._total = total
        self._last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Print how far the work is, unless that was just said."""
        if time.monotonic() - self._last >= _EVERY:
            self._last = time.monotonic()
            print(f"{self._label}: {done} of {self._total or total}", file=sys.stderr, flush=True)


def article_table(articles: Sequence[Article], *, reasons: bool = False) -> Table:
    """List articles, one a line; with *reasons* why each is set aside, or its page not believed."""
    why = ["Why"] if reasons else []
    table = Table("No.", "Date", "Outlet", "Title", "Kind", *why, box=None, header_style="bold")
    for each in articles:
        header = each.header
        table.add_row(
            cell(each.id),
            cell(_dated(header)),
            cell(header.outlet),
            cell(header.title),
            cell(header.kind, "dim"),
            *([cell(each.note or each.held or "")] if reasons else []),
        )
    return table


def show_version(
    version: Version, article: Article, console: Console, story: Sequence[Article] = ()
) -> None:
    """Print one version: what it says of itself, its body, and apart from it the rest."""
    header = version.extract.header
    console.print(cell(header.title, "bold"))
    facts = {
        "article": f"{article.id}, version {version.number} of {article.versions}",
        "outlet": header.outlet,
        "agency": header.agency,
        "authors": ", ".join(header.authors),
        "dateline": header.dateline,
        "published": _dated(header),
        "kind": header.kind,
        "section": header.section,
        "language": header.language,
        "url": header.url,
        "modified": when(header.modified) if header.modified else None,
        "access": "preview only" if header.preview else None,
        "ownership": article.header.ownership,
        "original": header.original,
        "also in": ", ".join(f"{each.header.outlet} ({each.id})" for each in story),
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
    """Return a body with its line breaks, and nothing that is markup."""
    return Text("\n".join(printable(line) for line in text.split("\n")))


def evidence_table(found: Sequence[Evidence]) -> Table:
    """Show evidence: how it was found, where it stands, and how it begins."""
    table = Table("", "Score", "Meaning", "Words", "Passage", box=None, header_style="bold")
    for rank, each in enumerate(found, start=1):
        header = each.passage.header
        text = " ".join(each.passage.text.split())
        excerpt = text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"
        number = f"(article {each.passage.article_id})"
        about = f"{header.outlet} · {_dated(header)} · {header.title} {number}"
        copies = ", ".join(copy.outlet for copy in each.copies)
        also = cell(f"\nalso in {copies}", "italic") if copies else Text("")
        table.add_row(
            str(rank),
            f"{each.score:.2f}",
            "–" if each.dense is None else f"{each.dense:.2f}",
            "–" if each.lexical is None else f"{each.lexical:.1f}",
            cell(about, "bold") + Text("\n") + cell(excerpt) + also + Text("\n"),
        )
    return table


def summary_table(summary: Summary, now: datetime) -> Table:
    """Show each outlet's share, its newest article, and how old that is."""
    table = Table("Outlet", "Articles", "Newest", "", box=None, header_style="bold")
    table.columns[1].justify = "right"
    for each in summary.outlets:
        newest = when(each.newest) if each.newest else "undated"
        days = (now.date() - day_of(each.newest)).days if each.newest else None
        age = "" if days is None else "today" if days <= 0 else f"{days:,} days old"
        table.add_row(cell(each.outlet), f"{each.articles:,}", newest, cell(age, "dim"))
    return table


def sources_table(found: Sequence[Source]) -> Table:
    """List what is watched, and how it went last."""
    table = Table("No.", "Outlet", "Address", "Every", "Last looked at", "", box=None)
    for each in found:
        table.add_row(
            cell(each.id),
            cell(each.outlet),
            cell(each.address),
            cell(f"{each.every} min"),
            cell(when(each.checked_at) if each.checked_at else "never"),
            cell(_failing(each) or str(each.permission)),
        )
    return table


def _failing(source: Source) -> str:
    """Say why a source fails, and since when; nothing of one that is well."""
    since = f" since {when(source.failed_at)}" if source.failed_at else ""
    return f"failed{since}: {source.failure}" if source.failure else ""


def ago(moment: datetime, now: datetime) -> str:
    """Say how long ago *moment* was, and when."""
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
    """Print what differs between two versions, in the header and word for word in the body."""
    one, other = before.extract, after.extract
    read = f"read {when(before.read_at)}", f"read {when(after.read_at)}"
    numbers = f"version {before.number}", f"version {after.number}"
    for name in ("title", "outlet", "published", "agency", "kind"):
        old, new = getattr(one.header, name), getattr(other.header, name)
        if old != new:
            console.print(Text(f"{name}: ") + cell(old, "red strike") + " → " + cell(new, "green"))
    lines = difflib.unified_diff(
        [*one.text.split("\n"), *one.corrections],
        [*other.text.split("\n"), *other.corrections],
        *numbers,
        *read,
        lineterm="",
        n=0,
    )
    styles = {"+": "green", "-": "red", "@": "dim"}
    for line in lines:
        console.print(cell(line, styles.get(line[:1], "")))
