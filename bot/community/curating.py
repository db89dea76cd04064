"""What moderators do to the coverage: keep, remove, restore, watch, set; and take it back.

Every act is written down with who did it and where.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.community.previewing import Preview
from bot.community.rules import DeskRules, ServerRules
from bot.ledger import Ledger
from bot.ledger.model import AuditAction, AuditEntry, Suggestion
from bot.wording import WordedError
from ingest.adding import AddingOutcome, keep_prepared
from ingest.archive import Archive
from ingest.model import Permission, Removal, Saved, Source
from ingest.threads import in_thread

UNDOABLE = frozenset(
    {
        AuditAction.ADDED,
        AuditAction.REMOVED,
        AuditAction.HIDDEN,
        AuditAction.RESTORED,
        AuditAction.WATCHED,
        AuditAction.UNWATCHED,
        AuditAction.SET,
    }
)
"""What can be taken back."""
_HOURLY = 60
"""Minutes between two looks at a source that a moderator watches."""


@dataclass(frozen=True, slots=True)
class Moderator:
    """Who acts, and in which server; both are Discord's numbers.

    ``everywhere`` is whether that server looks after all coverage, or after what it added alone.
    """

    who: str
    place: str
    everywhere: bool = False


class NotYoursError(WordedError):
    """Somebody may not change what others added."""

    def __init__(self, named: str) -> None:
        super().__init__("not_yours", named=named)


@dataclass(frozen=True, slots=True)
class Curator:
    """The verbs of moderators, over an open archive; nothing here blocks the event loop."""

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a source is new, so that it is looked at without waiting."""

    @in_thread
    def keep(self, preview: Preview, by: Moderator) -> list[Saved]:
        """Keep what was previewed.

        Raises:
            NotYoursError: it would change an article that others added.
        """
        self._allow_keeping(preview, by)
        articles = [each.ready for each in preview.articles]
        kept = keep_prepared(articles, self.archive, self.clock(), AddingOutcome(), restore=True)
        for saved in kept:
            became = str(saved.decision)
            self._log(by, AuditAction.ADDED, article_id=saved.article_id, detail=became)
        return kept

    async def watch(self, preview: Preview, outlet: str, by: Moderator) -> Source:
        """Look at a feed or a sitemap from now on.

        Raises:
            NotYoursError: others watch it.
        """
        source = await self._watch(preview.name, outlet, by)
        self.wake.set()
        return source

    @in_thread
    def remove(self, article_id: int, by: Moderator) -> AuditEntry:
        """Take an article out of every answer.

        Raises:
            NotYoursError: others added it.
        """
        self._allow(article_id, by)
        self.archive.articles.remove(article_id, now=self.clock())
        return self._log(by, AuditAction.REMOVED, article_id=article_id)

    @in_thread
    def restore(self, article_id: int, by: Moderator) -> AuditEntry:
        """Let an article be cited again.

        Raises:
            NotYoursError: others added it.
        """
        self._allow(article_id, by)
        self.archive.articles.restore(article_id, now=self.clock())
        return self._log(by, AuditAction.RESTORED, article_id=article_id)

    @in_thread
    def hide(self, article_id: int, by: Moderator) -> AuditEntry:
        """Keep an article out of new answers; those that cite it are not told.

        Raises:
            NotYoursError: others added it.
        """
        self._allow(article_id, by)
        self.archive.articles.remove(article_id, now=self.clock(), removal=Removal.HIDDEN)
        return self._log(by, AuditAction.HIDDEN, article_id=article_id)

    @in_thread
    def unwatch(self, source_id: int, by: Moderator) -> AuditEntry:
        """Look at a source no more; its articles stay.

        Raises:
            SourceNotFoundError: there is no such source.
            NotYoursError: others watch it.
        """
        self._allow_source(self.archive.sources.get(source_id), by)
        source = self.archive.sources.unwatch(source_id)
        before = {"outlet": source.outlet, "permission": str(source.permission)}
        return self._log(
            by,
            AuditAction.UNWATCHED,
            source_id=source_id,
            detail=source.address,
            before={**before, "every": source.every},
        )

    async def look_again(self, source_id: int) -> Source:
        """Look at a source without waiting for its turn.

        Raises:
            SourceNotFoundError: there is no such source.
        """
        source = await self._made_due(source_id)
        self.wake.set()
        return source

    @in_thread
    def set_rules(self, rules: ServerRules | DeskRules, place: str, by: Moderator) -> AuditEntry:
        """Set what holds in a server, or with an empty *place* for the whole desk."""
        before = self.ledger.rules.get(place)
        self.ledger.rules.set(place, rules.values())
        return self._log(by, AuditAction.SET, detail=place, before=before)

    async def undo(self, number: int, by: Moderator) -> AuditEntry | None:
        """Take an act back; ``None`` if it cannot be, or was taken back before.

        Raises:
            ArticleNotFoundError: its article was erased meanwhile.
            NotYoursError: it is about what others added.
        """
        act = await asyncio.to_thread(self.ledger.audit.get, number)
        if act is None or act.undone_by is not None or act.kind not in UNDOABLE:
            return None
        if not (by.everywhere or act.place == by.place):
            return None
        done = await self._reversed(act, by)
        marked = await asyncio.to_thread(self.ledger.audit.mark_undone, number, done.id)
        return done if marked else None

    async def approve(self, suggestion: Suggestion, preview: Preview, by: Moderator) -> bool:
        """Keep or watch what was proposed; tell whether it was still open.

        Raises:
            NotYoursError: it would change what others added.
        """
        await asyncio.to_thread(self._allow_keeping, preview, by)
        if not await self._decided(suggestion, by, approved=True):
            return False
        if preview.entries and preview.outlet:
            await self.watch(preview, preview.outlet, by)
        else:
            await self.keep(preview, by)
        return True

    async def reject(self, suggestion: Suggestion, by: Moderator) -> bool:
        """Turn down what was proposed; tell whether it was still open."""
        return await self._decided(suggestion, by, approved=False)

    @in_thread
    def settled(self, what: str, by: Moderator) -> None:
        """Write down that what readers said was dealt with."""
        self._log(by, AuditAction.SETTLED, detail=what)

    async def _reversed(self, act: AuditEntry, by: Moderator) -> AuditEntry:
        """Do the opposite of *act*."""
        before = act.before or {}
        if act.article_id is not None:
            gone = act.kind in {AuditAction.REMOVED, AuditAction.HIDDEN}
            return await (self.restore if gone else self.remove)(act.article_id, by)
        if act.kind is AuditAction.WATCHED:
            return await self.unwatch(act.source_id or 0, by)
        if act.kind is AuditAction.SET:
            return await self._set_back(act.detail or "", before, by)
        done = await self._watch_again(act.detail or "", before, by)
        self.wake.set()
        return done

    @in_thread
    def _set_back(self, place: str, before: dict[str, Any], by: Moderator) -> AuditEntry:
        now = self.ledger.rules.get(place)
        self.ledger.rules.set(place, before)
        return self._log(by, AuditAction.SET, detail=place, before=now)

    @in_thread
    def _watch_again(self, address: str, before: dict[str, Any], by: Moderator) -> AuditEntry:
        permission, every = Permission(before["permission"]), before["every"]
        source = self.archive.sources.watch(
            address, before["outlet"], permission, every, now=self.clock()
        )
        return self._log(by, AuditAction.WATCHED, source_id=source.id, detail=source.address)

    @in_thread
    def _watch(self, address: str, outlet: str, by: Moderator) -> Source:
        known = self.archive.sources.at(address)
        if known is not None:
            self._allow_source(known, by)
        source = self.archive.sources.watch(
            address, outlet, Permission.UNSTATED, _HOURLY, now=self.clock()
        )
        self._log(by, AuditAction.WATCHED, source_id=source.id, detail=source.address)
        return source

    @in_thread
    def _made_due(self, source_id: int) -> Source:
        source = self.archive.sources.get(source_id)
        self.archive.sources.make_due(source_id)
        return source

    @in_thread
    def _decided(self, suggestion: Suggestion, by: Moderator, *, approved: bool) -> bool:
        if not self.ledger.suggestions.decide(suggestion.id, approved=approved):
            return False
        action = AuditAction.APPROVED if approved else AuditAction.REJECTED
        self._log(by, action, detail=suggestion.name)
        return True

    def _allow_keeping(self, preview: Preview, by: Moderator) -> None:
        """Let nobody write a further version of an article that others added."""
        for each in preview.articles:
            known = self.archive.articles.known(each.ready.extract.header)
            if known is not None:
                self._allow(known.id, by)

    def _allow(self, article_id: int, by: Moderator) -> None:
        """Let only those change an article who added it, or look after everything."""
        if by.everywhere:
            return
        place = self.ledger.audit.added_in(article_id)
        if place is None:
            sources = map(self.archive.sources.get, self.archive.pages.sources_of(article_id))
            places = {self.ledger.audit.watched_in(each.id, each.address) for each in sources}
            place = by.place if by.place in places else None
        if place != by.place:
            raise NotYoursError(self.archive.articles.get(article_id).header.title)

    def _allow_source(self, source: Source, by: Moderator) -> None:
        """Let only those change a source who watch it, or look after everything."""
        place = self.ledger.audit.watched_in(source.id, source.address)
        if not by.everywhere and place != by.place:
            raise NotYoursError(source.address)

    def _log(
        self,
        by: Moderator,
        kind: AuditAction,
        *,
        article_id: int | None = None,
        source_id: int | None = None,
        detail: str | None = None,
        before: dict[str, Any] | None = None,
    ) -> AuditEntry:
        entry = AuditEntry(
            self.clock(),
            by.who,
            by.place,
            kind,
            article_id,
            source_id,
            detail=detail,
            before=before,
        )
        number = self.ledger.audit.add(entry)
        kept = self.ledger.audit.get(number)
        return kept or entry
