"""Commands for the index: catching up, rebuilding, checking, and searching it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console

from ingest.archive import Archive
from ingest.archive.articles import Articles
from ingest.commands import output
from ingest.commands.options import (
    READ_MOMENT,
    AsJson,
    Batch,
    configured,
    now,
    usage_error,
)
from ingest.embedding.embedder import embedder
from ingest.environment import Settings
from ingest.errors import (
    ArticleNotFoundError,
    EmbeddingError,
    IndexOwnedError,
    IndexUnavailableError,
    ReadingError,
    SettingsError,
    UnreadableError,
)
from ingest.index.index import Index
from ingest.index.ownership import owner
from ingest.index.rebuilding import faults, rebuild, repair, roll_back
from ingest.index.scope import question_scope
from ingest.index.search import search
from ingest.language.script import language_of
from ingest.model import Evidence, Moment, Scope, day_of
from ingest.process.starting import as_called
from ingest.reading.text import clean_line

_LONGEST_LINE_BYTES = 100_000
"""Maximum length of a line; a question has 500 characters, a claim with quotations some more."""


class BadLineError(ReadingError):
    """A line without a question; other lines are not affected."""


def questions(path: Path) -> Iterator[tuple[int, str | BadLineError]]:
    """Yield the number of each line of *path* that is not empty, with its question or its error.

    ``-`` is standard input.

    Raises:
        UnreadableError: there is no such file, or it cannot be read.
    """
    for number, line in enumerate(lines(path), start=1):
        if line.strip():
            try:
                yield number, _question_of(line)
            except BadLineError as problem:
                yield number, problem


def check_file(path: Path) -> None:
    """Check that the lines of *path* can be read, before anything else takes its time.

    Raises:
        UnreadableError: it is a folder, there is no such file, or it cannot be read.
    """
    if str(path) == "-":
        return
    if path.is_dir():
        raise UnreadableError(f"{path} is a folder. Name a file of JSON Lines in it.")
    try:
        path.stat()
    except OSError as error:
        raise UnreadableError(f"{path} could not be read ({error.strerror}).") from error


def lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of *path*, or of standard input for ``-``; long lines are truncated.

    A truncated line is no JSON, so it is reported as an error.

    Raises:
        UnreadableError: there is no such file, or it cannot be read.
    """
    if str(path) == "-":
        yield from _bounded_lines(sys.stdin.buffer)
        return
    try:
        with path.open("rb") as file:
            yield from _bounded_lines(file)
    except OSError as error:
        raise UnreadableError(f"{path} could not be read ({error.strerror}).") from error


def _bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield each line of *file*, truncated to :data:`_LONGEST_LINE_BYTES`."""
    while line := file.readline(_LONGEST_LINE_BYTES):
        piece = line
        while len(piece) == _LONGEST_LINE_BYTES and not piece.endswith(b"\n"):
            piece = file.readline(_LONGEST_LINE_BYTES)
        yield line


def _question_of(line: bytes) -> str:
    """Return the ``question`` of one JSON line."""
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise BadLineError(f"This line is not JSON ({error.msg}).") from error
    except UnicodeDecodeError as error:
        raise BadLineError("This line is not UTF-8.") from error
    except RecursionError as error:
        raise BadLineError("This line is not a question but nested too deep.") from error
    question = value.get("question") if isinstance(value, dict) else None
    if not isinstance(question, str):
        raise BadLineError('This line has no text under "question".')
    return question


def catch_up(settings: Settings, archive: Archive) -> str:
    """Update the index, and return a sentence with the result, also if it fails."""
    try:
        return _update_index(settings, archive)
    except (EmbeddingError, IndexUnavailableError, SettingsError) as error:
        return as_called(
            f"The archive holds it, but it is not searchable yet: {error} "
            "After that, `python -m ingest index` catches up."
        )


def _update_index(settings: Settings, archive: Archive) -> str:
    """Update the index, and return a sentence with the result or the owner of the index."""
    try:
        with _open_index(settings, archive) as index:
            if not index.upkeep.is_behind():
                return "The index holds all of it."
            embedded = output.with_progress("Indexing", None, index.upkeep.catch_up)
    except IndexOwnedError:
        holder = owner(settings.data_dir / "index") or "Another process"
        return f"The index belongs to {holder}, which catches up within seconds."
    return f"The index holds all of it; {embedded:,} passages were embedded."


@contextmanager
def _open_index(settings: Settings, archive: Archive) -> Iterator[Index]:
    """Open the index for one command."""
    with Index.open(
        archive,
        embedder(settings, archive.generations.serving_model()),
        settings,
        holder="`python -m ingest`",
        now=now(),
    ) as index:
        yield index


def index_command(as_json: AsJson = False) -> int:
    """Update the index with the changes of the archive."""
    settings = configured(Settings)
    with Archive.open(settings.archive_url) as archive:
        note = _update_index(settings, archive)
    output.print_result({"index": note}, note, as_json=as_json)
    return 0


def rebuild_command(as_json: AsJson = False) -> int:
    """Rebuild the index with the model that the settings choose."""
    settings = configured(Settings)
    with Archive.open(settings.archive_url) as archive:
        generation = output.with_progress(
            "Indexing",
            None,
            lambda progress: rebuild(
                archive,
                embedder(settings),
                settings,
                holder="`python -m ingest rebuild`",
                now=now(),
                progress=progress,
            ),
        )
    sentence = f"Generation {generation.id} serves, built with {generation.model}."
    output.print_result({"generation": asdict(generation)}, sentence, as_json=as_json)
    return 0


def rollback_command(as_json: AsJson = False) -> int:
    """Serve the generation again that served before the last rebuild."""
    with Archive.open(configured(Settings).archive_url) as archive:
        generation = roll_back(archive, now=now())
    sentence = (
        f"Generation {generation.id} serves again, built with {generation.model}. "
        "Set EMBEDDING_MODEL to that model if it is another one now."
    )
    output.print_result({"generation": asdict(generation)}, sentence, as_json=as_json)
    return 0


def check_command(
    repairing: Annotated[bool, typer.Option("--repair", help="Mend what differs.")] = False,
    as_json: AsJson = False,
) -> int:
    """Compare the index with the archive, and repair differences with --repair."""
    settings = configured(Settings)
    with Archive.open(settings.archive_url) as archive, _open_index(settings, archive) as index:
        with suppress(IndexUnavailableError):  # faults() reports it
            if index.upkeep.is_behind():
                output.with_progress("Indexing", None, index.upkeep.catch_up)
        before = faults(index)
        if before and repairing:
            repair(index, before)
        remaining = faults(index) if before and repairing else before
    if as_json:
        output.print_json({"faults": asdict(before), "left": asdict(remaining)})
    elif not before:
        print("The index holds what the archive holds, passage by passage.")
    else:
        print(f"The index differs: {before}.")
        print(f"After the repair: {remaining}." if repairing else "`check --repair` mends it.")
    return 1 if remaining else 0


def search_command(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    batch: Batch = None,
    outlet: Annotated[
        list[str] | None, typer.Option(help="Only this outlet's; may be repeated.")
    ] = None,
    since: Annotated[date | None, typer.Option(parser=READ_MOMENT, metavar="DATE")] = None,
    until: Annotated[date | None, typer.Option(parser=READ_MOMENT, metavar="DATE")] = None,
    today: Annotated[
        date | None,
        typer.Option(parser=READ_MOMENT, metavar="DATE", help="The day to count back from."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Passages.")] = 10,
    as_json: AsJson = False,
) -> int:
    """Show the evidence for a question, or for each in a file, with its scores."""
    if (question is None) == (batch is None):
        return usage_error("Give one question, or --batch FILE.")
    if batch is not None:
        check_file(batch)
    settings = configured(Settings)
    with Archive.open(settings.archive_url) as archive, _open_index(settings, archive) as index:
        if index.upkeep.is_behind():
            output.with_progress("Indexing", None, index.upkeep.catch_up)
        outlets, day = archive.outlets.names(), day_of(today or now())
        scope = _scope_of(outlet or (), since, until, outlets)

        def find(text: str, timings: dict[str, float]) -> list[Evidence]:
            return search(
                index,
                archive,
                text,
                names=question_scope(text, outlets, day, language_of(text)),
                limit=limit,
                scope=scope,
                timings=timings,
            )

        if batch is not None:
            return _search_batch(batch, find)
        timings: dict[str, float] = {}
        results = find(clean_line(question or ""), timings)
    if as_json:
        evidence = [asdict(result) for result in results]
        output.print_json({"evidence": evidence, "timings": timings})
    elif results:
        Console().print(output.evidence_table(results))
    else:
        print(as_called("Nothing was found. `python -m ingest list` shows what is kept."))
    return 0


def _search_batch(path: Path, find: Callable[[str, dict[str, float]], list[Evidence]]) -> int:
    """Print one object for each question; return 1 if any line held none."""
    failed = 0
    for number, question in questions(path):
        if isinstance(question, BadLineError):
            failed = 1
            output.print_line({"line": number, "error": str(question)})
            continue
        timings: dict[str, float] = {}
        results = find(clean_line(question), timings)
        evidence = [asdict(result) for result in results]
        output.print_line({"question": question, "evidence": evidence, "timings": timings})
    return failed


def _scope_of(
    names: Sequence[str], since: Moment | None, until: Moment | None, outlets: Sequence[str]
) -> Scope | None:
    """Return the scope of a search; *outlets* are those in the archive.

    Raises:
        SettingsError: there is no such outlet.
    """
    outlet_of = {outlet.casefold(): outlet for outlet in outlets}
    cleaned = [clean_line(outlet) for outlet in names]
    if unknown := [outlet for outlet in cleaned if outlet.casefold() not in outlet_of]:
        raise SettingsError(
            f"No article of {unknown[0]} is kept. `python -m ingest status` lists the outlets."
        )
    scope = Scope(
        tuple(outlet_of[outlet.casefold()] for outlet in cleaned),
        day_of(since) if since else None,
        day_of(until) if until else None,
    )
    return None if scope == Scope() else scope


def restored(numbers: Sequence[int], *, as_json: bool) -> int:
    """Make removed or quarantined articles citable again."""
    return apply_to_each(numbers, Articles.restore, "restored", as_json=as_json)


def apply_to_each(
    numbers: Sequence[int],
    work: Callable[..., bool | None],
    participle: str,
    *,
    as_json: bool,
    advice: str = "",
) -> int:
    """Run *work* on each article; unknown numbers are reported at the end.

    *work* returns None if it leaves no article. For people, *advice* follows if any number was
    known.
    """
    settings = configured(Settings)
    processed: dict[int, str] = {}
    unknown = []
    with Archive.open(settings.archive_url) as archive:
        for number in numbers:
            try:
                if work(archive.articles, number, now=now()) is None:
                    processed[number] = "."
                else:
                    processed[number] = f": {archive.articles.get(number).header.title}"
            except ArticleNotFoundError as error:
                unknown.append(error)
        note = catch_up(settings, archive)
    for error_message in unknown:
        print(error_message, file=sys.stderr)
    if as_json:
        output.print_json({participle: list(processed), "index": note})
    else:
        for number, ending in processed.items():
            print(output.printable(f"{participle.capitalize()} {number}{ending}"))
        print(f"{note} {advice}".strip() if processed else note)
    return 1 if unknown else 0
