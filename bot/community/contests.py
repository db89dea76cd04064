"""The contests whose results or polls are archived, and the steps of their counts.

A file of results changes many times in a night. Followers are notified of steps alone: a call, a
status, ten points of what is counted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from threading import Lock

from bot.answering.coverage import Coverage
from bot.answering.results import Results, results, results_beside
from bot.answering.tables import ContestTable, ResultRow, TableKind, tables_in
from bot.community.limits import MEMBERS, UPDATES
from bot.ledger import Ledger
from ingest.archive import Archive
from ingest.index.cutting import terms
from ingest.language.dates import days_in
from ingest.language.lines import BETWEEN
from ingest.model import EVERYBODY, Edition
from ingest.process.threads import in_thread
from ingest.reading.limits import TABLES
from ingest.reading.results.columns import Field, figure

_NUMBER = re.compile(r"\d+(?:[.,' ]\d+)*")
_PER_CENT = "%"


@dataclass(frozen=True, slots=True)
class _ContestArticle:
    """The names of an article's contests, and the terms in them."""

    outlet: str
    place: str
    names: tuple[str, ...]
    terms: frozenset[str]


@dataclass(slots=True)
class ContestIndex:
    """Index of all contests with an archived table; :meth:`keep` blocks."""

    archive: Archive
    ledger: Ledger
    coverage: Coverage
    clock: Callable[[], datetime]
    _contests_by_article: dict[TableKind, dict[int, _ContestArticle]] = field(
        default_factory=lambda: {kind: {} for kind in TableKind}
    )
    _position: int | None = None
    _lock: Lock = field(default_factory=Lock)

    def keep(self) -> None:
        """Index the articles that changed since the last call, at first all articles."""
        with self._lock:
            self._catch_up()

    def _catch_up(self) -> None:
        last_change = self.archive.changes.last()
        if self._position is None:
            self._index(self.archive.passages.holding(BETWEEN))
        else:
            article_ids, position = self.archive.changes.after(
                self._position, UPDATES.contest_batch_changes
            )
            while article_ids:
                for article_id in article_ids:
                    for entries in self._contests_by_article.values():
                        entries.pop(article_id, None)
                self._index(self.archive.passages.holding(BETWEEN, article_ids))
                last_change = max(last_change, position)
                article_ids, position = self.archive.changes.after(
                    position, UPDATES.contest_batch_changes
                )
        self._position = last_change

    def names(self, edition: Edition = EVERYBODY, kind: TableKind = TableKind.RESULTS) -> list[str]:
        """Return the names of places and contests, those of the newest articles first."""
        names = (name for _, contests in self._in_edition(edition, kind) for name in contests.names)
        return list(dict.fromkeys(names))

    @in_thread
    def results(
        self, query: str, edition: Edition = EVERYBODY, kind: TableKind = TableKind.RESULTS
    ) -> Results:
        """Return the newest figures of the contests in *query*; nothing is stored."""
        self.keep()
        coverage = replace(self.coverage.serving, edition=edition)
        articles = self.articles(query, edition, kind)
        return results(query, coverage, articles, now=self.clock(), kind=kind)

    @in_thread
    def results_under(self, number: int, at: int, edition: Edition = EVERYBODY) -> Results:
        """Return the newest figures of the contest of which an answer quotes a row.

        The row begins *at* this character of the answer's first quotation.
        """
        self.keep()
        row, article = self._first_row_of(number, at)
        coverage = replace(self.coverage.serving, edition=edition)
        return results_beside(
            row, article, coverage, self.result_articles(edition), now=self.clock()
        )

    def _first_row_of(self, number: int, at: int) -> tuple[str, int]:
        """Return the row at which an answer's first quotation begins, and its article."""
        citations = self.ledger.answers.cited(number)
        if not citations:
            return "", 0
        citation = citations[0]
        quote = citation.quote_in(self.archive.articles.versions(citation.article_id))
        return quote[at:].partition("\n")[0], citation.article_id

    def articles(
        self, query: str, edition: Edition = EVERYBODY, kind: TableKind = TableKind.RESULTS
    ) -> list[int]:
        """Return the articles whose tables share a word with *query*, newest first."""
        query_terms = set(terms(query))
        return [
            number
            for number, contests in self._in_edition(edition, kind)
            if not query_terms.isdisjoint(contests.terms)
        ]

    def result_articles(self, edition: Edition = EVERYBODY) -> list[int]:
        """Return all articles with results, newest first."""
        return [number for number, _ in self._in_edition(edition, TableKind.RESULTS)]

    def _in_edition(
        self, edition: Edition, kind: TableKind
    ) -> Iterator[tuple[int, _ContestArticle]]:
        """Yield the indexed articles of one edition, newest first, including hidden ones."""
        for number, contests in sorted(self._contests_by_article[kind].items(), reverse=True):
            is_citable = not edition.outlets or contests.outlet in edition.outlets
            if is_citable and contests.place in {"", edition.place}:
                yield number, contests

    def _index(self, articles: list[int]) -> None:
        """Index the tables of *articles*, newest first, up to the maximum number."""
        count = 0
        for number in reversed(articles):
            passages = self.archive.passages.of_article(number)
            found = {kind: tables for kind in TableKind if (tables := tables_in(passages, kind))}
            for kind, tables in found.items():
                self._contests_by_article[kind][number] = self._entry_of(number, tables)
            count += bool(found)
            if count == MEMBERS.contest_articles:
                break
        for entries in self._contests_by_article.values():
            for number in sorted(entries)[: -MEMBERS.contest_articles]:
                del entries[number]

    def _entry_of(self, number: int, tables: list[ContestTable]) -> _ContestArticle:
        """Return the names in an article's tables, or its title if they have none."""
        header, place = tables[0].header, self.archive.articles.get(number).place
        paths = [name for table in tables for name in _names_of(table)]
        names = tuple(
            dict.fromkeys(name for name in paths if len(name) <= MEMBERS.contest_name_characters)
        )
        name_terms = frozenset(terms(" ".join([*dict.fromkeys(paths), header.title])))
        return _ContestArticle(
            header.outlet,
            place,
            names or (header.title[: MEMBERS.contest_name_characters],),
            name_terms,
        )


def _names_of(table: ContestTable) -> list[str]:
    """Return the names by which a table is found: of its place and contest, and of a pollster."""
    pollster = [table.poll.pollster] if table.poll and table.poll.pollster else []
    return [*reversed(table.path), *pollster]


@dataclass(frozen=True, slots=True)
class _ResultStep:
    """A step of one contest, with the row that shows it; its name stays the same."""

    name: str
    row: ResultRow


@dataclass(frozen=True, slots=True)
class _State:
    """The state of a count: who has which status, how the table is headed, how much is counted."""

    status: frozenset[tuple[str, str]]
    heading: tuple[str, ...]
    tens: int | None


def steps_between(
    old_tables: Iterable[ContestTable], tables: Iterable[ContestTable], version: int
) -> list[_ResultStep]:
    """Return a step for each of *tables*, of this *version*, that is a step beyond its old form.

    A table without an old form is the first step of its contest.
    """
    unmatched = list(old_tables)
    steps = []
    for table in tables:
        old_table = _old_form(table, unmatched)
        name = " ".join([*table.path[-1:], *sorted(row.candidate for row in table.rows)])
        state = _state_of(table)
        if old_table is None:
            steps.append(_ResultStep(f"{name} first", _leading_row(table.rows)))
            continue
        unmatched.remove(old_table)
        old_state = _state_of(old_table)
        if (state.status, state.heading) != (old_state.status, old_state.heading):
            changed = {candidate for candidate, _ in state.status - old_state.status}
            rows = [row for row in table.rows if row.candidate in changed] or table.rows
            steps.append(_ResultStep(f"{name} status {version}", _leading_row(rows)))
        elif state.tens is not None and state.tens > (old_state.tens or 0):
            steps.append(_ResultStep(f"{name} counted {state.tens}", _leading_row(table.rows)))
    return steps


def counted_share(text: str) -> Decimal | None:
    """Return how much is counted, in per cent: "41 of 58 wards", "開票率 45%"; else ``None``."""
    plain = unicodedata.normalize("NFKC", text)
    values = [
        (value, plain[match.end() :].lstrip().startswith(_PER_CENT))
        for match in _NUMBER.finditer(plain)
        if (value := figure(match.group(), decimal="." in match.group())) is not None
    ]
    shares = [value for value, is_share in values if is_share] or (
        [values[0][0]] if len(values) == 1 else []
    )
    if len(shares) == 1:
        return shares[0] if shares[0] <= TABLES.share_percent else None
    if len(values) != 2 or shares:
        return None
    part, whole = sorted(value for value, _ in values)
    return TABLES.share_percent * part / whole if whole else None


def _old_form(table: ContestTable, candidates: Sequence[ContestTable]) -> ContestTable | None:
    """Return the table among *candidates* of the same contest, whose heading may differ."""
    names = {row.candidate for row in table.rows}
    path = _without_figures(table.path)

    def likeness(other: ContestTable) -> tuple[bool, int]:
        other_path = _without_figures(other.path)
        return other.path[-1:] == table.path[-1:], len(set(path) & set(other_path))

    same = [
        other
        for other in candidates
        if len(other.path) == len(table.path)
        and 2 * len(names & {row.candidate for row in other.rows}) >= len(names)
        and (other.path[-1:] == table.path[-1:] or len(table.path) == 1)
    ]
    return max(same, key=likeness, default=None)


def _state_of(table: ContestTable) -> _State:
    """Return the state of a count as its table states it."""
    shared = table.status
    status = (
        frozenset({("", _plain(shared))})
        if shared
        else frozenset((row.candidate, _plain(row.status)) for row in table.rows if row.status)
    )
    headings = [name for name in table.path if not days_in(name)]
    shares = [share for text in [table.counted or "", *headings] if (share := counted_share(text))]
    tens = int(shares[0] // UPDATES.result_step_percent) if shares else None
    return _State(status, _without_figures(table.path), tens)


def _leading_row(rows: Sequence[ResultRow]) -> ResultRow:
    """Return the row with the highest figure."""

    def figure_of(row: ResultRow) -> Decimal:
        cells = (row.cell(measure) for measure in (Field.VOTES, Field.SEATS, Field.SHARE))
        return next((cell.value for cell in cells if cell and cell.value is not None), Decimal(-1))

    return max(rows, key=figure_of)


def _without_figures(path: Iterable[str]) -> tuple[str, ...]:
    """Return headings without their figures, which change at every look."""
    return tuple(map(_plain, path))


def _plain(text: str) -> str:
    """Return a text without figures, in lower case."""
    return " ".join(_NUMBER.sub("", unicodedata.normalize("NFKC", text)).casefold().split())
