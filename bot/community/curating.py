"""Moderators' actions on the coverage: add, remove, restore, watch, set rules, and undo.

Every action is recorded in the audit log, with the moderator and the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.community.limits import INTERVALS, MEMBERS
from bot.community.rules import DESK, DeskRules, Home, ServerRules
from bot.ledger.records import COVERAGE_ACTIONS, AuditAction, AuditEntry, Suggestion
from bot.wording import WordedError
from ingest.adding import (
    AddingOutcome,
    PreparedArticle,
    Preview,
    PreviewedArticle,
    keep_prepared,
    prepared_article,
)
from ingest.archive import Archive
from ingest.archive.limits import SERVERS
from ingest.errors import ArticleNotFoundError, SourceNotFoundError
from ingest.model import Article, Decision, Permission, Removal, Saved, Source
from ingest.process.threads import in_thread

if TYPE_CHECKING:
    from bot.ledger import Ledger

_CHANNELS, _CHANNEL = "channels", "channels "
_HERE = {"here": True}
"""Record of an article that was hidden, or shown again, in one server alone."""


@dataclass(frozen=True, slots=True)
class Moderator:
    """A moderator and the server in which they act, as Discord ids.

    Articles and sources added at *home* are shared by all servers, those added in another server
    belong to that server alone.
    """

    who: str
    place: str
    home: bool = False

    @property
    def additions_place(self) -> str:
        """Return the server that alone may cite this moderator's additions; empty if all may."""
        return "" if self.home else self.place

    def may_change(self, place: str) -> bool:
        """Return True if this moderator may change items of *place*; empty means shared items."""
        return place == self.place or (self.home and not place)


class Approval(StrEnum):
    """The result of approving a suggestion; its values are keys of the sentences about it."""

    CHANGED = "approved"
    UNCHANGED = "nothing_to_do"
    """All of it was archived or watched already."""
    DECIDED_BEFORE = "suggestion_decided"
    """Somebody else decided on it meanwhile."""


class NotYoursError(WordedError):
    """An item that the moderator may not change, because others added it."""

    def __init__(self, title: str) -> None:
        super().__init__("not_yours", named=title)


class NothingToDoError(WordedError):
    """An action without effect; it is not recorded."""

    def __init__(self) -> None:
        super().__init__("nothing_to_do")


class TooManySourcesError(WordedError):
    """A server other than home that watches the maximum number of sources."""

    def __init__(self) -> None:
        super().__init__("too_many_sources", count=MEMBERS.sources_per_server)


class TooManyArticlesError(WordedError):
    """A server other than home that would have added more than the maximum of articles."""

    def __init__(self) -> None:
        super().__init__("too_many_articles", count=SERVERS.articles)


@dataclass(frozen=True, slots=True)
class Curator:
    """Actions of moderators on an open archive. Its methods do not block the event loop."""

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    home: Home
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    """Event that is set when a source is due, so that it is fetched without waiting."""

    @in_thread
    def keep(self, preview: Preview, moderator: Moderator) -> list[Saved]:
        """Add the articles of a preview; unchanged articles are not recorded.

        Raises:
            TooManyArticlesError: the server has no room for all of them; none is added.
        """
        self._require_article_room(preview, moderator)
        return [self._add(article.ready, moderator) for article in preview.articles]

    @in_thread
    def compared(self, preview: Preview, moderator: Moderator) -> Preview:
        """Compare the articles of a preview with those that the moderator's server keeps."""
        articles = tuple(self._compared(article, moderator) for article in preview.articles)
        return replace(preview, articles=articles)

    async def watch(self, preview: Preview, outlet: str, moderator: Moderator) -> Source:
        """Watch a feed or a sitemap.

        Raises:
            NothingToDoError: it is watched already, for the same outlet.
            TooManySourcesError: the server watches the maximum number of sources.
        """
        source = await self._watch(preview.name, outlet, moderator)
        self.wake.set()
        return source

    @in_thread
    def remove(self, article_id: int, moderator: Moderator) -> AuditEntry:
        """Remove an article, so that no answer cites it.

        Raises:
            ArticleNotFoundError: there is none, or it belongs to another server.
            NotYoursError: it is shared, and this server is not home.
            NothingToDoError: it is removed already.
        """
        return self._withdraw(self._own_article(article_id, moderator), Removal.REMOVED, moderator)

    @in_thread
    def hide(self, article_id: int, moderator: Moderator) -> AuditEntry:
        """Hide an article from new answers; readers of earlier answers get no notice.

        A shared article is hidden in this server alone, unless it is home.

        Raises:
            ArticleNotFoundError: there is none, or it belongs to another server.
            NothingToDoError: it is hidden or removed already.
        """
        article = self._visible(article_id, moderator)
        if article.place == moderator.additions_place:
            return self._withdraw(article, Removal.HIDDEN, moderator)
        entry = self._hide_here(article_id, moderator) if article.removal is None else None
        if entry is None:
            raise NothingToDoError
        return entry

    @in_thread
    def restore(self, article_id: int, moderator: Moderator) -> AuditEntry:
        """Make an article citable again.

        Raises:
            ArticleNotFoundError: there is none, or it belongs to another server.
            NotYoursError: it is shared, and this server is not home.
            NothingToDoError: it is citable already.
        """
        self._visible(article_id, moderator)
        if entry := self._show_here(article_id, moderator):
            return entry
        article = self._own_article(article_id, moderator)
        if not self.archive.articles.restore(article_id, now=self.clock()):
            raise NothingToDoError
        before = _removal_of(article)
        return self._log(moderator, AuditAction.RESTORED, article_id=article_id, before=before)

    @in_thread
    def unwatch(self, source_id: int, moderator: Moderator) -> AuditEntry:
        """Stop watching a source; its articles stay.

        Raises:
            SourceNotFoundError: there is no such source.
            NotYoursError: it belongs to others.
        """
        self._own_source(source_id, moderator)
        return self._unwatch(source_id, moderator)

    async def look_again(self, source_id: int, moderator: Moderator | None = None) -> Source:
        """Make a source due, so that it is fetched at once.

        With ``None`` as moderator there is no check of permission.

        Raises:
            SourceNotFoundError: there is no such source.
            NotYoursError: it belongs to others.
        """
        source = await self._make_due(source_id, moderator)
        self.wake.set()
        return source

    @in_thread
    def set_rules(
        self, rules: ServerRules | DeskRules, place: str, moderator: Moderator
    ) -> AuditEntry:
        """Set the rules of a server, or of the whole desk if *place* is empty.

        Raises:
            NothingToDoError: the rules are the same already.
        """
        return self._store_rules(rules.values(), place, moderator)

    async def undo(self, number: int, moderator: Moderator) -> AuditEntry | None:
        """Undo an action; return the entry of the undo, or ``None`` if nothing of it can be undone.

        Raises:
            ArticleNotFoundError: its article was erased meanwhile.
            TooManySourcesError: a source cannot be watched again beside the others.
        """
        entry = await asyncio.to_thread(self.ledger.audit.get, number)
        if entry is None or not can_be_undone(entry) or entry.place != moderator.place:
            return None
        try:
            undo_entry = await self._reverse(entry, moderator)
        except (NothingToDoError, NotYoursError, SourceNotFoundError):
            return None
        if undo_entry is None:
            return None
        marked = await asyncio.to_thread(self.ledger.audit.mark_undone, number, undo_entry.id)
        return undo_entry if marked else None

    async def approve(
        self, suggestion: Suggestion, preview: Preview, moderator: Moderator
    ) -> Approval:
        """Add or watch the suggested source if the suggestion is still open.

        Where all of it is archived or watched already, it is decided without an audit entry.

        Raises:
            TooManySourcesError: the server watches the maximum number; the suggestion stays open.
            TooManyArticlesError: the server has no room for all of its articles; likewise.
        """
        is_listing = bool(preview.entries and preview.outlet)
        if is_listing:
            await asyncio.to_thread(self._require_room, preview.name, moderator)
        else:
            await asyncio.to_thread(self._require_article_room, preview, moderator)
        changes = await asyncio.to_thread(self._would_change, preview, moderator)
        if not await self._decide(suggestion, moderator, approved=True, recorded=changes):
            return Approval.DECIDED_BEFORE
        if not changes:
            return Approval.UNCHANGED
        if is_listing and preview.outlet:
            with suppress(NothingToDoError):
                await self.watch(preview, preview.outlet, moderator)
        else:
            await self.keep(preview, moderator)
        return Approval.CHANGED

    async def reject(self, suggestion: Suggestion, moderator: Moderator) -> bool:
        """Reject a suggested source; return True if the suggestion was still open."""
        return await self._decide(suggestion, moderator, approved=False)

    @in_thread
    def settled(self, detail: str, moderator: Moderator) -> None:
        """Record that readers' feedback was dealt with."""
        self._log(moderator, AuditAction.SETTLED, detail=detail)

    def _compared(self, article: PreviewedArticle, moderator: Moderator) -> PreviewedArticle:
        """Return *article* with the stored article that keeping it would change, or leave."""
        archived, place = self.archive.articles, moderator.additions_place
        extract = article.ready.extract
        same = self._shared_copy(article.ready, moderator) or archived.unchanged(extract, place)
        known = same or archived.find(extract.header, place)
        return replace(article, known=known, unchanged=same is not None)

    def _add(self, prepared: PreparedArticle, moderator: Moderator) -> Saved:
        """Add one article, and record its previous state."""
        if shared := self._shared_copy(prepared, moderator):
            return Saved(shared.id, shared.versions, Decision.SAME)
        header = prepared.extract.header
        previous = self.archive.articles.find(header, moderator.additions_place)
        [saved] = keep_prepared(
            [prepared],
            self.archive,
            self.clock(),
            AddingOutcome(),
            restore=True,
            place=moderator.additions_place,
        )
        if saved.decision is not Decision.SAME:
            before = {
                "version": previous.versions if previous else 0,
                "now": saved.version,
                **_removal_of(previous),
            }
            number, decision = saved.article_id, str(saved.decision)
            self._log(
                moderator, AuditAction.ADDED, article_id=number, detail=decision, before=before
            )
        return saved

    def _shared_copy(self, prepared: PreparedArticle, moderator: Moderator) -> Article | None:
        """Return the shared article with the same text that a server other than home cites."""
        if not moderator.additions_place:
            return None
        shared = self.archive.articles.find(prepared.extract.header)
        if (
            shared is None
            or shared.removal
            or self.archive.editions.hides(moderator.place, shared.id)
        ):
            return None
        extract = self.archive.articles.versions(shared.id)[-1].extract
        return shared if extract.digest == prepared.extract.digest else None

    async def _reverse(self, entry: AuditEntry, moderator: Moderator) -> AuditEntry | None:
        """Do the opposite of an entry; return ``None`` if its effect is gone already."""
        if entry.kind is AuditAction.WATCHED:
            return await self._revert_watch(entry, moderator)
        if entry.kind is AuditAction.UNWATCHED:
            undo_entry = await self._watch_again(entry.detail or "", entry.before or {}, moderator)
            self.wake.set()
            return undo_entry
        if entry.kind is AuditAction.SET:
            return await self._revert_rules(entry, moderator)
        return await self._revert_article(entry, moderator)

    @in_thread
    def _revert_article(self, entry: AuditEntry, moderator: Moderator) -> AuditEntry | None:
        """Restore an article's state before an entry, unless it was changed since."""
        assert entry.article_id is not None
        before, articles = entry.before or {}, self.archive.articles
        article = self._visible(entry.article_id, moderator)
        if entry.kind is AuditAction.ADDED:
            return self._revert_addition(article, entry, moderator)
        if entry.kind is AuditAction.RESTORED:
            if before.get("here"):
                return self._hide_here(article.id, moderator)
            self._own_article(article.id, moderator)
            removal = Removal(before.get("removal") or Removal.REMOVED)
            return self._withdraw(article, removal, moderator, note=before.get("note"))
        if before.get("here"):
            return self._show_here(article.id, moderator)
        removal = Removal.HIDDEN if entry.kind is AuditAction.HIDDEN else Removal.REMOVED
        if article.removal is not removal:
            return None
        self._own_article(article.id, moderator)
        if not articles.restore(article.id, now=self.clock()):
            return None
        state = {"removal": str(removal)}
        return self._log(moderator, AuditAction.RESTORED, article_id=article.id, before=state)

    def _revert_addition(
        self, article: Article, entry: AuditEntry, moderator: Moderator
    ) -> AuditEntry | None:
        """Remove an added article, or its last version if the entry added one."""
        self._own_article(article.id, moderator)
        before = entry.before or {"version": 0, "now": article.versions}
        if article.removal is not None or article.versions != before["now"]:
            return None
        if not before["version"]:
            return self._withdraw(article, Removal.REMOVED, moderator)
        versions = {
            version.number: version for version in self.archive.articles.versions(article.id)
        }
        old = versions[before["version"]].extract
        if before["version"] != before["now"]:
            number, now, place = article.id, self.clock(), article.place
            prepared = prepared_article(old)
            self.archive.articles.put_back(number, old, prepared.cut, now=now, place=place)
        if before.get("removal"):
            return self._withdraw(
                article, Removal(before["removal"]), moderator, note=before.get("note")
            )
        return self._log(
            moderator, AuditAction.RESTORED, article_id=article.id, before={"version": True}
        )

    @in_thread
    def _revert_watch(self, entry: AuditEntry, moderator: Moderator) -> AuditEntry | None:
        """Stop watching a source that an entry added, or restore its previous description."""
        source = self.archive.sources.get(entry.source_id or 0)
        if source.address != entry.detail or source.place != moderator.additions_place:
            return None
        if not entry.before:
            return self._unwatch(source.id, moderator)
        return self._describe(source.address, entry.before, moderator)[1]

    @in_thread
    def _revert_rules(self, entry: AuditEntry, moderator: Moderator) -> AuditEntry | None:
        """Restore the rules before an entry, except those that were changed since."""
        place, before = entry.detail or "", entry.before or {}
        if "was" not in before:
            return None
        current = _flat(self.ledger.rules.get(place))
        names = [name for name, value in before["now"].items() if current.get(name) == value]
        restored = {**current, **{name: before["was"].get(name) for name in names}}
        return self._store_rules(_unflat(restored), place, moderator)

    def _store_rules(
        self, rules: Mapping[str, Any], place: str, moderator: Moderator
    ) -> AuditEntry:
        """Store the rules of a place, and record what changed.

        Raises:
            NothingToDoError: nothing did.
        """
        kind = DeskRules if place == DESK else ServerRules
        before, now = kind.of(self.ledger.rules.get(place)).values(), kind.of(rules).values()
        changes = _differences(before, now)
        if not changes["now"]:
            raise NothingToDoError
        self.ledger.rules.set(place, now)
        return self._log(moderator, AuditAction.SET, detail=place, before=changes)

    @in_thread
    def _watch_again(
        self, address: str, before: dict[str, Any], moderator: Moderator
    ) -> AuditEntry | None:
        if self.archive.sources.at(address, moderator.additions_place) is not None:
            return None
        self._require_room(address, moderator)
        return self._describe(address, before, moderator)[1]

    def _describe(
        self,
        address: str,
        description: Mapping[str, Any],
        moderator: Moderator,
        before: dict[str, Any] | None = None,
    ) -> tuple[Source, AuditEntry]:
        """Watch a source as it is described, and record how it was watched *before*."""
        source = self.archive.sources.watch(
            address,
            description["outlet"],
            Permission(description["permission"]),
            description["every"],
            now=self.clock(),
            place=moderator.additions_place,
        )
        kind, detail = AuditAction.WATCHED, source.address
        entry = self._log(moderator, kind, source_id=source.id, detail=detail, before=before)
        return source, entry

    @in_thread
    def _watch(self, address: str, outlet: str, moderator: Moderator) -> Source:
        watched = self.archive.sources.at(address, moderator.additions_place)
        if watched is not None and watched.outlet == outlet:
            raise NothingToDoError
        self._require_room(address, moderator)
        before = _description_of(watched) if watched else None
        new = {"permission": Permission.UNSTATED, "every": INTERVALS.watched_source_minutes}
        description = {**(before or new), "outlet": outlet}
        return self._describe(address, description, moderator, before)[0]

    def _require_room(self, address: str, moderator: Moderator) -> None:
        """Check that the moderator's server watches *address*, or may watch a further source.

        Raises:
            TooManySourcesError: it watches the maximum number; home may watch any number.
        """
        place = moderator.additions_place
        sources = [source for source in self.archive.sources.watched() if source.place == place]
        if not place or address in {source.address for source in sources}:
            return
        if len(sources) >= MEMBERS.sources_per_server:
            raise TooManySourcesError

    def _require_article_room(self, preview: Preview, moderator: Moderator) -> None:
        """Check that the moderator's server may add the articles of *preview*.

        Raises:
            TooManyArticlesError: it may not; home may add any number.
        """
        place = moderator.additions_place
        room = self.archive.articles.room(place)
        if room is None:
            return
        headers = [article.ready.extract.header for article in preview.articles]
        if sum(self.archive.articles.find(header, place) is None for header in headers) > room:
            raise TooManyArticlesError

    @in_thread
    def _make_due(self, source_id: int, moderator: Moderator | None) -> Source:
        source = self.archive.sources.get(source_id)
        if moderator is not None:
            self._own_source(source_id, moderator)
        self.archive.sources.make_due(source_id)
        return source

    def _would_change(self, preview: Preview, moderator: Moderator) -> bool:
        """Return True if adding or watching *preview* would change the coverage."""
        if preview.entries and preview.outlet:
            watched = self.archive.sources.at(preview.name, moderator.additions_place)
            return watched is None or watched.outlet != preview.outlet
        compared = (self._compared(article, moderator) for article in preview.articles)
        return any(not article.unchanged for article in compared)

    @in_thread
    def _decide(
        self,
        suggestion: Suggestion,
        moderator: Moderator,
        *,
        approved: bool,
        recorded: bool = True,
    ) -> bool:
        """Decide a suggestion that is open; return False if others did before."""
        by, place = moderator.who, moderator.place
        if not self.ledger.suggestions.decide(suggestion.id, approved=approved, by=by, place=place):
            return False
        if not recorded:
            return True
        action = AuditAction.APPROVED if approved else AuditAction.REJECTED
        self._log(moderator, action, detail=suggestion.name)
        return True

    def _hide_here(self, article_id: int, moderator: Moderator) -> AuditEntry | None:
        """Hide an article in this server alone; return ``None`` if it is hidden there already."""
        if not self.archive.editions.hide(moderator.place, article_id, now=self.clock()):
            return None
        return self._log(moderator, AuditAction.HIDDEN, article_id=article_id, before=_HERE)

    def _show_here(self, article_id: int, moderator: Moderator) -> AuditEntry | None:
        """Undo :meth:`_hide_here`; return ``None`` if the article is not hidden there."""
        if not self.archive.editions.show(moderator.place, article_id):
            return None
        return self._log(moderator, AuditAction.RESTORED, article_id=article_id, before=_HERE)

    def _unwatch(self, source_id: int, moderator: Moderator) -> AuditEntry:
        """Stop watching a source, and record how it was watched."""
        source = self.archive.sources.unwatch(source_id)
        address, before = source.address, _description_of(source)
        kind = AuditAction.UNWATCHED
        return self._log(moderator, kind, source_id=source_id, detail=address, before=before)

    def _withdraw(
        self, article: Article, removal: Removal, moderator: Moderator, *, note: str | None = None
    ) -> AuditEntry:
        """Remove or hide an article, and record it.

        Raises:
            NothingToDoError: it is not citable already.
        """
        now, articles = self.clock(), self.archive.articles
        if not articles.remove(article.id, now=now, removal=removal, note=note):
            raise NothingToDoError
        kind = AuditAction.HIDDEN if removal is Removal.HIDDEN else AuditAction.REMOVED
        return self._log(moderator, kind, article_id=article.id)

    def _visible(self, article_id: int, moderator: Moderator) -> Article:
        """Return an article of the coverage of this moderator's server, citable or not."""
        article = self.archive.articles.get(article_id)
        if article.place not in {"", moderator.place}:
            raise ArticleNotFoundError(article_id)
        return article

    def _own_article(self, article_id: int, moderator: Moderator) -> Article:
        """Return an article that this moderator may change; in home also shared ones."""
        article = self._visible(article_id, moderator)
        if not moderator.may_change(article.place):
            raise NotYoursError(article.header.title)
        return article

    def _own_source(self, source_id: int, moderator: Moderator) -> Source:
        """Return a source that this moderator may change."""
        source = self.archive.sources.get(source_id)
        if source.place not in {"", moderator.place}:
            raise SourceNotFoundError(source_id)
        if not moderator.may_change(source.place):
            raise NotYoursError(source.address)
        return source

    def _log(
        self,
        moderator: Moderator,
        kind: AuditAction,
        *,
        article_id: int | None = None,
        source_id: int | None = None,
        detail: str | None = None,
        before: dict[str, Any] | None = None,
    ) -> AuditEntry:
        entry = AuditEntry(
            self.clock(),
            moderator.who,
            moderator.place,
            kind,
            article_id,
            source_id,
            detail=detail,
            before=before,
        )
        return replace(entry, id=self.ledger.audit.add(entry))


def can_be_undone(entry: AuditEntry) -> bool:
    """Return True if an entry is of an undoable kind and was not undone."""
    if entry.undone_by is not None or entry.kind not in {*COVERAGE_ACTIONS, AuditAction.SET}:
        return False
    if entry.kind is AuditAction.ADDED and entry.before is None:
        return entry.detail in {None, str(Decision.NEW)}
    return entry.kind is not AuditAction.SET or "was" in (entry.before or {})


def _removal_of(article: Article | None) -> dict[str, str | None]:
    """Return why an article is not citable, for the audit log."""
    removal, note = (article.removal, article.note) if article else (None, None)
    return {"removal": str(removal) if removal else None, "note": note}


def _description_of(source: Source) -> dict[str, Any]:
    """Return the description of a source for the audit log."""
    return {
        "outlet": source.outlet,
        "permission": str(source.permission),
        "every": source.every,
    }


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the old and new values that differ; channels are compared one by one."""
    old, new = _flat(before), _flat(now)
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return {
        "was": {name: old.get(name) for name in names},
        "now": {name: new.get(name) for name in names},
    }


def _flat(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten the rules of channels into one key per channel."""
    values = {name: value for name, value in rules.items() if name != _CHANNELS}
    channels = rules.get(_CHANNELS) or {}
    return values | {f"{_CHANNEL}{channel}": mode for channel, mode in channels.items()}


def _unflat(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Reverse :func:`_flat`, and drop values that are unset."""
    channels = {
        name.removeprefix(_CHANNEL): value
        for name, value in flat.items()
        if name.startswith(_CHANNEL) and value is not None
    }
    values = {name: value for name, value in flat.items() if not name.startswith(_CHANNEL)}
    return {**{k: v for k, v in values.items() if v is not None}, _CHANNELS: channels}
