"""Passages: parts of articles that are searched and quoted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, func, select

from ingest.archive import rows
from ingest.archive.database import DatabasePart
from ingest.archive.rows import (
    AMONG,
    IN_NEWEST_VERSION,
    NEWEST,
    NEWEST_CUT,
    citable_passages,
    lock_archive,
    passage_rows,
)
from ingest.archive.saving import add_passages
from ingest.archive.schema import articles, changes, generations, passages, versions
from ingest.model import ArticleState, Cut, Passage, Removal, Version


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage of any version, citable or not, with its article, title and outlet."""

    article_id: int
    version: int
    title: str
    outlet: str
    text: str


class Passages(DatabasePart):
    """The passages of every version, by every splitter that an index uses."""

    def get(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Return the citable passages among *ids*, those of newest versions, by id."""
        query = self._citable_rows().where(passages.c.id.in_(AMONG))
        return {row["passage_id"]: rows.passage(row) for row in self._rows_among(query, ids)}

    def _citable_rows(self) -> Select[Any]:
        """Build the query for citable passages with their headers."""
        return passage_rows().where(articles.c.removed_at.is_(None))

    def of_article(self, article_id: int) -> list[Passage]:
        """Return the passages of an article's newest version, in order."""
        query = (
            passage_rows()
            .where(articles.c.id == article_id, NEWEST_CUT)
            .order_by(passages.c.position)
        )
        return [rows.passage(row) for row in self._rows(query)]

    def holding(self, text: str, article_ids: Sequence[int] | None = None) -> list[int]:
        """Return the citable articles, among *among* or all, with *text* in a passage.

        It scans every passage: a million take a second or two.
        """
        query = (
            select(articles.c.id)
            .join(passages, IN_NEWEST_VERSION)
            .where(articles.c.removed_at.is_(None), passages.c.text.contains(text, autoescape=True))
            .distinct()
        )
        if article_ids is None:
            return sorted(row["id"] for row in self._rows(query))
        restricted = query.where(articles.c.id.in_(AMONG))
        return sorted(row["id"] for row in self._rows_among(restricted, article_ids))

    def length(self, article_id: int) -> int:
        """Return the number of characters of an article's newest version; 0 if there is none."""
        query = select(func.length(versions.c.text)).join(articles, NEWEST)
        return int(self._value(query.where(articles.c.id == article_id)) or 0)

    def fingerprinted(self, digest: str) -> list[FoundPassage]:
        """Return the passages, of any version, whose id ends with *digest*."""
        if not digest.isalnum():
            return []
        own_version = (versions.c.article_id == passages.c.article_id) & (
            versions.c.number == passages.c.version
        )
        query = (
            select(
                passages.c.article_id,
                passages.c.version,
                versions.c.title,
                versions.c.outlet,
                passages.c.text,
            )
            .join(versions, own_version)
            .where(passages.c.id.like(f"%:{digest}"))
        )
        return [FoundPassage(**row) for row in self._rows(query)]

    def count(self) -> int:
        """Count the citable passages; a million take most of a second."""
        return int(self._value(citable_passages()))

    def count_after(self, seq: int) -> int:
        """Count the citable passages of articles that changed after *seq*."""
        article_ids = select(changes.c.article_id).where(changes.c.seq > seq)
        return int(self._value(citable_passages().where(articles.c.id.in_(article_ids))))

    def states(self, article_ids: Sequence[int], splitter: int) -> list[ArticleState]:
        """Return the state of each article, current and stale passages, for an index of *splitter*.

        An article that was never cut by *splitter* has passages of the newest splitter that cut it.
        """
        cuts_of: dict[int, dict[int, list[Passage]]] = {key: {} for key in article_ids}
        ids_of: dict[int, list[str]] = {key: [] for key in article_ids}
        citable = self._citable_rows().where(articles.c.id.in_(AMONG))
        ordered = citable.order_by(articles.c.id, passages.c.position)
        all_ids = (
            select(passages.c.id, passages.c.article_id)
            .where(passages.c.article_id.in_(AMONG))
            .distinct()  # two splitters may cut the same passage
        )
        erased: set[int] = set()
        erased_ids = select(articles.c.id).where(
            articles.c.id.in_(AMONG), articles.c.removal == Removal.ERASED
        )
        with self._database.reading() as connection:
            for chunk in rows.chunks(list(article_ids)):
                erased.update(connection.execute(erased_ids, {AMONG.key: chunk}).scalars())
                for row in connection.execute(ordered, {AMONG.key: chunk}).mappings():
                    cuts = cuts_of[row["article_id"]]
                    cuts.setdefault(row["splitter"], []).append(rows.passage(row))
                for key, article_id in connection.execute(all_ids, {AMONG.key: chunk}):
                    ids_of[article_id].append(key)
        return [
            _article_state(key, cuts_of[key], ids_of[key], splitter, erased=key in erased)
            for key in cuts_of
        ]

    def in_parts(self, size: int, splitter: int) -> Iterator[list[ArticleState]]:
        """Yield the state of every article that was ever saved, *size* at a time."""
        after = 0
        while True:
            query = select(articles.c.id).where(articles.c.id > after).order_by(articles.c.id)
            ids = [row["id"] for row in self._rows(query.limit(size))]
            if not ids:
                return
            yield self.states(ids, splitter)
            after = ids[-1]

    def uncut(self, splitter: int, limit: int) -> list[Version]:
        """Return citable versions that were never cut by *splitter*, oldest articles first."""
        with_cut = (
            select(passages.c.id).where(IN_NEWEST_VERSION, passages.c.splitter == splitter).exists()
        )
        query = (
            select(versions)
            .join(articles, NEWEST)
            .where(articles.c.removed_at.is_(None), ~with_cut, versions.c.text != "")
            .order_by(articles.c.id)
            .limit(limit)
        )
        return [rows.version(row) for row in self._rows(query)]

    def cut_anew(self, items: Sequence[tuple[Version, Cut]]) -> None:
        """Store the passages of versions cut by another splitter."""
        with self._database.writing() as connection:
            lock_archive(connection)
            for version, cut in items:
                add_passages(
                    connection, version.article_id, version.number, version.extract.text, cut
                )

    def drop_cuts(self) -> None:
        """Delete passages of splitters that no generation uses and a newer one replaced."""
        newer = passages.alias("later")
        cut_again = (
            select(newer.c.id)
            .where(
                newer.c.article_id == passages.c.article_id,
                newer.c.version == passages.c.version,
                newer.c.splitter > passages.c.splitter,
            )
            .exists()
        )
        used = select(generations.c.splitter)
        with self._database.writing() as connection:
            lock_archive(connection)
            connection.execute(delete(passages).where(~passages.c.splitter.in_(used), cut_again))


def _article_state(
    article_id: int,
    cuts: dict[int, list[Passage]],
    passage_ids: Sequence[str],
    splitter: int,
    *,
    erased: bool,
) -> ArticleState:
    """Return the state of an article; passages that are not chosen are stale."""
    chosen = cuts.get(splitter) or (cuts[max(cuts)] if cuts else [])
    chosen_ids = {passage.id for passage in chosen}
    stale = tuple(key for key in passage_ids if key not in chosen_ids)
    return ArticleState(article_id, tuple(chosen), stale, erased)
