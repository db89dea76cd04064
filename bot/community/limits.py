"""The limits of what members and moderators do: amounts, similarities, and intervals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class _MemberLimits:
    """What one member or one server may cause, and what is shown to members."""

    rate_seconds: float = 60.0
    """Period of a limit of questions."""
    suggestions_per_day: int = 5
    """Suggestions of one member in one day."""
    sources_per_server: int = 10
    """Sources of a server other than home; the operator pays for them."""
    overview_outlets: int = 20
    """Outlets whose newest article is looked up."""
    overview_days: int = 30
    """Days, up to the newest coverage, whose articles are counted."""
    suggested_questions: int = 25
    """Discord shows no more."""
    suggested_per_outlet: int = 4
    """Suggested questions from one outlet, so that no outlet fills the list."""
    suggesting_articles: int = 40
    """The newest articles, from which questions are drawn."""
    contest_articles: int = 500
    """Indexed articles with results, the newest."""
    contest_name_characters: int = 100
    """The longest suggested name of a contest."""
    follows_per_member: int = 10
    follows_per_channel: int = 20
    unreached_messages: int = 5
    """Messages in a row that reach nobody, after which a follow or a digest ends."""
    suggested_names: int = 2
    """Names of which questions are suggested."""
    suggested_name_characters: int = 60
    """The longest of these names."""
    suggested_name_titles: int = 2
    """The fewest titles that have such a name."""


@dataclass(frozen=True, slots=True)
class _UpdateLimits:
    """What counts as news of a topic, of an answer or of a result, and how much of it is read."""

    article_age: timedelta = timedelta(days=3)
    """The oldest added article that counts as news."""
    grouped_articles: int = 60
    """The newest articles, which are grouped into stories."""
    batch_changes: int = 200
    contest_batch_changes: int = 500
    topic_words: int = 2
    """Words by which a topic is indexed, those with the highest weight."""
    topic_prefix_characters: int = 2
    """Characters by which words of languages without spaces are indexed."""
    entry_characters: int = 60
    """Characters by which an entry of a live page is located in its passage."""
    entries_characters: int = 600
    """Characters of a live page's new entries in the search for answers that they concern."""
    similar_passages: int = 40
    """Passages similar to an article; with ten, a third of the answers is missed."""
    checked_answers: int = 50
    """Answers checked for one article, the newest first."""
    quoted_news: int = 3
    """Articles quoted in one message of a follow; the others are counted."""
    result_step_percent: int = 10
    """Part of what is counted that makes a step."""


@dataclass(frozen=True, slots=True)
class _Likeness:
    """From where on two sentences, spellings or questions count as one in another form."""

    entry_words: float = 0.5
    """Share of common words of an entry of a live page and its edited form."""
    sentence_words: float = 0.5
    """Share of common words of a sentence and its changed form."""
    spelling_pairs: float = 0.7
    """Share of common letter pairs of two spellings of a word."""
    spelling_letters: int = 4
    """The shortest word that may have two spellings."""
    question_similarity: float = 0.75
    """Similarity of two questions of one group; it joins all but very short paraphrases."""


@dataclass(frozen=True, slots=True)
class _Intervals:
    """How often something is done, and how late it may be."""

    watched_source_minutes: int = 60
    """Between two fetches of a source that a moderator watches."""
    suggesting: timedelta = timedelta(minutes=5)
    """Between two draws of suggested questions, as coverage may change every second."""
    follow_message: timedelta = timedelta(hours=2)
    """Between two messages of one follow; news found meanwhile wait."""
    listed_corrections: timedelta = timedelta(minutes=15)
    """How long a correction waits for others of its channel; fifty in an hour make four posts."""
    asking: timedelta = timedelta(seconds=0.2)
    """Between two looks whether the process ends while a suggested question is asked."""
    digest_delay: timedelta = timedelta(hours=12)
    """The longest delay of a digest, if the bot was not running at its time."""
    lease: timedelta = timedelta(seconds=15)
    """After it a process's lease expires unless it is renewed."""
    expiry: timedelta = timedelta(hours=1)
    """Between two deletions of expired records."""
    cached_rules: timedelta = timedelta(seconds=10)
    """Age up to which cached rules are used, as another process may change them."""


@dataclass(frozen=True, slots=True)
class _QuietSourceLimits:
    """When moderators hear that a source fails or has become quiet."""

    check_interval: timedelta = timedelta(minutes=30)
    failure: timedelta = timedelta(days=1)
    """The shortest failure of which they are notified."""
    silence: timedelta = timedelta(hours=12)
    """The shortest silence in any case; a night without articles is normal."""
    gap_factor: int = 3
    """The shortest silence, as a multiple of the source's usual gap between articles."""
    newest_gaps: int = 20
    """The newest gaps between articles, of which the median is taken."""
    gaps: int = 5
    """The fewest gaps for a median."""


MEMBERS = _MemberLimits()
UPDATES = _UpdateLimits()
LIKENESS = _Likeness()
INTERVALS = _Intervals()
QUIET = _QuietSourceLimits()
