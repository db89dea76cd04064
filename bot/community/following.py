"""Follows of topics, outlets, questions and counts, and the news found for them.

The cost of an article does not grow with the number of follows: an index from words to topics
selects the topics that the article may be about, and only these are searched for.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, product
from typing import TYPE_CHECKING, TypeAlias

from bot.answering.answer import answer_now
from bot.answering.coverage import Coverage
from bot.answering.results import Results, results
from bot.answering.tables import ContestTable, contests_of_version
from bot.answering.timeline import reported
from bot.answering.understanding.need import Need, TextTerms
from bot.answering.understanding.question import language_asked
from bot.answering.values import Answer, Citation, Level, Question
from bot.community.contests import steps_between
from bot.community.corrections import counterpart
from bot.community.limits import INTERVALS, MEMBERS, UPDATES
from bot.community.news import Appeared, citable_article, new_coverage
from bot.community.rules import ServerRules
from bot.ledger import Ledger
from bot.ledger.outbox import ChangeConsumer
from bot.ledger.records import Follow, FollowedNews, FollowKind
from bot.outcomes import cited_range
from ingest.archive import Archive
from ingest.index.cutting import first_sentence, sentences
from ingest.language.languages import Language
from ingest.language.lines import ENTRY_TIME_CHARACTERS, entry_time
from ingest.model import Article, Edition, Header, Passage, Scope
from ingest.process.threads import in_thread

if TYPE_CHECKING:
    from bot.community.contests import ContestIndex

_MIN_SHARE = {FollowKind.TOPIC: 0.75, FollowKind.QUESTION: 0.6}
"""Minimum share of an interest's words that an article contains before it is searched: of three
words all, of four words three. A question needs fewer, because its answer is checked further."""
_Interest: TypeAlias = tuple[FollowKind, str]


@dataclass(frozen=True, slots=True)
class _QuotedNews:
    """A quotation of a new article, with the article's header and the row of the news."""

    header: Header
    quote: str
    record: FollowedNews


@dataclass(frozen=True, slots=True)
class DueNews:
    """News to be sent now for one follow; ``found`` are the rows to be marked as sent."""

    follow: Follow
    quoted: tuple[_QuotedNews, ...]
    found: tuple[FollowedNews, ...]

    @property
    def shown(self) -> tuple[_QuotedNews, ...]:
        """Return the quotations that the message has room for; the others are counted."""
        return self.quoted[: UPDATES.quoted_news]

    @property
    def nonce(self) -> str:
        """Return Discord's nonce of the message, so that resending it creates no duplicate."""
        return f"f{self.follow.id}.{min(item.story for item in self.found)}"


class _Interests:
    """Index of all follows by the words of their topics."""

    def __init__(
        self,
        follows: Sequence[Follow],
        need_of: Callable[[str], Need],
        cached_needs: Mapping[_Interest, Need],
    ) -> None:
        self._compute_need = need_of
        self.places = {follow.place for follow in follows}
        self.outlets: dict[str, list[Follow]] = defaultdict(list)
        self.counts: dict[str, list[Follow]] = defaultdict(list)
        self.followers: dict[_Interest, list[Follow]] = defaultdict(list)
        self.needs: dict[_Interest, Need] = {}
        self._stems: dict[str, set[_Interest]] = defaultdict(set)
        self._scripts: dict[str, set[tuple[str, _Interest]]] = defaultdict(set)
        for follow in follows:
            if follow.kind is FollowKind.OUTLET:
                self.outlets[follow.text.casefold()].append(follow)
                continue
            if follow.kind is FollowKind.RESULTS:
                self.counts[follow.text].append(follow)
                continue
            interest = follow.kind, follow.text
            if interest not in self.needs:
                self._index(interest, cached_needs.get(interest) or need_of(follow.text))
            self.followers[interest].append(follow)

    def _index(self, interest: _Interest, need: Need) -> None:
        """Index an interest by the forms of its words with the highest weight."""
        self.needs[interest] = need
        for term in sorted(need.terms, key=lambda term: -term.weight)[: UPDATES.topic_words]:
            for stem in term.forms.stems:
                self._stems[stem].add(interest)
            for word in term.forms.scripts:
                self._scripts[word[: UPDATES.topic_prefix_characters]].add((word, interest))

    def in_text(self, text: str) -> set[_Interest]:
        """Return the interests of which *text* has an indexed word and most words."""
        text_terms = TextTerms.of(text)
        interests = {
            interest for stem in text_terms.stems for interest in self._stems.get(stem, ())
        }
        for prefix in {
            text_terms.text[i : i + UPDATES.topic_prefix_characters]
            for i in range(len(text_terms.text) - 1)
        }:
            candidates = self._scripts.get(prefix, ())
            interests |= {interest for word, interest in candidates if word in text_terms.text}
        return {
            interest
            for interest in interests
            if self._share_of(interest, text) >= _MIN_SHARE[interest[0]]
        }

    def _share_of(self, interest: _Interest, text: str) -> float:
        """Return the share of an interest that *text* mentions, less for unknown words."""
        need = self.need_of(interest)
        return need.share(text) * need.familiar

    def need_of(self, interest: _Interest) -> Need:
        """Return the need of an interest, computed again if it has words new to the index."""
        if self.needs[interest].strange:
            self._index(interest, self._compute_need(interest[1]))
        return self.needs[interest]


@dataclass(slots=True)
class Following:
    """Management of follows, and search for their news."""

    archive: Archive
    ledger: Ledger
    coverage: Coverage
    contests: ContestIndex
    clock: Callable[[], datetime]
    _follow_count: tuple[int, int] | None = None
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
        kind: FollowKind = FollowKind.TOPIC,
    ) -> Follow | None:
        """Follow a topic, an outlet of that name, a question until it is answered, or a count.

        Returns the existing follow if the channel has it already, and ``None`` if the member or the
        channel has the maximum number of follows.
        """
        outlets = {
            outlet.casefold(): outlet
            for outlet in self.archive.outlets.names(Edition(str(place or "")))
        }
        outlet = outlets.get(text.casefold())
        outlet = outlet if kind is FollowKind.TOPIC else None
        kind = FollowKind.OUTLET if outlet else kind
        channel_follows = self.ledger.follows.in_channel(str(channel))
        existing = (
            follow
            for follow in channel_follows
            if (follow.kind, follow.text.casefold()) == (kind, (outlet or text).casefold())
        )
        if follow := next(existing, None):
            return follow
        member_follows = self.ledger.follows.of_member(member)
        if (
            len(member_follows) >= MEMBERS.follows_per_member
            or len(channel_follows) >= MEMBERS.follows_per_channel
        ):
            return None
        new_follow = Follow(
            self.clock(), member, str(channel), str(place or ""), kind, outlet or text, language
        )
        number = self.ledger.follows.add(new_follow)
        return self.ledger.follows.get(number)

    @in_thread
    def of(self, member: str, channel: int | None) -> list[Follow]:
        """Return the follows of a member and those in a channel, each once."""
        member_follows = self.ledger.follows.of_member(member)
        channel_follows = self.ledger.follows.in_channel(str(channel)) if channel else []
        return list({follow.id: follow for follow in (*member_follows, *channel_follows)}.values())

    @in_thread
    def get(self, number: int) -> Follow | None:
        """Return the follow with an id, or ``None``."""
        return self.ledger.follows.get(number)

    @in_thread
    def unfollow(self, number: int) -> bool:
        """Delete a follow; return True if it existed."""
        return self.ledger.follows.remove(number)

    def catch_up(self) -> None:
        """Find and store the news for all follows since the last call; it blocks.

        Articles that the index does not have yet are left to a later call. The first call only
        records the position.
        """
        position = self.ledger.positions.upto(ChangeConsumer.FOLLOWS)
        recent = new_coverage(self.archive, self.coverage, position, self.clock())
        if recent is not None:
            interests = self._current_interests()
            articles = [article for article in recent.articles if article.id not in recent.entries]
            live_articles = [article for article in recent.articles if article.id in recent.entries]
            matches = chain(
                self._matches_of(articles, interests),
                self._matches_of_entries(live_articles, recent.entries, interests),
                self._questions_answered_live(live_articles, recent.entries, interests),
                self._steps_of_counts(recent, interests),
            )
            news = list(self._citable(matches, interests))
            self.ledger.follows.note(news, recent.upto, now=self.clock())

    @in_thread
    def due(self, waits: Callable[[Follow], bool]) -> list[DueNews]:
        """Return the news to be sent now, without follows that *waits* or were notified recently.

        What a server does not cite, or hid since the news were found, is not quoted there.
        """
        waiting = [
            (follow, news)
            for follow, news in self.ledger.follows.waiting(self.clock() - INTERVALS.follow_message)
            if not waits(follow)
        ]
        scopes = {place: self._scope_of(place) for place in {follow.place for follow, _ in waiting}}
        return [
            DueNews(follow, self._quotations_of(follow, news, scopes[follow.place]), tuple(news))
            for follow, news in waiting
        ]

    def _scope_of(self, place: str) -> Scope:
        """Return the scope of what the server *place* cites, of everything in direct messages."""
        rules = ServerRules.of(self.ledger.rules.get(place)) if place else ServerRules()
        return self.archive.editions.scope(rules.edition(place))

    @in_thread
    def note_delivery(self, follow: Follow, *, reached: bool) -> bool:
        """Record the delivery of a message or its failure; return False if that ends the follow."""
        failures = self.ledger.follows.note_delivery(follow.id, reached=reached)
        if failures < MEMBERS.unreached_messages:
            return True
        self.ledger.follows.remove(follow.id)
        return False

    @in_thread
    def mark_sent(self, due: DueNews, *, reached: bool = True) -> None:
        """Record that news were sent, or cannot be; an answered question's follow is deleted."""
        if due.quoted and due.follow.kind is FollowKind.QUESTION:
            self.ledger.follows.remove(due.follow.id)
        else:
            shown = {item.record for item in due.shown} if reached else ()
            self.ledger.follows.mark_sent(due.found, shown, now=self.clock())

    def _current_interests(self) -> _Interests:
        """Return the index of all follows, rebuilt if any was added or removed."""
        count = self.ledger.follows.count()
        if self._interests is None or count != self._follow_count:
            index, follows = self.coverage.index, self.ledger.follows.all()
            needs = self._interests.needs if self._interests else {}
            self._interests = _Interests(follows, lambda text: Need.of(text, index), needs)
            self._follow_count = count
        return self._interests

    def _citable(
        self, matches: Iterable[tuple[Follow, FollowedNews]], interests: _Interests
    ) -> Iterable[FollowedNews]:
        """Yield the news of *matches*, except articles withheld in the follower's server."""
        withheld = {place: self.archive.editions.withheld(place) for place in interests.places}
        for follow, news in matches:
            if news.cited.article_id not in withheld[follow.place]:
                yield news

    def _matches_of_entries(
        self,
        articles: Sequence[Article],
        entries: Mapping[int, tuple[str, ...]],
        interests: _Interests,
    ) -> Iterable[tuple[Follow, FollowedNews]]:
        """Yield the news of new *entries* of live pages, each entry once."""
        for article in articles:
            passages = self.archive.passages.of_article(article.id)
            outlet = article.header.outlet.casefold()
            for entry in entries[article.id]:
                followers: list[tuple[Follow, _Interest | None]] = [
                    (follow, interest)
                    for interest in interests.in_text(entry)
                    if interest[0] is FollowKind.TOPIC
                    for follow in interests.followers[interest]
                ]
                if not article.header.pasted:
                    followers += [(follow, None) for follow in interests.outlets.get(outlet, [])]
                for follow, interest in followers:
                    citation = _entry_citation(
                        entry, passages, interests.need_of(interest) if interest else None
                    )
                    if citation is not None:
                        yield follow, _part_news(follow, article.id, entry, citation)

    def _questions_answered_live(
        self,
        articles: Sequence[Article],
        entries: Mapping[int, tuple[str, ...]],
        interests: _Interests,
    ) -> Iterable[tuple[Follow, FollowedNews]]:
        """Yield the news for followed questions that new entries answer."""
        for article in articles:
            text = "\n".join(entries[article.id])
            questions = [
                interest
                for interest in interests.in_text(text)
                if interest[0] is FollowKind.QUESTION
            ]
            for interest in questions:
                citations = self._citations_of(interest, [article], Edition(article.place))
                citation = citations.get(article.id)
                if citation is not None and citation.quote in text:
                    for follow in interests.followers[interest]:
                        yield follow, _part_news(follow, article.id, citation.quote, citation)

    def _steps_of_counts(
        self, recent: Appeared, interests: _Interests
    ) -> Iterable[tuple[Follow, FollowedNews]]:
        """Yield the steps of followed counts in new and in changed articles."""
        if not interests.counts:
            return
        self.contests.keep()
        new_ids = {article.id for article in recent.articles} - recent.changed.keys()
        touched = new_ids | recent.changed.keys()
        places = {self.archive.articles.get(number).place for number in touched}
        for place, text in product(sorted(places), interests.counts):
            edition = Edition(place)
            articles = set(self.contests.articles(text, edition))
            if articles.isdisjoint(touched):
                continue
            coverage = replace(self.coverage.serving, edition=edition)
            tables = _tables_of(results(text, coverage, articles, now=self.clock()))
            earlier_tables = _tables_of(
                results(text, coverage, articles - new_ids, now=self.clock())
            )
            for number in touched.intersection(table.article_id for table in tables):
                tables_of_article = [table for table in tables if table.article_id == number]
                old_version = recent.changed.get(number)
                old_tables = (
                    contests_of_version(old_version)
                    if old_version
                    else [
                        t
                        for t in earlier_tables
                        if t.header.outlet == tables_of_article[0].header.outlet
                    ]
                )
                version = tables_of_article[0].rows[0].citation.passage.version
                for step in steps_between(old_tables, tables_of_article, version):
                    for follow in interests.counts[text]:
                        if self._was_read_after(follow.at, number):
                            citation = step.row.citation
                            yield follow, _part_news(follow, number, step.name, citation)

    def _was_read_after(self, moment: datetime, article_id: int) -> bool:
        """Return True if the current version of an article was read at *moment* or later."""
        last = datetime.max.replace(tzinfo=moment.tzinfo)
        version = self.archive.articles.version_before(article_id, last)
        return version is not None and version.read_at >= moment

    def _matches_of(
        self, articles: Sequence[Article], interests: _Interests
    ) -> Iterable[tuple[Follow, FollowedNews]]:
        """Yield the news of *articles* for each follow, searched by edition."""
        candidates: dict[tuple[str, _Interest], list[Article]] = defaultdict(list)
        for article in articles:
            passages = self.archive.passages.of_article(article.id)
            if not passages:
                continue
            text = "\n".join([article.header.title, *(p.text for p in passages)])
            for interest in interests.in_text(text):
                candidates[article.place, interest].append(article)
            lead = Citation.of(first_sentence(passages[0]), passages[0])
            outlet = "" if article.header.pasted else article.header.outlet.casefold()
            for follow in interests.outlets.get(outlet, ()):
                yield from _news_for(follow, article, lead)
        for (place, interest), place_articles in candidates.items():
            citations = self._citations_of(interest, place_articles, Edition(place))
            for article in (article for article in place_articles if article.id in citations):
                for follow in interests.followers[interest]:
                    yield from _news_for(follow, article, citations[article.id])

    def _citations_of(
        self, interest: _Interest, articles: Sequence[Article], edition: Edition
    ) -> Mapping[int, Citation]:
        """Return citations from *articles* on a topic or question, by article."""
        kind, text = interest
        now, days = self.clock(), [article.header.day or date.min for article in articles]
        coverage = replace(self.coverage, since=min(days), edition=edition)
        if kind is FollowKind.TOPIC:
            return reported(text, coverage, {article.id for article in articles}, now=now)
        outcome = answer_now(Question(text, now, language_asked(text)), coverage)
        if not isinstance(outcome, Answer) or outcome.level is not Level.SAYS:
            return {}
        return {citation.passage.article_id: citation for citation in outcome.citations}

    def _quotations_of(
        self, follow: Follow, news: Sequence[FollowedNews], scope: Scope
    ) -> tuple[_QuotedNews, ...]:
        """Return the quotations of a message of a follow, in their order."""
        quotations = (self._quotation_of(follow, item, scope) for item in _in_order(follow, news))
        return tuple(filter(None, quotations))

    def _quotation_of(self, follow: Follow, news: FollowedNews, scope: Scope) -> _QuotedNews | None:
        """Return the quotation of a piece of news, or ``None`` if *scope* lacks its article.

        What the article has corrected meanwhile is quoted as it is now, or not at all; a step of a
        count stays what it was.
        """
        article = citable_article(self.archive, news.cited.article_id)
        if article is None or not scope.includes(article):
            return None
        versions = self.archive.articles.versions(article.id)
        quote = news.cited.quote_in(versions)
        if follow.kind is not FollowKind.RESULTS and quote not in versions[-1].extract.text:
            quote = _without_time(counterpart(quote, versions[-1]) or "")
        return _QuotedNews(article.header, quote, news) if quote else None


def _news_for(
    follow: Follow, article: Article, citation: Citation
) -> Iterable[tuple[Follow, FollowedNews]]:
    """Yield the news of an article, unless it was added before the follow."""
    if article.added_at >= follow.at:
        news = FollowedNews(follow.id, article.story or article.id, cited_range(citation))
        yield follow, news


def _part_news(follow: Follow, article_id: int, name: str, citation: Citation) -> FollowedNews:
    """Return the news of a part of an article, such as an entry of a live page.

    Its number is negative, and stays the same for the same *name* of the part.
    """
    number = -(zlib.crc32(f"{article_id} {name}".encode()) // 2) - 1
    return FollowedNews(follow.id, number, cited_range(citation))


def _in_order(follow: Follow, news: Sequence[FollowedNews]) -> Sequence[FollowedNews]:
    """Return the news of a follow in the order of a message, the newest first.

    The newest entries of a live page stand at its beginning.
    """
    if follow.kind is FollowKind.RESULTS:
        return sorted(news, key=lambda item: item.cited.version, reverse=True)
    entries = [item for item in news if item.story < 0]
    articles = [item for item in news if item.story >= 0]
    return [
        *sorted(entries, key=lambda item: (-item.cited.version, item.cited.start_at)),
        *sorted(articles, key=lambda item: item.cited.article_id, reverse=True),
    ]


def _tables_of(outcome: Results) -> list[ContestTable]:
    """Return all tables of a result."""
    return [table for contest in outcome.contests for table in contest.sources]


def _without_time(sentence: str) -> str:
    """Return the first sentence of an entry of a live page without the entry's time."""
    return sentence if entry_time(sentence) is None else sentence[ENTRY_TIME_CHARACTERS:].lstrip()


def _entry_citation(
    entry: str, passages: Sequence[Passage], need: Need | None = None
) -> Citation | None:
    """Return a citation of a sentence of an entry of a live page, without the entry's time.

    It is the first sentence of those with most words of *need*.
    """
    for passage in passages:
        at = passage.text.find(entry[: UPDATES.entry_characters])
        citations: list[Citation] = []
        for span in sentences(passage.text, passage.header.language) if at >= 0 else ():
            if not at + ENTRY_TIME_CHARACTERS < span.end or span.start >= at + len(entry):
                continue
            start = max(span.start, at + ENTRY_TIME_CHARACTERS)
            sentence = passage.text[start : span.end]
            if sentence.strip():
                quote_start = start + len(sentence) - len(sentence.lstrip())
                citations.append(Citation(passage, sentence.strip(), quote_start))
        if citations:
            return max(citations, key=lambda citation: need.share(citation.quote) if need else 0.0)
    return None
