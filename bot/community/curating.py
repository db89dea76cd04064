"""What moderators do to the coverage: keep, remove, restore, watch, set; and take it back.

Every act is written down with who did it and where.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.community.home import Home
from bot.community.previewing import Preview
from bot.community.rules import DESK, DeskRules, ServerRules
from bot.ledger import Ledger
from bot.ledger.model import AuditAction, AuditEntry, Suggestion
from bot.wording import WordedError
from ingest.adding import AddingOutcome, PreparedArticle, keep_prepared, prepared_article
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError, SourceNotFoundError
from ingest.model import Article, Decision, Permission, Removal, Saved, Source
from ingest.threads import in_thread

_UNDOABLE = frozenset(
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
_SOURCES_ELSEWHERE = 10
"""Sources that a server which is not home may watch: whoever runs the bot pays for them."""


@dataclass(frozen=True, slots=True)
class Moderator:
    """Who acts, and in which server; both are Discord's numbers.

    What is added at *home* is everybody's, what is added elsewhere that server's alone.
    """

    who: str
    place: str
    home: bool = False

    @property
    def keeps_for(self) -> str:
        """Return the server that alone may cite what this moderator adds; empty for everybody."""
        return "" if self.home else self.place

    def looks_after(self, place: str) -> bool:
        """Tell whether this moderator may change what is kept for *place*: empty for everybody."""
        return place == self.place or (self.home and not place)


class NotYoursError(WordedError):
    """Somebody may not change what others added."""

    def __init__(self, named: str) -> None:
        super().__init__("not_yours", named=named)


class NothingToDoError(WordedError):
    """It is so already: nothing is done, and nothing is written down."""

    def __init__(self) -> None:
        super().__init__("nothing_to_do")


class TooManySourcesError(WordedError):
    """A server that is not home watches enough."""

    def __init__(self) -> None:
        super().__init__("too_many_sources", count=_SOURCES_ELSEWHERE)


@dataclass(frozen=True, slots=True)
class Curator:
    """The verbs of moderators, over an open archive; nothing here blocks the event loop."""

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    home: Home
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a source is new, so that it is looked at without waiting."""

    @in_thread
    def keep(self, preview: Preview, by: Moderator) -> list[Saved]:
        """Keep what was previewed; what changes nothing is not written down."""
        return [self._keep(each.ready, by) for each in preview.articles]

    async def watch(self, preview: Preview, outlet: str, by: Moderator) -> Source:
        """Look at a feed or a sitemap from now on.

        Raises:
            NothingToDoError: it is watched so already.
            TooManySourcesError: the server watches enough.
        """
        source = await self._watch(preview.name, outlet, by)
        self.wake.set()
        return source

    @in_thread
    def remove(self, article_id: int, by: Moderator) -> AuditEntry:
        """Take an article out of every answer.

        Raises:
            ArticleNotFoundError: there is none, or it is another server's.
            NotYoursError: it is everybody's, and this is not home.
            NothingToDoError: it is out already.
        """
        return self._withdraw(self._own(article_id, by), Removal.REMOVED, by)

    @in_thread
    def hide(self, article_id: int, by: Moderator) -> AuditEntry:
        """Keep an article out of new answers; those that cite it are not told.

        What is everybody's is hidden in this server alone, unless it is home.

        Raises:
            ArticleNotFoundError: there is none, or it is another server's.
            NothingToDoError: it is hidden or out already.
        """
        article = self._visible(article_id, by)
        if article.place == by.keeps_for:
            return self._withdraw(article, Removal.HIDDEN, by)
        if article.removal is not None or not self.archive.editions.hide(
            by.place, article_id, now=self.clock()
        ):
            raise NothingToDoError
        return self._log(by, AuditAction.HIDDEN, article_id=article_id, before={"here": True})

    @in_thread
    def restore(self, article_id: int, by: Moderator) -> AuditEntry:
        """Let an article be cited again.

        Raises:
            ArticleNotFoundError: there is none, or it is another server's.
            NotYoursError: it is everybody's, and this is not home.
            NothingToDoError: it is cited already.
        """
        if self.archive.editions.show(by.place, self._visible(article_id, by).id):
            here = {"here": True}
            return self._log(by, AuditAction.RESTORED, article_id=article_id, before=here)
        article = self._own(article_id, by)
        if article.removal is None and article.held is None:
            raise NothingToDoError
        self.archive.articles.restore(article_id, now=self.clock())
        was = {"removal": str(article.removal) if article.removal else None, "note": article.note}
        return self._log(by, AuditAction.RESTORED, article_id=article_id, before=was)

    @in_thread
    def unwatch(self, source_id: int, by: Moderator) -> AuditEntry:
        """Look at a source no more; its articles stay.

        Raises:
            SourceNotFoundError: there is no such source.
            NotYoursError: others watch it.
        """
        self._own_source(source_id, by)
        source = self.archive.sources.unwatch(source_id)
        return self._log(
            by,
            AuditAction.UNWATCHED,
            source_id=source_id,
            detail=source.address,
            before=_described(source),
        )

    async def look_again(self, source_id: int, by: Moderator | None = None) -> Source:
        """Look at a source without waiting for its turn.

        Raises:
            SourceNotFoundError: there is no such source.
            NotYoursError: others watch it; ``None`` is who looks after everything.
        """
        source = await self._made_due(source_id, by)
        self.wake.set()
        return source

    @in_thread
    def set_rules(self, rules: ServerRules | DeskRules, place: str, by: Moderator) -> AuditEntry:
        """Set what holds in a server, or with an empty *place* for the whole desk.

        Raises:
            NothingToDoError: it is set so already.
        """
        kind = DeskRules if place == DESK else ServerRules
        before, now = kind.of(self.ledger.rules.get(place)).values(), rules.values()
        changed = _differences(before, now)
        if not changed["now"]:
            raise NothingToDoError
        self.ledger.rules.set(place, now)
        return self._log(by, AuditAction.SET, detail=place, before=changed)

    async def undo(self, number: int, by: Moderator) -> AuditEntry | None:
        """Take back exactly what an act did; ``None`` if nothing of that is left to take back.

        Raises:
            ArticleNotFoundError: its article was erased meanwhile.
        """
        act = await asyncio.to_thread(self.ledger.audit.get, number)
        if act is None or not can_be_undone(act) or act.place != by.place:
            return None
        try:
            done = await self._reversed(act, by)
        except (NothingToDoError, NotYoursError, SourceNotFoundError):
            return None
        if done is None:
            return None
        marked = await asyncio.to_thread(self.ledger.audit.mark_undone, number, done.id)
        return done if marked else None

    async def approve(self, suggestion: Suggestion, preview: Preview, by: Moderator) -> bool:
        """Keep or watch what was proposed; tell whether it was still open."""
        if not await self._decided(suggestion, by, approved=True):
            return False
        if preview.entries and preview.outlet:
            with suppress(NothingToDoError):
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

    def _keep(self, ready: PreparedArticle, by: Moderator) -> Saved:
        """Keep one article, and write down what that changed."""
        header = ready.extract.header
        shared = self.archive.articles.find(header)
        if by.keeps_for and shared is not None and self._is_shared_as(shared, ready, by):
            return Saved(shared.id, shared.versions, Decision.SAME)
        known = self.archive.articles.find(header, by.keeps_for)
        [saved] = keep_prepared(
            [ready], self.archive, self.clock(), AddingOutcome(), restore=True, place=by.keeps_for
        )
        if saved.decision is not Decision.SAME:
            before = {
                "version": known.versions if known else 0,
                "now": saved.version,
                "removal": str(known.removal) if known and known.removal else None,
                "note": known.note if known else None,
            }
            number, became = saved.article_id, str(saved.decision)
            self._log(by, AuditAction.ADDED, article_id=number, detail=became, before=before)
        return saved

    def _is_shared_as(self, shared: Article, ready: PreparedArticle, by: Moderator) -> bool:
        """Tell whether a server cites an article of everybody's that says what it would add."""
        if shared.removal or self.archive.editions.hides(by.place, shared.id):
            return False
        text = self.archive.articles.versions(shared.id)[-1].extract
        return text.digest == ready.extract.digest

    async def _reversed(self, act: AuditEntry, by: Moderator) -> AuditEntry | None:
        """Do the opposite of *act*; ``None`` where what it did is not there any more."""
        if act.kind is AuditAction.WATCHED:
            return await self._unwatched(act, by)
        if act.kind is AuditAction.UNWATCHED:
            done = await self._watch_again(act.detail or "", act.before or {}, by)
            self.wake.set()
            return done
        if act.kind is AuditAction.SET:
            return await self._set_back(act, by)
        return await self._article_back(act, by)

    @in_thread
    def _article_back(self, act: AuditEntry, by: Moderator) -> AuditEntry | None:
        """Let an article be as it was before *act*, unless something else happened to it since."""
        assert act.article_id is not None
        before, articles = act.before or {}, self.archive.articles
        article = self._visible(act.article_id, by)
        if act.kind is AuditAction.ADDED:
            return self._taken_back(article, act, by)
        if act.kind is AuditAction.RESTORED:
            if before.get("here"):
                if not self.archive.editions.hide(by.place, article.id, now=self.clock()):
                    return None
                return self._log(
                    by, AuditAction.HIDDEN, article_id=article.id, before={"here": True}
                )
            self._own(article.id, by)
            why = Removal(before.get("removal") or Removal.REMOVED)
            return self._withdraw(article, why, by, note=before.get("note"))
        if before.get("here"):
            if not self.archive.editions.show(by.place, article.id):
                return None
            return self._log(by, AuditAction.RESTORED, article_id=article.id, before=before)
        gone = Removal.HIDDEN if act.kind is AuditAction.HIDDEN else Removal.REMOVED
        if article.removal is not gone:
            return None
        self._own(article.id, by)
        articles.restore(article.id, now=self.clock())
        was = {"removal": str(gone)}
        return self._log(by, AuditAction.RESTORED, article_id=article.id, before=was)

    def _taken_back(self, article: Article, act: AuditEntry, by: Moderator) -> AuditEntry | None:
        """Take out what *act* brought: the article, or its last version."""
        self._own(article.id, by)
        before = act.before or {"version": 0, "now": article.versions}
        if article.removal is not None or article.versions != before["now"]:
            return None
        if not before["version"]:
            return self._withdraw(article, Removal.REMOVED, by)
        versions = {each.number: each for each in self.archive.articles.versions(article.id)}
        old = versions[before["version"]].extract
        if before["version"] != before["now"]:
            number, now, place = article.id, self.clock(), article.place
            kept = prepared_article(old)
            self.archive.articles.put_back(number, old, kept.cut, now=now, place=place)
        if before.get("removal"):
            return self._withdraw(article, Removal(before["removal"]), by, note=before.get("note"))
        return self._log(by, AuditAction.RESTORED, article_id=article.id, before={"version": True})

    @in_thread
    def _unwatched(self, act: AuditEntry, by: Moderator) -> AuditEntry | None:
        """Stop watching what *act* began to, or describe it as before."""
        source = self.archive.sources.get(act.source_id or 0)
        if source.address != act.detail or source.place != by.keeps_for:
            return None
        if not act.before:
            self.archive.sources.unwatch(source.id)
            return self._log(
                by,
                AuditAction.UNWATCHED,
                source_id=source.id,
                detail=source.address,
                before=_described(source),
            )
        return self._describe(source.address, act.before, by)

    @in_thread
    def _set_back(self, act: AuditEntry, by: Moderator) -> AuditEntry | None:
        """Set back what *act* set, as far as nobody has set it otherwise since."""
        place, before = act.detail or "", act.before or {}
        if "was" not in before:
            return None
        current = self.ledger.rules.get(place)
        flat = _flat(current)
        mine = [name for name, value in before["now"].items() if flat.get(name) == value]
        if not mine:
            return None
        back = _unflat({**flat, **{name: before["was"].get(name) for name in mine}})
        kind = DeskRules if place == DESK else ServerRules
        rules = kind.of(back).values()
        changed = _differences(kind.of(current).values(), rules)
        self.ledger.rules.set(place, rules)
        return self._log(by, AuditAction.SET, detail=place, before=changed)

    @in_thread
    def _watch_again(
        self, address: str, before: dict[str, Any], by: Moderator
    ) -> AuditEntry | None:
        if self.archive.sources.at(address, by.keeps_for) is not None:
            return None
        return self._describe(address, before, by)

    def _describe(self, address: str, before: dict[str, Any], by: Moderator) -> AuditEntry:
        permission, every = Permission(before["permission"]), before["every"]
        source = self.archive.sources.watch(
            address, before["outlet"], permission, every, now=self.clock(), place=by.keeps_for
        )
        return self._log(by, AuditAction.WATCHED, source_id=source.id, detail=source.address)

    @in_thread
    def _watch(self, address: str, outlet: str, by: Moderator) -> Source:
        known = self.archive.sources.at(address, by.keeps_for)
        if known is not None and known.outlet == outlet:
            raise NothingToDoError
        if known is None and by.keeps_for:
            mine = [e for e in self.archive.sources.watched() if e.place == by.keeps_for]
            if len(mine) >= _SOURCES_ELSEWHERE:
                raise TooManySourcesError
        permission = known.permission if known else Permission.UNSTATED
        every = known.every if known else _HOURLY
        source = self.archive.sources.watch(
            address, outlet, permission, every, now=self.clock(), place=by.keeps_for
        )
        before = _described(known) if known else None
        self._log(
            by, AuditAction.WATCHED, source_id=source.id, detail=source.address, before=before
        )
        return source

    @in_thread
    def _made_due(self, source_id: int, by: Moderator | None) -> Source:
        source = self.archive.sources.get(source_id)
        if by is not None:
            self._own_source(source_id, by)
        self.archive.sources.make_due(source_id)
        return source

    @in_thread
    def _decided(self, suggestion: Suggestion, by: Moderator, *, approved: bool) -> bool:
        if not self.ledger.suggestions.decide(suggestion.id, approved=approved):
            return False
        action = AuditAction.APPROVED if approved else AuditAction.REJECTED
        self._log(by, action, detail=suggestion.name)
        return True

    def _withdraw(
        self, article: Article, why: Removal, by: Moderator, *, note: str | None = None
    ) -> AuditEntry:
        """Take an article out, and write it down."""
        if article.removal is not None:
            raise NothingToDoError
        self.archive.articles.remove(article.id, now=self.clock(), removal=why, note=note)
        kind = AuditAction.HIDDEN if why is Removal.HIDDEN else AuditAction.REMOVED
        return self._log(by, kind, article_id=article.id)

    def _visible(self, article_id: int, by: Moderator) -> Article:
        """Return an article that this moderator's server may cite, or could."""
        article = self.archive.articles.get(article_id)
        if article.place not in {"", by.place}:
            raise ArticleNotFoundError(article_id)
        return article

    def _own(self, article_id: int, by: Moderator) -> Article:
        """Return an article that this moderator's server looks after: home all that is shared."""
        article = self._visible(article_id, by)
        if not by.looks_after(article.place):
            raise NotYoursError(article.header.title)
        return article

    def _own_source(self, source_id: int, by: Moderator) -> Source:
        """Return a source that this moderator's server looks after."""
        source = self.archive.sources.get(source_id)
        if source.place not in {"", by.place}:
            raise SourceNotFoundError(source_id)
        if not by.looks_after(source.place):
            raise NotYoursError(source.address)
        return source

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


def can_be_undone(act: AuditEntry) -> bool:
    """Tell whether an act did something that can be taken back, and was not."""
    if act.undone_by is not None or act.kind not in _UNDOABLE:
        return False
    if act.kind is AuditAction.ADDED and act.before is None:
        return act.detail in {None, str(Decision.NEW)}
    return act.kind is not AuditAction.SET or "was" in (act.before or {})


def _described(source: Source) -> dict[str, Any]:
    """Write down how a source is watched."""
    return {
        "outlet": source.outlet,
        "permission": str(source.permission),
        "every": source.every,
    }


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what was and what is, of what differs; channels are compared one by one."""
    one, other = _flat(before), _flat(now)
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    return {
        "was": {name: one.get(name) for name in names},
        "now": {name: other.get(name) for name in names},
    }


_CHANNELS, _CHANNEL = "channels", "channels "


def _flat(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Give each channel's rule a name of its own."""
    rest = {name: value for name, value in rules.items() if name != _CHANNELS}
    channels = rules.get(_CHANNELS) or {}
    return rest | {f"{_CHANNEL}{channel}": mode for channel, mode in channels.items()}


def _unflat(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return what :func:`_flat` was given, without what is not set."""
    channels = {
        name.removeprefix(_CHANNEL): value
        for name, value in flat.items()
        if name.startswith(_CHANNEL) and value is not None
    }
    rest = {name: value for name, value in flat.items() if not name.startswith(_CHANNEL)}
    return {**{k: v for k, v in rest.items() if v is not None}, _CHANNELS: channels}
