"""Passages: what is found and quoted, and how each article stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, func, select

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.saving import add_passages, take_turn
from ingest.archive.schema import articles, changes, generations, passages, versions
from ingest.archive.selecting import (
    NEWEST,
    NEWEST_CUT,
    STANDING,
    number,
    passage_rows,
    standing_passages,
)
from ingest.model import ArticleState, Cut, Passage, Removal, Version


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage of any version, standing or not, with what it is a passage of."""

    article_id: int
    version: int
    title: str
    text: str


class Passages(DatabasePart):
    """The passages of every version, by every splitter that an index uses."""

    def get(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Return those of *ids* that stand today: the newest version of an article not removed."""
        query = passage_rows().where(
            passages.c.id.in_(bindparam("ids", expanding=True)), articles.c.removed_at.is_(None)
        )
        found: dict[str, Passage] = {}
        with self._database.reading() as connection:
            for part in rows.chunks(list(ids)):
                for row in connection.execute(query, {"ids": part}).mappings():
                    found[row["passage_id"]] = rows.passage(row)
        return found

    def of_article(self, article_id: int) -> list[Passage]:
        """Return the passages of an article's newest version, in order."""
        query = (
            passage_rows()
            .where(articles.c.id == article_id, NEWEST_CUT)
            .order_by(passages.c.position)
        )
        with self._database.reading() as connection:
            return [rows.passage(row) for row in connection.execute(query).mappings()]

    def holding(self, text: str, among: Sequence[int] | None = None) -> list[int]:
        """Return the standing articles, of all or *among* some, that have *text* in a passage.

        It looks through every passage: a million take a second or two.
        """
        query = (
            select(articles.c.id)
            .join(passages, STANDING)
            .where(articles.c.removed_at.is_(None), passages.c.text.contains(text, autoescape=True))
            .distinct()
        )
        with self._database.reading() as connection:
            if among is None:
                return sorted(connection.execute(query).scalars())
            some = query.where(articles.c.id.in_(bindparam("ids", expanding=True)))
            parts = rows.chunks(list(among))
            found = [n for part in parts for n in connection.execute(some, {"ids": part}).scalars()]
            return sorted(found)

    def length(self, article_id: int) -> int:
        """Return how many characters an article's newest version has; 0 if there is none."""
        query = select(func.length(versions.c.text)).join(articles, NEWEST)
        with self._database.reading() as connection:
            return connection.execute(query.where(articles.c.id == article_id)).scalar() or 0

    def fingerprinted(self, digest: str) -> list[FoundPassage]:
        """Return the passages, of any version, whose id ends with *digest*."""
        if not digest.isalnum():
            return []
        of = (versions.c.article_id == passages.c.article_id) & (
            versions.c.number == passages.c.version
        )
        query = (
            select(passages.c.article_id, passages.c.version, versions.c.title, passages.c.text)
            .join(versions, of)
            .where(passages.c.id.like(f"%:{digest}"))
        )
        with self._database.reading() as connection:
            return [FoundPassage(*row) for row in connection.execute(query)]

    def count(self) -> int:
        """Count the passages that can be cited today; a million take most of a second."""
        with self._database.reading() as connection:
            return number(connection, standing_passages())

    def count_after(self, seq: int) -> int:
        """Count the standing passages of articles with changes after *seq*."""
        changed = select(changes.c.article_id).where(changes.c.seq > seq)
        with self._database.reading() as connection:
            return number(connection, standing_passages().where(articles.c.id.in_(changed)))

    def standings(self, article_ids: Sequence[int], splitter: int) -> list[ArticleState]:
        """Return what an index of *splitter* should hold of each article, and what no longer.

        An article that was never cut by *splitter* is held as the newest one cut it.
        """
        current: dict[int, dict[int, list[Passage]]] = {key: {} for key in article_ids}
        every: dict[int, list[str]] = {key: [] for key in article_ids}
        among: BindParameter[Any] = bindparam("ids", expanding=True)
        standing = passage_rows().where(articles.c.id.in_(among), articles.c.removed_at.is_(None))
        ordered = standing.order_by(articles.c.id, passages.c.position)
        known = select(passages.c.id, passages.c.article_id).where(passages.c.article_id.in_(among))
        erased: set[int] = set()
        blank = select(articles.c.id).where(
            articles.c.id.in_(among), articles.c.removal == Removal.ERASED
        )
        with self._database.reading() as connection:
            for part in rows.chunks(list(article_ids)):
                erased.update(connection.execute(blank, {"ids": part}).scalars())
                for row in connection.execute(ordered, {"ids": part}).mappings():
                    cuts = current[row["article_id"]]
                    cuts.setdefault(row["splitter"], []).append(rows.passage(row))
                for key, article_id in connection.execute(known, {"ids": part}):
                    every[article_id].append(key)
        return [
            _standing_of(key, current[key], every[key], splitter, erased=key in erased)
            for key in current
        ]

    def in_parts(self, size: int, splitter: int) -> Iterator[list[ArticleState]]:
        """Yield how every article that was ever kept stands, *size* at a time, each once."""
        after = 0
        while True:
            query = select(articles.c.id).where(articles.c.id > after).order_by(articles.c.id)
            with self._database.reading() as connection:
                ids = list(connection.execute(query.limit(size)).scalars())
            if not ids:
                return
            yield self.standings(ids, splitter)
            after = ids[-1]

    def uncut(self, splitter: int, limit: int) -> list[Version]:
        """Return standing versions that were never cut by *splitter*, oldest articles first."""
        cut = select(passages.c.id).where(STANDING, passages.c.splitter == splitter).exists()
        query = (
            select(versions)
            .join(articles, NEWEST)
            .where(articles.c.removed_at.is_(None), ~cut, versions.c.text != "")
            .order_by(articles.c.id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [rows.version(row) for row in connection.execute(query).mappings()]

    def cut_anew(self, items: Sequence[tuple[Version, Cut]]) -> None:
        """Keep the passages of versions as another splitter cuts them."""
        with self._database.writing() as connection:
            take_turn(connection)
            for version, cut in items:
                add_passages(
                    connection, version.article_id, version.number, version.extract.text, cut
                )

    def drop_cuts(self) -> None:
        """Delete the passages of splitters that no generation uses, where a newer one cut too."""
        later = passages.alias("later")
        cut_again = (
            select(later.c.id)
            .where(
                later.c.article_id == passages.c.article_id,
                later.c.version == passages.c.version,
                later.c.splitter > passages.c.splitter,
            )
            .exists()
        )
        used = select(generations.c.splitter)
        with self._database.writing() as connection:
            take_turn(connection)
            connection.execute(delete(passages).where(~passages.c.splitter.in_(used), cut_again))


def _standing_of(
    article_id: int,
    cuts: dict[int, list[Passage]],
    every: Sequence[str],
    splitter: int,
    *,
    erased: bool,
) -> ArticleState:
    """Choose one splitter's passages; all others of the article are stale."""
    chosen = cuts.get(splitter) or (cuts[max(cuts)] if cuts else [])
    held = {passage.id for passage in chosen}
    stale = tuple(key for key in every if key not in held)
    return ArticleState(article_id, tuple(chosen), stale, erased)
