"""What people follow: new coverage of it is found once, and waits until it may be sent.

The cost of an article does not grow with the followers: it is held against the words that every
topic needs, and only topics that could be meant are searched for.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import TypeAlias

from bot.answering.answer import answer_now
from bot.answering.coverage import Coverage
from bot.answering.model import Answer, Citation, Level, Question
from bot.answering.timeline import reported
from bot.answering.understanding.need import Need, TextTerms
from bot.answering.understanding.question import language_asked
from bot.community.news import ENTRY_TIME, appeared, standing
from bot.ledger import Ledger
from bot.ledger.model import Follow, FollowedNews, FollowKind
from bot.ledger.seen import Looker
from bot.reporting import cited_range
from ingest.archive import Archive
from ingest.index.passages import first_sentence, sentences
from ingest.language.languages import Language
from ingest.model import Article, Edition, Header, Passage
from ingest.threads import in_thread

_REST = timedelta(hours=2)
"""Time between two messages of one follow; what is found meanwhile waits."""
_KEYS = 2
"""Words of a topic by which it is found, the weightiest."""
_MENTIONED = {FollowKind.TOPIC: 0.75, FollowKind.QUESTION: 0.6}
"""Share of the words that an article has before it is looked at closely: of three all, of four
three; what answers a question is told by other signs as well."""
_OF_A_MEMBER, _OF_A_CHANNEL = 10, 20
"""Follows that one may have."""
LONGEST_TOPIC = 200
"""Characters of a topic."""
_BEGINNING = 60
"""Characters of an entry of a live page by which it is found in its passage."""
_PREFIX = 2
"""Characters by which words without spaces are found."""
_Interest: TypeAlias = tuple[FollowKind, str]


@dataclass(frozen=True, slots=True)
class _QuotedNews:
    """A quotation of new coverage, with the article that it stands in."""

    header: Header
    quote: str


@dataclass(frozen=True, slots=True)
class DueNews:
    """What is to be sent for one follow now; ``found`` are the rows that are done with then."""

    follow: Follow
    quoted: tuple[_QuotedNews, ...]
    found: tuple[FollowedNews, ...]

    @property
    def nonce(self) -> str:
        """Name the message, so that Discord takes it once however often it is sent."""
        return f"f{self.follow.id}.{min(each.story for each in self.found)}"


class _Interests:
    """All follows, found by the words that an article has."""

    def __init__(
        self,
        follows: Sequence[Follow],
        need_of: Callable[[str], Need],
        known: Mapping[_Interest, Need],
    ) -> None:
        self._need_of = need_of
        self.places = {each.place for each in follows}
        self.outlets: dict[str, list[Follow]] = defaultdict(list)
        self.followers: dict[_Interest, list[Follow]] = defaultdict(list)
        self.needs: dict[_Interest, Need] = {}
        self._stems: dict[str, set[_Interest]] = defaultdict(set)
        self._scripts: dict[str, set[tuple[str, _Interest]]] = defaultdict(set)
        for each in follows:
            if each.kind is FollowKind.OUTLET:
                self.outlets[each.text.casefold()].append(each)
                continue
            interest = each.kind, each.text
            if interest not in self.needs:
                self._index(interest, known.get(interest) or need_of(each.text))
            self.followers[interest].append(each)

    def _index(self, interest: _Interest, need: Need) -> None:
        """Find an interest by the forms of its weightiest words."""
        self.needs[interest] = need
        for term in sorted(need.terms, key=lambda term: -term.weight)[:_KEYS]:
            for stem in term.forms.stems:
                self._stems[stem].add(interest)
            for word in term.forms.scripts:
                self._scripts[word[:_PREFIX]].add((word, interest))

    def in_text(self, text: str) -> set[_Interest]:
        """Return what an article may be about: it has a weighty word, and most of them."""
        read = TextTerms.of(text)
        found = {each for stem in read.stems for each in self._stems.get(stem, ())}
        for start in {read.text[i : i + _PREFIX] for i in range(len(read.text) - 1)}:
            words = self._scripts.get(start, ())
            found |= {interest for word, interest in words if word in read.text}
        return {each for each in found if self._mentioned(each, text) >= _MENTIONED[each[0]]}

    def _mentioned(self, interest: _Interest, text: str) -> float:
        """Return the share of an interest that *text* mentions; what nobody wrote it does not."""
        need = self._need(interest)
        return need.share(text) * need.familiar

    def _need(self, interest: _Interest) -> Need:
        """Return what an interest needs; words that no coverage had may have come since."""
        if self.needs[interest].strange:
            self._index(interest, self._need_of(interest[1]))
        return self.needs[interest]


@dataclass(slots=True)
class Following:
    """The verbs of who follows something, and of who finds what is new for them."""

    archive: Archive
    ledger: Ledger
    coverage: Coverage
    clock: Callable[[], datetime]
    _known: tuple[int, int] | None = None
    _interests: _Interests | None = None

    @in_thread
    def follow(
        self,
        text: str,
        member: str,
        channel: int,
        place: int | None,
        language: Language,
        *,
        question: bool = False,
    ) -> Follow | None:
        """Follow an outlet, or a topic, or until it is answered a question.

        ``None`` where the member, or in a server the channel, follows enough. What is followed
        already stays one follow.
        """
        outlets = {
            each.casefold(): each for each in self.archive.outlets.names(Edition(str(place or "")))
        }
        named = outlets.get(text.casefold())
        kind = FollowKind.QUESTION if question else FollowKind.TOPIC
        kind = FollowKind.OUTLET if named and not question else kind
        there = self.ledger.follows.in_channel(str(channel))
        same = (each for each in there if (each.kind, each.text) == (kind, named or text))
        if known := next(same, None):
            return known
        mine = self.ledger.follows.of_member(member)
        if len(mine) >= _OF_A_MEMBER or len(there) >= _OF_A_CHANNEL:
            return None
        made = Follow(
            self.clock(), member, str(channel), str(place or ""), kind, named or text, language
        )
        number = self.ledger.follows.add(made)
        return self.ledger.follows.get(number)

    @in_thread
    def of(self, member: str, channel: int | None) -> list[Follow]:
        """Return what a member follows, and what is followed in a channel."""
        mine = self.ledger.follows.of_member(member)
        there = self.ledger.follows.in_channel(str(channel)) if channel else []
        return list({each.id: each for each in (*mine, *there)}.values())

    @in_thread
    def get(self, number: int) -> Follow | None:
        """Return one follow."""
        return self.ledger.follows.get(number)

    @in_thread
    def unfollow(self, number: int) -> bool:
        """End a follow; tell whether there was one."""
        return self.ledger.follows.remove(number)

    def catch_up(self) -> None:
        """Find what is new for anybody since the last time; it blocks.

        It waits until the index has it too. Whoever comes first has no news of before.
        """
        seen = self.ledger.seen.upto(Looker.FOLLOWS)
        new = appeared(self.archive, self.coverage, seen, self.clock())
        if new is not None:
            interests = self._followed()
            whole = [each for each in new.articles if each.id not in new.entries]
            live = [each for each in new.articles if each.id in new.entries]
            found = chain(
                self._found(whole, interests),
                self._found_live(live, new.entries, interests),
                self._answered_live(live, new.entries, interests),
            )
            told = list(self._citable(found, interests))
            self.ledger.follows.note(told, new.upto, now=self.clock())

    @in_thread
    def due(self, quiet: Callable[[str], bool]) -> list[DueNews]:
        """Return what is to be sent now: not to a server that is *quiet*, not too often."""
        return [
            DueNews(follow, tuple(filter(None, map(self._quoted, news))), tuple(news))
            for follow, news in self.ledger.follows.waiting(self.clock() - _REST)
            if not quiet(follow.place)
        ]

    @in_thread
    def mark_sent(self, due: DueNews) -> None:
        """Record that something was sent, or cannot be; a question that is answered is over."""
        if due.quoted and due.follow.kind is FollowKind.QUESTION:
            self.ledger.follows.remove(due.follow.id)
        else:
            self.ledger.follows.mark_sent(due.found, now=self.clock())

    def _followed(self) -> _Interests:
        """Return the follows as they are now; they are read again where any came or went."""
        count = self.ledger.follows.count()
        if self._interests is None or count != self._known:
            index, every = self.coverage.index, self.ledger.follows.all()
            known = self._interests.needs if self._interests else {}
            self._interests = _Interests(every, lambda text: Need.of(text, index), known)
            self._known = count
        return self._interests

    def _citable(
        self, found: Iterable[tuple[Follow, FollowedNews]], interests: _Interests
    ) -> Iterable[FollowedNews]:
        """Yield the news of *found* without what a follower's server may not cite."""
        withheld = {place: self.archive.editions.withheld(place) for place in interests.places}
        for follow, news in found:
            if news.cited.article_id not in withheld[follow.place]:
                yield news

    def _found(
        self, articles: Sequence[Article], interests: _Interests
    ) -> Iterable[tuple[Follow, FollowedNews]]:
        """Yield what each follow gets of *articles*, each searched in its own edition."""
        for place in {each.place for each in articles}:
            ours = [each for each in articles if each.place == place]
            yield from self._found_in(Edition(place), ours, interests)

    def _found_live(
        self,
        articles: Sequence[Article],
        entries: Mapping[int, tuple[str, ...]],
        interests: _Interests,
    ) -> Iterable[tuple[Follow, FollowedNews]]:
        """Yield what each follow gets of the new *entries* of live pages, each entry once."""
        for article in articles:
            passages = self.archive.passages.of_article(article.id)
            outlet = article.header.outlet.casefold()
            for entry in entries[article.id]:
                followers = [
                    follow
                    for interest in interests.in_text(entry)
                    if interest[0] is FollowKind.TOPIC
                    for follow in interests.followers[interest]
                ]
                followers += [] if article.header.pasted else interests.outlets.get(outlet, [])
                cited = _entry_cited(entry, passages)
                if cited is None:
                    continue
                for follow in followers:
                    yield follow, _entry_news(follow, article, entry, cited)

    def _answered_live(
        self,
        articles: Sequence[Article],
        entries: Mapping[int, tuple[str, ...]],
        interests: _Interests,
    ) -> Iterable[tuple[Follow, FollowedNews]]:
        """Yield what answers the questions that are followed, where new entries do."""
        for article in articles:
            said = "\n".join(entries[article.id])
            asked = [each for each in interests.in_text(said) if each[0] is FollowKind.QUESTION]
            for interest in asked:
                found = self._cited(interest, [article], Edition(article.place))
                cited = found.get(article.id)
                if cited is not None and cited.quote in said:
                    for follow in interests.followers[interest]:
                        yield follow, _entry_news(follow, article, cited.quote, cited)

    def _found_in(
        self, edition: Edition, articles: Sequence[Article], interests: _Interests
    ) -> Iterable[tuple[Follow, FollowedNews]]:
        """Yield what each follow gets of *articles*, all of one edition."""
        meant: dict[_Interest, list[Article]] = defaultdict(list)
        for each in articles:
            passages = self.archive.passages.of_article(each.id)
            if not passages:
                continue
            text = "\n".join([each.header.title, *(p.text for p in passages)])
            for interest in interests.in_text(text):
                meant[interest].append(each)
            lead = Citation.of(first_sentence(passages[0]), passages[0])
            outlet = "" if each.header.pasted else each.header.outlet.casefold()
            for follow in interests.outlets.get(outlet, ()):
                yield from ((follow, news) for news in _news_for(follow, each, lead))
        for interest, about in meant.items():
            cited = self._cited(interest, about, edition)
            for each in (a for a in about if a.id in cited):
                for follow in interests.followers[interest]:
                    found = _news_for(follow, each, cited[each.id])
                    yield from ((follow, news) for news in found)

    def _cited(
        self, interest: _Interest, articles: Sequence[Article], edition: Edition
    ) -> Mapping[int, Citation]:
        """Quote what *articles* report on a topic, or where they answer a question."""
        kind, text = interest
        now, days = self.clock(), [each.header.day or date.min for each in articles]
        coverage = replace(self.coverage.newer(min(days)), edition=edition)
        if kind is FollowKind.TOPIC:
            return reported(text, coverage, {each.id for each in articles}, now=now)
        outcome = answer_now(Question(text, now, language_asked(text)), coverage)
        if not isinstance(outcome, Answer) or outcome.level is not Level.SAYS:
            return {}
        return {each.passage.article_id: each for each in outcome.citations}

    def _quoted(self, news: FollowedNews) -> _QuotedNews | None:
        """Read a quotation out of its version, unless the article is not cited any more."""
        cited = news.cited
        article = standing(self.archive, cited.article_id)
        if article is None:
            return None
        versions = self.archive.articles.versions(cited.article_id)
        text = next((v.extract.text for v in versions if v.number == cited.version), "")
        quote = text[cited.start_at : cited.end_at]
        return _QuotedNews(article.header, quote) if quote else None


def _news_for(follow: Follow, article: Article, citation: Citation) -> Iterable[FollowedNews]:
    """Yield the news of an article, unless it was there before somebody followed."""
    if article.added_at >= follow.at:
        yield FollowedNews(follow.id, article.story or article.id, cited_range(citation))


def _entry_news(follow: Follow, article: Article, entry: str, cited: Citation) -> FollowedNews:
    """Return the news of an *entry* of a live page, numbered below the stories and always alike."""
    number = -(zlib.crc32(f"{article.id} {entry}".encode()) // 2) - 1
    return FollowedNews(follow.id, number, cited_range(cited))


def _entry_cited(entry: str, passages: Sequence[Passage]) -> Citation | None:
    """Quote the first sentence of an entry of a live page, without its time."""
    for passage in passages:
        at = passage.text.find(entry[:_BEGINNING])
        spans = sentences(passage.text, passage.header.language) if at >= 0 else ()
        for span in spans:
            if span.end > at + ENTRY_TIME:
                start = max(span.start, at + ENTRY_TIME)
                said = passage.text[start : span.end]
                begins = start + len(said) - len(said.lstrip())
                if said.strip():
                    return Citation(passage, said.strip(), begins)
    return None
