"""Passages by their words: tantivy over stems, CJK bigrams, and pairs of them."""

from __future__ import annotations

import logging
import math
import os
import shutil
import sys
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import tantivy
from filelock import FileLock

from ingest.errors import IndexUnavailableError
from ingest.index.analysis import pairs, terms
from ingest.index.damage import is_damage, readable
from ingest.model import UNVERIFIED_PASTE, ArticleState, Scope

logger = logging.getLogger(__name__)

_HEAP = 64 * 2**20
"""Bytes that tantivy's writer may hold before it writes a segment."""
_LAYOUT = 2
"""The version of the fields below; another one is another folder, filled anew."""
_CURSOR = "caught-up-to"
_WRITTEN = "written"
_WORN = 0.02
"""Share of deleted passages from which everything is written anew; 100,000 take 20 seconds."""
SMALL = 2000
"""Passages up to which any deletion is enough: they take half a second."""
_META = "meta.json"
"""Where tantivy lists its files; without it, it takes a folder for a new one."""
_PRIOR = 20
"""Passages assumed besides those indexed, so that a tiny index still tells rare from common."""
_PAIR = 0.6
"""Worth of a pair of terms beside a term; .4 to .8 were equal on half of MultiHop-RAG."""
_COMMON = 0.3
"""Share of the passages from which a term is too common to search by."""
_TELLING = 3
"""Rarer terms that a question needs besides, or else the common ones count."""


class WordStore:
    """One folder of tantivy. Any process may read it; one at a time writes."""

    def __init__(self, folder: Path, former: Path | None = None) -> None:
        """Open the folder, made if need be; an earlier release called it *former*.

        Raises:
            IndexUnavailableError: it is damaged or cannot be written.
        """
        self._folder = folder.with_name(f"{folder.name}.{_LAYOUT}")
        self._copy: TemporaryDirectory[str] | None = None
        self._lock = FileLock(self._folder.with_name(f"{self._folder.name}.lock"))
        old = former.with_name(f"{former.name}.{_LAYOUT}") if former else None
        if old and old.is_dir() and not self._folder.exists():
            old.rename(self._folder)
        try:
            self._index = self._opened()
        except IndexUnavailableError as error:
            if not is_damage(error):
                raise
            logger.warning("%s They are made anew from the archive.", error)
            self.begin_anew()
        self._read_at: int | None = None
        self._searcher = self._index.searcher()

    def _opened(self) -> tantivy.Index:
        """Open the files; on a disk that is read-only a copy: tantivy locks what it reads."""
        lost = (self._folder / _CURSOR).exists() and not (self._folder / _META).exists()
        with readable(self._folder):
            if lost:
                raise ValueError(f"corrupted: {_META} is gone")
            self._folder.mkdir(parents=True, exist_ok=True)
            if _is_read_only(self._folder):
                self._copy = TemporaryDirectory(prefix="words-")
                self._folder = Path(
                    shutil.copytree(self._folder, self._copy.name, dirs_exist_ok=True)
                )
            return tantivy.Index(_schema(), str(self._folder))

    def begin_anew(self) -> None:
        """Hold nothing, whatever state the files are in; who catches up fills it again."""
        with self._lock:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._index = self._opened()
        self._read_at = None
        self._searcher = self._index.searcher()

    @property
    def cursor(self) -> int:
        """The change up to which this holds everything; 0 for an empty folder."""
        try:
            return int((self._folder / _CURSOR).read_text())
        except (OSError, ValueError):
            return 0

    def apply(self, standings: Sequence[ArticleState], upto: int) -> None:
        """Hold each article as it stands now; doing so again changes nothing."""
        with readable(self._folder), self._lock:
            written = self._written + sum(len(each.passages) for each in standings)
            writer = self._index.writer(_HEAP, 1)
            for standing in standings:
                writer.delete_documents_by_term("article", str(standing.article_id))
                self._put(writer, standing)
            self._finish(writer, upto, written)

    @property
    def worn(self) -> bool:
        """Whether so much was deleted that it counts: BM25 reckons with it until it is rewritten.

        The same archive is to give the same answers, however its index came about.
        """
        count = self.count()
        gone = self._written - count
        return gone > _WORN * count or (gone > 0 and count <= SMALL)

    def rewrite(self, parts: Iterable[Sequence[ArticleState]], upto: int) -> None:
        """Write everything anew in one commit: of what was deleted, no term stays in any file."""
        with readable(self._folder), self._lock:
            writer = self._index.writer(_HEAP, 1)
            writer.delete_all_documents()
            written = 0
            for standing in chain.from_iterable(parts):
                self._put(writer, standing)
                written += len(standing.passages)
            self._finish(writer, upto, written)
            self._fresh()
            self._index.writer(_HEAP, 1).garbage_collect_files()

    def matching(
        self, text: str, limit: int, *, scope: Scope | None = None
    ) -> list[tuple[str, float]]:
        """Return ids and BM25 scores of the passages that share words with *text*, best first.

        With a *scope* only passages inside it are returned.
        """
        found = terms(text)
        wanted = {
            **dict.fromkeys(self._telling(found), 1.0),
            **dict.fromkeys(pairs(found), _PAIR),
        }
        if not wanted:
            return []
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(self._term(term), weight))
            for term, weight in wanted.items()
        ]
        return self._hits(_within(tantivy.Query.boolean_query(clauses), scope), limit)

    def held_of(self, articles: Collection[int]) -> list[str]:
        """Return the id of every passage that this holds of *articles*, as often as it does."""
        names = [str(each) for each in articles]
        with readable(self._folder):
            most = sum(self._fresh().doc_freq("article", name) for name in names)
        among = tantivy.Query.term_set_query(self._index.schema, "article", names)
        return [key for key, _ in self._hits(among, most)] if most else []

    def articles(self) -> set[int]:
        """Return every article of which this holds anything, and some of which it did."""
        with readable(self._folder):
            found = [self._fresh().terms_with_prefix("article", str(n)) for n in range(10)]
        return {int(name) for name, _ in chain.from_iterable(found)}

    def inside(self, ids: Collection[str], scope: Scope) -> set[str]:
        """Return those of *ids* whose articles lie in *scope*."""
        among = tantivy.Query.term_set_query(self._index.schema, "id", list(ids))
        return {key for key, _ in self._hits(_within(among, scope), max(1, len(ids)))}

    def articles_with(self, wording: str, outlet: str, least: int) -> set[int]:
        """Return the articles of *outlet* that have every pair of terms of *wording*.

        Where fewer than *least* can have it, none is looked for. A single term is no wording.
        """
        wanted, most = set(pairs(terms(wording))), self.count()
        for each in wanted:
            most = min(most, self.frequency(each))
            if most < least:
                return set()
        if not wanted:
            return set()
        every = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, self._term(each)) for each in wanted]
        )
        hits = self._hits(_within(every, Scope((outlet,))), max(1, most))
        return {int(key.partition(":")[0]) for key, _ in hits}

    def frequency(self, term: str) -> int:
        """Return in how many passages a term or a pair stands."""
        with readable(self._folder):
            return int(self._fresh().doc_freq(_field_of(term), term))

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of a term or a pair, as BM25 weighs it."""
        found = self.frequency(term)
        total = self._fresh().num_docs + _PRIOR
        return math.log(1 + (total - found + 0.5) / (found + 0.5))

    def beginning(self, letters: str) -> list[tuple[str, int]]:
        """Return the terms that begin with *letters*, and in how many passages each stands."""
        with readable(self._folder):
            found: list[tuple[str, int]] = self._fresh().terms_with_prefix("words", letters)
        return found

    def count(self) -> int:
        """Return how many passages this holds."""
        return int(self._fresh().num_docs)

    def close(self) -> None:
        """Let go of a copy, where there is one."""
        if self._copy is not None:
            self._copy.cleanup()

    def drop(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _put(self, writer: tantivy.IndexWriter, standing: ArticleState) -> None:
        for passage in standing.passages:
            found = terms(passage.context)
            day = passage.header.day
            document = tantivy.Document(
                id=passage.id,
                article=str(standing.article_id),
                outlet=UNVERIFIED_PASTE if passage.header.pasted else passage.header.outlet,
                words=" ".join(found),
                pairs=" ".join(pairs(found)),
            )
            if day:
                document.add_integer("day", day.toordinal())
            writer.add_document(document)

    @property
    def _written(self) -> int:
        """How many passages were written since all of them were, also those that are deleted."""
        try:
            return int((self._folder / _WRITTEN).read_text())
        except (OSError, ValueError):
            return self.count()

    def _finish(self, writer: tantivy.IndexWriter, upto: int, written: int) -> None:
        writer.commit()
        writer.wait_merging_threads()
        for name, value in ((_WRITTEN, written), (_CURSOR, upto)):
            fresh = self._folder / f"{name}.new"
            fresh.write_text(str(value))
            fresh.replace(self._folder / name)

    def _telling(self, found: Sequence[str]) -> list[str]:
        """Leave out the terms of every third passage, if enough others are left.

        They hardly weigh, and walking their long lists takes most of a search's time.
        """
        with readable(self._folder):
            searcher = self._fresh()
            most = _COMMON * searcher.num_docs
            rarer = [term for term in found if searcher.doc_freq("words", term) <= most]
        return rarer if len(set(rarer)) >= _TELLING else list(found)

    def _term(self, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._index.schema, _field_of(term), term)

    def _hits(self, query: tantivy.Query, limit: int) -> list[tuple[str, float]]:
        with readable(self._folder):
            searcher = self._fresh()
            hits = searcher.search(query, limit, count=False).hits
            return [(searcher.doc(address)["id"][0], float(score)) for score, address in hits]

    def _fresh(self) -> tantivy.Searcher:
        """Return a searcher that sees the last commit, whichever process made it."""
        try:
            written = (self._folder / _CURSOR).stat().st_mtime_ns
        except OSError:
            written = None
        if written != self._read_at:
            self._index.reload()
            self._searcher = self._index.searcher()
            self._read_at = written
        return self._searcher


def _is_read_only(folder: Path) -> bool:
    """Tell whether *folder* lies on a disk that nobody can write."""
    if sys.platform == "win32":
        return False
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _field_of(term: str) -> str:
    """Name the field that holds a term, or a pair of terms."""
    return "pairs" if "_" in term else "words"


def _within(query: tantivy.Query, scope: Scope | None) -> tantivy.Query:
    """Bind *query* to the passages in *scope*; their scores stay what they are."""
    if scope is None:
        return query
    bounds = [query]
    if scope.outlets:
        outlets = tantivy.Query.term_set_query(_schema(), "outlet", list(scope.outlets))
        bounds.append(tantivy.Query.const_score_query(outlets, 0.0))
    if scope.since or scope.until:
        days = tantivy.Query.range_query(
            _schema(),
            "day",
            tantivy.FieldType.Integer,
            (scope.since or date.min).toordinal(),
            (scope.until or date.max).toordinal(),
        )
        bounds.append(tantivy.Query.const_score_query(days, 0.0))
    clauses = [(tantivy.Occur.Must, each) for each in bounds]
    if scope.without:
        left_out = tantivy.Query.term_set_query(
            _schema(), "article", sorted(map(str, scope.without))
        )
        clauses.append((tantivy.Occur.MustNot, left_out))
    return tantivy.Query.boolean_query(clauses)


def _schema() -> tantivy.Schema:
    """Describe one passage: its id, its article, its outlet and day, its terms and pairs."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("outlet", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("pairs", tokenizer_name="whitespace", index_option="freq")
    return builder.build()
