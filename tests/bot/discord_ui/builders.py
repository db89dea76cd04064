"""Answers and abstentions about a fictional election, for tests and for the gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.answering.lookup import LookUp
from bot.answering.model import (
    Abstention,
    Answer,
    Citation,
    Claim,
    Language,
    Question,
    Reason,
)
from bot.answering.question import ask
from bot.answering.timeline import Timeline
from bot.community.members import Community
from bot.community.starters import Starters
from bot.discord_ui.members.offers import Offers
from bot.wording import Wording
from ingest.model import Header, Kind, Passage, passage_id

NOW = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)

LEDGER = Header(
    "Marrowen rules out governing with the Lantern Movement",
    "The Sarnholt Ledger",
    "https://ledger.example/2026/10/marrowen-lantern",
    agency="Northlight",
    published=date(2026, 10, 13),
    language="en",
)
COURIER = Header(
    "Pellowe asks her party to be patient",
    "Dunmere Courier",
    "https://courier.example/pellowe",
    published=date(2026, 10, 14),
    language="en",
)
OPINION = Header(
    "Free ferries are worth their price",
    "The Sarnholt Ledger",
    "https://ledger.example/opinion/ferries",
    published=date(2026, 10, 16),
    kind=Kind.OPINION,
    language="en",
)
LIVE = Header(
    "Election night as it happened",
    "Public Radio Orvessa",
    "https://radio.example/live",
    published=datetime(2026, 10, 25, 23, 40, tzinfo=UTC),
    kind=Kind.LIVE,
    language="en",
)
NIPPO = Header(
    "マロウェン首相に聞く",
    "オルヴェッサ日報",
    "https://nippo.example/interview",
    published=date(2026, 10, 5),
    language="ja",
)
SHIMBUN = Header(
    "スケロウ島で投票時間を延長",
    "ダンミア新聞",
    "https://shimbun.example/skerrow",
    published=date(2026, 10, 27),
    language="ja",
)
PASTE = Header("Notes from the quay", not_before=date(2026, 10, 4), language="en")


def a_header(**changes):
    """Return the header of an article, with *changes*."""
    return replace(LEDGER, **changes)


def a_citation(quote, header=LEDGER, number=1):
    """Cite *quote* in a passage that goes on before and after it."""
    text = f"Before it. {quote} After it."
    passage = Passage(passage_id(number, 1, 0, text), number, 1, 0, 0, len(text), text, header)
    return Citation.of(quote, passage)


def a_claim(quote, header=LEDGER, *, speaker=None, copies=(), language=Language.ENGLISH, number=1):
    """Claim *quote* the way that the desk words it."""
    text = Wording.of(language).claim(header, quote, speaker=speaker)
    return Claim(text, (a_citation(quote, header, number),), tuple(copies))


def an_answer(*claims, text="Will Marrowen govern with the Lantern Movement?", newest=None):
    """Answer *text* with *claims*, or with two that fit it."""
    claims = claims or (
        a_claim(
            "“We will not sit at a cabinet table with the Lantern Movement, not for a week,” she"
            " told a hall in Ivrelle.",
            speaker="Ilse Marrowen",
            copies=[a_header(outlet="Tessary Post")],
        ),
        a_claim(
            "Ms Pellowe said her party would “listen first and count later”.",
            COURIER,
            speaker="Ms Pellowe",
            number=2,
        ),
    )
    days = [c.header.published for claim in claims for c in claim.citations if c.header.published]
    latest = newest or (max(days, key=str) if days else None)
    return Answer(ask(text, now=NOW), tuple(claims), NOW, latest)


def a_japanese_answer():
    """Answer in Japanese."""
    japanese = Language.JAPANESE
    return an_answer(
        a_claim(
            "マロウェン首相は「四十五議席を下回れば、党首を辞める」と述べた。",
            NIPPO,
            speaker="マロウェン首相",
            language=japanese,
        ),
        a_claim(
            "嵐で船が遅れたため、島の投票は午後十時まで延長された。",
            SHIMBUN,
            language=japanese,
            number=2,
        ),
        text="マロウェン首相は議席が減ったら辞任する？",
    )


def a_long_answer():
    """Answer with more than one message holds, in several scripts."""
    long = "The council of the harbour spoke at length about dredging, pilots and the winter fares"
    japanese = "港の評議会は浚渫と水先案内人と冬の運賃について長く議論した、"
    return an_answer(
        a_claim(f"{', '.join([long] * 10)}."[:900], a_header(title="A very long title " * 17)),
        a_claim((japanese * 40)[:900], NIPPO, number=2),
        a_claim("سميرة القسطلي " * 64, a_header(outlet="سميرة القسطلي"), number=3),
        a_claim(f"{', '.join([long.upper()] * 10)}."[:900], COURIER, number=4),
    )


HOSTILE = (
    "@everyone <@123> <@&456> <#789> [win](http://evil.example) # heading ```code``` `tick`"
    " ||spoiler|| **bold** __under__ ~~strike~~ :smile: <:x:123456789012345678> <t:0:R>"
    " https://evil.example/x </ask:1> &amp; \\* - list"
)


def a_hostile_answer():
    """Answer out of an article that tries everything."""
    header = a_header(
        title=f"# {HOSTILE}](http://evil.example) [x",
        outlet=f"> {HOSTILE}",
        url="https://ledger.example/a)b(c <d>?q=[x](y)",
        agency="**Agency** @here",
    )
    quotes = [f"# {HOSTILE}", f"1. {HOSTILE}", f"> {HOSTILE}"]
    claims = [a_claim(q, header, number=n, copies=[header]) for n, q in enumerate(quotes)]
    return an_answer(*claims[:2], text=HOSTILE)


def an_abstention(
    reason=Reason.NOT_COVERED,
    nearest=(LIVE, OPINION, PASTE),
    text="Does Volstrand pay the Lantern Movement?",
):
    """Decline to answer *text*."""
    return Abstention(ask(text, now=NOW), reason, tuple(nearest), NOW)


async def nothing_found(_text, _member):
    """Look up nothing."""
    return LookUp()


def some_offers(archive, *, look_up=None, draw_up=None, clock=lambda: NOW, community=None):
    """Offer members what rests on *archive*."""
    starters = Starters(archive, lambda question: an_answer(text=question.text), clock)
    return Offers(
        community or Community(archive, clock),
        starters,
        look_up or nothing_found,
        draw_up or (lambda topic: Timeline(topic, NOW)),
    )


def scripted(outcome, asked=None):
    """Answer every question with *outcome*, or raise it; *asked* collects the questions."""

    async def answerer(question: Question, watch=None, *, member="", before=None):
        if asked is not None:
            asked.append(question)
        if isinstance(outcome, BaseException):
            raise outcome
        return replace(outcome, question=question)

    return answerer
