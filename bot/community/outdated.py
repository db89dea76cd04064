"""Which answers that stand in Discord newer coverage answers now.

What was asked is not kept, so it cannot be asked again for every article. An article is instead
held against what answers cite: it is searched for like a question, and answers that cite anything
near it may be concerned. Their questions stand in Discord's own messages.
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
from bot.community.news import appeared, standing
from bot.ledger import Ledger
from bot.ledger.model import NoticeKey, NoticeKind, ShownAnswer
from bot.ledger.seen import Looker
from ingest.archive import Archive
from ingest.index.passages import first_sentence
from ingest.model import EVERYBODY, Article, Edition
from ingest.threads import in_thread

_NEAR = 40
"""Passages near an article that answers may cite: with ten, every third answer is missed."""
_LONGEST = 600
"""Characters of new entries of a live page by which answers near them are looked for."""
_ANSWERS = 50
"""Answers that one article may concern, the newest."""


@dataclass(frozen=True, slots=True)
class _DoubtedAnswer:
    """An answer that any of the articles *newer* may answer anew.

    Of a live page that was there before, only its new *entries* may.
    """

    shown: ShownAnswer
    newer: frozenset[int]
    entries: Mapping[int, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class _NewerCoverage:
    """What answers now, where an answer cites what was there before."""

    shown: ShownAnswer
    citation: Citation

    @property
    def key(self) -> NoticeKey:
        """Return what makes the notice of it the same one."""
        passage = self.citation.passage
        number = self.shown.answer_id
        return NoticeKey(number, passage.article_id, passage.version, NoticeKind.NEWER)


@dataclass(frozen=True, slots=True)
class Outdated:
    """The verbs of who tells readers of newer coverage, of answers not older than *lasting*."""

    archive: Archive
    ledger: Ledger
    coverage: Coverage
    clock: Callable[[], datetime]
    lasting: timedelta

    @in_thread
    def doubted(self) -> tuple[list[_DoubtedAnswer], int | None]:
        """Return the answers that new articles may concern, and the change up to which that is all.

        ``None`` for the change where there is nothing to look at yet.
        """
        seen = self.ledger.seen.upto(Looker.ANSWERS)
        new = appeared(self.archive, self.coverage, seen, self.clock())
        if new is None:
            return [], None
        found: dict[ShownAnswer, set[int]] = {}
        for article in new.articles if self.ledger.notices.shown_after(self._since) else ():
            for shown in self._concerned(article, new.entries.get(article.id, ())):
                found.setdefault(shown, set()).add(article.id)
        doubted = [
            _DoubtedAnswer(shown, frozenset(ids), new.entries) for shown, ids in found.items()
        ]
        return doubted, new.upto

    @in_thread
    def newer(
        self, doubted: _DoubtedAnswer, question: str, edition: Edition = EVERYBODY
    ) -> _NewerCoverage | None:
        """Ask *question* again; what leads its answer is newer coverage, if that is new."""
        if not stands_alone(question):
            return None
        try:
            asked = ask(question, now=self.clock(), language=doubted.shown.language)
        except UnaskableError:
            return None
        outcome = answer_now(asked, replace(self.coverage.serving, edition=edition))
        if not isinstance(outcome, Answer) or outcome.level is not Level.SAYS:
            return None
        passage = outcome.excerpts[0].citation.passage
        if passage.article_id not in doubted.newer:
            return None
        entries = doubted.entries.get(passage.article_id)
        if entries and not any(outcome.excerpts[0].parts[1] in each for each in entries):
            return None
        return _NewerCoverage(doubted.shown, Citation.of(outcome.excerpts[0].parts[1], passage))

    @in_thread
    def mark_given(self, found: _NewerCoverage, *, reached: bool) -> None:
        """Record that somebody was told, or could not be; nobody is told again under an answer."""
        self.ledger.notices.mark_given(found.key, now=self.clock(), reached=reached)

    @in_thread
    def looked(self, upto: int) -> None:
        """Record that everything up to a change was looked at."""
        self.ledger.seen.note(Looker.ANSWERS, upto)

    @property
    def _since(self) -> datetime:
        return self.clock() - self.lasting

    def _concerned(self, article: Article, entries: Sequence[str]) -> Iterator[ShownAnswer]:
        """Yield answers that cite other stories near *article*, none that is newer itself.

        New *entries* of a live page may concern answers that cite its older ones.
        """
        passages = self.archive.passages.of_article(article.id)
        if not passages:
            return
        said = f"{article.header.title}\n{first_sentence(passages[0])}"
        if entries:
            said = "\n".join(entries)[:_LONGEST]
        near = self.coverage.serving.search(said, limit=_NEAR)
        cited = {each.passage.article_id for each in near}
        cited = cited | {article.id} if entries else cited - {article.id}
        for shown in self.ledger.notices.citing(cited, self._since, _ANSWERS):
            before = [
                known
                for each in self.ledger.answers.cited(shown.answer_id)
                if (known := standing(self.archive, each.article_id))
            ]
            stories = {each.story or each.id for each in before}
            newest = max(map(_day, before), default=date.min)
            other = entries or (article.story or article.id) not in stories
            if other and _day(article) >= newest:
                yield shown


def _day(article: Article) -> date:
    """Return the day of an article; one without a day is not newer than anything."""
    return article.header.day or date.min
