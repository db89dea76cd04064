"""Notices to readers that a source of their answer changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.answering.tables import contests_of_version
from bot.community.quotation_changes import QuotationChange, quotation_changes
from bot.community.rules import ServerRules
from bot.ledger import Ledger
from bot.ledger.model import ChangedCitation, DueNotice, NoticeKey, NoticeKind
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.language.languages import Language
from ingest.model import Version
from ingest.process.threads import in_thread


@dataclass(frozen=True, slots=True)
class Corrections:
    """Notices that are due, for answers not older than *lasting*."""

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    lasting: timedelta
    _settled: set[ChangedCitation] = field(default_factory=set)
    """Changed citations that need no notice; they are not checked again."""

    @in_thread
    def due(self) -> list[DueNotice]:
        """Return the notices that are due, one for each answer and change.

        After a notice of a version, later versions need none.
        """
        citations = self.ledger.notices.changed(self.clock() - self.lasting)
        self._settled.intersection_update(citations)
        unsettled = [citation for citation in citations if citation not in self._settled]
        last_notified = _latest(self.ledger.notices.given()) if unsettled else {}
        versions: dict[int, Sequence[Version]] = {}
        due: dict[NoticeKey, DueNotice] = {}
        for citation in unsettled:
            number = citation.cited.article_id
            if number not in versions:
                versions[number] = self._versions(number)
            notices = [
                notice
                for notice in _notices_of(citation, versions[number])
                if not _is_given(notice, last_notified)
            ]
            for notice in notices:
                pending = due.get(notice.key)
                quotes = (*pending.quotes, *notice.quotes) if pending else notice.quotes
                due[notice.key] = replace(notice, quotes=tuple(dict.fromkeys(quotes)))
            if not notices:
                self._settled.add(citation)
        return list(due.values())

    @in_thread
    def mark_given(self, notice: DueNotice, *, reached: bool) -> None:
        """Record that a notice was delivered or could not be."""
        self.ledger.notices.mark_given(notice.key, now=self.clock(), reached=reached)

    @in_thread
    def language_in(self, server: int) -> Language | None:
        """Return the language that a server fixed for the bot, or ``None``."""
        return ServerRules.of(self.ledger.rules.get(str(server))).language

    def _versions(self, article_id: int) -> Sequence[Version]:
        """Return the versions of an article, oldest first; empty if it was erased."""
        try:
            return self.archive.articles.versions(article_id)
        except ArticleNotFoundError:
            return ()


def _notices_of(citation: ChangedCitation, versions: Sequence[Version]) -> list[DueNotice]:
    """Return the notices that a changed citation calls for, one for each version."""
    quoted_version = next(
        (version for version in versions if version.number == citation.cited.version), None
    )
    later_versions = [version for version in versions if version.number > citation.cited.version]
    newest = versions[-1].extract.header if versions else None
    quote = (
        quoted_version.extract.text[citation.cited.start_at : citation.cited.end_at]
        if quoted_version
        else ""
    )
    if quoted_version is None and citation.removal is None:
        return []
    change_by_version: dict[int, QuotationChange] = {}
    for change in quotation_changes(quote, quoted_version, later_versions, citation.removal):
        previous = change_by_version.get(change.version)
        note = f"{previous.note} {change.note}".strip() if previous else change.note
        change_by_version[change.version] = replace(change, note=note)
    return [
        DueNotice(
            shown=citation.shown,
            article_id=citation.cited.article_id,
            version=change.version,
            kind=change.kind,
            title=newest.title if newest else "",
            outlet=newest.outlet if newest else "",
            url=newest.url if newest else None,
            note=change.note,
            quotes=(quote,) if quote else (),
            goes_on=change.kind is NoticeKind.CHANGED
            and quoted_version is not None
            and bool(contests_of_version(quoted_version)),
        )
        for change in change_by_version.values()
    ]


_WITHDRAWN = frozenset({NoticeKind.RETRACTED, NoticeKind.REMOVED})
"""Kinds that concern an article as a whole, not words of it."""


def _latest(notices: Iterable[NoticeKey]) -> dict[tuple[int, int, bool], int]:
    """Return the last version notified, by (answer, article, withdrawal or change)."""
    versions: dict[tuple[int, int, bool], int] = {}
    for key in notices:
        if key.kind is not NoticeKind.NEWER:
            group = (key.answer_id, key.article_id, key.kind in _WITHDRAWN)
            versions[group] = max(versions.get(group, 0), key.version)
    return versions


def _is_given(notice: DueNotice, last_notified: Mapping[tuple[int, int, bool], int]) -> bool:
    """Return True if readers of an answer were notified of this change or of a later one."""
    group = (notice.shown.answer_id, notice.article_id, notice.kind in _WITHDRAWN)
    return last_notified.get(group, -1) >= notice.version
