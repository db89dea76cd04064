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
from ingest.index.analysis import terms
from ingest.reading.results.columns import Field

_WHOLE = Decimal("0.8")
"""Share of the sum of other tables from which a table is taken for their total."""


@dataclass(frozen=True, slots=True)
class ContestName:
    """Somebody for whom there are figures, with their row in each source; ``None`` without one."""

    whose: str
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
        return any(not _agree(own[0], each) for own in compared for each in own[1:])

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
            free = [column for column in columns if len(column) <= place]
            for row in table.rows:
                free = [column for column in free if len(column) <= place]
                same = [column for column in free if _same_name(_name_in(column), row.whose)]
                same = [each for each in same if _name_in(each) == row.whose] or same
                if len(same) == 1:
                    same[0].extend([*[None] * (place - len(same[0])), row])
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
        found = {measure for table in self.sources for measure in table.measures}
        return tuple(each for each in (Field.VOTES, Field.SHARE, Field.SEATS) if each in found)

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
class _Found:
    """A table, how well it matches the question, and the terms that set it apart."""

    table: ContestTable
    worth: tuple[float, bool, int]
    own: frozenset[str]
    beside: tuple[frozenset[str], ...]

    @property
    def text(self) -> frozenset[str]:
        """The terms of its names and of the title above."""
        return frozenset(terms(_named(self.table)))

    @property
    def years(self) -> frozenset[str]:
        """The years that it names."""
        return frozenset(YEAR.findall(_named(self.table)))


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
    wanted = set(terms(asked))
    found: list[_Found] = []
    if need.terms and not need.strange:
        for tables in _tables(coverage, among, kind):
            found += _asked_for(tables, asked, wanted, need)
    best = max((each.worth for each in found), default=None)
    groups = _together([each for each in found if each.worth == best])
    for each in (other for other in found if other.worth != best):
        same = [group for group in groups if all(_one_contest(each, known) for known in group)]
        if len(same) == 1:
            same[0].append(each)
    contests = sorted(map(_contest, groups), key=_order, reverse=True)
    left = len(contests) - CONTESTS.contests
    return Results(asked, now, tuple(contests[: CONTESTS.contests]), max(0, left), kind)


def results_beside(
    row: str, article_id: int, coverage: Coverage, among: Collection[int], *, now: datetime
) -> Results:
    """Return the contest of which *row* is a row in an article, as every source has it now."""
    own: list[_Found] = []
    others: list[_Found] = []
    for tables in _tables(coverage, {article_id, *among}, TableKind.RESULTS):
        for table, terms_of_it, beside in _told_apart(tables):
            holds = any(all(part in row for part in (*table.path, r.whose)) for r in table.rows)
            found = _Found(table, (1.0, True, 0), terms_of_it, beside)
            (own if table.article_id == article_id and holds else others).append(found)
    if not own:
        return Results("", now)
    group = [own[0], *(each for each in others if _one_contest(own[0], each))]
    named = own[0].table.path[-1] if own[0].table.path else own[0].table.header.title
    return Results(named, now, (_contest(group),))


def _tables(
    coverage: Coverage, among: Collection[int], kind: TableKind
) -> Iterator[list[ContestTable]]:
    """Yield the tables of each of the newest articles *among* that may be cited."""
    for passages in coverage.passages_of(sorted(among, reverse=True)[: CONTESTS.articles]):
        yield tables_in(passages, kind)


def _asked_for(
    tables: Sequence[ContestTable], asked: str, wanted: set[str], need: Need
) -> Iterator[_Found]:
    """Yield those of an article's *tables* whose contest the question names."""
    for table, own, beside in _told_apart(tables):
        named = _named(table)
        share = need.share(named) * need.familiar
        if share >= CONTESTS.named_share:
            exact = asked.strip().casefold() in {each.casefold() for each in table.path}
            met = len(wanted.intersection(terms(named)))
            yield _Found(table, (round(share, 2), exact, met), own, beside)


def _named(table: ContestTable) -> str:
    """Return every name of a contest: its table's, the title above, and a pollster."""
    pollster = [table.poll.pollster] if table.poll else []
    return " ".join([*table.path, table.header.title, *pollster])


def _told_apart(
    tables: Sequence[ContestTable],
) -> list[tuple[ContestTable, frozenset[str], tuple[frozenset[str], ...]]]:
    """Return each table with the terms that only it has among those of the same candidates.

    The total of the others has none of its own.
    """
    found = []
    for table in tables:
        names = {row.whose for row in table.rows}
        others = [
            each
            for each in tables
            if each is not table
            and len(names & {row.whose for row in each.rows}) >= CONTESTS.common_names
        ]
        shared = set(table.path).intersection(*(each.path for each in others)) if others else ()
        own = frozenset(terms(" ".join(p for p in table.path if p not in shared)))
        beside = tuple(
            frozenset(terms(" ".join(p for p in each.path if p not in shared))) for each in others
        )
        if not others or _is_total(table, others):
            own = frozenset()
        found.append((table, own, beside))
    return found


def _is_total(table: ContestTable, others: Sequence[ContestTable]) -> bool:
    """Return True if a table is the sum of the other ones."""
    measure = Field.VOTES if Field.VOTES in table.measures else Field.SEATS
    parts = sum((each.total(measure) for each in others), Decimal(0))
    return len(others) > 1 and table.total(measure) >= _WHOLE * parts > 0


def _together(found: Sequence[_Found]) -> list[list[_Found]]:
    """Put the tables of one contest together."""
    groups: list[list[_Found]] = []
    for each in found:
        same = [group for group in groups if all(_one_contest(each, other) for other in group)]
        if same:
            same[0].append(each)
        else:
            groups.append([each])
    return groups


def _one_contest(one: _Found, other: _Found) -> bool:
    """Return True if two tables share a contest: candidates, place and year."""
    if one.table.article_id == other.table.article_id and one.table.poll is None:
        return one.table.path == other.table.path
    if one.years and other.years and not one.years & other.years:
        return False
    pairs = [
        (a.whose, b.whose)
        for a in one.table.rows
        for b in other.table.rows
        if _same_name(a.whose, b.whose)
    ]
    least = min(CONTESTS.common_names, len(one.table.rows), len(other.table.rows))
    return len(pairs) >= least and _one_place(one, other) and _one_place(other, one)


def _one_place(one: _Found, other: _Found) -> bool:
    """Return True unless *other* is of another place than *one*."""
    if one.own:
        return one.own <= other.text
    return not any(place and place <= other.text for place in one.beside)


def _contest(group: Sequence[_Found]) -> Contest:
    """Make a contest of the newest table of each source; each paste is a source of its own.

    Of polls every one counts, in its newest report by each source. Reports that agree are one.
    """
    kept: dict[object, ContestTable] = {}
    for each in sorted((found.table for found in group), key=_age, reverse=True):
        header = each.header
        source = each.article_id if header.unverified else header.outlet
        kept.setdefault((source, each.subject), each)
    tables: list[ContestTable] = []
    for table in kept.values():
        if not any(_is_repeated(table, other) for other in tables):
            tables.append(table)
    older = len(tables) - CONTESTS.sources if tables[0].poll else 0
    return Contest(tuple(tables[: CONTESTS.sources]), max(0, older))


def _is_repeated(table: ContestTable, other: ContestTable) -> bool:
    """Return True if *other* reports the same poll with the same figures."""
    return (
        table.poll is not None
        and table.subject == other.subject
        and not Contest((other, table)).differs
    )


def _age(table: ContestTable) -> tuple[bool, date, int]:
    """Order tables by their day; pastes come last."""
    return not table.header.unverified, table.day or date.min, table.article_id


def _order(contest: Contest) -> tuple[date, Decimal]:
    """Order contests by their day, then by how many voted."""
    newest = contest.sources[0]
    measure = Field.VOTES if Field.VOTES in newest.measures else Field.SEATS
    return newest.day or date.min, newest.total(measure)


def _name_in(rows: Sequence[ResultRow | None]) -> str:
    """Return the name over the rows of several sources: the newest one's."""
    return next(row.whose for row in rows if row is not None)


def _same_name(one: str, other: str) -> bool:
    """Return True if two names are equal: ``Farr``, ``Odile Farr``, ``FARR, Odile``."""
    a, b = set(terms(one)), set(terms(other))
    return bool(a and b) and (a <= b or b <= a)


def _agree(one: Decimal, other: Decimal) -> bool:
    """Return True if two figures are equal at the precision of the less precise one."""
    exponents = [value.as_tuple().exponent for value in (one, other)]
    coarse = max(0 if isinstance(each, str) else min(0, each) for each in exponents)
    return abs(one - other) * 2 <= Decimal(1).scaleb(coarse)
