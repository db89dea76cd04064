"""Answers and abstentions about a fictional election, for tests and for the gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.answering.understanding.question import ask
from bot.answering.values import (
    Abstention,
    Answer,
    Citation,
    Claim,
    Excerpt,
    Reason,
    Written,
)
from ingest.model import Header, Kind, Passage, Span, passage_id

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


def a_claim(quote, header=LEDGER, *, text=None, copies=(), number=1):
    """Claim *quote*, in words of a model's own if *text* has any."""
    return Claim(text or quote, (a_citation(quote, header, number),), tuple(copies))


def an_excerpt(bold, header=LEDGER, *, before="", after="", copies=(), number=1, heading=None):
    """Cut an excerpt out of a passage, with *bold* as what answers."""
    citation = a_citation(f"{before}{bold}{after}", header, number)
    return Excerpt(citation, Span(len(before), len(before) + len(bold)), tuple(copies), heading)


MARROWEN = an_excerpt(
    "“We will not sit at a cabinet table with the Lantern Movement, not for a week,” she"
    " told a hall in Ivrelle.",
    before="Ms Marrowen spoke for an hour. ",
    after=" The hall applauded.",
    copies=[replace(LEDGER, outlet="Tessary Post")],
)
PELLOWE = an_excerpt(
    "Ms Pellowe said her party would “listen first and count later”.", COURIER, number=2
)


def an_answer(*excerpts, text="Will Marrowen govern with the Lantern Movement?", **more):
    """Answer *text* with *excerpts*, or with two that fit it."""
    found = excerpts or (MARROWEN, PELLOWE)
    return Answer(
        ask(text, now=NOW), (), NOW, newest(each.citation for each in found), found, **more
    )


def an_answer_of_two(**more):
    """Answer with two reports of one rally, both on the message itself."""
    return an_answer(
        an_excerpt("The port police counted about 9,000 people on Ropewalk Square.", COURIER),
        an_excerpt(
            "More than 20,000 people came, its organisers said.", heading="The rally", number=2
        ),
        text="How many people were at the Lantern rally?",
        leads=2,
        number=7,
        **more,
    )


def a_model_s_answer(*claims, text="Will Marrowen govern with the Lantern Movement?"):
    """Answer *text* with *claims* that a model wrote, or with two that fit it."""
    found = claims or (
        a_claim(
            MARROWEN.parts[1],
            text="Marrowen told a hall in Ivrelle that she would not sit with Lantern.",
            copies=MARROWEN.copies,
        ),
        a_claim(
            PELLOWE.citation.quote,
            COURIER,
            text="Pellowe said her party would “listen first and count later”.",
            number=2,
        ),
    )
    citations = (citation for claim in found for citation in claim.citations)
    return Answer(ask(text, now=NOW), found, NOW, newest(citations), written=Written("a-model"))


def newest(citations):
    """Return the newest day of publication."""
    return max((c.header.published for c in citations if c.header.published), key=str, default=None)


def a_japanese_answer():
    """Answer in Japanese."""
    return an_answer(
        an_excerpt(
            "マロウェン首相は「四十五議席を下回れば、党首を辞める」と述べた。",
            NIPPO,
            before="記者の質問は二時間に及んだ。",
        ),
        an_excerpt("嵐で船が遅れたため、島の投票は午後十時まで延長された。", SHIMBUN, number=2),
        text="マロウェン首相は議席が減ったら辞任する？",
    )


def a_long_answer():
    """Answer with more than one message holds, in several scripts."""
    long = "The council of the harbour spoke at length about dredging, pilots and the winter fares"
    japanese = "港の評議会は浚渫と水先案内人と冬の運賃について長く議論した、"
    return a_model_s_answer(
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
    found = [an_excerpt(q, header, number=n, copies=[header]) for n, q in enumerate(quotes)]
    return an_answer(*found[:2], text=HOSTILE)


def an_abstention(
    reason=Reason.NOT_COVERED,
    nearest=(LIVE, OPINION, PASTE),
    text="Does Volstrand pay the Lantern Movement?",
):
    """Decline to answer *text*."""
    return Abstention(ask(text, now=NOW), reason, tuple(nearest), NOW)
