"""What members leave behind and may look at again: by numbers and hashes, never by name."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.answering.understanding.followup import Exchange
from bot.community.rules import DESK, DeskRules, ServerRules
from bot.ledger import Ledger
from bot.ledger.model import CitedRange, Feedback, FeedbackVerdict, PendingQuestion, Suggestion
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.language.languages import Language
from ingest.model import EVERYBODY, Article, Edition, Header, Summary, Version
from ingest.threads import in_thread

_CONTEXT = 300
"""Characters shown before and behind a quotation."""
_OUTLETS = 20
"""Outlets whose newest article is looked up."""
_DAYS = 30
"""Days, up to the newest coverage, whose articles are counted."""
_EXPIRED_EVERY = timedelta(hours=1)
"""Time between two looks at what is to be forgotten."""
_SUGGESTIONS = 5
"""Suggestions of one member in one day."""
_FRESH = timedelta(seconds=10)
"""Age up to which rules are not read again: another process may have set them."""


@dataclass(frozen=True, slots=True)
class QuotationShown:
    """A quotation as it stands in its article, with what is around it.

    ``current`` is whether the article, as it is now, is cited and has these very words.
    """

    header: Header
    before: str
    quote: str
    after: str
    current: bool


@dataclass(frozen=True, slots=True)
class CoverageOverview:
    """What the answers rest on: figures, the newest article of each outlet, articles by day."""

    summary: Summary
    newest: Mapping[str, Article]
    by_day: Mapping[date, int]

    @property
    def first(self) -> date | None:
        """The first of the days, none before the last that has coverage."""
        return min(self.by_day, default=None)

    @property
    def last(self) -> date | None:
        """The last day that has coverage."""
        return max(self.by_day, default=None)


@dataclass(slots=True)
class Community:
    """The verbs of members, over an open archive; nothing here blocks the event loop."""

    archive: Archive
    ledger: Ledger
    clock: Callable[[], datetime]
    owner: str = ""
    _secret: str = ""
    _expired_at: datetime | None = None
    _rules: dict[str, tuple[datetime, ServerRules]] = field(default_factory=dict)

    @in_thread
    def quotations(self, number: int) -> tuple[list[QuotationShown], datetime | None]:
        """Return the quotations of an answer, each once, with what stands around them.

        With them comes the earlier moment as of which the answer was asked for, if it was one.
        """
        cited = dict.fromkeys(self.ledger.answers.cited(number))
        found = [quotation for each in cited if (quotation := self._quoted(each))]
        return found, self.ledger.answers.as_of(number)

    @in_thread
    def exchange(self, number: int, question: str) -> Exchange | None:
        """Make an answer's exchange again from its number and the question over it.

        ``None`` if nothing is known of what it cited.
        """
        cited = dict.fromkeys(each.article_id for each in self.ledger.answers.cited(number))
        try:
            titles = tuple(self.archive.articles.get(n).header.title for n in cited)
        except ArticleNotFoundError:
            return None
        return Exchange(question, titles) if titles else None

    @in_thread
    def say(
        self,
        number: int,
        verdict: FeedbackVerdict,
        member: int,
        *,
        question: str | None = None,
        comment: str | None = None,
        place: int | None = None,
    ) -> int | None:
        """Keep what a member says of an answer, and where; return its number.

        ``None`` if there is no such answer.
        """
        mine, here = self._hashed(member), str(place or "")
        said = Feedback(self.clock(), number, verdict, mine, question, comment or None, here)
        return self.ledger.feedback.add(said)

    @in_thread
    def begin(
        self,
        question: str,
        language: Language,
        member: int,
        channel: int | None,
        *,
        token: str | None = None,
        message: int | None = None,
        as_of: datetime | None = None,
    ) -> int:
        """Keep a question until it is answered, in case the bot is killed meanwhile.

        *channel* is ``None`` where only the member sees the answer.
        """
        asked = PendingQuestion(
            self.clock(),
            str(channel or ""),
            question,
            language,
            self._hashed(member),
            token,
            str(message) if message else None,
            owner=self.owner,
            as_of=as_of,
        )
        return self.ledger.questions.add(asked)

    @in_thread
    def note_progress(self, number: int, message: int) -> None:
        """Note which message shows how far a question is."""
        self.ledger.questions.note_shown(number, str(message))

    @in_thread
    def finish(self, number: int) -> None:
        """Forget a question whose answer is shown."""
        self.ledger.questions.remove(number)

    @in_thread
    def take(self, number: int) -> PendingQuestion | None:
        """Return an interrupted question once."""
        return self.ledger.questions.take(number)

    @in_thread
    def give_back(self, asked: PendingQuestion) -> None:
        """Let a question be taken again that could not be answered now."""
        self.ledger.questions.put_back(asked)

    @in_thread
    def may_suggest(self, member: int) -> bool:
        """Tell whether a member may suggest something more today."""
        return self._suggested(self._hashed(member)) < _SUGGESTIONS

    def _suggested(self, mine: str) -> int:
        return self.ledger.suggestions.count_since(mine, self.clock() - timedelta(days=1))

    @in_thread
    def suggest(
        self, address: str, outlet: str | None, note: str | None, member: int, place: int
    ) -> int | None:
        """Keep a suggestion, and return its number; ``None`` after too many in one day."""
        mine, now = self._hashed(member), self.clock()
        if self._suggested(mine) >= _SUGGESTIONS:
            return None
        return self.ledger.suggestions.add(
            Suggestion(now, str(place), mine, address, address=address, outlet=outlet, note=note)
        )

    @in_thread
    def forget(self, member: int) -> int:
        """Forget all that is known of a member; return how many things that were."""
        return self.ledger.forget(self._hashed(member))

    def expire(self) -> None:
        """Forget what is older than the ledger promises; it blocks, once an hour."""
        now = self.clock()
        if self._expired_at is not None and now - self._expired_at < _EXPIRED_EVERY:
            return
        self.ledger.expire(now)
        self._expired_at = now

    @in_thread
    def hashed(self, member: int) -> str:
        """Return the name under which a member is known here."""
        return self._hashed(member)

    def _hashed(self, member: int) -> str:
        if not self._secret:
            self._secret = self.ledger.rules.secret()
        return hmac.new(self._secret.encode(), str(member).encode(), hashlib.sha256).hexdigest()

    async def rules(self, server: int | None) -> ServerRules:
        """Return a server's rules; in direct messages nothing is set."""
        place = str(server) if server else DESK
        if place == DESK:
            return ServerRules()
        read_at, known = self._rules.get(place, (None, ServerRules()))
        if read_at is None or self.clock() - read_at > _FRESH:
            known = ServerRules.of(await self._set(place))
            self._rules[place] = (self.clock(), known)
        return known

    async def edition(self, server: int | None) -> Edition:
        """Return the coverage that answers in *server* may cite."""
        return (await self.rules(server)).edition(server)

    @in_thread
    def welcome(self, server: int) -> bool:
        """Tell whether a server was not welcomed yet, and note that it is now."""
        place = str(server)
        known = self.ledger.rules.get(place)
        if known.get("welcomed"):
            return False
        self.ledger.rules.set(place, ServerRules.of({**known, "welcomed": True}).values())
        self._rules.clear()
        return True

    @in_thread
    def every_rules(self) -> dict[str, ServerRules]:
        """Return what each server set, by its number."""
        return {place: ServerRules.of(each) for place, each in self.ledger.rules.all().items()}

    async def desk_rules(self) -> DeskRules:
        """Return what is set for the whole desk."""
        return DeskRules.of(await self._set(DESK))

    @in_thread
    def _set(self, place: str) -> Mapping[str, Any]:
        return self.ledger.rules.get(place)

    def rules_changed(self) -> None:
        """Read every server's rules again."""
        self._rules.clear()

    @in_thread
    def known(self, edition: Edition = EVERYBODY) -> CoverageOverview:
        """Return what the answers of one edition rest on."""
        summary = self.archive.summary(edition)
        newest = {}
        for each in summary.outlets[:_OUTLETS]:
            own = replace(edition, outlets=(each.outlet,))
            for article in self.archive.articles.listed(edition=own, limit=1):
                newest[each.outlet] = article
        return CoverageOverview(summary, newest, self.archive.articles.by_day(_DAYS, edition))

    @in_thread
    def note_shown(self, number: int, channel: int, message: int, language: Language) -> None:
        """Remember where an answer stands, so that corrections reach its readers."""
        noted = (number, str(channel), str(message), language)
        self.ledger.notices.note_shown(*noted, now=self.clock())

    def _quoted(self, cited: CitedRange) -> QuotationShown | None:
        """Find a quotation again; ``None`` where its text was erased."""
        try:
            article = self.archive.articles.get(cited.article_id)
            versions = self.archive.articles.versions(cited.article_id)
        except ArticleNotFoundError:
            return None
        version = next((each for each in versions if each.number == cited.version), None)
        if version is None:
            return None
        text = version.extract.text
        quote = text[cited.start_at : cited.end_at]
        return QuotationShown(
            version.extract.header,
            _beginning_cut(
                text[max(0, cited.start_at - _CONTEXT) : cited.start_at], cited.start_at
            ),
            quote,
            _end_cut(text[cited.end_at : cited.end_at + _CONTEXT], len(text) - cited.end_at),
            article.removal is None and _is_current(quote, versions),
        )


def _is_current(quote: str, versions: Sequence[Version]) -> bool:
    """Tell whether the newest version has *quote*."""
    return quote in versions[-1].extract.text


def _beginning_cut(text: str, there_is: int) -> str:
    """Begin at a word where there was more."""
    if there_is <= _CONTEXT:
        return text
    return f"…{text[text.find(' ') + 1 :] if ' ' in text else text}"


def _end_cut(text: str, there_is: int) -> str:
    """End at a word where there is more."""
    if there_is <= _CONTEXT:
        return text
    return f"{text[: text.rfind(' ')] if ' ' in text else text}…"
