"""The index of one archive: vectors and words of one generation, searched together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.embedding.meaning import Embedder, Meaning
from ingest.environment import Settings
from ingest.errors import (
    GenerationMismatchError,
    SettingsError,
)
from ingest.index.cutting import SPLITTER
from ingest.index.limits import SEARCHES
from ingest.index.stores import Stores
from ingest.index.upkeep import Upkeep
from ingest.language.script import Script
from ingest.model import Generation, Scope

if TYPE_CHECKING:
    from ingest.archive import Archive

logger = logging.getLogger(__name__)

_Result = TypeVar("_Result")


class Index:
    """The vectors and words of one generation of an archive, to search passages.

    Its *upkeep* keeps them equal to the archive.
    """

    def __init__(
        self, archive: Archive, embedder: Embedder, generation: Generation, stores: Stores
    ) -> None:
        self.embedder = embedder
        self.generation = generation
        self._archive = archive
        self._stores = stores
        self.shelf = stores.shelf(generation)
        self.upkeep = Upkeep(archive, embedder, generation, stores)
        self._memory = stores.memory_of(embedder)

    @classmethod
    @contextmanager
    def open(
        cls,
        archive: Archive,
        embedder: Embedder,
        settings: Settings,
        *,
        holder: str,
        now: datetime,
    ) -> Iterator[Self]:
        """Open the serving generation, or create the first one.

        This process owns an embedded index until it is closed; *holder* names it to others.

        Raises:
            IndexOwnedError: another process owns the embedded index.
            GenerationMismatchError: it was built by another model than *embedder*'s.
            IndexUnavailableError: it cannot be opened.
        """
        with Stores.open(archive, settings, holder=holder, now=now) as stores:
            stores.drop_retired(archive, now)
            generation = archive.generations.active()
            if generation is None:
                generation = archive.generations.activate_first(
                    add_generation(archive, embedder, now).id
                )
            _check_model(generation, embedder)
            index = cls(archive, embedder, generation, stores)
            if not stores.is_remote:
                with stores.crash_guard():
                    index.upkeep.heal()
            yield index

    def serving(self) -> Index:
        """Return the index of the generation that serves, which is usually this one.

        After a switch the old generation is used until the new one has caught up here. A search
        uses one generation from its beginning to its end.
        """
        current = self._of(self._stores.serving or self.generation)
        active = self._archive.generations.active()
        if active is None or active.id == current.generation.id:
            return current
        with suppress(SettingsError):
            new = self._of(active)
            if new.shelf.words.cursor >= current.shelf.words.cursor:
                self._stores.serving = active
                return new
        return current

    def active(self) -> Index:
        """Return the index of the active generation, even if it has not caught up.

        Raises:
            SettingsError: another process switched to a model that is not set up here.
        """
        active = self._archive.generations.active()
        return self.serving() if active is None else self._of(active)

    def _of(self, generation: Generation) -> Index:
        if generation.id == self.generation.id:
            return self
        same_model = generation.model == self.embedder.model
        embedder = self.embedder if same_model else self._stores.embedder_of(generation.model)
        return Index(self._archive, embedder, generation, self._stores)

    def nearest(
        self,
        meaning: Meaning,
        limit: int,
        script: Script,
        *,
        scope: Scope | None = None,
    ) -> list[tuple[str, float]]:
        """Return ids and similarity of *script*'s passages nearest to a question, best first.

        With a *scope*, those among the nearest ``SEARCHES.scoped_vectors`` that lie in it:
        Chroma's own filters take a hundred times as long.
        """
        width = limit if scope is None else SEARCHES.scoped_vectors
        vector = meaning.vector
        if vector is None:
            return []

        def search_vectors() -> list[tuple[str, float]]:
            hits = self.shelf.vectors.nearest(vector, width, script)
            return [
                (key, self._memory.similarity(cosine, meaning.script, script))
                for key, cosine in hits
            ]

        no_hits: list[tuple[str, float]] = []
        hits = self._call_guarded(search_vectors, no_hits)
        if scope is None:
            return hits
        inside = self.shelf.words.inside([key for key, _ in hits], scope)
        return [(key, similarity) for key, similarity in hits if key in inside][:limit]

    def question(self, text: str) -> Meaning:
        """Return the meaning of a question, which is embedded in lower case.

        Its vector is None if the embedder does not answer within two seconds.
        """
        vector = self._call_guarded(lambda: self._memory.question(text.lower()), None)
        return Meaning(text, vector, Script.of_question(text))

    @property
    def by_words(self) -> bool:
        """True while only words are searched because the vectors are unavailable."""
        return self._stores.breaker.is_open

    def _call_guarded(self, work: Callable[[], _Result], default: _Result) -> _Result:
        """Run *work* on the embedder or the vectors, with a timeout if they are remote."""
        is_remote = self.embedder.is_remote or self._stores.is_remote
        return self._stores.breaker.call(work, default, is_remote=is_remote)

    def alike(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the pairwise similarities of texts: shape (texts, texts), from 0 to 1."""
        return self._memory.alike(texts)

    def matching(
        self, text: str, limit: int, *, scope: Scope | None = None
    ) -> list[tuple[str, float]]:
        """Return ids and BM25 scores of the passages in *scope* that share words with *text*."""
        return self.shelf.words.matching(text, limit, scope=scope)

    def articles_with(self, wording: str, outlet: str, minimum: int) -> set[int]:
        """Return the articles of *outlet* with *wording*, or none if fewer than *minimum* match."""
        return self.shelf.words.articles_with(wording, outlet, minimum)

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of a term or a pair."""
        return self.shelf.words.rarity(term)

    def frequency(self, term: str) -> int:
        """Return the number of passages with a term or a pair."""
        return self.shelf.words.frequency(term)

    def terms_from(self, letter: str) -> list[tuple[str, int]]:
        """Return the terms that begin with *letter*, each with its number of passages."""
        return self.shelf.words.terms_from(letter)


def add_generation(archive: Archive, embedder: Embedder, now: datetime) -> Generation:
    """Record a new generation for *embedder*."""
    return archive.generations.add(
        model=embedder.model, dimensions=embedder.dimensions, splitter=SPLITTER, now=now
    )


def _check_model(generation: Generation, embedder: Embedder) -> None:
    """Raise GenerationMismatchError if vectors and questions are of different models."""
    if generation.model != embedder.model:
        raise GenerationMismatchError(
            f"The index was built with {generation.model}, but the settings choose "
            f"{embedder.model}. Run `python -m ingest rebuild`, or set EMBEDDING_MODEL back."
        )
