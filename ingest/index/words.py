"""The word store: tantivy over stems, CJK bigrams, and pairs of them."""

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
from ingest.index.cutting import pairs, terms
from ingest.index.limits import BATCHES, RANKING
from ingest.index.ownership import index_errors, is_damage
from ingest.model import UNVERIFIED_PASTE, ArticleState, Scope

logger = logging.getLogger(__name__)

_LAYOUT = 2
"""The version of the schema below; each version has its own folder."""
_CURSOR_FILE = "caught-up-to"
_WRITTEN_FILE = "written"
_META_FILE = "meta.json"
"""The file with tantivy's list of files; without it, tantivy treats a folder as new."""


class WordStore:
    """A folder of tantivy. Several processes may read it; one at a time writes."""

    def __init__(self, folder: Path, former: Path | None = None) -> None:
        """Open the folder, created if needed; an earlier release named it *former*.

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
            self._index = self._open()
        except IndexUnavailableError as error:
            if not is_damage(error):
                raise
            logger.warning("%s Rebuilding the words from the archive.", error)
            self.reset()
        self._read_at: int | None = None
        self._searcher = self._index.searcher()

    def _open(self) -> tantivy.Index:
        """Open the files; on a read-only disk open a copy, since tantivy needs a lock file."""
        is_damaged = (self._folder / _CURSOR_FILE).exists() and not (
            self._folder / _META_FILE
        ).exists()
        with index_errors(self._folder):
            if is_damaged:
                raise ValueError(f"corrupted: {_META_FILE} is gone")
            self._folder.mkdir(parents=True, exist_ok=True)
            if _is_read_only(self._folder):
                self._copy = TemporaryDirectory(prefix="words-")
                self._folder = Path(
                    shutil.copytree(self._folder, self._copy.name, dirs_exist_ok=True)
                )
            return tantivy.Index(_schema(), str(self._folder))

    def reset(self) -> None:
        """Delete all words, even damaged files; the next catch-up adds them again."""
        with self._lock:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._index = self._open()
        self._read_at = None
        self._searcher = self._index.searcher()

    @property
    def cursor(self) -> int:
        """The number of the last change applied; 0 for an empty folder."""
        try:
            return int((self._folder / _CURSOR_FILE).read_text())
        except (OSError, ValueError):
            return 0

    def apply(self, states: Sequence[ArticleState], upto: int) -> None:
        """Store the state of each article; applying it again changes nothing."""
        with index_errors(self._folder), self._lock:
            total = self._written + sum(len(state.passages) for state in states)
            writer = self._index.writer(BATCHES.writer_bytes, 1)
            for state in states:
                writer.delete_documents_by_term("article", str(state.article_id))
                self._put(writer, state)
            self._finish(writer, upto, total)

    @property
    def needs_compaction(self) -> bool:
        """True if so many passages were deleted that the folder should be rewritten.

        BM25 counts deleted passages until then, and the same archive should give the same answers.
        """
        count = self.count()
        deleted_count = self._written - count
        return deleted_count > BATCHES.deleted_share * count or (
            deleted_count > 0 and count <= BATCHES.small_index_passages
        )

    def rewrite(self, parts: Iterable[Sequence[ArticleState]], upto: int) -> None:
        """Rewrite all words in one commit, so that no term of a deleted passage is left."""
        with index_errors(self._folder), self._lock:
            writer = self._index.writer(BATCHES.writer_bytes, 1)
            writer.delete_all_documents()
            total = 0
            for state in chain.from_iterable(parts):
                self._put(writer, state)
                total += len(state.passages)
            self._finish(writer, upto, total)
            self._current_searcher()
            self._index.writer(BATCHES.writer_bytes, 1).garbage_collect_files()

    def matching(
        self, text: str, limit: int, *, scope: Scope | None = None
    ) -> list[tuple[str, float]]:
        """Return ids and BM25 scores of the passages that share words with *text*, best first.

        With a *scope*, only passages in it are returned.
        """
        query_terms = terms(text)
        weights = {
            **dict.fromkeys(self._rare_terms(query_terms), 1.0),
            **dict.fromkeys(pairs(query_terms), RANKING.pair_weight),
        }
        if not weights:
            return []
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(self._term(term), weight))
            for term, weight in weights.items()
        ]
        return self._hits(_within(tantivy.Query.boolean_query(clauses), scope), limit)

    def held_of(self, articles: Collection[int]) -> list[str]:
        """Return the ids of all stored passages of *articles*, duplicates included."""
        names = [str(article_id) for article_id in articles]
        with index_errors(self._folder):
            limit = sum(self._current_searcher().doc_freq("article", name) for name in names)
        query = tantivy.Query.term_set_query(self._index.schema, "article", names)
        return [key for key, _ in self._hits(query, limit)] if limit else []

    def articles(self) -> set[int]:
        """Return all articles with stored passages, and some without any more."""
        with index_errors(self._folder):
            prefixes = [
                self._current_searcher().terms_with_prefix("article", str(n)) for n in range(10)
            ]
        return {int(name) for name, _ in chain.from_iterable(prefixes)}

    def inside(self, ids: Collection[str], scope: Scope) -> set[str]:
        """Return the ids among *ids* whose articles are in *scope*."""
        query = tantivy.Query.term_set_query(self._index.schema, "id", list(ids))
        return {key for key, _ in self._hits(_within(query, scope), max(1, len(ids)))}

    def articles_with(self, wording: str, outlet: str, minimum: int) -> set[int]:
        """Return the articles of *outlet* that contain every pair of terms of *wording*.

        If fewer than *minimum* can match, or the wording is one term, return none.
        """
        term_pairs, limit = set(pairs(terms(wording))), self.count()
        for pair in term_pairs:
            limit = min(limit, self.frequency(pair))
            if limit < minimum:
                return set()
        if not term_pairs:
            return set()
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, self._term(pair)) for pair in term_pairs]
        )
        hits = self._hits(_within(query, Scope((outlet,))), max(1, limit))
        return {int(key.partition(":")[0]) for key, _ in hits}

    def frequency(self, term: str) -> int:
        """Return the number of passages with a term or a pair."""
        with index_errors(self._folder):
            return int(self._current_searcher().doc_freq(_field_of(term), term))

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of a term or a pair, as BM25 weighs it."""
        frequency = self.frequency(term)
        total = self._current_searcher().num_docs + RANKING.prior_passages
        return math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))

    def terms_from(self, letters: str) -> list[tuple[str, int]]:
        """Return the terms that begin with *letters*, each with its number of passages."""
        with index_errors(self._folder):
            counts: list[tuple[str, int]] = self._current_searcher().terms_with_prefix(
                "words", letters
            )
        return counts

    def count(self) -> int:
        """Return the number of stored passages."""
        return int(self._current_searcher().num_docs)

    def close(self) -> None:
        """Delete the copy of a read-only folder, if there is one."""
        if self._copy is not None:
            self._copy.cleanup()

    def drop(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _put(self, writer: tantivy.IndexWriter, state: ArticleState) -> None:
        for passage in state.passages:
            passage_terms = terms(passage.context)
            day = passage.header.day
            document = tantivy.Document(
                id=passage.id,
                article=str(state.article_id),
                outlet=UNVERIFIED_PASTE if passage.header.pasted else passage.header.outlet,
                words=" ".join(passage_terms),
                pairs=" ".join(pairs(passage_terms)),
            )
            if day:
                document.add_integer("day", day.toordinal())
            writer.add_document(document)

    @property
    def _written(self) -> int:
        """The number of passages written since the last rewrite, including deleted ones."""
        try:
            return int((self._folder / _WRITTEN_FILE).read_text())
        except (OSError, ValueError):
            return self.count()

    def _finish(self, writer: tantivy.IndexWriter, upto: int, total: int) -> None:
        writer.commit()
        writer.wait_merging_threads()
        for name, value in ((_WRITTEN_FILE, total), (_CURSOR_FILE, upto)):
            file = self._folder / f"{name}.new"
            file.write_text(str(value))
            file.replace(self._folder / name)

    def _rare_terms(self, query_terms: Sequence[str]) -> list[str]:
        """Remove the terms of every third passage if enough others are left.

        They have little weight, and their long posting lists take most of a search's time. Terms
        that no passage has are removed too: they find nothing in the place of others.
        """
        with index_errors(self._folder):
            searcher = self._current_searcher()
            limit = RANKING.common_share * searcher.num_docs
            rarer = [term for term in query_terms if 0 < searcher.doc_freq("words", term) <= limit]
        return rarer if len(set(rarer)) >= RANKING.rarer_terms else list(query_terms)

    def _term(self, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._index.schema, _field_of(term), term)

    def _hits(self, query: tantivy.Query, limit: int) -> list[tuple[str, float]]:
        with index_errors(self._folder):
            searcher = self._current_searcher()
            hits = searcher.search(query, limit, count=False).hits
            return [(searcher.doc(address)["id"][0], float(score)) for score, address in hits]

    def _current_searcher(self) -> tantivy.Searcher:
        """Return a searcher that sees the last commit of any process."""
        try:
            committed_at = (self._folder / _CURSOR_FILE).stat().st_mtime_ns
        except OSError:
            committed_at = None
        if committed_at != self._read_at:
            self._index.reload()
            self._searcher = self._index.searcher()
            self._read_at = committed_at
        return self._searcher


def _is_read_only(folder: Path) -> bool:
    """Return True if *folder* is on a read-only file system."""
    if sys.platform == "win32":
        return False
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _field_of(term: str) -> str:
    """Return the name of the field for a term or a pair."""
    return "pairs" if "_" in term else "words"


def _within(query: tantivy.Query, scope: Scope | None) -> tantivy.Query:
    """Restrict *query* to the passages in *scope* without changing their scores."""
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
    clauses = [(tantivy.Occur.Must, bound) for bound in bounds]
    if scope.without:
        excluded = tantivy.Query.term_set_query(
            _schema(), "article", sorted(map(str, scope.without))
        )
        clauses.append((tantivy.Occur.MustNot, excluded))
    return tantivy.Query.boolean_query(clauses)


def _schema() -> tantivy.Schema:
    """Return the schema of a passage: id, article, outlet, day, terms and pairs."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("outlet", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("pairs", tokenizer_name="whitespace", index_option="freq")
    return builder.build()
