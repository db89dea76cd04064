"""Which readers are to be told that a source of their answer changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.community.touched import Touch, touches
from bot.ledger import Ledger
from bot.ledger.model import ChangedCitation, DueNotice, NoticeKey, NoticeKind
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.model import Version
from ingest.threads import in_thread


@dataclass(frozen=True, slots=True)
class Corrections:
    """The notices that nobody gave yet, of answers not older than *lasting*."""

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    lasting: timedelta
    _looked: set[ChangedCitation] = field(default_factory=set)
    """What was looked at and needs no notice, so that it is not looked at again."""

    @in_thread
    def due(self) -> list[DueNotice]:
        """Return the notices that nobody gave yet, one for each answer and each change.

        One that was given for a version is not given again for a later one.
        """
        changed = self.ledger.notices.changed(self.clock() - self.lasting)
        self._looked.intersection_update(changed)
        new = [each for each in changed if each not in self._looked]
        given = _latest(self.ledger.notices.given()) if new else {}
        versions: dict[int, Sequence[Version]] = {}
        due: dict[NoticeKey, DueNotice] = {}
        for each in new:
            number = each.cited.article_id
            if number not in versions:
                versions[number] = self._versions(number)
            notices = [n for n in _notices_of(each, versions[number]) if not _is_given(n, given)]
            for notice in notices:
                same = due.get(notice.key)
                quotes = (*same.quotes, *notice.quotes) if same else notice.quotes
                due[notice.key] = replace(notice, quotes=tuple(dict.fromkeys(quotes)))
            if not notices:
                self._looked.add(each)
        return list(due.values())

    @in_thread
    def mark_given(self, notice: DueNotice, *, reached: bool) -> None:
        """Record that one was given, or could not be."""
        self.ledger.notices.mark_given(notice.key, now=self.clock(), reached=reached)

    def _versions(self, article_id: int) -> Sequence[Version]:
        """Return the versions of an article, oldest first; none of one that was erased."""
        try:
            return self.archive.articles.versions(article_id)
        except ArticleNotFoundError:
            return ()


def _notices_of(changed: ChangedCitation, versions: Sequence[Version]) -> list[DueNotice]:
    """Return what a reader should know of one quotation, one notice for each version."""
    cited = next((each for each in versions if each.number == changed.cited.version), None)
    later = [each for each in versions if each.number > changed.cited.version]
    newest = versions[-1].extract.header if versions else None
    quote = cited.extract.text[changed.cited.start_at : changed.cited.end_at] if cited else ""
    if cited is None and changed.removal is None:
        return []
    found: dict[int, Touch] = {}
    for touch in touches(quote, cited, later, changed.removal):
        same = found.get(touch.version)
        note = f"{same.note} {touch.note}".strip() if same else touch.note
        found[touch.version] = replace(touch, note=note)
    return [
        DueNotice(
            shown=changed.shown,
            article_id=changed.cited.article_id,
            version=touch.version,
            kind=touch.kind,
            title=newest.title if newest else "",
            outlet=newest.outlet if newest else "",
            url=newest.url if newest else None,
            note=touch.note,
            quotes=(quote,) if quote else (),
        )
        for touch in found.values()
    ]


_WITHDRAWN = frozenset({NoticeKind.RETRACTED, NoticeKind.REMOVED})
"""What happens to an article as a whole, and not to words of it."""


def _latest(given: Iterable[NoticeKey]) -> dict[tuple[int, int, bool], int]:
    """Return up to which version readers of an answer know of changes, and of withdrawals."""
    found: dict[tuple[int, int, bool], int] = {}
    for key in given:
        if key.kind is not NoticeKind.NEWER:
            name = (key.answer_id, key.article_id, key.kind in _WITHDRAWN)
            found[name] = max(found.get(name, 0), key.version)
    return found


def _is_given(notice: DueNotice, given: Mapping[tuple[int, int, bool], int]) -> bool:
    """Tell whether readers of an answer know of a change: of it, or of a later one."""
    name = (notice.shown.answer_id, notice.article_id, notice.kind in _WITHDRAWN)
    return given.get(name, -1) >= notice.version
