"""The coverage as a LangChain retriever, over an existing archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from bot.desk import open_desk
from bot.outcomes import source_object
from bot.settings import BotSettings
from ingest.model import Evidence


class CoverageRetriever(BaseRetriever):
    """A retriever of passages; the metadata of each document is its citation."""

    coverage: Any
    """A ``Coverage``, typed as Any because pydantic cannot validate its protocols."""
    k: int = Field(10, ge=1, le=100)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's own signature
    ) -> list[Document]:
        """Return the passages most relevant to *query*, best first; none if it has no word."""
        if not any(map(str.isalnum, query)):
            return []
        evidence = self.coverage.serving.search(query, limit=self.k)
        return [_document(item) for item in evidence]


def _document(item: Evidence) -> Document:
    """Return a passage as a document with its article, version and exact range."""
    passage = item.passage
    citation = {
        **source_object(passage.header),
        "article": passage.article_id,
        "version": passage.version,
        "start": passage.start,
        "end": passage.end,
        "corrections": list(passage.corrections),
        "copies": [source_object(copy) for copy in item.copies],
        "score": item.score,
    }
    return Document(page_content=passage.text, metadata=citation, id=passage.id)


@contextmanager
def open_retriever(settings: BotSettings, *, k: int = 10) -> Iterator[CoverageRetriever]:
    """Open the desk of *settings*, update its index, and yield a retriever over it.

    Raises:
        IngestError: the archive or the index cannot be opened; the message says what to do.
    """
    with open_desk(settings, holder="a retriever", clock=lambda: datetime.now(UTC)) as desk:
        desk.coverage.catch_up()
        yield CoverageRetriever(coverage=desk.coverage, k=k)
