"""The newest figures of a contest, source by source or poll by poll, out of the archived tables.

Nothing is added up and nothing is estimated: each figure is a cell of a table, quoted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.answering.coverage import Coverage
from bot.answering.evidence.ranking import YEAR
from bot.answering.limits import CONTESTS
from bot.answering.tables import ContestTable, ResultCell, ResultRow, TableKind, tables_in
from bot.answering.understanding.need import Need
from ingest.index.cutting import terms
from ingest.reading.results.columns import Field

_WHOLE = Decimal("0.8")
"""Share of the sum of other tables from which a table is taken for their total."""


@dataclass(frozen=True, slots=True)
class ContestName:
    """Somebody for whom there are figures, with their row in each source; ``None`` without one."""

    candidate: str
    party: str
    rows: tuple[ResultRow | None, ...]
    subjects: tuple[object, ...] = ()
    """What the figures of each source are of: two polls may differ, two reports of one may not."""

    def cells(self, measure: Field) -> tuple[ResultCell | None, ...]:
        """Return the figure of each source."""
        return tuple(row.cell(measure) if row else None for row in self.rows)

    def differs(self, measure: Field, source: int | None = None) -> bool:
        """Return True if figures of one subject differ, of that of one *source* if it is given."""
        values: dict[object, list[Decimal]] = {}
        for number, cell in enumerate(self.cells(measure)):
            if cell is not None and cell.value is not None:
                values.setdefault(self._subject(number), []).append(cell.value)
        compared = values.values() if source is None else [values.get(self._subject(source), [])]
        return any(not _agree(figures[0], figure) for figures in compared for figure in figures[1:])

    def _subject(self, source: int) -> object:
        return self.subjects[source] if self.subjects else None


@dataclass(frozen=True, slots=True)
class Contest:
    """One contest as each source has it, the newest first."""

    sources: tuple[ContestTable, ...]
    older: int = 0
    """Number of polls that are left out, older ones."""

    @property
    def title(self) -> str:
        """What the newest source calls the contest; of polls what all tables call it."""
        newest = self.sources[0]
        shared = [name for name in newest.path if not newest.poll or self._is_shared(name, newest)]
        return " · ".join(shared) or newest.header.title

    def _is_shared(self, name: str, newest: ContestTable) -> bool:
        """Return True if every table has a name, and it does not name one poll alone."""
        pollster = newest.poll.pollster if newest.poll else ""
        return all(name in table.path for table in self.sources) and pollster not in ("", name)

    @property
    def names(self) -> tuple[ContestName, ...]:
        """Everybody for whom a source has figures, in the order of the newest."""
        columns: list[list[ResultRow | None]] = []
        for place, table in enumerate(self.sources):
            open_columns = [column for column in columns if len(column) <= place]
            for row in table.rows:
                open_columns = [column for column in open_columns if len(column) <= place]
                matching = [
                    column for column in open_columns if _same_name(_name_in(column), row.candidate)
                ]
                matching = [
                    column for column in matching if _name_in(column) == row.candidate
                ] or matching
                if len(matching) == 1:
                    matching[0].extend([*[None] * (place - len(matching[0])), row])
                else:
                    columns.append([*[None] * place, row])
        width = len(self.sources)
        filled = [(*column, *[None] * (width - len(column))) for column in columns]
        return tuple(
            ContestName(
                _name_in(rows),
                next((row.party for row in rows if row and row.party), ""),
                rows,
                tuple(table.subject for table in self.sources),
            )
            for rows in filled
        )

    @property
    def measures(self) -> tuple[Field, ...]:
        """The measures that any source has."""
        present = {measure for table in self.sources for measure in table.measures}
        return tuple(
            measure for measure in (Field.VOTES, Field.SHARE, Field.SEATS) if measure in present
        )

    @property
    def differs(self) -> bool:
        """True if the sources disagree on any figure."""
        return any(name.differs(measure) for name in self.names for measure in self.measures)


@dataclass(frozen=True, slots=True)
class Results:
    """The contests of a place or under a name; ``more`` counts those left out."""

    asked: str
    as_of: datetime
    contests: tuple[Contest, ...] = ()
    more: int = 0
    kind: TableKind = TableKind.RESULTS


@dataclass(frozen=True, slots=True)
class _Match:
    """A table, how well it matches the question, and the terms that set it apart."""

    table: ContestTable
    score: tuple[float, bool, int]
    distinct: frozenset[str]
    distinct_of_rivals: tuple[frozenset[str], ...]

    @property
    def text(self) -> frozenset[str]:
        """The terms of its names and of the title above."""
        return frozenset(terms(_all_names(self.table)))

    @property
    def years(self) -> frozenset[str]:
        """The years that it names."""
        return frozenset(YEAR.findall(_all_names(self.table)))


def results(
    asked: str,
    coverage: Coverage,
    among: Collection[int],
    *,
    now: datetime,
    kind: TableKind = TableKind.RESULTS,
) -> Results:
    """Return the contests that *asked* names, out of the tables of the articles *among*."""
    need = Need.of(asked, coverage.index)
    question_terms = set(terms(asked))
    matches: list[_Match] = []
    if need.terms and not need.strange:
        for tables in _tables(coverage, among, kind):
            matches += _asked_for(tables, asked, question_terms, need)
    best = max((match.score for match in matches), default=None)
    groups = _grouped_by_contest([match for match in matches if match.score == best])
    for match in (match for match in matches if match.score != best):
        fitting = [
            group for group in groups if all(_one_contest(match, member) for member in group)
        ]
        if len(fitting) == 1:
            fitting[0].append(match)
    contests = sorted(map(_contest, groups), key=_contest_order, reverse=True)
    left = len(contests) - CONTESTS.contests
    return Results(asked, now, tuple(contests[: CONTESTS.contests]), max(0, left), kind)


def results_beside(
    row: str, article_id: int, coverage: Coverage, among: Collection[int], *, now: datetime
) -> Results:
    """Return the contest of which *row* is a row in an article, as every source has it now."""
    holding: list[_Match] = []
    further: list[_Match] = []
    for tables in _tables(coverage, {article_id, *among}, TableKind.RESULTS):
        for table, distinct, distinct_of_rivals in _distinguishing_terms(tables):
            holds = any(
                all(part in row for part in (*table.path, result.candidate))
                for result in table.rows
            )
            match = _Match(table, (1.0, True, 0), distinct, distinct_of_rivals)
            (holding if table.article_id == article_id and holds else further).append(match)
    if not holding:
        return Results("", now)
    group = [holding[0], *(match for match in further if _one_contest(holding[0], match))]
    title = holding[0].table.path[-1] if holding[0].table.path else holding[0].table.header.title
    return Results(title, now, (_contest(group),))


def _tables(
    coverage: Coverage, among: Collection[int], kind: TableKind
) -> Iterator[list[ContestTable]]:
    """Yield the tables of each of the newest articles *among* that may be cited."""
    for passages in coverage.passages_of(sorted(among, reverse=True)[: CONTESTS.articles]):
        yield tables_in(passages, kind)


def _asked_for(
    tables: Sequence[ContestTable], asked: str, question_terms: set[str], need: Need
) -> Iterator[_Match]:
    """Yield those of an article's *tables* whose contest the question names."""
    for table, distinct, distinct_of_rivals in _distinguishing_terms(tables):
        names = _all_names(table)
        share = need.share(names) * need.familiar
        if share >= CONTESTS.named_share:
            exact = asked.strip().casefold() in {name.casefold() for name in table.path}
            shared = len(question_terms.intersection(terms(names)))
            yield _Match(table, (round(share, 2), exact, shared), distinct, distinct_of_rivals)


def _all_names(table: ContestTable) -> str:
    """Return every name of a contest: its table's, the title above, and a pollster."""
    pollsters = [table.poll.pollster] if table.poll else []
    return " ".join([*table.path, table.header.title, *pollsters])


def _distinguishing_terms(
    tables: Sequence[ContestTable],
) -> list[tuple[ContestTable, frozenset[str], tuple[frozenset[str], ...]]]:
    """Return each table with the terms that only it has among those of the same candidates.

    The total of the others has none of its own.
    """
    compared = []
    for table in tables:
        names = {row.candidate for row in table.rows}
        rivals = [
            rival
            for rival in tables
            if rival is not table
            and len(names & {row.candidate for row in rival.rows}) >= CONTESTS.common_names
        ]
        shared = set(table.path).intersection(*(rival.path for rival in rivals)) if rivals else ()
        distinct = frozenset(terms(" ".join(part for part in table.path if part not in shared)))
        distinct_of_rivals = tuple(
            frozenset(terms(" ".join(part for part in rival.path if part not in shared)))
            for rival in rivals
        )
        if not rivals or _is_total(table, rivals):
            distinct = frozenset()
        compared.append((table, distinct, distinct_of_rivals))
    return compared


def _is_total(table: ContestTable, rivals: Sequence[ContestTable]) -> bool:
    """Return True if a table is the sum of the other ones."""
    measure = Field.VOTES if Field.VOTES in table.measures else Field.SEATS
    sum_of_rivals = sum((rival.total(measure) for rival in rivals), Decimal(0))
    return len(rivals) > 1 and table.total(measure) >= _WHOLE * sum_of_rivals > 0


def _grouped_by_contest(matches: Sequence[_Match]) -> list[list[_Match]]:
    """Put the tables of one contest together."""
    groups: list[list[_Match]] = []
    for match in matches:
        fitting = [
            group for group in groups if all(_one_contest(match, member) for member in group)
        ]
        if fitting:
            fitting[0].append(match)
        else:
            groups.append([match])
    return groups


def _one_contest(first: _Match, second: _Match) -> bool:
    """Return True if two tables share a contest: candidates, place and year."""
    if first.table.article_id == second.table.article_id and first.table.poll is None:
        return first.table.path == second.table.path
    if first.years and second.years and not first.years & second.years:
        return False
    pairs = [
        (a.candidate, b.candidate)
        for a in first.table.rows
        for b in second.table.rows
        if _same_name(a.candidate, b.candidate)
    ]
    least = min(CONTESTS.common_names, len(first.table.rows), len(second.table.rows))
    return len(pairs) >= least and _one_place(first, second) and _one_place(second, first)


def _one_place(first: _Match, second: _Match) -> bool:
    """Return True unless *second* is of another place than *first*."""
    if first.distinct:
        return first.distinct <= second.text
    return not any(place and place <= second.text for place in first.distinct_of_rivals)


def _contest(group: Sequence[_Match]) -> Contest:
    """Make a contest of the newest table of each source; each paste is a source of its own.

    Of polls every one counts, in its newest report by each source. Reports that agree are one.
    """
    newest: dict[object, ContestTable] = {}
    for table in sorted((match.table for match in group), key=_table_order, reverse=True):
        header = table.header
        source = table.article_id if header.unverified else header.outlet
        newest.setdefault((source, table.subject), table)
    tables: list[ContestTable] = []
    for table in newest.values():
        if not any(_is_repeated(table, shown) for shown in tables):
            tables.append(table)
    older = len(tables) - CONTESTS.sources if tables[0].poll else 0
    return Contest(tuple(tables[: CONTESTS.sources]), max(0, older))


def _is_repeated(table: ContestTable, shown: ContestTable) -> bool:
    """Return True if *shown* reports the same poll with the same figures."""
    return (
        table.poll is not None
        and table.subject == shown.subject
        and not Contest((shown, table)).differs
    )


def _table_order(table: ContestTable) -> tuple[bool, date, int]:
    """Order tables by their day; pastes come last."""
    return not table.header.unverified, table.day or date.min, table.article_id


def _contest_order(contest: Contest) -> tuple[date, Decimal]:
    """Order contests by their day, then by how many voted."""
    newest = contest.sources[0]
    measure = Field.VOTES if Field.VOTES in newest.measures else Field.SEATS
    return newest.day or date.min, newest.total(measure)


def _name_in(rows: Sequence[ResultRow | None]) -> str:
    """Return the name over the rows of several sources: the newest one's."""
    return next(row.candidate for row in rows if row is not None)


def _same_name(first: str, second: str) -> bool:
    """Return True if two names are equal: ``Farr``, ``Odile Farr``, ``FARR, Odile``."""
    first_terms, second_terms = set(terms(first)), set(terms(second))
    return bool(first_terms and second_terms) and (
        first_terms <= second_terms or second_terms <= first_terms
    )


def _agree(first: Decimal, second: Decimal) -> bool:
    """Return True if two figures are equal at the precision of the less precise one."""
    exponents = [value.as_tuple().exponent for value in (first, second)]
    coarse = max(0 if isinstance(exponent, str) else min(0, exponent) for exponent in exponents)
    return abs(first - second) * 2 <= Decimal(1).scaleb(coarse)
