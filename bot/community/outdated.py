"""Shown answers for which there is newer coverage.

Questions are not stored, so they cannot be asked again for every new article. Instead, passages
similar to the new article are searched for, and the answers that cite them are checked. Their
questions are read from Discord's messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.answering.answer import answer_now
from bot.answering.coverage import Coverage
from bot.answering.model import Answer, Citation, Level
from bot.answering.understanding.followup import stands_alone
from bot.answering.understanding.question import UnaskableError, ask
from bot.community.news import citable_article, new_coverage
from bot.ledger import Ledger
from bot.ledger.model import NoticeKey, NoticeKind, ShownAnswer
from bot.ledger.positions import ChangeConsumer
from ingest.archive import Archive
from ingest.index.passages import first_sentence
from ingest.model import EVERYBODY, Article, Edition
from ingest.process.threads import in_thread

_SIMILAR_PASSAGES = 40
"""Number of passages similar to an article; with ten, a third of the answers is missed."""
_MAX_QUERY_CHARACTERS = 600
"""Maximum number of characters of a live page's new entries in the search."""
_MAX_ANSWERS = 50
"""Maximum number of answers checked for one article, the newest first."""


@dataclass(frozen=True, slots=True)
class _DoubtedAnswer:
    """A shown answer that one of the articles *newer* may answer differently.

    For a known live page, only its new *entries* count.
    """

    shown: ShownAnswer
    newer: frozenset[int]
    entries: Mapping[int, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class _NewerCoverage:
    """A shown answer, and a citation of newer coverage that answers its question."""

    shown: ShownAnswer
    citation: Citation

    @property
    def key(self) -> NoticeKey:
        """Return the identity of the notice."""
        passage = self.citation.passage
        number = self.shown.answer_id
        return NoticeKey(number, passage.article_id, passage.version, NoticeKind.NEWER)


@dataclass(frozen=True, slots=True)
class Outdated:
    """Search for newer coverage of shown answers not older than *lasting*."""

    archive: Archive
    ledger: Ledger
    coverage: Coverage
    clock: Callable[[], datetime]
    lasting: timedelta

    @in_thread
    def doubted(self) -> tuple[list[_DoubtedAnswer], int | None]:
        """Return (answers that new articles may concern, last change of the batch).

        The change is ``None`` if there are no new articles.
        """
        position = self.ledger.positions.upto(ChangeConsumer.ANSWERS)
        recent = new_coverage(self.archive, self.coverage, position, self.clock())
        if recent is None:
            return [], None
        articles_by_answer: dict[ShownAnswer, set[int]] = {}
        for article in recent.articles if self.ledger.notices.shown_after(self._since) else ():
            for answer in self._concerned(article, recent.entries.get(article.id, ())):
                articles_by_answer.setdefault(answer, set()).add(article.id)
        doubted = [
            _DoubtedAnswer(answer, frozenset(ids), recent.entries)
            for answer, ids in articles_by_answer.items()
        ]
        return doubted, recent.upto

    @in_thread
    def newer(
        self, doubted: _DoubtedAnswer, question: str, edition: Edition = EVERYBODY
    ) -> _NewerCoverage | None:
        """Ask *question* again; return its first citation if it is newer coverage."""
        if not stands_alone(question):
            return None
        try:
            parsed_question = ask(question, now=self.clock(), language=doubted.shown.language)
        except UnaskableError:
            return None
        outcome = answer_now(parsed_question, replace(self.coverage.serving, edition=edition))
        if not isinstance(outcome, Answer) or outcome.level is not Level.SAYS:
            return None
        passage = outcome.excerpts[0].citation.passage
        if passage.article_id not in doubted.newer:
            return None
        entries = doubted.entries.get(passage.article_id)
        if entries and not any(outcome.excerpts[0].parts[1] in entry for entry in entries):
            return None
        return _NewerCoverage(doubted.shown, Citation.of(outcome.excerpts[0].parts[1], passage))

    @in_thread
    def mark_given(self, coverage: _NewerCoverage, *, reached: bool) -> None:
        """Record that a notice was delivered or could not be; an answer gets only one."""
        self.ledger.notices.mark_given(coverage.key, now=self.clock(), reached=reached)

    @in_thread
    def looked(self, upto: int) -> None:
        """Record that all changes up to *upto* were checked."""
        self.ledger.positions.note(ChangeConsumer.ANSWERS, upto)

    @property
    def _since(self) -> datetime:
        return self.clock() - self.lasting

    def _concerned(self, article: Article, entries: Sequence[str]) -> Iterator[ShownAnswer]:
        """Yield answers that cite passages similar to *article*, of other stories and not newer.

        New *entries* of a live page may concern answers that cite its older ones.
        """
        passages = self.archive.passages.of_article(article.id)
        if not passages:
            return
        query = f"{article.header.title}\n{first_sentence(passages[0])}"
        if entries:
            query = "\n".join(entries)[:_MAX_QUERY_CHARACTERS]
        evidence = self.coverage.serving.search(query, limit=_SIMILAR_PASSAGES)
        cited_ids = {item.passage.article_id for item in evidence}
        cited_ids = cited_ids | {article.id} if entries else cited_ids - {article.id}
        for answer in self.ledger.notices.citing(cited_ids, self._since, _MAX_ANSWERS):
            cited_articles = [
                source
                for citation in self.ledger.answers.cited(answer.answer_id)
                if (source := citable_article(self.archive, citation.article_id))
            ]
            stories = {source.story or source.id for source in cited_articles}
            newest = max(map(_day, cited_articles), default=date.min)
            is_other_story = entries or (article.story or article.id) not in stories
            if is_other_story and _day(article) >= newest:
                yield answer


def _day(article: Article) -> date:
    """Return the day of an article, the earliest date if it has none."""
    return article.header.day or date.min
