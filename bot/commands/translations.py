"""The command that names the messages which a language takes from the English catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.wording import WORDS, Wording, language_name, untranslated_failures
from ingest.commands.options import AsJson
from ingest.commands.output import cell, print_json
from ingest.language.languages import Language


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
