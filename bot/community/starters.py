"""Ways to begin: drawn from the newest articles, each leading with its own article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.answering.model import Answer, Citation, Level, Question
from bot.answering.understanding.question import LONGEST, language_asked
from bot.answering.watching import Outcome
from bot.wording import Wording
from ingest.archive import Archive
from ingest.language.languages import Language
from ingest.language.names import names_in
from ingest.model import EVERYBODY, Article, Edition, Progress

_NEWEST = 40
"""Articles that questions are drawn from."""
OFFERED = 25
"""Questions in all; Discord shows no more."""
AN_OUTLET = 4
"""Questions about the articles of one outlet, so that no outlet fills the list."""
_ASKED = ("result", "turnout")
"""What somebody begins with at any election, if the coverage answers it."""
_NAMES, _LONGEST_NAME, _TITLES = 2, 60, 2
"""Names that are offered, characters of one, and titles in which it stands at least."""
DRAWN_EVERY = timedelta(minutes=5)
"""Least time between two drawings; coverage may change every second."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A way to begin: the result, the turnout, or the latest on *topic*."""

    kind: str
    topic: str = ""


@dataclass(slots=True)
class Starters:
    """Keeps the questions; *answers* blocks and is asked each of them before it is offered."""

    archive: Archive
    answers: Callable[[Question], Outcome]
    clock: Callable[[], datetime]
    _questions: dict[str, str] = field(default_factory=dict)
    """Each question, and the outlet whose article answers it."""
    _begun: dict[tuple[str, Language], str] = field(default_factory=dict)
    """What somebody may begin with in each language, and the outlet that answers it."""
    _named: dict[str, set[str]] = field(default_factory=dict)
    """Names in several of the newest titles, and whose titles those are."""
    topics: list[str] = field(default_factory=list)
    """Names in the newest titles, those that stand in most first."""
    _change: int = -1
    _drawn: datetime | None = None

    def keep(self, progress: Progress | None = None) -> None:
        """Draw the questions anew if the coverage changed; it blocks.

        *progress* is told of each question that was tried, and may stop it.
        """
        change, now = self.archive.changes.last(), self.clock()
        rested = self._drawn is None or now - self._drawn >= DRAWN_EVERY
        if change == self._change or not rested:
            return
        self._name()
        self._begun = self._begin(now)
        self._questions = self._draw(now, progress)
        self._change, self._drawn = change, now

    def like(self, typed: str, language: Language, edition: Edition = EVERYBODY) -> list[str]:
        """Return the questions that contain *typed*, those in *language* first.

        Of an edition of some outlets only what their articles answer.
        """
        outlets = edition.outlets
        wanted = typed.casefold().strip()
        found = [
            question
            for question, outlet in self._questions.items()
            if wanted in question.casefold() and (outlet in outlets or not outlets)
        ]
        return sorted(found, key=lambda each: language_asked(each) is not language)

    def beginnings(self, language: Language, edition: Edition = EVERYBODY) -> list[Beginning]:
        """Return what somebody may begin with in *language*, the result first.

        Of an edition of some outlets only what their articles answer.
        """
        outlets = edition.outlets
        answered = [
            Beginning(kind)
            for kind in _ASKED
            if (outlet := self._begun.get((kind, language))) and (outlet in outlets or not outlets)
        ]
        named = [
            Beginning("latest", name)
            for name, whose in self._named.items()
            if not outlets or whose.intersection(outlets)
        ]
        return [*answered, *named[:_NAMES]]

    def _name(self) -> None:
        """Count the names in the newest titles."""
        counted: Counter[str] = Counter()
        whose: dict[str, set[str]] = {}
        for each in self._newest():
            for name in dict.fromkeys(names_in(each.header.title)):
                counted[name] += 1
                whose.setdefault(name, set()).add(each.header.outlet)
        self.topics = [name for name, _ in counted.most_common()]
        self._named = {
            name: whose[name]
            for name, count in counted.most_common()
            if count >= _TITLES and len(name) <= _LONGEST_NAME
        }

    def _begin(self, now: datetime) -> dict[tuple[str, Language], str]:
        """Ask what anybody begins with, in every language, and keep what is answered.

        What surely answers in one language is offered in each in which it leads as well.
        """
        found: dict[tuple[str, Language], str] = {}
        for kind in _ASKED:
            leads: dict[Language, Citation] = {}
            sure: set[Citation] = set()
            for language in Language:
                text = Wording.of(language)(f"ask_{kind}")
                outcome = self.answers(Question(text, now, language))
                if not isinstance(outcome, Answer) or outcome.citations[0].header.unverified:
                    continue
                leads[language] = outcome.citations[0]
                sure |= {leads[language]} if outcome.level is Level.SAYS else set()
            found |= {
                (kind, language): lead.header.outlet
                for language, lead in leads.items()
                if lead in sure
            }
        return found

    def _newest(self) -> list[Article]:
        """Return the newest articles that everybody shares, without what nobody has verified."""
        found = self.archive.articles.listed(edition=EVERYBODY, limit=_NEWEST)
        return [each for each in found if not each.header.unverified]

    def _draw(self, now: datetime, progress: Progress | None) -> dict[str, str]:
        found: dict[str, str] = {}
        outlets: dict[str, int] = {}
        for tried, article in enumerate(self._newest()):
            if progress is not None:
                progress(tried, _NEWEST)
            if len(found) == OFFERED:
                break
            outlet = article.header.outlet
            if outlets.get(outlet, 0) < AN_OUTLET and self._answered(article, now):
                outlets[outlet] = outlets.get(outlet, 0) + 1
                found[_question_about(article)] = outlet
        return found

    def _answered(self, article: Article, now: datetime) -> bool:
        text = _question_about(article)
        if len(text) > LONGEST:
            return False
        outcome = self.answers(Question(text, now, language_asked(text)))
        return isinstance(outcome, Answer) and article.id in {
            excerpt.citation.passage.article_id for excerpt in outcome.excerpts[:1]
        }


def _question_about(article: Article) -> str:
    """Ask what an article reports, in its own language."""
    title = article.header.title
    return Wording.of(language_asked(title))("starter", title=title)
