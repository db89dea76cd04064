"""Review of feedback, suggestions and articles by moderators, and the log of their actions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.answering.values import Reason
from bot.community.limits import LIKENESS
from bot.community.news import citable_article
from bot.ledger import Ledger
from bot.ledger.records import (
    AuditEntry,
    Feedback,
    FeedbackVerdict,
    GivenNotice,
    Suggestion,
)
from ingest.adding import Preview
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.index.cutting import first_sentence
from ingest.model import Article, Edition, Evidence, Header, Removal, Source
from ingest.process.threads import in_thread

FAULTS = (
    FeedbackVerdict.WRONG,
    FeedbackVerdict.MISQUOTED,
    FeedbackVerdict.OUTDATED,
    FeedbackVerdict.ONE_SIDED,
    FeedbackVerdict.OTHER,
)
"""Verdicts that report a fault of an answer."""
GAP_REASONS = (Reason.NOT_COVERED, Reason.NOTHING_ARCHIVED)
"""Reasons for an abstention that further sources could remedy."""

_Similarity: TypeAlias = Callable[[Sequence[str]], NDArray[np.float32]]
"""Function that returns the matrix of similarities of texts, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class FeedbackGroup:
    """Feedback on questions that are similar, newest first."""

    said: tuple[Feedback, ...]

    @property
    def question(self) -> str | None:
        """Return the newest question as it was asked."""
        return self.said[0].question

    @property
    def keys(self) -> tuple[str, ...]:
        """Return button keys: "f" and the id of a feedback, or "a" and the id of an answer."""
        return tuple(
            f"f{report.id}" if report.id else f"a{report.answer_id}" for report in self.said
        )


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Review queues and decisions. Its methods do not block the event loop."""

    ledger: Ledger
    clock: Callable[[], datetime]
    alike: _Similarity

    @in_thread
    def reports(
        self, places: Collection[str] | None = None, *, days: int = 0
    ) -> list[FeedbackGroup]:
        """Return reported faults of answers in groups, the largest first.

        With *places*, only those of these servers; with *days*, only those of the last days.
        """
        since = self._since(days)
        return self._group(self.ledger.feedback.open(FAULTS, places=places, since=since))

    @in_thread
    def said(self, number: int) -> FeedbackGroup | None:
        """Return open feedback as a group of its own, or ``None`` if it is settled."""
        report = self.ledger.feedback.get(number)
        return FeedbackGroup((report,)) if report else None

    @in_thread
    def gaps(self, places: Collection[str] | None = None, *, days: int = 0) -> list[FeedbackGroup]:
        """Return questions that the coverage does not answer in groups, the largest first.

        They were reported by members or, if the settings store questions, stored by the desk.
        With *places*, only those of these servers, thus no stored ones. With *days*, only those of
        the last days.
        """
        since = self._since(days)
        reports = self.ledger.feedback.open([FeedbackVerdict.MISSING], places=places, since=since)
        if places is not None and "" not in places:
            return self._group(reports)
        reasons = [str(reason) for reason in GAP_REASONS]
        stored_questions = self.ledger.feedback.unanswered(reasons, since=since)
        return self._group([*reports, *stored_questions])

    @in_thread
    def settle(self, keys: Sequence[str], places: Collection[str] | None = None) -> int:
        """Settle the feedback and questions of ``FeedbackGroup.keys``.

        Returns the number of those that were open. With *places*, only feedback from these servers.
        """
        all_places = places is None or "" in places
        feedback_ids = [int(key[1:]) for key in keys if key.startswith("f")]
        answer_ids = [int(key[1:]) for key in keys if key.startswith("a") and all_places]
        now = self.clock()
        feedback = self.ledger.feedback
        unanswered_ids = {
            report.answer_id
            for report in feedback.unanswered([str(reason) for reason in GAP_REASONS])
        }
        open_ids = [number for number in answer_ids if number in unanswered_ids]
        return feedback.settle(feedback_ids, now=now, places=places) + feedback.settle_answers(
            open_ids, now=now
        )

    @in_thread
    def suggestions(self, places: Collection[str] | None = None) -> list[Suggestion]:
        """Return open suggestions of some servers or of all, oldest first."""
        return self.ledger.suggestions.open(places)

    @in_thread
    def suggestion(self, number: int, places: Collection[str] | None = None) -> Suggestion | None:
        """Return a suggestion if it is open and, with *places*, from one of these servers."""
        suggestion = self.ledger.suggestions.get(number)
        if suggestion is None or suggestion.approved is not None:
            return None
        return suggestion if places is None or suggestion.place in places else None

    @in_thread
    def decided(self, number: int, places: Collection[str]) -> Suggestion | None:
        """Return a suggestion from one of the servers *places* if it was decided."""
        suggestion = self.ledger.suggestions.get(number)
        if suggestion is None or suggestion.approved is None or suggestion.place not in places:
            return None
        return suggestion

    @in_thread
    def name(self, suggestion: Suggestion, outlet: str) -> None:
        """Set the outlet of a suggestion."""
        self.ledger.suggestions.name(suggestion.id, outlet)

    @in_thread
    def propose(self, preview: Preview, member: str, place: str) -> int:
        """Store a preview for another moderator to decide, and return its id."""
        suggestion = Suggestion(
            self.clock(),
            place,
            member,
            preview.name,
            address=preview.name if preview.data is None else None,
            data=preview.data,
            outlet=preview.outlet,
            hints=dict(preview.hints),
            watch=bool(preview.entries),
        )
        return self.ledger.suggestions.add(suggestion)

    def _since(self, days: int) -> datetime | None:
        """Return the moment *days* ago, or ``None`` for 0."""
        return self.clock() - timedelta(days=days) if days else None

    def _group(self, reports: Sequence[Feedback]) -> list[FeedbackGroup]:
        with_question = [report for report in reports if report.question]
        without_question: dict[int, list[Feedback]] = {}
        for report in reports:
            if not report.question:
                without_question.setdefault(report.answer_id, []).append(report)
        texts = [report.question or "" for report in with_question]
        index_groups = _groups_of(self.alike(texts)) if texts else []
        groups = [
            FeedbackGroup(tuple(with_question[i] for i in indexes)) for indexes in index_groups
        ]
        groups += map(FeedbackGroup, map(tuple, without_question.values()))
        return sorted(groups, key=lambda group: -len(group.said))


def _groups_of(similarity: NDArray[np.float32]) -> list[list[int]]:
    """Group texts: each joins the group whose first text is most similar, or starts a new one."""
    groups: list[list[int]] = []
    for i, row in enumerate(similarity):
        similarities = [float(row[group[0]]) for group in groups]
        best = int(np.argmax(similarities)) if similarities else -1
        if best >= 0 and similarities[best] >= LIKENESS.question_similarity:
            groups[best].append(i)
        else:
            groups.append([i])
    return groups


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Read access for moderators. Its methods do not block the event loop."""

    archive: Archive
    ledger: Ledger
    search: Callable[[str, Edition], Sequence[Evidence]]
    """Function that searches the coverage of an edition; it blocks."""

    @in_thread
    def found(self, text: str, place: str) -> Sequence[Evidence]:
        """Search the coverage of a server as for a question."""
        return self.search(text, Edition(place))

    @in_thread
    def article(self, number: int, place: str) -> Article:
        """Return an article of a server's coverage, citable or not.

        Raises:
            ArticleNotFoundError: there is none of that number, or it is another server's.
        """
        article = self.archive.articles.get(number)
        if article.place not in {"", place}:
            raise ArticleNotFoundError(number)
        return article

    @in_thread
    def at(self, address: str, edition: Edition) -> tuple[Article, str] | None:
        """Return (article at an address, its first sentence), or ``None`` if it is not citable."""
        header, scope = Header("", url=address), self.archive.editions.scope(edition)
        for place in dict.fromkeys((edition.place, "")):
            article = self.archive.articles.find(header, place)
            if article is None or article.removal is not None or not scope.includes(article):
                continue
            passages = self.archive.passages.of_article(article.id)
            return article, first_sentence(passages[0]) if passages else ""
        return None

    @in_thread
    def cites_withheld(self, number: int, edition: Edition) -> bool:
        """Return True if an answer cites an article that *edition* may not cite any more."""
        scope = self.archive.editions.scope(edition)
        article_ids = {citation.article_id for citation in self.ledger.answers.cited(number)}
        articles = [citable_article(self.archive, article_id) for article_id in article_ids]
        return any(article is None or not scope.includes(article) for article in articles)

    @in_thread
    def is_hidden(self, number: int, place: str) -> bool:
        """Return True if a server hides an article for itself."""
        return self.archive.editions.hides(place, number)

    @in_thread
    def titled(
        self, text: str, place: str, *, removed: bool = False, offset: int = 0, limit: int = 25
    ) -> Sequence[Article]:
        """Return a server's articles with *text* in the title or outlet, newest first.

        With *removed*, those that are removed, or hidden in the server.
        """
        return self.archive.articles.titled(
            text, removed=removed, edition=Edition(place), offset=offset, limit=limit
        )

    @in_thread
    def quarantined(self, place: str, offset: int, limit: int) -> Sequence[Article]:
        """Return the articles that are quarantined as unlikely to be articles."""
        return self.archive.articles.listed(
            removal=Removal.QUARANTINED, edition=Edition(place), offset=offset, limit=limit
        )

    @in_thread
    def outlets(self, place: str) -> Sequence[str]:
        """Return the names of the outlets that a server may cite."""
        return sorted(self.archive.outlets.names(Edition(place)))

    @in_thread
    def sources(self, place: str) -> Sequence[Source]:
        """Return the watched sources of a server, shared ones and its own."""
        return [source for source in self.archive.sources.watched() if source.place in {"", place}]

    @in_thread
    def notices(
        self, offset: int, limit: int, places: Collection[str] | None = None
    ) -> Sequence[GivenNotice]:
        """Return the notices of corrections given to readers of some servers, newest first."""
        return self.ledger.notices.last(limit=limit, offset=offset, places=places)

    @in_thread
    def entry(self, number: int) -> AuditEntry | None:
        """Return an audit entry, or ``None``."""
        return self.ledger.audit.get(number)

    @in_thread
    def audit(
        self, place: str, home: str | None, before: int | None = None, limit: int = 10
    ) -> list[tuple[AuditEntry, str]]:
        """Return the latest audit entries, newest first, each with the title of its object.

        They are those of one server, and those of the *home* server on articles and sources that
        this server cites too.
        """
        entries = self.ledger.audit.last(limit=limit, before=before, place=place, home=home)
        return [(entry, self._title_of(entry)) for entry in entries]

    def _title_of(self, entry: AuditEntry) -> str:
        if entry.article_id is not None:
            try:
                return self.archive.articles.get(entry.article_id).header.title
            except ArticleNotFoundError:
                return f"{entry.article_id}"
        if entry.source_id is not None and not entry.detail:
            addresses = {source.id: source.address for source in self.archive.sources.watched()}
            return addresses.get(entry.source_id, f"{entry.source_id}")
        return entry.detail or ""
