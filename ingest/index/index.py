"""The index of one archive: vectors and words of one generation, caught up and searched."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.archive import Archive
from ingest.embedding.memory import Meaning
from ingest.embedding.vectors import Embedder
from ingest.errors import (
    GenerationMismatchError,
    IndexUnavailableError,
    SettingsError,
)
from ingest.index.damage import is_damage
from ingest.index.passages import SPLITTER
from ingest.index.stores import Stores
from ingest.index.vectors import embed, unsound, vectors_of
from ingest.language.script import Script
from ingest.model import ArticleState, Generation, Passage, Progress, Scope
from ingest.settings import Settings

logger = logging.getLogger(__name__)

_Result = TypeVar("_Result")

_ARTICLES = 200
"""Changes applied at once; a crash repeats at most these."""
_WIDE = 300
"""Passages asked of the vectors where only some outlets or days may answer."""
_SAMPLE = 20
"""Articles whose vectors are looked for at each start of an embedded index."""
_ITSELF = 0.999
"""The least cosine of a vector that found itself."""
_FOUND = 0.9
"""Share of them that must; the search is not exact."""
_A_MOMENT = 0.2
"""Seconds after which it is looked again whether another process has embedded its batch."""
_QUEUE = 8
"""Writes that may wait for the disk while the embedder goes on."""


class Index:
    """What is derived from an archive so that a question finds its passages."""

    def __init__(
        self, archive: Archive, embedder: Embedder, generation: Generation, stores: Stores
    ) -> None:
        self.embedder = embedder
        self.generation = generation
        self._archive = archive
        self._stores = stores
        self.shelf = stores.shelf(generation)
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
        """Open the generation in service, or make the first one.

        Embedded, this process owns the index until it is closed, and *holder* says to others
        who that is.

        Raises:
            IndexOwnedError: another process owns the embedded index.
            GenerationMismatchError: it was built by another model than *embedder*'s.
            IndexUnavailableError: it cannot be opened.
        """
        with Stores.open(archive, settings, holder=holder, now=now) as stores:
            stores.drop_the_retired(archive, now)
            generation = archive.generations.active()
            if generation is None:
                generation = archive.generations.activate_first(
                    add_generation(archive, embedder, now).id
                )
            _check(generation, embedder)
            index = cls(archive, embedder, generation, stores)
            if not stores.far:
                with stores.cautiously():
                    index.heal()
            yield index

    def serving(self) -> Index:
        """Return the index of the generation that serves now, which is mostly this one.

        After a switch that is the old one until the new one has caught up here. A search holds
        on to one generation from its beginning to its end.
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
        """Return the index of the generation that is to serve, whether or not it has caught up.

        Raises:
            SettingsError: another process switched to a model that is not set up here.
        """
        active = self._archive.generations.active()
        return self.serving() if active is None else self._of(active)

    def _of(self, generation: Generation) -> Index:
        if generation.id == self.generation.id:
            return self
        same = generation.model == self.embedder.model
        embedder = self.embedder if same else self._stores.embedder_of(generation.model)
        return Index(self._archive, embedder, generation, self._stores)

    def behind(self) -> bool:
        """Tell whether the archive has changes that this does not hold."""
        last = self._archive.changes.last()
        return self.shelf.words.cursor < last or self._vectors_cursor() < last

    def catch_up(self, progress: Progress | None = None) -> int:
        """Apply every change of the archive, and return how many passages were embedded anew.

        Safe to repeat and to interrupt: what was applied is recorded batch by batch. While
        another process does so in the same folder, this one embeds what that has not come to.
        """
        while self.shelf.is_catching_up() and self._embed_ahead(self._vectors_cursor()):
            pass
        with self.shelf.catching_up(), ThreadPoolExecutor(1, thread_name_prefix="words") as beside:
            words = beside.submit(self._catch_up_words)
            embedded = self._catch_up_vectors(progress or (lambda _done, _total: None))
            words.result()
        if embedded and self.embedder.far:
            self._memory.warm()
        return embedded

    def catch_up_words(self) -> None:
        """Apply every change to the words alone, in seconds: they serve while vectors follow."""
        if self.shelf.words.cursor >= self._archive.changes.last():
            return
        with self.shelf.catching_up():
            self._catch_up_words()

    def nearest(
        self,
        meaning: Meaning,
        limit: int,
        script: Script,
        *,
        scope: Scope | None = None,
    ) -> list[tuple[str, float]]:
        """Return ids and likeness of *script*'s passages nearest to a question, best first.

        With a *scope*, those among the nearest :data:`_WIDE` that lie in it: Chroma's own filters
        take a hundred times as long.
        """
        wide = limit if scope is None else _WIDE
        vector = meaning.vector
        if vector is None:
            return []

        def near() -> list[tuple[str, float]]:
            found = self.shelf.vectors.nearest(vector, wide, script)
            return [(k, self._memory.likeness(x, meaning.script, script)) for k, x in found]

        nothing: list[tuple[str, float]] = []
        found = self._reached(near, nothing)
        if scope is None:
            return found
        inside = self.shelf.words.inside([key for key, _ in found], scope)
        return [(key, like) for key, like in found if key in inside][:limit]

    def question(self, text: str) -> Meaning:
        """Return what a question means; its capitals say nothing of that.

        Where that cannot be told at the moment, within two seconds, it is left open.
        """
        vector = self._reached(lambda: self._memory.question(text.lower()), None)
        return Meaning(text, vector, Script.of_question(text))

    @property
    def by_words(self) -> bool:
        """Whether words alone are searched, because what tells meaning cannot be reached."""
        return self._stores.reach.lost

    def _reached(self, work: Callable[[], _Result], otherwise: _Result) -> _Result:
        """Do what needs the embedder or the vectors, with patience where these are far away."""
        far = self.embedder.far or self._stores.far
        return self._stores.reach.ask(work, otherwise, far=far)

    def alike(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how like each text is to each: shape (texts, texts), from 0 to 1."""
        return self._memory.alike(texts)

    def matching(
        self, text: str, limit: int, *, scope: Scope | None = None
    ) -> list[tuple[str, float]]:
        """Return ids and BM25 scores of the passages in *scope* that share words with *text*."""
        return self.shelf.words.matching(text, limit, scope=scope)

    def articles_with(self, wording: str, outlet: str, least: int) -> set[int]:
        """Return the articles of *outlet* that have *wording*, if at least *least* may have it."""
        return self.shelf.words.articles_with(wording, outlet, least)

    def rarity(self, term: str) -> float:
        """Return how rare a term or a pair is: its inverse document frequency."""
        return self.shelf.words.rarity(term)

    def frequency(self, term: str) -> int:
        """Return in how many passages a term or a pair stands."""
        return self.shelf.words.frequency(term)

    def beginning(self, letter: str) -> list[tuple[str, int]]:
        """Return the terms that begin with *letter*, and in how many passages each stands."""
        return self.shelf.words.beginning(letter)

    def expected(self) -> Iterator[list[ArticleState]]:
        """Yield what should be held of every article that was ever kept, some articles at once."""
        return self._archive.passages.in_parts(_ARTICLES, self.generation.splitter)

    def expected_of(self, article_ids: Collection[int]) -> list[ArticleState]:
        """Return what should be held of these articles, whether or not there are such."""
        return self._archive.passages.standings(sorted(article_ids), self.generation.splitter)

    def changing(self) -> Callable[[], set[int]]:
        """Return what tells which articles have changed since both halves held everything."""
        upto = min(self.shelf.words.cursor, self._vectors_cursor())
        return lambda: {key for ids, _ in self._ranges(upto) for key in ids}

    def sample(self, count: int) -> list[ArticleState]:
        """Return how *count* articles stand that are spread over all that was ever caught up with.

        The same archive is always asked for the same.
        """
        cursor = self._vectors_cursor()
        seqs = sorted({cursor * n // count for n in range(count)}) if cursor else []
        return self.expected_of(
            {key for seq in seqs for key in self._archive.changes.after(seq, 1)[0]}
        )

    def unsound(self, passages: Sequence[Passage]) -> list[str]:
        """Return those of *passages* whose cached vector is none: a server sent it so once."""
        return unsound(passages, self.embedder, self._archive, self.generation.dimensions)

    def finds_itself(self, sample: int = _SAMPLE) -> bool:
        """Tell whether the vectors of some passages are found by themselves, as they must be.

        Those of *sample* articles are asked.
        """
        passages = [each.passages[-1] for each in self.sample(sample) if each.passages]
        kept = vectors_of(passages, self.embedder, self._archive, self.generation.dimensions)
        found = [
            self.shelf.vectors.nearest(kept[p.id], 1, Script.of_text(p.text))
            for p in passages
            if p.id in kept
        ]
        own = sum(bool(each) and each[0][1] > _ITSELF for each in found)
        return own >= _FOUND * len(found)

    def heal(self) -> None:
        """Make embedded vectors anew that are damaged; what is only out of reach waits."""
        try:
            if self.finds_itself():
                return
            logger.warning("Vectors are not found by themselves: they are made anew.")
        except IndexUnavailableError as error:
            if not is_damage(error):
                logger.warning("%s Meaning is not searched.", error)
                return
            logger.warning("%s They are made anew from the archive.", error)
        self._begin_vectors_anew()

    def begin_anew(self) -> None:
        """Hold nothing any more, whatever state the files are in; then catch up."""
        with self.shelf.catching_up():
            self.shelf.words.begin_anew()
            self._begin_vectors_anew()

    def _begin_vectors_anew(self) -> None:
        self._archive.generations.catch_up_to(self.generation.id, 0)
        try:
            self.shelf.vectors.drop()
        except IndexUnavailableError:
            if self._stores.far:
                raise
            self.shelf.vectors.let_go()
            self._stores.begin_anew()

    def mend(self, standings: Sequence[ArticleState]) -> None:
        """Hold these articles as they stand."""
        with self.shelf.catching_up():
            vectors, _ = self._embed(standings, lambda _count: None)
            self.shelf.vectors.apply(standings, vectors)
            self.shelf.words.apply(standings, self.shelf.words.cursor)

    def _vectors_cursor(self) -> int:
        """Return the change up to which the vectors hold everything; 0 if they are gone."""
        cursor = self._archive.generations.get(self.generation.id).caught_up_to
        gone = cursor and not self.shelf.vectors.count() and self._archive.passages.count_after(0)
        return 0 if gone else cursor

    def _catch_up_words(self) -> None:
        erased, upto = False, 0
        for ids, upto in self._ranges(self.shelf.words.cursor):
            standings = self.expected_of(ids)
            self.shelf.words.apply(standings, upto)
            erased = erased or any(each.erased for each in standings)
        if erased or self.shelf.words.worn:
            upto = upto or self.shelf.words.cursor
            self.shelf.words.rewrite(self.expected(), upto)

    def _catch_up_vectors(self, progress: Progress) -> int:
        """Embed one batch while what came before is written."""
        cursor = self._vectors_cursor()
        total, done, anew = self._archive.passages.count_after(cursor), 0, 0

        def step(count: int) -> None:
            nonlocal done
            done += count
            progress(done, max(done, total))

        with _Writer() as writer:
            for ids, upto in self._ranges(cursor):
                standings = self.expected_of(ids)
                vectors, fresh = self._embedded(standings, upto, step)
                anew += fresh
                writer.do(self._write_vectors, standings, vectors, upto)
        return anew

    def _embedded(
        self, standings: Sequence[ArticleState], upto: int, step: Callable[[int], None]
    ) -> tuple[dict[str, NDArray[np.float32]], int]:
        """Return the vectors of one batch by passage id, and how many were embedded for it.

        While another process embeds that batch, this one embeds those behind it.
        """
        ahead = 0
        while True:
            with self._claimed(upto) as mine:
                if mine:
                    vectors, fresh = self._embed(standings, step)
                    return vectors, fresh + ahead
            found = self._embed_ahead(upto)
            ahead += found or 0
            if found is None:
                time.sleep(_A_MOMENT)

    def _embed_ahead(self, after: int) -> int | None:
        """Embed one batch behind the change *after*, if there is one that nobody embeds.

        Returns how many passages that were; ``None`` where all is embedded or being embedded.
        """
        for ids, upto in self._ranges(after):
            if (self.generation.id, upto) in self._stores.ahead:
                continue
            with self._claimed(upto) as mine:
                if not mine:
                    continue
                _, fresh = self._embed(self.expected_of(ids), lambda _count: None)
            self._stores.ahead.add((self.generation.id, upto))
            if fresh:
                return fresh
        return None

    def _claimed(self, upto: int) -> AbstractContextManager[bool]:
        """Take on the batch that ends with the change *upto*."""
        return self._archive.embeddings.claimed(f"{self.embedder.model} {upto}")

    def _embed(
        self, standings: Sequence[ArticleState], step: Callable[[int], None]
    ) -> tuple[dict[str, NDArray[np.float32]], int]:
        """Return the vectors of these articles' passages by id, and how many were not cached."""
        return embed(
            [p for standing in standings for p in standing.passages],
            self.embedder,
            self._archive,
            dimensions=self.generation.dimensions,
            step=step,
        )

    def _write_vectors(
        self, standings: Sequence[ArticleState], vectors: dict[str, NDArray[np.float32]], upto: int
    ) -> None:
        self.shelf.vectors.apply(standings, vectors)
        self._archive.generations.catch_up_to(self.generation.id, upto)

    def _ranges(self, after: int) -> Iterator[tuple[list[int], int]]:
        """Yield the articles of some changes, and the change up to which that is all."""
        while True:
            ids, upto = self._archive.changes.after(after, _ARTICLES)
            if not ids:
                return
            yield ids, upto
            after = upto


class _Writer:
    """Does one thing after the other in a thread beside; an error comes back to who asks next."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="vectors")
        self._doing: deque[Future[None]] = deque()

    def do(self, work: Callable[..., None], *arguments: object) -> None:
        """Queue *work* behind at most :data:`_QUEUE` others."""
        while len(self._doing) > _QUEUE:
            self._doing.popleft().result()
        self._doing.append(self._thread.submit(work, *arguments))

    def __enter__(self) -> Self:
        """Return the running thread."""
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Wait for what is queued; what failed is raised unless an error is on its way."""
        self._thread.shutdown(cancel_futures=error is not None)
        if error is None:
            for each in self._doing:
                each.result()


def add_generation(archive: Archive, embedder: Embedder, now: datetime) -> Generation:
    """Record a new generation for *embedder*."""
    return archive.generations.add(
        model=embedder.model, dimensions=embedder.dimensions, splitter=SPLITTER, now=now
    )


def _check(generation: Generation, embedder: Embedder) -> None:
    """Refuse to search vectors of one model with questions of another."""
    if generation.model != embedder.model:
        raise GenerationMismatchError(
            f"The index was built with {generation.model}, but the settings choose "
            f"{embedder.model}. Run `python -m ingest rebuild`, or set EMBEDDING_MODEL back."
        )
