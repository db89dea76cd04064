"""Passages by their words: tantivy over stems and CJK bigrams."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from pathlib import Path

import tantivy
from filelock import FileLock

from ingest.errors import IndexUnavailableError
from ingest.index.analysis import terms
from ingest.model import Standing

HEAP = 64 * 2**20
"""Bytes that tantivy's writer may hold before it writes a segment."""
CURSOR = "caught-up-to"
PRIOR = 20
"""Passages assumed besides those indexed, so that a tiny index still tells rare from common."""


class Words:
    """One folder of tantivy. Any process may read it; one at a time writes."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, made if need be.

        Raises:
            IndexUnavailableError: it is damaged or cannot be written.
        """
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(schema(), str(folder))
        except (OSError, ValueError) as error:
            raise IndexUnavailableError(damaged(folder, error)) from error
        self._lock = FileLock(folder.with_suffix(".lock"))
        self._read_at: int | None = None
        self._searcher = self._index.searcher()

    @property
    def cursor(self) -> int:
        """The change up to which this holds everything; 0 for an empty folder."""
        try:
            return int((self._folder / CURSOR).read_text())
        except (OSError, ValueError):
            return 0

    def apply(self, standings: Sequence[Standing], upto: int) -> None:
        """Hold each article as it stands now; doing so again changes nothing."""
        with self._lock:
            writer = self._index.writer(HEAP, 1)
            for standing in standings:
                writer.delete_documents_by_term("article", str(standing.article_id))
                for passage in standing.passages:
                    writer.add_document(
                        tantivy.Document(
                            id=passage.id,
                            article=str(standing.article_id),
                            words=" ".join(terms(passage.context)),
                        )
                    )
            writer.commit()
            writer.wait_merging_threads()
            fresh = self._folder / f"{CURSOR}.new"
            fresh.write_text(str(upto))
            fresh.replace(self._folder / CURSOR)

    def matching(self, text: str, limit: int) -> list[tuple[str, float]]:
        """Return ids and BM25 scores of the passages that share words with *text*, best first."""
        wanted = dict.fromkeys(terms(text))
        if not wanted:
            return []
        query = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(self._index.schema, "words", term))
                for term in wanted
            ]
        )
        searcher = self._fresh()
        hits = searcher.search(query, limit, count=False).hits
        return [(searcher.doc(address)["id"][0], float(score)) for score, address in hits]

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of an index term, as BM25 weighs it."""
        searcher = self._fresh()
        found = searcher.doc_freq("words", term)
        total = searcher.num_docs + PRIOR
        return math.log(1 + (total - found + 0.5) / (found + 0.5))

    def count(self) -> int:
        """Return how many passages this holds."""
        return int(self._fresh().num_docs)

    def drop(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _fresh(self) -> tantivy.Searcher:
        """Return a searcher that sees the last commit, whichever process made it."""
        try:
            written = (self._folder / CURSOR).stat().st_mtime_ns
        except OSError:
            written = None
        if written != self._read_at:
            self._index.reload()
            self._searcher = self._index.searcher()
            self._read_at = written
        return self._searcher


def schema() -> tantivy.Schema:
    """Describe one passage: its id, its article, and its terms."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def damaged(folder: Path, error: Exception) -> str:
    """Say that a part of the index cannot be used, and that nothing is lost by it."""
    return (
        f"The index in {folder} cannot be opened ({error}). Delete that folder: it is derived "
        "from the archive and is made anew."
    )
