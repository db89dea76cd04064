"""Every message that members see beside answers, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from discord import ui

from bot.answering.results import Contest, Results
from bot.answering.tables import TableKind, contests_in, polls_in
from bot.answering.timeline import Timeline, TimelineLine
from bot.answering.values import Answer, ClosestSentence, LookedUpClaim, LookUp, Reason, Verdict
from bot.community.digests import Digest
from bot.community.followed_changes import DueChanges, FollowedChange
from bot.community.following import DueNews
from bot.community.members import QuotationShown
from bot.community.news import Story
from bot.community.suggested_questions import SuggestedTopic
from bot.discord_ui.members.ask import (
    FollowButton,
    ReaskButton,
    interrupted_view,
    suggested_question_buttons,
)
from bot.discord_ui.members.citations import quotations_view, quote_view
from bot.discord_ui.members.controls import buttons_under
from bot.discord_ui.members.find import lookup_view
from bot.discord_ui.members.follow_commands import UnfollowButton, following_view
from bot.discord_ui.members.overview import help_view, timeline_view
from bot.discord_ui.members.privacy import privacy_view
from bot.discord_ui.members.result_views import results_view
from bot.discord_ui.news_views import (
    changed_news_view,
    digest_view,
    latest_on_view,
    latest_view,
    newer_text,
    news_view,
)
from bot.discord_ui.places import Audience, Place
from bot.discord_ui.rendering import layout, notice_view, outcome_view, with_buttons
from bot.discord_ui.replying import unread_form_view
from bot.ledger.records import (
    CitedRange,
    Follow,
    FollowedNews,
    FollowKind,
    NoticeKind,
    PendingQuestion,
)
from bot.wording import Wording
from ingest.language.languages import Language
from ingest.model import Article, Passage
from tests.bot.discord_ui import builders as built

SEEN = Audience(Place(1, 2, threads=True))
ALONE = Audience(Place(1, 2), private=True, showable=True)
TALK = ("hello", "help", "thanks", "stop", "check", "wrong", "reword", "follow", "aside")
MEMBERS_COMMANDS = {
    **{
        name: f"command_{name}"
        for name in (
            *("ask", "latest", "follow", "following"),
            *("coverage", "results", "polls", "timeline", "suggest", "privacy"),
        )
    },
    "forget-me": "command_forget",
    "help": "command_help",
}
MODERATORS_COMMANDS = {
    name: f"command_{name}" for name in ("source", "settings", "reports", "gaps")
}
_METHOD = "telephone"
_IN_WORDS = {
    Language.ENGLISH: (("Odile Farr", "Ben Quist"), "Governor, Holm"),
    Language.JAPANESE: (("青木春子", "白石透"), "北斗町長選挙 北区"),
    Language.ARABIC: (("سميرة القسطلي", "نادر الهاشمي"), "انتخاب محافظ دنمير"),
}
"""Candidates and a contest, by language."""
NOTICES = (
    "check_own",
    "find_picture",
    "files_unread",
    "delete_not_yours",
    "show_not_here",
    "show_done",
    "reask_not_yours",
    "follow_too_many",
    "follow_here_not_allowed",
    "follow_unreachable",
    "following_none",
    "unfollow_not_yours",
    "unfollowed_before",
    "no_address",
    "link_several",
    "helpful_kept",
    "report_kept",
    "missing_kept",
    "answer_too_old",
    "thread_made",
    "thread_exists",
    "thread_not_here",
    "thread_begins",
    "again_too_late",
    "off_here",
    "find_nothing",
    "forgotten_nothing",
    "suggest_kept",
    "suggest_too_many",
    "suggest_in_server",
    "stop_too_late",
    "stop_not_yours",
)


def states() -> Mapping[str, ui.LayoutView]:
    """Return every message by the name of its picture."""
    return {
        f"{name}-{words.language}": view
        for words in map(Wording.of, Language)
        for name, view in in_words(words).items()
    }


def in_words(words: Wording) -> Mapping[str, ui.LayoutView]:
    """Return every message in one language."""
    japanese = words.language is Language.JAPANESE
    answer = replace(built.a_japanese_answer() if japanese else built.an_answer(), number=7)
    text = "資金の出所は？" if japanese else "Does Volstrand pay the Lantern Movement?"
    declined = replace(built.an_abstention(text=text), number=8)
    answer = replace(answer, question=replace(answer.question, language=words.language))
    declined = replace(declined, question=replace(declined.question, language=words.language))
    return {
        "answer-buttons": with_buttons(
            outcome_view(answer, ask=True), buttons_under("7", words, SEEN, None)
        ),
        "answer-private": with_buttons(
            outcome_view(answer, ask=True), buttons_under("7", words, ALONE, None)
        ),
        "abstention-buttons": with_buttons(
            outcome_view(declined, ask=True), buttons_under("8", words, SEEN, Reason.NOT_COVERED)
        ),
        "sources": quotations_view(quotations_of(answer), 7, words),
        "sources-paged": quotations_view(quotations_of(answer) * 8, 7, words),
        "quote": quote_view(quotations_of(answer)[:-1], words),
        "find": lookup_view(looked_up(answer, japanese=japanese), words),
        "find-unread": lookup_view(unread(answer), words),
        "find-hostile": lookup_view(hostile(answer), words),
        "timeline": timeline_view(a_timeline(answer), words),
        "timeline-none": timeline_view(replace(a_timeline(answer), lines=()), words),
        "results": results_view(a_result(words), words),
        "polls": results_view(a_poll(words), words),
        "latest": latest_view(stories(answer), built.NOW, words),
        "latest-none": latest_view([], built.NOW, words),
        "latest-on": latest_on_view(newest(answer), words),
        "newer": layout([newer_text(answer.citations[0], words)]),
        "news": with_buttons(news_view(due(answer, words), words), unfollow(words)),
        "news-changed": with_buttons(
            changed_news_view(changes(answer, words), words), unfollow(words)
        ),
        "digest": digest_view(a_digest(answer), words),
        "digest-empty": digest_view(replace(a_digest(answer), stories=(), corrected=()), words),
        "following": following_view(follows(words), words),
        "following-paged": following_view(many_follows(words), words, 8),
        "unread": with_buttons(notice_view(words("unread")), [FollowButton("0", words("follow"))]),
        "edited": with_buttons(
            notice_view(words("question_edited")), [ReaskButton("1", words("again"))]
        ),
        "help": help_view(
            words, descriptions_of(words, MEMBERS_COMMANDS), set(), suggestions(words)
        ),
        "help-moderator": help_view(
            words,
            descriptions_of(words, {**MEMBERS_COMMANDS, **MODERATORS_COMMANDS}),
            set(MODERATORS_COMMANDS),
            suggestions(words),
        ),
        **{f"talk-{kind}": notice_view(words(f"talk_{kind}")) for kind in TALK},
        "privacy": privacy_view(words, keeps_questions=False, has_model=False),
        "privacy-model": privacy_view(words, keeps_questions=True, has_model=True),
        "interrupted": interrupted_view(
            PendingQuestion(built.NOW, "1", answer.question.text, words.language, "", id=3)
        ),
        "private-too-late": notice_view(words("private_too_late")),
        "form-unread": unread_form_view(["Who won?\n" + built.HOSTILE, "The Courier"], words),
        "unfollowed": notice_view(words("unfollowed", text="Who won?")),
        "too-many": notice_view(words("too_many", count=42)),
        "forgotten": notice_view(words("forgotten", count=3)),
        **{f"notice-{key}": notice_view(words(key)) for key in NOTICES},
    }


def stories(answer: Answer) -> list[Story]:
    """Return two stories, the first of which a second outlet carries too."""
    first, second = (
        Article(n, citation.header, 1, 1, built.NOW)
        for n, citation in enumerate(answer.citations[:2])
    )
    copy = Article(9, replace(built.COURIER, outlet="Tessary Post"), 1, 1, built.NOW)
    return [Story(first, (copy,)), Story(second)]


def follows(words: Wording) -> list[Follow]:
    """Return one follow of each kind."""
    texts = ("Marrowen", "The Sarnholt Ledger", "Does Volstrand pay the Lantern Movement?", "Holm")
    return [
        Follow(built.NOW, "", "1", "", kind, text, words.language, n)
        for n, (kind, text) in enumerate(zip(FollowKind, texts, strict=True))
    ]


def many_follows(words: Wording) -> list[Follow]:
    """Return more than a page of them."""
    every = enumerate(follows(words) * 5)
    return [replace(follow, id=number) for number, follow in every]


def changes(answer: Answer, words: Wording) -> DueChanges:
    """Return a correction and a withdrawal of articles that a follower was sent."""
    follow = due(answer, words).follow
    kinds = [
        (NoticeKind.CORRECTED, "An earlier version gave the wrong day of the speech."),
        (NoticeKind.RETRACTED, ""),
    ]
    return DueChanges(
        follow,
        tuple(
            FollowedChange(
                citation.header,
                citation.quote,
                kind,
                note,
                FollowedNews(1, -number, CitedRange(number, 1, 0, 1)),
            )
            for number, (citation, (kind, note)) in enumerate(
                zip(answer.citations, kinds, strict=False), start=1
            )
        ),
    )


def due(answer: Answer, words: Wording) -> DueNews:
    """Return the news for a follower of a topic."""
    news = tuple(FollowedNews(1, n, CitedRange(1, 1, 0, 1)) for n in range(5))
    quotations = [
        SimpleNamespace(header=c.header, quote=c.quote, record=item)
        for c, item in zip(answer.citations, news, strict=False)
    ]
    return DueNews(follows(words)[0], tuple(quotations), news[: len(quotations)])


def unfollow(words: Wording) -> list[ui.Item[Any]]:
    """Return the button that ends a follow."""
    return [UnfollowButton("1", words("unfollow"))]


def a_digest(answer: Answer) -> Digest:
    """Return a day with two stories, a correction and two gaps."""
    new_stories = stories(answer)
    note = "An earlier version gave the wrong day of the count."
    since = built.NOW - timedelta(days=1)
    return Digest(
        "1", 1, since, built.NOW, tuple(new_stories), ((new_stories[1].article, note),), 2
    )


def descriptions_of(words: Wording, commands: dict[str, str]) -> dict[str, str]:
    """Return the descriptions of *commands*, as Discord shows them."""
    return {name: words(key) for name, key in commands.items()}


def suggestions(words: Wording) -> list[ui.Item[Any]]:
    """Return buttons for the result, the turnout and a name."""
    topics = (
        SuggestedTopic("result"),
        SuggestedTopic("turnout"),
        SuggestedTopic("latest", "Marrowen"),
    )
    return suggested_question_buttons(topics, words)


def quotations_of(answer: Answer) -> list[QuotationShown]:
    """Return the quotations of an answer with the text around them; the last is withdrawn."""
    before = "…three days after the debate. The hall was full, and the doors stood open."
    after = "She did not take questions, and left for the harbour by boat…"
    quotations = [QuotationShown(c.header, before, c.quote, after, True) for c in answer.citations]
    return [*quotations[:-1], replace(quotations[-1], current=False)]


def looked_up(answer: Answer, *, japanese: bool = False) -> LookUp:
    """Return claims that are confirmed, denied, attributed to a person, and left out."""
    first, second = answer.citations[:2]
    confirmed, denied, attributed, left_out = (
        (
            "マロウェン首相は、四十五議席に届かなければ党首を退くと言っている。",
            "スケロウ島の投票は定刻に締め切られた。",
            "マロウェン首相は辞める。",
            "月はチーズでできている。",
        )
        if japanese
        else (
            "Marrowen will not share a cabinet table with the Lantern Movement.",
            "Pellowe wants her party to count first and listen later.",
            "There will be no government with the Lantern Movement.",
            "The Moon is made of cheese.",
        )
    )
    return LookUp(
        (
            LookedUpClaim(
                confirmed, (ClosestSentence(first, first.quote, Verdict.SAYS),), judged=True
            ),
            LookedUpClaim(
                denied, (ClosestSentence(second, second.quote, Verdict.OTHERWISE),), judged=True
            ),
            LookedUpClaim(
                attributed, (ClosestSentence(first, first.quote, Verdict.CLAIMED),), judged=True
            ),
        ),
        (left_out,),
    )


def unread(answer: Answer) -> LookUp:
    """Return a claim that no model has read, above the closest sentences."""
    closest = tuple(ClosestSentence(citation, citation.quote) for citation in answer.citations[:2])
    return LookUp((LookedUpClaim("Marrowen and Pellowe will govern together.", closest),))


def hostile(answer: Answer) -> LookUp:
    """Return a claim with an attack on the model, above the closest sentences."""
    return LookUp((replace(unread(answer).claims[0], claim=built.HOSTILE),))


def a_timeline(answer: Answer) -> Timeline:
    """Return a timeline of a few days, with each story once."""
    newest = built.a_citation("The ports have been at a standstill since Sunday night.", built.LIVE)
    citations = [*answer.citations, newest]
    lines = sorted(
        (TimelineLine(citation.header.day, citation) for citation in citations),
        key=lambda line: line.day,
    )
    return Timeline("Marrowen", built.NOW, tuple(lines))


def newest(answer: Answer) -> Timeline:
    """Return the lines of a few days, the newest first."""
    timeline = a_timeline(answer)
    return replace(timeline, lines=timeline.lines[::-1][:3])


def a_poll(words: Wording) -> Results:
    """Return two polls, of one of which two sources have different figures."""
    names, caption = _IN_WORDS.get(words.language, _IN_WORDS[Language.ENGLISH])
    tables = []
    polls = (
        ("A", "Tern", "2026-10-30", "988", (45, 44)),
        ("A", "Wexcombe", "2026-10-03", "1,002", (44, 41)),
        ("B", "Wexcombe", "2026-10-03", "1,002", (44, 42)),
    )
    for number, (outlet, pollster, day, sample, shares) in enumerate(polls):
        details = f"Pollster: {pollster} · Dates: {day} · Sample: {sample} · Method: {_METHOD}"
        text = "\n".join(
            f"{caption} · {name} · %: {share} · {details}"
            for name, share in zip(names, shares, strict=False)
        )
        header = replace(built.COURIER, outlet=f"Sarnholt Courier {outlet}")
        key = f"{number}:1:0:a"
        tables += polls_in([Passage(key, number, 1, 0, 0, len(text), text, header)])
    contest = Contest(tuple(tables), older=3)
    return Results(caption, built.NOW, (contest,), kind=TableKind.POLLS)


def a_result(words: Wording) -> Results:
    """Return a contest of which two sources have different figures."""
    names, caption = _IN_WORDS.get(words.language, _IN_WORDS[Language.ENGLISH])
    tables = []
    for number, (outlet, votes) in enumerate((("A", (18377, 17355)), ("B", (18402, 17355)))):
        rows = zip(names, votes, (51.4, 48.6), strict=True)
        text = "\n".join(
            f"{caption} · {name} · Votes: {count:,} · %: {share} · Reported: 30 of 31"
            for name, count, share in rows
        )
        header = replace(built.COURIER, outlet=f"Sarnholt Courier {outlet}")
        key = f"{number}:1:0:a"
        passage = Passage(key, number, 1, 0, 0, len(text), text, header)
        tables += contests_in([passage])
    return Results(caption, built.NOW, (Contest(tuple(tables)),))
