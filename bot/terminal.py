"""The desk in a terminal: one answer, a batch, or a chat."""

from __future__ import annotations

import asyncio
import json as jsonlib
import signal
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeAlias

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.answering.model import Abstention, Answer, Citation, Question
from bot.answering.understanding.followup import Exchange
from bot.answering.understanding.question import NEWS, UnaskableError, ask
from bot.answering.watching import Answerer, Watch
from bot.community.news import Story
from bot.ledger.model import AnswerRecord, Spending
from bot.reporting import as_object
from bot.wording import Wording, as_of_said, rests_on_said, unaskable
from ingest.batch import BadLineError, questions
from ingest.errors import IngestError
from ingest.language.languages import Language
from ingest.model import Header, Summary
from ingest.showing import cell, print_json, printable, when

_Clock: TypeAlias = Callable[[], datetime]
_Close: TypeAlias = Callable[[], Coroutine[Any, Any, None]]

_LEAVE = frozenset({"/quit", "/exit", "quit", "exit", ":q"})


class Loop:
    """One event loop for all answers of a command: a model's connections live in it."""

    def __init__(self, answerer: Answerer, close: _Close | None = None) -> None:
        self._answerer = answerer
        self._close = close
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        """Return the loop."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the models go, then the loop."""
        if self._close is not None:
            self._runner.run(self._close())
        self._runner.close()

    def answer(self, question: Question, before: Exchange | None = None) -> Answer | Abstention:
        """Answer without showing anything meanwhile."""
        return self._runner.run(self._of(question, None, before))

    def watched(
        self, question: Question, console: Console, before: Exchange | None = None
    ) -> Answer | Abstention:
        """Answer, showing what is verified as it comes; Ctrl-C stops the writing.

        Without a terminal nothing is shown before the answer is whole.
        """
        if not console.is_terminal:
            return self.answer(question, before)
        words = Wording.of(question.language)
        watch = Watch()
        with Live(console=console, transient=True, refresh_per_second=8) as live:
            seen: dict[str, Any] = {"said": "", "claims": ()}

            def told(**news: object) -> None:
                seen.update(news)
                lines = [_indented(printable(claim.text)) for claim in seen["claims"]]
                live.update(Group(*lines, _indented(seen["said"], style="dim")))

            watch.phase = lambda phase, count: told(said=words.phase(phase, count))
            watch.claims = lambda claims: told(claims=tuple(claims))
            return self._runner.run(self._of(question, watch, before))

    async def _of(
        self, question: Question, watch: Watch | None, before: Exchange | None
    ) -> Answer | Abstention:
        if watch is not None:
            with suppress(NotImplementedError):  # on Windows Ctrl-C ends the command
                asyncio.get_running_loop().add_signal_handler(signal.SIGINT, watch.stop.set)
        return await self._answerer(question, watch, before=before)


def answer_once(loop: Loop, text: str, *, now: _Clock, json: bool) -> int:
    """Print the answer to *text*, for people or as one object."""
    question, console = ask(text, now=now()), Console()
    if json:
        print(jsonlib.dumps(as_object(loop.answer(question)), ensure_ascii=False, indent=2))
    else:
        _show(loop.watched(question, console), console)
    return 0


def answer_batch(loop: Loop, path: Path, *, now: _Clock) -> int:
    """Answer each line of a file with one object a line; 1 if any line was no question."""
    failed = 0
    for number, text in questions(path):
        try:
            if isinstance(text, BadLineError):
                raise text
            question = ask(text, now=now())
            result = as_object(loop.answer(question))
        except BadLineError as error:
            failed, result = 1, {"line": number, "error": str(error)}
        except UnaskableError as error:
            failed, result = 1, {"line": number, "error": unaskable(error, Wording.default())}
        print(jsonlib.dumps(result, ensure_ascii=False), flush=True)
    return failed


def chat(
    loop: Loop,
    summary: Summary,
    *,
    now: _Clock,
    before: Callable[[], object],
    newest: Callable[[], Sequence[Story]],
    lines: Iterable[str] | None = None,
) -> None:
    """Answer line after line until the person leaves; *before* runs ahead of each answer.

    Whoever asks what is new is told the *newest* stories. With *lines* these are what is asked,
    and nobody is there to type.
    """
    console = Console()
    words = Wording.of(Language.ENGLISH)
    if lines is None:
        held = {"articles": summary.articles, "outlets": len(summary.outlets)}
        console.print(words("chat_welcome", **held))
    last: Exchange | None = None
    for line in _typed(console) if lines is None else _shown(lines, console):
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
            outcome = loop.watched(question, console, last)
            last = Exchange.of(outcome) or last
            _show(outcome, console)
        except IngestError as error:
            console.print(Text(printable(str(error))))


def _show_news(stories: Sequence[Story], words: Wording, console: Console) -> None:
    """Print what is new, each story once."""
    if not stories:
        console.print(words("coverage_none"))
    for each in stories:
        header = each.article.header
        console.print(Text(printable(f"- {words.source(header)}: {header.title}")))


def _typed(console: Console) -> Iterator[str]:
    """Yield what a person types, until they are done."""
    while True:
        try:
            line = console.input("[bold]› [/bold]")
        except (EOFError, KeyboardInterrupt):
            console.print()
            return
        if line.strip().lower() in _LEAVE:
            return
        if line.strip():
            yield line


def _shown(lines: Iterable[str], console: Console) -> Iterator[str]:
    """Yield *lines*, each printed as if it had been typed."""
    for line in lines:
        console.print(Text(printable(f"› {line.strip()}"), style="bold"))
        yield line


def _show(outcome: Answer | Abstention, console: Console) -> None:
    """Print *outcome* for a person: claims, then the sources that their numbers name."""
    words = Wording.of(outcome.question.language)
    if isinstance(outcome, Answer):
        _show_answer(outcome, words, console)
    else:
        _show_abstention(outcome, words, console)
    console.print()


def _show_answer(outcome: Answer, words: Wording, console: Console) -> None:
    """Print the claims with their sources, or the excerpts, and how fresh they are."""
    if outcome.claims:
        _show_claims(outcome, words, console)
    else:
        _show_excerpts(outcome, words, console)
    ground = [rests_on_said(outcome.ground, words)] if outcome.ground else []
    page = [f"{words('verify_link')}: {outcome.page}"] if outcome.page else []
    notes = (*ground, *page, *words.asides(outcome), *words.notes(outcome.written))
    for note in (*notes, as_of_said(outcome, words)):
        console.print(_indented(printable(note), style="dim"))


def _show_claims(outcome: Answer, words: Wording, console: Console) -> None:
    """Print what a model wrote, and the quotations that prove it."""
    numbers = {citation: i for i, citation in enumerate(outcome.citations, start=1)}
    for claim in outcome.claims:
        marks = "".join(f"[{numbers[citation]}]" for citation in claim.citations)
        console.print(_indented(f"{printable(claim.text)} {marks}"))
    console.print(Text(words("sources"), style="bold"))
    for citation, number in numbers.items():
        console.print(_indented(f"[{number}] {_described(citation, words)}"))
        opening, closing = words.marks(citation.quote)
        console.print(_indented(f"    {opening}{printable(citation.quote)}{closing}", style="dim"))


def _show_excerpts(outcome: Answer, words: Wording, console: Console) -> None:
    """Print each excerpt under its source, what answers in bold."""
    console.print(Text(words(f"level_{outcome.level}"), style="bold"))
    for note in words.absent(outcome):
        console.print(_indented(printable(note)))
    if outcome.differ:
        console.print(_indented(words("differ")))
    for each in outcome.excerpts:
        before, bold, after = map(printable, each.parts)
        console.print(_indented(_described(each.citation, words), style="dim"))
        if each.heading:
            console.print(_indented(f"  {printable(each.heading)}", style="dim"))
        text = Text.assemble(before, (bold, "bold"), after)
        console.print(Padding(text, (0, 0, 1, 4)))


def _described(citation: Citation, words: Wording) -> str:
    """Describe one source, with what its outlet corrected in it."""
    return "\n".join([_entry(citation.header, words), *words.corrected(citation.passage)])


def _show_abstention(outcome: Abstention, words: Wording, console: Console) -> None:
    """Print why there is no answer, and what came nearest."""
    console.print(_indented(words.reason(outcome.reason)))
    for note in words.absent(outcome):
        console.print(_indented(printable(note)))
    if outcome.link:
        console.print(_indented(words("voting_link", url=outcome.link)))
    if outcome.nearest:
        console.print(Text(words("nearest"), style="bold"))
        for header in outcome.nearest:
            console.print(_indented(f"· {_entry(header, words)}"))
    past = [as_of_said(outcome, words)] if outcome.question.past else []
    for note in (*words.notes(outcome.written, answered=False), *past):
        console.print(_indented(printable(note), style="dim"))


def _entry(header: Header, words: Wording) -> str:
    """Name an article: outlet, date, its kind where it is no plain news, title, address."""
    parts = [words.outlet(header), words.dated(header), words.kind(header), printable(header.title)]
    line = " · ".join(filter(None, parts))
    return f"{line}\n{printable(header.url)}" if header.url else line


def show_scores(scores: Mapping[str, Mapping[str, float]]) -> None:
    """Print each criterion with its shares."""
    table = Table("Criterion", "", "Share", box=None)
    for name, row in scores.items():
        for number, (what, value) in enumerate(row.items()):
            table.add_row(name if number == 0 else "", what, f"{value:.0%}")
    Console().print(table)


def _indented(text: str, style: str = "") -> Padding:
    """Set *text* in from the left; nothing in it is read as markup."""
    return Padding(Text(text, style=style), (0, 0, 0, 2))


def show_home(home: int | None, *, as_json: bool) -> None:
    """Print which server's coverage every server cites."""
    if as_json:
        print_json({"home": home})
    elif home is None:
        print("No server is home yet. The first one that the bot joins will be.")
    else:
        print(f"Home is the server {home}: what it adds is cited in every server.")


def show_answers(found: Sequence[AnswerRecord], today: Spending, *, as_json: bool) -> None:
    """Print the last answers, and what models cost today."""
    if as_json:
        print_json({"answers": [asdict(each) for each in found], "spent_today": asdict(today)})
        return
    if not found:
        print("Nothing has been asked yet. `make ask` or the bot's /ask begins.")
        return
    Console().print(_answer_table(found))
    print(
        f"Models wrote {today.answers:,} answers today (UTC): {today.tokens_read:,} tokens read, "
        f"{today.tokens_written:,} written."
    )


def _answer_table(found: Sequence[AnswerRecord]) -> Table:
    """Show answers: when, what came of it, who wrote, how much, and what was dropped."""
    table = Table("Asked", "Outcome", "Written by", "Tokens", "Cites", "Dropped, and why", box=None)
    for each in found:
        outcome = f"{each.kind}: {each.reason}" if each.reason else each.kind
        outcome = f"{outcome}, as of {when(each.as_of)}" if each.as_of else outcome
        told = f"{outcome}\n{each.question}" if each.question else outcome
        writer = each.writer or "quotations"
        articles = dict.fromkeys(c.article_id for c in each.citations)
        lost = [f"{d['failing']}: {d['text']}" for d in each.dropped]
        dropped = "\n".join([*([each.detail] if each.detail else []), *lost])
        table.add_row(
            when(each.asked_at),
            cell(told),
            cell(f"{writer} ({each.trouble})" if each.trouble else writer),
            f"{each.tokens_read + each.tokens_written:,}",
            ", ".join(map(str, articles)),
            cell(dropped),
        )
    return table
