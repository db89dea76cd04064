"""Output in the terminal: one answer, a batch, a chat, or the results of contests."""

from __future__ import annotations

import asyncio
import json as jsonlib
import signal
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Self, TypeAlias

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.answering.results import Contest, ContestName, Results
from bot.answering.tables import ContestTable, ResultCell
from bot.answering.understanding.question import NEWS, ask
from bot.answering.values import (
    Abstention,
    Answer,
    Answerer,
    Citation,
    Exchange,
    Question,
    UnaskableError,
    Watch,
)
from bot.community.news import Story
from bot.ledger.records import AnswerRecord, Spending
from bot.outcomes import as_object, source_object
from bot.wording import Wording, as_of_note, ground_line, unaskable
from ingest.commands.indexing import BadLineError, questions
from ingest.commands.output import cell, print_json, printable, when
from ingest.errors import IngestError
from ingest.language.languages import Language
from ingest.model import Header, Summary
from ingest.process import threads

_Clock: TypeAlias = Callable[[], datetime]
_Close: TypeAlias = Callable[[], Coroutine[Any, Any, None]]

_EXIT_WORDS = frozenset({"/quit", "/exit", "quit", "exit", ":q"})


class Loop:
    """An event loop for all answers of a command, as the models' connections belong to it."""

    def __init__(self, answerer: Answerer, close: _Close | None = None) -> None:
        self._answerer = answerer
        self._close = close
        self._runner = threads.runner()

    def __enter__(self) -> Self:
        """Return the loop itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the models, then the loop."""
        if self._close is not None:
            self._runner.run(self._close())
        self._runner.close()

    def answer(self, question: Question, before: Exchange | None = None) -> Answer | Abstention:
        """Answer a question without output."""
        return self._runner.run(self._answer(question, None, before))

    def watched(
        self, question: Question, console: Console, before: Exchange | None = None
    ) -> Answer | Abstention:
        """Answer a question, and show verified sentences as they come; Ctrl-C stops the writing.

        Without a terminal, nothing is shown before the answer is complete.
        """
        if not console.is_terminal:
            return self.answer(question, before)
        words = Wording.of(question.language)
        watch = Watch()
        with Live(console=console, transient=True, refresh_per_second=8) as live:
            status: dict[str, Any] = {"said": "", "claims": ()}

            def update(**changes: object) -> None:
                status.update(changes)
                lines = [_indent(printable(claim.text)) for claim in status["claims"]]
                live.update(Group(*lines, _indent(status["said"], style="dim")))

            watch.phase = lambda phase, count: update(said=words.phase(phase, count))
            watch.claims = lambda claims: update(claims=tuple(claims))
            return self._runner.run(self._answer(question, watch, before))

    async def _answer(
        self, question: Question, watch: Watch | None, before: Exchange | None
    ) -> Answer | Abstention:
        if watch is not None:
            with suppress(NotImplementedError):  # on Windows Ctrl-C ends the command
                asyncio.get_running_loop().add_signal_handler(signal.SIGINT, watch.stop.set)
        return await self._answerer(question, watch, before=before)


def answer_once(loop: Loop, question: Question, *, json: bool) -> int:
    """Print the answer to *question*, formatted or as JSON."""
    if json:
        print(jsonlib.dumps(as_object(loop.answer(question)), ensure_ascii=False, indent=2))
    else:
        console = Console()
        _show(loop.watched(question, console), console)
    return 0


def answer_batch(loop: Loop, path: Path, *, now: _Clock) -> int:
    """Answer each line of a file with one object per line; return 1 if any line was no question."""
    exit_code = 0
    for number, text in questions(path):
        try:
            if isinstance(text, BadLineError):
                raise text
            question = ask(text, now=now())
            result = as_object(loop.answer(question))
        except BadLineError as error:
            exit_code, result = 1, {"line": number, "error": str(error)}
        except UnaskableError as error:
            exit_code, result = 1, {"line": number, "error": unaskable(error, Wording.default())}
        print(jsonlib.dumps(result, ensure_ascii=False), flush=True)
    return exit_code


def chat(
    loop: Loop,
    summary: Summary,
    *,
    now: _Clock,
    before: Callable[[], object],
    newest: Callable[[], Sequence[Story]],
    lines: Iterable[str] | None = None,
) -> None:
    """Answer line after line until the user leaves; *before* is called before each answer.

    A request for news shows the *newest* stories. With *lines*, these are answered instead of
    input from the keyboard.
    """
    console = Console()
    words = Wording.of(Language.ENGLISH)
    if lines is None:
        counts = {"articles": summary.articles, "outlets": len(summary.outlets)}
        console.print(words("chat_welcome", **counts))
    last_exchange: Exchange | None = None
    for line in _typed_lines(console) if lines is None else _printed_lines(lines, console):
        try:
            question = ask(line, now=now())
        except UnaskableError as error:
            if error.key == NEWS:
                _show_news(newest(), words, console)
            else:
                console.print(unaskable(error, words))
            continue
        try:
            before()
            outcome = loop.watched(question, console, last_exchange)
            last_exchange = Exchange.of(outcome) or last_exchange
            _show(outcome, console)
        except IngestError as error:
            console.print(Text(printable(str(error))))


def _show_news(stories: Sequence[Story], words: Wording, console: Console) -> None:
    """Print the stories, one per line."""
    if not stories:
        console.print(words("coverage_none"))
    for story in stories:
        header = story.article.header
        console.print(Text(printable(f"- {words.source(header)}: {header.title}")))


def _typed_lines(console: Console) -> Iterator[str]:
    """Yield the lines that the user types until they leave."""
    while True:
        try:
            line = console.input("[bold]› [/bold]")
        except (EOFError, KeyboardInterrupt):
            console.print()
            return
        if not _continues_chat(line):
            return
        if line.strip():
            yield line


def _continues_chat(line: str) -> bool:
    """Return True unless *line* asks to leave the chat."""
    return line.strip().lower() not in _EXIT_WORDS


def _printed_lines(lines: Iterable[str], console: Console) -> Iterator[str]:
    """Yield *lines* until one asks to leave, each printed as if it had been typed."""
    for line in takewhile(_continues_chat, lines):
        console.print(Text(printable(f"› {line.strip()}"), style="bold"))
        yield line


def _show(outcome: Answer | Abstention, console: Console) -> None:
    """Print *outcome*: claims or excerpts with their sources, or the reason for abstaining."""
    words = Wording.of(outcome.question.language)
    if isinstance(outcome, Answer):
        _show_answer(outcome, words, console)
    else:
        _show_abstention(outcome, words, console)
    console.print()


def _show_answer(outcome: Answer, words: Wording, console: Console) -> None:
    """Print the claims or excerpts with their sources, and the notes on the answer."""
    if outcome.claims:
        _show_claims(outcome, words, console)
    else:
        _show_excerpts(outcome, words, console)
    ground = [ground_line(outcome.ground, words)] if outcome.ground else []
    page = [f"{words('verify_link')}: {outcome.page}"] if outcome.page else []
    notes = (*ground, *page, *words.asides(outcome), *words.notes(outcome.written))
    for note in (*notes, as_of_note(outcome, words)):
        console.print(_indent(printable(note), style="dim"))


def _show_claims(outcome: Answer, words: Wording, console: Console) -> None:
    """Print the sentences of a model with the quotations that prove them."""
    numbers = {citation: i for i, citation in enumerate(outcome.citations, start=1)}
    for claim in outcome.claims:
        marks = "".join(f"[{numbers[citation]}]" for citation in claim.citations)
        console.print(_indent(f"{printable(claim.text)} {marks}"))
    console.print(Text(words("sources"), style="bold"))
    for citation, number in numbers.items():
        console.print(_indent(f"[{number}] {_description_of(citation, words)}"))
        opening, closing = words.marks(citation.quote)
        console.print(_indent(f"    {opening}{printable(citation.quote)}{closing}", style="dim"))


def _show_excerpts(outcome: Answer, words: Wording, console: Console) -> None:
    """Print each excerpt under its source, with the answering words in bold.

    If excerpts of one article follow each other, its source is printed once, above the first.
    """
    console.print(Text(words(f"level_{outcome.level}"), style="bold"))
    for note in words.absent(outcome):
        console.print(_indent(printable(note)))
    if outcome.differ:
        console.print(_indent(words("differ")))
    description = ""
    for excerpt in outcome.excerpts:
        before, bold, after = map(printable, excerpt.parts)
        if description != (description := _description_of(excerpt.citation, words)):
            console.print(_indent(description, style="dim"))
        if excerpt.heading:
            console.print(_indent(f"  {printable(excerpt.heading)}", style="dim"))
        text = Text.assemble(before, (bold, "bold"), after)
        console.print(Padding(text, (0, 0, 1, 4)))


def _description_of(citation: Citation, words: Wording) -> str:
    """Describe a source, with its outlet's corrections."""
    return "\n".join([_entry(citation.header, words), *words.corrected(citation.passage)])


def _show_abstention(outcome: Abstention, words: Wording, console: Console) -> None:
    """Print the reason why there is no answer, and the nearest articles."""
    console.print(_indent(words.reason(outcome.reason)))
    for note in words.absent(outcome):
        console.print(_indent(printable(note)))
    if outcome.link:
        console.print(_indent(words("voting_link", url=outcome.link)))
    if outcome.nearest:
        console.print(Text(words("nearest"), style="bold"))
        for header in outcome.nearest:
            console.print(_indent(f"· {_entry(header, words)}"))
    past = [as_of_note(outcome, words)] if outcome.question.past else []
    for note in (*words.notes(outcome.written, answered=False), *past):
        console.print(_indent(printable(note), style="dim"))


def _entry(header: Header, words: Wording) -> str:
    """Describe an article: outlet, date, kind unless it is news, title, address."""
    parts = [words.outlet(header), words.dated(header), words.kind(header), printable(header.title)]
    line = " · ".join(filter(None, parts))
    return f"{line}\n{printable(header.url)}" if header.url else line


def show_scores(scores: Mapping[str, Mapping[str, float]]) -> None:
    """Print the shares of each criterion."""
    table = Table("Criterion", "", "Share", box=None)
    for name, row in scores.items():
        for number, (criterion, value) in enumerate(row.items()):
            table.add_row(name if number == 0 else "", criterion, f"{value:.0%}")
    Console().print(table)


def _indent(text: str, style: str = "") -> Padding:
    """Indent *text*; its contents are not parsed as markup."""
    return Padding(Text(text, style=style), (0, 0, 0, 2))


def show_home(home: int | None, *, as_json: bool) -> None:
    """Print the home server."""
    if as_json:
        print_json({"home": home})
    elif home is None:
        print("No server is home yet. The first one that the bot joins will be.")
    else:
        print(f"Home is the server {home}: what it adds is cited in every server.")


def show_answers(records: Sequence[AnswerRecord], spending: Spending, *, as_json: bool) -> None:
    """Print the latest answers, and today's usage of models."""
    if as_json:
        print_json(
            {"answers": [asdict(record) for record in records], "spent_today": asdict(spending)}
        )
        return
    if not records:
        print("Nothing has been asked yet. Ask with `python -m bot ask`, or with /ask in Discord.")
        return
    Console().print(_answer_table(records))
    print(
        f"Models wrote {spending.answers:,} answers today (UTC): "
        f"{spending.tokens_read:,} tokens read, {spending.tokens_written:,} written."
    )


def _answer_table(records: Sequence[AnswerRecord]) -> Table:
    """Return a table of answers: time, outcome, writer, tokens, citations, rejected sentences."""
    table = Table("Asked", "Outcome", "Written by", "Tokens", "Cites", "Dropped, and why", box=None)
    for record in records:
        outcome = f"{record.kind}: {record.reason}" if record.reason else record.kind
        outcome = f"{outcome}, as of {when(record.as_of)}" if record.as_of else outcome
        description = f"{outcome}\n{record.question}" if record.question else outcome
        writer = record.writer or "quotations"
        articles = dict.fromkeys(citation.article_id for citation in record.citations)
        rejected = [f"{sentence['failing']}: {sentence['text']}" for sentence in record.dropped]
        dropped = "\n".join([*([record.detail] if record.detail else []), *rejected])
        table.add_row(
            when(record.asked_at),
            cell(description),
            cell(f"{writer} ({record.trouble})" if record.trouble else writer),
            f"{record.tokens_read + record.tokens_written:,}",
            ", ".join(map(str, articles)),
            cell(dropped),
        )
    return table


def show_results(results: Results, *, as_json: bool) -> None:
    """Print the contests of a result."""
    if as_json:
        print_json(results_object(results))
        return
    console, words = Console(), Wording.default()
    for contest in results.contests:
        _show_contest(contest, words, console)
    if any(contest.differs for contest in results.contests):
        console.print(Text(words("results_differ"), style="dim"))
    if results.more:
        console.print(Text(words("results_more", count=results.more), style="dim"))
    console.print(Text(words.as_of(results.as_of, None), style="dim"))


def _show_contest(contest: Contest, words: Wording, console: Console) -> None:
    """Print a contest: one row per name, one column per source, then the sources."""
    console.print(Text(printable(contest.title), style="bold"))
    letters = ascii_uppercase[: len(contest.sources)]
    table = Table("", *letters, box=None, show_header=len(letters) > 1)
    for name in contest.names:
        label = f"{name.candidate} ({name.party})" if name.party else name.candidate
        table.add_row(cell(label), *(_figures(name, index) for index in range(len(letters))))
    console.print(Padding(table, (0, 0, 0, 2)))
    for letter, source in zip(letters, contest.sources, strict=True):
        parts = [f"{letter} {words.source(source.header)}", *_status_of(source, words)]
        console.print(Padding(Text(printable(" · ".join(parts)), style="dim"), (0, 0, 0, 2)))
        if source.header.url:
            console.print(Padding(Text(printable(source.header.url), style="dim"), (0, 0, 0, 4)))
    console.print()


def _figures(name: ContestName, index: int) -> Text:
    """Return a source's figures for a name; figures that differ from other sources are marked."""
    row = name.rows[index]
    if row is None:
        return Text("")
    figures = [
        f"{result.citation.quote}{' ≠' if name.differs(result.measure, index) else ''}"
        for result in row.cells
    ]
    return cell(" · ".join([*figures, *([row.status] if row.status else [])]))


def _status_of(table: ContestTable, words: Wording) -> list[str]:
    """Return the counting status and the time that a table states."""
    parts = [words("results_counted", counted=table.counted)] if table.counted else []
    return [*parts, *([words("results_moment", moment=table.moment)] if table.moment else [])]


def results_object(results: Results) -> dict[str, Any]:
    """Return a result as the object that ``--json`` prints."""
    return {
        "asked": results.asked,
        "as_of": results.as_of.isoformat(timespec="seconds"),
        "contests": [_contest_object(contest) for contest in results.contests],
        "more": results.more,
    }


def _contest_object(contest: Contest) -> dict[str, Any]:
    """Return a contest with its sources, and each name's figures by index of the source."""
    return {
        "differ": contest.differs,
        "sources": [
            {
                **source_object(source.header),
                "article": source.article_id,
                "contest": list(source.path),
                "status": source.status,
                "counted": source.counted,
                "moment": source.moment,
            }
            for source in contest.sources
        ],
        "names": [
            {
                "name": name.candidate,
                "party": name.party,
                "figures": [
                    _figure_object(
                        cell, index, row.reference, differs=name.differs(cell.measure, index)
                    )
                    for index, row in enumerate(name.rows)
                    if row is not None
                    for cell in row.cells
                ],
            }
            for name in contest.names
        ],
    }


def _figure_object(
    cell: ResultCell, source: int, reference: str, *, differs: bool
) -> dict[str, Any]:
    """Return a figure with the quotation that proves it and its position in the file."""
    passage = cell.citation.passage
    return {
        "source": source,
        "measure": str(cell.measure),
        "written": cell.written,
        "value": None if cell.value is None else str(cell.value),
        "differs": differs,
        "quote": cell.citation.quote,
        "passage": passage.id,
        "start": passage.start + cell.citation.start,
        "row": reference,
    }
