"""Index of the articles with tables of results or polls, by the names of their contests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from bot.answering.coverage import Coverage
from bot.answering.results import Results, results, results_beside
from bot.answering.tables import ContestTable, TableKind, tables_in
from bot.community.limits import MEMBERS, UPDATES
from bot.ledger import Ledger
from ingest.archive import Archive
from ingest.index.analysis import terms
from ingest.language.lines import BETWEEN
from ingest.model import EVERYBODY, Edition
from ingest.process.threads import in_thread


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
        return results_beside(row, article, coverage, self.every(edition), now=self.clock())

    def _first_row_of(self, number: int, at: int) -> tuple[str, int]:
        """Return the row at which an answer's first quotation begins, and its article."""
        citations = self.ledger.answers.cited(number)
        if not citations:
            return "", 0
        citation = citations[0]
        versions = self.archive.articles.versions(citation.article_id)
        text = next((v.extract.text for v in versions if v.number == citation.version), "")
        quotation = text[citation.start_at + at : citation.end_at]
        return quotation.partition("\n")[0], citation.article_id

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

    def every(self, edition: Edition = EVERYBODY) -> list[int]:
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
