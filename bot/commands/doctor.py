"""Commands for operators: the doctor, answers, the home server, languages, the evaluation."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.answering.evidence.reader import NO_READER, window_reader
from bot.answering.values import ChatError, Meter
from bot.answering.writing.drafting import chats
from bot.commands import terminal
from bot.community.rules import DESK, DeskRules
from bot.desk import Desk, open_desk
from bot.ledger import Ledger
from bot.settings import SAMPLE_COVERAGE, BotSettings
from bot.wording import WORDS, Wording, language_name, untranslated_failures
from ingest import adding
from ingest.archive import Archive
from ingest.commands.options import AsJson, configured, now
from ingest.commands.output import cell, print_json, print_line, when, with_progress
from ingest.embedding.embedder import embedder, weakness_message
from ingest.errors import EmbeddingError, IngestError, SettingsError
from ingest.index.cutting import cut_by_older_rules
from ingest.index.ownership import owner
from ingest.language.languages import Language
from ingest.model import Generation
from ingest.process import threads
from ingest.process.starting import as_called
from ingest.reading import Hints, read_path

if TYPE_CHECKING:
    from bot.answering.chat import Chat


_TEST_REQUEST = [("Answer with the one word OK and nothing else.", "Are you there?")]
"""Request that tests a chat model."""
_TEST_TEXT = "election"
"""Text that tests an embedder."""
_MAX_NAMED_SOURCES = 3
"""Maximum number of failing sources that are named."""


@dataclass(frozen=True, slots=True)
class _PartFinding:
    """State of one component, with a message about it."""

    part: str
    well: bool
    said: str


def _examine(
    settings: BotSettings, now: datetime, *, quick: bool = False
) -> Iterator[_PartFinding]:
    """Yield the state of each component; an error in one does not stop the others.

    Without the data folder, nothing else is checked. A *quick* check neither embeds nor calls a
    chat model, which takes seconds and may cost money.
    """
    yield _check("folder", lambda: _folder(settings.data_dir))
    if not settings.data_dir.is_dir():
        return
    yield from _check_archive(settings, now, quick=quick)
    if not quick:
        yield from _models(settings)
    message = (
        "DISCORD_TOKEN is set" if settings.discord_token else "no DISCORD_TOKEN: a terminal chat"
    )
    yield _PartFinding("discord", True, message)


def _check_archive(settings: BotSettings, now: datetime, *, quick: bool) -> Iterator[_PartFinding]:
    """Yield the state of the archive and of the components that depend on it."""
    if settings.chroma_url:
        yield _check("vectors", lambda: _vectors(settings))
    try:
        archive = Archive.open(settings.archive_url)
    except IngestError as error:
        yield _PartFinding("archive", False, str(error))
        if not quick:
            yield _check("embedding", lambda: _embedding(settings, None))
        return
    with archive:
        yield _check("archive", lambda: _archive(archive, now))
        yield _check("sources", lambda: _sources(archive))
        yield _check("index", lambda: _index(archive, settings))
        if not quick:
            yield _check("embedding", lambda: _embedding(settings, archive.generations.active()))
            yield _check("reader", lambda: _reader(settings))


def _check(part: str, work: Callable[[], str]) -> _PartFinding:
    """Check one component; report an error as the finding."""
    try:
        return _PartFinding(part, True, work())
    except (IngestError, OSError) as error:
        return _PartFinding(part, False, " ".join(str(error).split()))


def _folder(data: Path) -> str:
    """Write to the data folder.

    Raises:
        SettingsError: it is not writable.
    """
    mark = data / ".doctor"
    try:
        data.mkdir(parents=True, exist_ok=True)
        mark.write_text("ok", encoding="utf-8")
        mark.unlink()
    except OSError as error:
        raise SettingsError(
            f"{data} cannot be written ({error.strerror}). Choose another folder with DATA_DIR, or "
            "mend its permissions."
        ) from error
    return f"{data} can be written"


def _archive(archive: Archive, now: datetime) -> str:
    """Return the number of articles and the day of the newest."""
    summary = archive.summary()
    if not summary.articles:
        return "it holds no article yet: `python -m ingest add PATH` adds coverage"
    newest = max((str(outlet.newest) for outlet in summary.outlets if outlet.newest), default="")
    return f"{summary.articles:,} articles, the newest of {newest[:10]}; now {when(now)}"


def _sources(archive: Archive) -> str:
    """Return the sources that failed at the last fetch; they are no fault of the desk."""
    sources = archive.sources.watched()
    failing_sources = [source for source in sources if source.failure]
    if not failing_sources:
        return f"{len(sources)} watched, none fails"
    failures = "; ".join(
        f"{source.address}: {source.failure}" for source in failing_sources[:_MAX_NAMED_SOURCES]
    )
    return f"{len(failing_sources)} of {len(sources)} fail: {failures}"


def _vectors(settings: BotSettings) -> str:
    """Contact the Chroma server."""
    from ingest.index.vectors import client_of  # Chroma takes a second to load

    client = client_of(settings.data_dir / "index" / "vectors", settings.chroma_url)
    client.heartbeat()
    return f"the Chroma server at {settings.chroma_url} answers"


def _index(archive: Archive, settings: BotSettings) -> str:
    """Return the model, the backlog and the owner of the index."""
    generation = archive.generations.active()
    if generation is None:
        return "there is none yet: it is made when coverage is added or asked for"
    behind = archive.passages.count_after(generation.caught_up_to)
    process = None if settings.chroma_url else owner(settings.data_dir / "index")
    suffix = f", held by {process}" if process else ""
    backlog = f"{behind:,} passages wait to be indexed" if behind else "it holds everything"
    warning = weakness_message(generation.model, settings)
    if warning is None and cut_by_older_rules(generation):
        warning = "Run `python -m ingest rebuild`: its passages were cut by an earlier release."
    description = f"{generation.model}, {generation.dimensions} dimensions: {backlog}{suffix}"
    return f"{description}. {warning}" if warning else description


def _embedding(settings: BotSettings, generation: Generation | None) -> str:
    """Embed a word, and check that the vector fits the index."""
    start = time.perf_counter()
    model = embedder(settings, generation.model if generation else None)
    vector = model.question(_TEST_TEXT)
    milliseconds = (time.perf_counter() - start) * 1000
    if generation and generation.model == model.model and len(vector) != generation.dimensions:
        raise EmbeddingError(
            f"{model.model} sends {len(vector)} numbers and the index has {generation.dimensions}. "
            "`python -m ingest rebuild` makes it anew."
        )
    return f"{model.model} embeds, {len(vector)} dimensions, in {milliseconds:,.0f} ms"


def _reader(settings: BotSettings) -> str:
    """Open the reranking model, and return its name.

    Raises:
        SettingsError: RERANK_MODEL cannot be opened.
    """
    if window_reader(settings) is None:
        return NO_READER
    return settings.rerank_model or "the shipped reader reads"


def _models(settings: BotSettings) -> Iterator[_PartFinding]:
    """Send a test request to each chat model."""
    try:
        writing, reading = chats(settings)
    except IngestError as error:
        yield _PartFinding("models", False, str(error))
        return
    if not writing and reading is None:
        yield _PartFinding("models", True, "no CHAT_MODEL: the coverage answers in its own words")
    for part, chat in (*(("writer", chat) for chat in writing), ("reader", reading)):
        if chat is not None:
            yield threads.run(chat_findings(part, chat))


async def chat_findings(part: str, chat: Chat) -> _PartFinding:
    """Send a test request to one chat model."""
    meter, start = Meter(), time.perf_counter()
    try:
        async for _ in chat.lines(_TEST_REQUEST, meter):
            pass
    except ChatError as error:
        return _PartFinding(
            part, False, f"{chat.name} does not answer ({error.trouble}): {meter.server_message}"
        )
    finally:
        await chat.close()
    return _PartFinding(part, True, f"{chat.name} answers in {time.perf_counter() - start:.1f} s")


def show(findings: Iterator[_PartFinding], *, as_json: bool) -> bool:
    """Print each finding as it is made; return True if all components are well."""
    all_well = True
    table = Table(box=None, show_header=False)
    for finding in findings:
        all_well = all_well and finding.well
        if as_json:
            print_line(asdict(finding))
        else:
            sign = cell("ok" if finding.well else "bad", "green" if finding.well else "bold red")
            table.add_row(sign, cell(finding.part, "bold"), cell(as_called(finding.said)))
    if not as_json:
        Console().print(table)
    return all_well


class _WrittenBy(StrEnum):
    """Writer of answers in an evaluation: quotations alone, or CHAT_MODEL."""

    QUOTATIONS = "quotations"
    MODEL = "model"


def answers_command(
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20, as_json: AsJson = False
) -> int:
    """Show the latest answers with their writers, costs, and rejected sentences."""
    with Archive.open(configured(BotSettings).archive_url) as archive:
        ledger = Ledger.of(archive)
        answers = ledger.answers.last(limit=limit)
        spending = ledger.spending.of(now().date())
    terminal.show_answers(answers, spending, as_json=as_json)
    return 0


def doctor_command(
    quick: Annotated[
        bool, typer.Option("--quick", help="Ask no model and embed nothing: a health check.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Try each part that the settings name; exit 1 if one is bad."""
    findings = _examine(configured(BotSettings), now(), quick=quick)
    is_healthy = show(findings, as_json=as_json)
    return 0 if is_healthy else 1


def home_command(
    server: Annotated[
        int | None, typer.Argument(help="The number of the Discord server that is to be home.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Show, or change, the Discord server whose coverage every server cites."""
    with Archive.open(configured(BotSettings).archive_url) as archive:
        ledger = Ledger.of(archive)
        rules = DeskRules.of(ledger.rules.get(DESK))
        if server is not None and server != rules.home:
            rules = replace(rules, home=server, review_channel=None)
            ledger.rules.set(DESK, rules.values())
    terminal.show_home(rules.home, as_json=as_json)
    return 0


def evaluate_command(
    questions: Annotated[Path | None, typer.Option(help="Unset: the desk's own set.")] = None,
    coverage: Annotated[Path, typer.Option(help="What is read.")] = SAMPLE_COVERAGE,
    writer: Annotated[_WrittenBy, typer.Option(help="Who answers.")] = _WrittenBy.QUOTATIONS,
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("scorecard"),
) -> int:
    """Answer a question set over coverage of its own folder, and write how well."""
    from bot import evaluating as evaluation

    set_questions = evaluation.read_question_set(questions or evaluation.SAMPLE_QUESTIONS)
    with TemporaryDirectory() as folder:
        overrides = {"data_dir": Path(folder), "database_url": None, "chroma_url": None}
        settings = configured(BotSettings).model_copy(update=overrides)
        with open_desk(settings, holder="`python -m bot evaluate`", clock=now) as full_desk:
            adding.add(read_path(coverage, Hints()), full_desk.archive, now=now())
            full_desk.coverage.catch_up()
            desk = _with_writer(writer, full_desk)
            results = with_progress(
                "Answering",
                len(set_questions),
                lambda progress: threads.run(
                    evaluation.answer_all(set_questions, desk.answer, progress)
                ),
            )
    scores = evaluation.scores(results)
    terminal.show_scores(scores)
    for file in evaluation.write_scorecard(out, str(writer), results, scores):
        print(file)
    return 0


def _with_writer(writer: _WrittenBy, desk: Desk) -> Desk:
    """Return *desk* with the writer of the evaluation.

    Raises:
        SettingsError: the writer is a model, and CHAT_MODEL is not set.
    """
    if writer is _WrittenBy.MODEL:
        if not desk.models.writers:
            raise SettingsError("CHAT_MODEL is not set. Name the model to evaluate in .env.")
        return desk
    return replace(desk, models=replace(desk.models, writers=()))


@dataclass(frozen=True, slots=True)
class _Coverage:
    """The messages and the error sentences that one language lacks."""

    language: str
    name: str
    messages: int
    untranslated: tuple[str, ...]
    errors: tuple[str, ...]


def languages_command(as_json: AsJson = False) -> int:
    """Show which messages are not translated yet, language by language."""
    coverages = list(_read_coverages(WORDS))
    if as_json:
        print_json([asdict(coverage) for coverage in coverages])
        return 0
    table = Table("Language", "", "Messages", "Not translated: shown in English", box=None)
    for coverage in coverages:
        lacking = [*coverage.untranslated, *coverage.errors]
        translated = coverage.messages - len(coverage.untranslated)
        table.add_row(
            coverage.language,
            cell(coverage.name),
            f"{translated:,} of {coverage.messages:,}",
            cell("\n".join(lacking) or "–"),
        )
    Console().print(table)
    return 0


def _read_coverages(folder: Path) -> Iterator[_Coverage]:
    """Yield the coverage of each language by the catalogues in *folder*."""
    english = Wording.read(folder, Language.ENGLISH)
    for language in Language:
        words = Wording.read(folder, language)
        yield _Coverage(
            str(language),
            language_name(language, english),
            len(english.messages.texts),
            tuple(key for key in english.messages.texts if key in words.messages.untranslated),
            tuple(untranslated_failures(language)),
        )
