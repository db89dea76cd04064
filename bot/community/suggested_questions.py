"""Suggested questions, drawn from the newest articles, each answered by its own article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import wait
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from bot.answering.limits import QUESTIONS
from bot.answering.understanding.question import language_asked
from bot.answering.values import Answer, Citation, Level, Outcome, Question
from bot.community.limits import INTERVALS, MEMBERS
from bot.community.news import citable_article
from bot.wording import Wording
from ingest.archive import Archive
from ingest.language.languages import Language
from ingest.language.names import names_in
from ingest.model import EVERYBODY, Article, Edition, Progress
from ingest.process.threads import begin_search, in_thread

_GENERAL_KINDS = ("result", "turnout")
"""Kinds of general questions, suggested if the coverage answers them."""


@dataclass(frozen=True, slots=True)
class SuggestedTopic:
    """A suggestion: the result, the turnout, or the latest news on *topic*."""

    kind: str
    topic: str = ""


@dataclass(slots=True)
class SuggestedQuestions:
    """Suggested questions; *answers* searches, and has to answer each before it is suggested."""

    archive: Archive
    answers: Callable[[Question], Outcome]
    clock: Callable[[], datetime]
    _questions: dict[str, int] = field(default_factory=dict)
    """Ids of the articles that answer a question about their title, by question."""
    _general: dict[tuple[str, Language], str] = field(default_factory=dict)
    """Outlets that answer a general question, by kind and language."""
    _title_names: dict[str, set[str]] = field(default_factory=dict)
    """Outlets of the titles with a name, by name, for names in several of the newest titles."""
    topics: list[str] = field(default_factory=list)
    """Names in the newest titles, the most frequent first."""
    _last_change: int = -1
    _drawn_at: datetime | None = None

    def refresh(self, progress: Progress | None = None) -> None:
        """Draw the questions again if the coverage changed; it blocks.

        *progress* is called for each question tried, and may raise to abort.
        """
        last_change, now = self.archive.changes.last(), self.clock()
        is_due = self._drawn_at is None or now - self._drawn_at >= INTERVALS.suggesting
        if last_change == self._last_change or not is_due:
            return
        self._count_names()
        self._general = self._ask_general(now, progress)
        self._questions = self._draw(now, progress)
        self._last_change, self._drawn_at = last_change, now

    @in_thread
    def matching(self, query: str, language: Language, edition: Edition = EVERYBODY) -> list[str]:
        """Return the questions that contain *query*, those in *language* first.

        Only those about the titles of articles that *edition* may cite now: one that was removed
        or hidden a moment ago is not named any more.
        """
        scope = self.archive.editions.scope(edition)
        needle = query.casefold().strip()
        questions = [
            question
            for question, number in self._questions.items()
            if needle in question.casefold()
            and (article := citable_article(self.archive, number)) is not None
            and scope.includes(article)
        ]
        return sorted(questions, key=lambda question: language_asked(question) is not language)

    def suggestions(self, language: Language, edition: Edition = EVERYBODY) -> list[SuggestedTopic]:
        """Return suggestions in *language*, the result first.

        For an edition of some outlets, only those that its outlets answer.
        """
        outlets = edition.outlets
        general = [
            SuggestedTopic(kind)
            for kind in _GENERAL_KINDS
            if (outlet := self._general.get((kind, language)))
            and (outlet in outlets or not outlets)
        ]
        topics = [
            SuggestedTopic("latest", name)
            for name, title_outlets in self._title_names.items()
            if not outlets or title_outlets.intersection(outlets)
        ]
        return [*general, *topics[: MEMBERS.suggested_names]]

    def _count_names(self) -> None:
        """Count the names in the newest titles."""
        counts: Counter[str] = Counter()
        outlets: dict[str, set[str]] = {}
        for article in self._newest():
            for name in dict.fromkeys(names_in(article.header.title)):
                counts[name] += 1
                outlets.setdefault(name, set()).add(article.header.outlet)
        self.topics = [name for name, _ in counts.most_common()]
        self._title_names = {
            name: outlets[name]
            for name, count in counts.most_common()
            if count >= MEMBERS.suggested_name_titles
            and len(name) <= MEMBERS.suggested_name_characters
        }

    def _ask_general(
        self, now: datetime, progress: Progress | None
    ) -> dict[tuple[str, Language], str]:
        """Ask the general questions in every language, and return the outlets that answer them.

        A citation that is certain in one language, or leads in half of them, is accepted in every
        language that leads with it.
        """
        outlets: dict[tuple[str, Language], str] = {}
        for kind in _GENERAL_KINDS:
            citations: dict[Language, Citation] = {}
            certain: set[Citation] = set()
            for language in Language:
                if progress is not None:
                    progress(0, MEMBERS.suggesting_articles)
                text = Wording.of(language)(f"ask_{kind}")
                outcome = self._ask(Question(text, now, language), progress)
                if not isinstance(outcome, Answer) or outcome.citations[0].header.unverified:
                    continue
                citations[language] = outcome.citations[0]
                certain |= {citations[language]} if outcome.level is Level.SAYS else set()
            agreed = {
                lead
                for lead, count in Counter(citations.values()).items()
                if 2 * count >= len(Language)
            }
            outlets |= {
                (kind, language): lead.header.outlet
                for language, lead in citations.items()
                if lead in certain | agreed
            }
        return outlets

    def _newest(self) -> list[Article]:
        """Return the newest shared articles, without unverified ones."""
        articles = self.archive.articles.listed(
            edition=EVERYBODY, limit=MEMBERS.suggesting_articles
        )
        return [article for article in articles if not article.header.unverified]

    def _draw(self, now: datetime, progress: Progress | None) -> dict[str, int]:
        questions: dict[str, int] = {}
        counts: dict[str, int] = {}
        for index, article in enumerate(self._newest()):
            if progress is not None:
                progress(index, MEMBERS.suggesting_articles)
            if len(questions) == MEMBERS.suggested_questions:
                break
            outlet = article.header.outlet
            if counts.get(outlet, 0) < MEMBERS.suggested_per_outlet and self._answers_itself(
                article, now, progress
            ):
                counts[outlet] = counts.get(outlet, 0) + 1
                questions[_question_about(article)] = article.id
        return questions

    def _answers_itself(self, article: Article, now: datetime, progress: Progress | None) -> bool:
        """Return True if the question about an article is answered by that article first."""
        text = _question_about(article)
        if len(text) > QUESTIONS.characters:
            return False
        outcome = self._ask(Question(text, now, language_asked(text)), progress)
        return isinstance(outcome, Answer) and article.id in {
            excerpt.citation.passage.article_id for excerpt in outcome.excerpts[:1]
        }

    def _ask(self, question: Question, progress: Progress | None) -> Outcome:
        """Return the outcome of *question*, asked in turn with those of members.

        *progress* is called again and again meanwhile; what it raises leaves the answer behind.
        """
        answering = begin_search(partial(self.answers, question))
        while wait([answering], INTERVALS.asking.total_seconds()).not_done:
            if progress is not None:
                progress(0, MEMBERS.suggesting_articles)
        return answering.result()


def _question_about(article: Article) -> str:
    """Return the question about an article's title, in its language."""
    title = article.header.title
    return Wording.of(language_asked(title))("starter", title=title)
