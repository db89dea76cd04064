"""Which articles have tables of results, and the names of their contests, for whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from bot.answering.coverage import Coverage
from bot.answering.results import Results, results, results_beside
from bot.answering.tables import ContestTable, contests_in
from bot.ledger import Ledger
from ingest.archive import Archive
from ingest.index.analysis import terms
from ingest.language.lines import BETWEEN
from ingest.model import EVERYBODY, Edition
from ingest.threads import in_thread

_ARTICLES = 500
"""Articles with tables that are known, the newest."""
_AT_ONCE = 500
"""Changes that are looked at in one go."""
_LONGEST = 100
"""Characters of the longest name that is offered."""


@dataclass(frozen=True, slots=True)
class _Tabled:
    """The names of an article's contests, and the terms in them."""

    outlet: str
    place: str
    names: tuple[str, ...]
    terms: frozenset[str]


@dataclass(slots=True)
class TabledContests:
    """Keeps the names of all contests of which a table is archived; :meth:`keep` blocks."""

    archive: Archive
    ledger: Ledger
    coverage: Coverage
    clock: Callable[[], datetime]
    _known: dict[int, _Tabled] = field(default_factory=dict)
    _upto: int | None = None
    _keeping: Lock = field(default_factory=Lock)

    def keep(self) -> None:
        """Look at the articles that changed since the last time, at first at all of them."""
        with self._keeping:
            self._catch_up()

    def _catch_up(self) -> None:
        last = self.archive.changes.last()
        if self._upto is None:
            self._look(self.archive.passages.holding(BETWEEN))
        else:
            changed, upto = self.archive.changes.after(self._upto, _AT_ONCE)
            while changed:
                for each in changed:
                    self._known.pop(each, None)
                self._look(self.archive.passages.holding(BETWEEN, changed))
                last = max(last, upto)
                changed, upto = self.archive.changes.after(upto, _AT_ONCE)
        self._upto = last

    def names(self, edition: Edition = EVERYBODY) -> list[str]:
        """Return the names of places and contests, those of the newest articles first."""
        every = (name for _, each in self._in(edition) for name in each.names)
        return list(dict.fromkeys(every))

    @in_thread
    def results(self, asked: str, edition: Edition = EVERYBODY) -> Results:
        """Return the newest figures of the contests that *asked* names; nothing of it is kept."""
        self.keep()
        coverage = replace(self.coverage.serving, edition=edition)
        return results(asked, coverage, self.articles(asked, edition), now=self.clock())

    @in_thread
    def results_under(self, number: int, at: int, edition: Edition = EVERYBODY) -> Results:
        """Return the newest figures of the contest of which an answer quotes a row.

        It begins *at* so many characters into its first quotation.
        """
        self.keep()
        row, article = self._led_by(number, at)
        coverage = replace(self.coverage.serving, edition=edition)
        return results_beside(row, article, coverage, self.every(edition), now=self.clock())

    def _led_by(self, number: int, at: int) -> tuple[str, int]:
        """Return the row within the quotation that an answer begins with, and its article."""
        cited = self.ledger.answers.cited(number)
        if not cited:
            return "", 0
        first = cited[0]
        versions = self.archive.articles.versions(first.article_id)
        text = next((v.extract.text for v in versions if v.number == first.version), "")
        quoted = text[first.start_at + at : first.end_at]
        return quoted.partition("\n")[0], first.article_id

    def articles(self, asked: str, edition: Edition = EVERYBODY) -> list[int]:
        """Return the articles whose tables share a word with what is *asked*, the newest first."""
        wanted = set(terms(asked))
        return [number for number, each in self._in(edition) if not wanted.isdisjoint(each.terms)]

    def every(self, edition: Edition = EVERYBODY) -> list[int]:
        """Return all articles with tables, the newest first."""
        return [number for number, _ in self._in(edition)]

    def _in(self, edition: Edition) -> Iterator[tuple[int, _Tabled]]:
        """Yield what one edition may cite, the newest first; what it hides is left out later."""
        for number, each in sorted(self._known.items(), reverse=True):
            wanted = not edition.outlets or each.outlet in edition.outlets
            if wanted and each.place in {"", edition.place}:
                yield number, each

    def _look(self, articles: list[int]) -> None:
        """Read the tables of *articles*, the newest first, until enough are known."""
        found = 0
        for number in reversed(articles):
            tables = contests_in(self.archive.passages.of_article(number))
            if tables:
                self._known[number] = self._named(number, tables)
                found += 1
            if found == _ARTICLES:
                break
        for number in sorted(self._known)[:-_ARTICLES]:
            del self._known[number]

    def _named(self, number: int, tables: list[ContestTable]) -> _Tabled:
        """Return the names in an article's tables; its title, where they have none."""
        header, place = tables[0].header, self.archive.articles.get(number).place
        paths = [name for table in tables for name in reversed(table.path)]
        names = tuple(dict.fromkeys(each for each in paths if len(each) <= _LONGEST))
        said = frozenset(terms(" ".join([*dict.fromkeys(paths), header.title])))
        return _Tabled(header.outlet, place, names or (header.title[:_LONGEST],), said)
