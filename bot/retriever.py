"""The coverage as a retriever of LangChain, for chains of others over an archive that is kept."""

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
from bot.reporting import source_object
from bot.settings import BotSettings
from ingest.model import Evidence


class CoverageRetriever(BaseRetriever):
    """Finds passages of the coverage; the metadata of each document is its citation."""

    coverage: Any
    """A ``Coverage``; pydantic would take its parts for types to check, and some are protocols."""
    k: int = Field(10, ge=1, le=100)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's own signature
    ) -> list[Document]:
        """Return the passages most likely to answer *query*, best first."""
        found = self.coverage.serving.search(query, limit=self.k)
        return [_document(each) for each in found]


def _document(found: Evidence) -> Document:
    """Return a passage as a document that names its article, version and exact range."""
    passage = found.passage
    citation = {
        **source_object(passage.header),
        "article": passage.article_id,
        "version": passage.version,
        "start": passage.start,
        "end": passage.end,
        "corrections": list(passage.corrections),
        "copies": [source_object(copy) for copy in found.copies],
        "score": found.score,
    }
    return Document(page_content=passage.text, metadata=citation, id=passage.id)


@contextmanager
def open_retriever(settings: BotSettings, *, k: int = 10) -> Iterator[CoverageRetriever]:
    """Open the desk of *settings*, let its index catch up, and yield a retriever over it.

    Raises:
        IngestError: the archive or the index cannot be opened; the message says what to do.
    """
    with open_desk(settings, holder="a retriever", clock=lambda: datetime.now(UTC)) as desk:
        desk.coverage.catch_up()
        yield CoverageRetriever(coverage=desk.coverage, k=k)
