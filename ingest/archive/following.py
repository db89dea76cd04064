"""What an index follows: the changes, and how each article stands after them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, bindparam, func, select

from ingest.archive import rows
from ingest.archive.database import Database
from ingest.archive.saving import add_passages, take_turn
from ingest.archive.schema import articles, changes, passages, versions
from ingest.archive.selecting import NEWEST, STANDING, number, passage_rows, standing_passages
from ingest.model import Cut, Passage, Removal, Standing, Version


class Following(Database):
    """Changes in the order of their commits, and what an index should hold."""

    def changed_articles(self, after: int, limit: int) -> tuple[list[int], int]:
        """Return articles with changes after *after*, and the change up to which that is all.

        The articles are distinct, in order of change; the list is empty when there are none.
        """
        query = (
            select(changes.c.seq, changes.c.article_id)
            .where(changes.c.seq > after)
            .order_by(changes.c.seq)
            .limit(limit)
        )
        with self.reading() as connection:
            found = connection.execute(query).all()
        return list(dict.fromkeys(row.article_id for row in found)), (
            found[-1].seq if found else after
        )

    def passages_after(self, seq: int) -> int:
        """Count the standing passages of articles with changes after *seq*."""
        changed = select(changes.c.article_id).where(changes.c.seq > seq)
        with self.reading() as connection:
            return number(connection, standing_passages().where(articles.c.id.in_(changed)))

    def last_change(self) -> int:
        """Return the number of the newest change; 0 before the first."""
        with self.reading() as connection:
            return connection.execute(select(func.max(changes.c.seq))).scalar() or 0

    def standings(self, article_ids: Sequence[int], splitter: int) -> list[Standing]:
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
        with self.reading() as connection:
            for part in rows.chunks(list(article_ids)):
                erased.update(connection.execute(blank, {"ids": part}).scalars())
                for row in connection.execute(ordered, {"ids": part}).mappings():
                    cuts = current[row["article_id"]]
                    cuts.setdefault(row["splitter"], []).append(rows.passage(row))
                for key, article_id in connection.execute(known, {"ids": part}):
                    every[article_id].append(key)
        return [
            standing_of(key, current[key], every[key], splitter, erased=key in erased)
            for key in current
        ]

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
        with self.reading() as connection:
            return [rows.version(row) for row in connection.execute(query).mappings()]

    def cut_anew(self, items: Sequence[tuple[Version, Cut]]) -> None:
        """Keep the passages of versions as another splitter cuts them."""
        with self.writing() as connection:
            take_turn(connection)
            for version, cut in items:
                add_passages(
                    connection, version.article_id, version.number, version.extract.text, cut
                )


def standing_of(
    article_id: int,
    cuts: dict[int, list[Passage]],
    every: Sequence[str],
    splitter: int,
    *,
    erased: bool,
) -> Standing:
    """Choose one splitter's passages; all others of the article are stale."""
    chosen = cuts.get(splitter) or (cuts[max(cuts)] if cuts else [])
    held = {passage.id for passage in chosen}
    stale = tuple(key for key in every if key not in held)
    return Standing(article_id, tuple(chosen), stale, erased)
