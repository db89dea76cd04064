"""Notices to readers that a source of their answer changed, and which quotations it changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.answering.tables import contests_of_version
from bot.answering.understanding.lexicon import lexicon_for
from bot.community.limits import INTERVALS, LIKENESS
from bot.community.rules import ServerRules
from bot.ledger import Ledger
from bot.ledger.records import ChangedCitation, DueNotice, NoticeKey, NoticeKind
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.index.cutting import sentences
from ingest.language.names import names_in
from ingest.language.numbers import figures_in
from ingest.language.similarity import units
from ingest.model import Kind, Removal, Version
from ingest.process.threads import in_thread

_WITHDRAWN_REMOVALS = {
    Removal.RETRACTED: NoticeKind.RETRACTED,
    Removal.REMOVED: NoticeKind.REMOVED,
    Removal.QUARANTINED: NoticeKind.REMOVED,
    Removal.ERASED: NoticeKind.REMOVED,
}
"""Kinds of notices by removal; a page that is only gone from its site calls for none."""
_KINDS_BY_SEVERITY = (NoticeKind.REVERSED, NoticeKind.CORRECTED, NoticeKind.CHANGED)
"""Kinds of changes to sentences of one quotation, the most serious first."""
_WITHDRAWN = frozenset({NoticeKind.RETRACTED, NoticeKind.REMOVED})
"""Kinds that concern an article as a whole, not words of it."""


@dataclass(frozen=True, slots=True)
class _QuotationChange:
    """A change that affects a quotation: its version, and the outlet's note, if any.

    The version of a withdrawal is 0, so that it counts once, even if the article changes later.
    """

    kind: NoticeKind
    version: int
    note: str = ""


def quotation_changes(
    quote: str,
    quoted_version: Version | None,
    later_versions: Sequence[Version],
    removal: Removal | None,
) -> list[_QuotationChange]:
    """Return the changes of *later_versions* that affect *quote*, which *quoted_version* contains.

    An erased article has no versions. An edit without a note that was undone since is none, and a
    sentence that changes to and fro without one counts as changed once.
    """
    if removal in _WITHDRAWN_REMOVALS:
        return [_QuotationChange(_WITHDRAWN_REMOVALS[removal], 0)]
    if quoted_version is None:
        return []
    changes: list[_QuotationChange] = []
    spans = sentences(quote, quoted_version.extract.header.language)
    quoted_sentences = [quote[span.start : span.end] for span in spans] or [quote]
    old_notes = set(quoted_version.extract.corrections)
    present = set(quoted_sentences)
    ever_missing: set[str] = set()
    for version in later_versions:
        new_notes = [note for note in version.extract.corrections if note not in old_notes]
        old_notes.update(new_notes)
        present_before = present
        present = {sentence for sentence in quoted_sentences if sentence in version.extract.text}
        missing = present_before - present
        changed_sentences = missing if new_notes else missing - ever_missing
        ever_missing |= missing
        kinds = {
            _kind_of(sentence, version, has_note=bool(new_notes)) for sentence in changed_sentences
        }
        kind = next((kind for kind in _KINDS_BY_SEVERITY if kind in kinds), None)
        for note in new_notes:
            if changed_sentences:
                changes.append(_QuotationChange(kind or NoticeKind.CORRECTED, version.number, note))
            elif _mentions(note, quote):
                changes.append(_QuotationChange(NoticeKind.CORRECTED, version.number, note))
        if changed_sentences and not new_notes and kind is not None:
            changes.append(_QuotationChange(kind, version.number))
    if present == set(quoted_sentences):
        return [change for change in changes if change.note]
    return changes


def _kind_of(quote: str, version: Version, *, has_note: bool) -> NoticeKind | None:
    """Return the kind of change if *version* lacks a quoted sentence; ``None`` if harmless.

    Entries drop out of a live page as it moves on, and a new spelling is harmless.
    """
    changed_form = counterpart(quote, version)
    if changed_form is None:
        if has_note:
            return NoticeKind.REVERSED
        return None if version.extract.header.kind is Kind.LIVE else NoticeKind.CHANGED
    if _only_spelling(quote, changed_form):
        return None
    if _replaces_name(quote, changed_form) or _is_negated(quote) is not _is_negated(changed_form):
        return NoticeKind.REVERSED
    return NoticeKind.CORRECTED if has_note else NoticeKind.CHANGED


def counterpart(quote: str, version: Version) -> str | None:
    """Return the sentence of *version* most similar to *quote*, or ``None``."""
    text, quote_words = version.extract.text, set(units(quote))
    best_sentence, best_share = None, 0.0
    for span in sentences(text, version.extract.header.language):
        sentence = text[span.start : span.end]
        words = set(units(sentence))
        common_share = len(quote_words & words) / max(1, len(quote_words), len(words))
        if common_share > best_share:
            best_sentence, best_share = sentence, common_share
    return best_sentence if best_share >= LIKENESS.sentence_words else None


def _only_spelling(quote: str, counterpart: str) -> bool:
    """Return True if two sentences differ in the spelling of words only."""
    quote_words, counterpart_words = units(quote), units(counterpart)
    return len(quote_words) == len(counterpart_words) and all(
        map(_spelt_alike, quote_words, counterpart_words)
    )


def _spelt_alike(word: str, other_word: str) -> bool:
    """Return True if two words differ in a letter or two; figures have to be equal."""
    if word == other_word:
        return True
    if min(len(word), len(other_word)) < LIKENESS.spelling_letters or not (
        word.isalpha() and other_word.isalpha()
    ):
        return False
    pairs, other_pairs = _pairs(word), _pairs(other_word)
    return len(pairs & other_pairs) >= LIKENESS.spelling_pairs * max(len(pairs), len(other_pairs))


def _pairs(word: str) -> set[str]:
    """Return the pairs of neighbouring letters of a word, including its ends."""
    marked = f"^{word}$"
    return {marked[i : i + 2] for i in range(len(marked) - 1)}


def _replaces_name(quote: str, counterpart: str) -> bool:
    """Return True if a changed sentence replaces one name by another."""
    old_names, new_names = names_in(quote), names_in(counterpart)
    missing_names = [
        name for name in old_names if not any(_same_name(name, new_name) for new_name in new_names)
    ]
    added_names = [
        name for name in new_names if not any(_same_name(name, old_name) for old_name in old_names)
    ]
    return bool(missing_names and added_names)


def _same_name(name: str, other_name: str) -> bool:
    """Return True if two names have a word in common, or a similar one."""
    return any(
        _spelt_alike(word, other_word)
        for word in _words_of(name)
        for other_word in _words_of(other_name)
    )


def _words_of(name: str) -> list[str]:
    """Return the words of a name without "'s"; a name without spaces is one word."""
    return [word.casefold().removesuffix("'s").removesuffix("’s") for word in name.split()]


def _is_negated(sentence: str) -> bool:
    """Return True if a sentence contains a negation."""
    return lexicon_for(sentence).shows("denied", sentence)


def _mentions(note: str, quote: str) -> bool:
    """Return True if an outlet's note mentions a figure, or a full name, of *quote*."""
    figures = {figure.value for figure in figures_in(quote)}
    if any(figure.value in figures for figure in figures_in(note)):
        return True
    full = {name for name in names_in(quote) if len(units(name)) > 1}
    return any(name in full for name in names_in(note))


@dataclass(frozen=True, slots=True)
class Corrections:
    """Notices that are due, for answers not older than *lasting*.

    ``marked`` are the notices that stand in their answer and wait for the list of their channel.
    After a restart it is empty: an answer that has a note is not marked again.
    """

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    lasting: timedelta
    marked: set[NoticeKey] = field(default_factory=set)
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
        self.marked.intersection_update(due)
        return list(due.values())

    def lists(self, notices: Iterable[DueNotice]) -> list[list[DueNotice]]:
        """Return the lists that are to be posted now, each for one message in one channel.

        What withdraws an article is listed at once, with whatever else changed in that article. The
        other notices of a channel are listed together, when the oldest has waited long enough.
        """
        notices = list(notices)
        withdrawn = {
            (notice.shown.channel, notice.article_id) for notice in notices if notice.kind.withdraws
        }
        lists: dict[tuple[str, int], list[DueNotice]] = defaultdict(list)
        for notice in notices:
            channel, article_id = notice.shown.channel, notice.article_id
            is_withdrawn = (channel, article_id) in withdrawn
            lists[channel, article_id if is_withdrawn else 0].append(notice)
        listed_until = self.clock() - INTERVALS.listed_corrections
        return [
            listed
            for listed in lists.values()
            if any(
                notice.kind.withdraws or notice.read_at is None or notice.read_at <= listed_until
                for notice in listed
            )
        ]

    @in_thread
    def mark_given(self, notices: Sequence[DueNotice], *, reached: bool) -> None:
        """Record that notices were delivered or could not be, all of them or none."""
        keys = [notice.key for notice in notices]
        self.ledger.notices.mark_given(*keys, now=self.clock(), reached=reached)

    @in_thread
    def rules_in(self, server: int) -> ServerRules:
        """Return the rules of a server."""
        return ServerRules.of(self.ledger.rules.get(str(server)))

    def _versions(self, article_id: int) -> Sequence[Version]:
        """Return the versions of an article, oldest first; empty if it was erased."""
        try:
            return self.archive.articles.versions(article_id)
        except ArticleNotFoundError:
            return ()


def _notices_of(citation: ChangedCitation, versions: Sequence[Version]) -> list[DueNotice]:
    """Return the notices that a changed citation calls for, one for each version."""
    quoted_version, quote = citation.cited.version_in(versions), citation.cited.quote_in(versions)
    later_versions = [version for version in versions if version.number > citation.cited.version]
    read_at = {version.number: version.read_at for version in later_versions}
    newest = versions[-1].extract.header if versions else None
    if quoted_version is None and citation.removal is None:
        return []
    change_by_version: dict[int, _QuotationChange] = {}
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
            read_at=read_at.get(change.version),
        )
        for change in change_by_version.values()
    ]


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
