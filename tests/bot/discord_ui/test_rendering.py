"""Answers and abstentions as messages."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.values import Claim, Excerpt, Level, Reason, Trouble, Written
from bot.discord_ui.rendering import notice_view, outcome_view, progress_view
from bot.wording import Wording
from ingest.language.languages import Language
from ingest.model import Span
from tests.bot.discord_ui.builders import (
    COURIER,
    HOSTILE,
    LEDGER,
    LIVE,
    NIPPO,
    NOW,
    OPINION,
    PASTE,
    a_claim,
    a_header,
    a_hostile_answer,
    a_japanese_answer,
    a_long_answer,
    a_model_s_answer,
    an_abstention,
    an_answer,
    an_excerpt,
)
from tests.bot.discord_ui.reading import links, markdown_of, seen

MOST_TEXT, MOST_COMPONENTS = 4000, 40


def test_an_excerpt_stands_over_its_source_with_what_answers_in_bold():
    """The run, letter by letter; then outlet, agency and day, and how sure it is."""
    view = outcome_view(an_answer())
    assert seen(view).startswith(
        "Ms Marrowen spoke for an hour. “We will not sit at a cabinet table with the Lantern"
        " Movement, not for a week,” she told a hall in Ivrelle. The hall applauded.\n"
        "The Sarnholt Ledger (Northlight) · 13 October 2026\n"
        "also carried by Tessary Post (Northlight)\n"
    )
    [quoted] = [text for text in markdown_of(view) if "an hour" in text]
    assert "> Ms Marrowen spoke for an hour. **“We will not" in quoted
    assert "told a hall in Ivrelle.** The hall applauded." in quoted


def test_what_may_not_answer_is_said_not_to():
    """A doubt stands above the excerpt, and so does a difference."""
    text = seen(outcome_view(an_answer(level=Level.CLOSEST, differ=True)))
    assert text.startswith("Closest in the coverage; it may not answer\n")
    assert "These reports do not say the same." in text


def test_the_lead_stands_alone_where_a_button_has_the_others():
    """The message is short, and counts what it leaves to its button."""
    text = seen(outcome_view(replace(an_answer(), number=7)))
    assert "Pellowe" not in text
    assert "1 more under “Sources”." in text
    assert "Pellowe" in seen(outcome_view(an_answer()))


def test_an_excerpt_opens_at_its_sentence():
    """The link scrolls to what answers, and shows no preview of its own."""
    view = outcome_view(an_answer())
    first, second = links(view)
    assert first.startswith("https://ledger.example/2026/10/marrowen-lantern#:~:text=%E2%80%9CWe")
    assert second.startswith("https://courier.example/pellowe#:~:text=Ms%20Pellowe")
    assert "](<https://ledger.example/" in "".join(markdown_of(view))


def test_every_number_is_a_source():
    """Under what a model wrote stand outlet, agency, date, title and the words that prove it."""
    text = seen(outcome_view(a_model_s_answer()))
    assert "she would not sit with Lantern. [1]" in text
    assert (
        "Sources\n"
        "[1] The Sarnholt Ledger (Northlight) · 13 October 2026 ·"
        " Marrowen rules out governing with the Lantern Movement\n"
    ) in text
    assert "told a hall in Ivrelle.’\nalso carried by Tessary Post (Northlight)\n[2]" in text


def test_one_source_for_two_claims_has_one_number():
    """Citations are numbered by their first use."""
    claim = a_claim("Ms Marrowen will not govern with them.")
    text = seen(outcome_view(a_model_s_answer(claim, Claim("And she said so.", claim.citations))))
    assert "And she said so. [1]" in text
    assert "[2]" not in text


@pytest.mark.parametrize(("header", "label"), [(OPINION, "opinion"), (LIVE, "live page")])
def test_what_is_not_plain_news_is_labelled_in_words(header, label):
    """An opinion is never passed off as a report."""
    for answer in (
        an_answer(an_excerpt("Ferries should be free.", header)),
        a_model_s_answer(a_claim("Ferries should be free.", header)),
    ):
        assert f" · {label}" in seen(outcome_view(answer))


def test_what_a_model_writes_of_pastes_alone_says_so():
    """One that was fetched as well needs no doubt about it all."""
    pasted, fetched = a_claim("Boats were late.", PASTE), a_claim("Ferries ran.", LEDGER, number=2)
    alone, both = (outcome_view(a_model_s_answer(*c)) for c in ((pasted,), (fetched, pasted)))
    doubt = "Not verified: pasted text alone says this"
    assert seen(alone).startswith(doubt)
    assert doubt not in seen(both)
    assert alone.children[0].accent_colour != both.children[0].accent_colour


def test_a_missing_date_is_said_to_be_missing():
    """An undated piece shows its bound and no made-up day."""
    text = seen(outcome_view(an_abstention()))
    assert "Unverified paste · undated, on or after 4 October 2026 · Notes from the quay" in text


def test_freshness_is_always_shown():
    """Every answer ends with when it was made, in its reader's zone, and its newest source.

    The day of that is not said again where it stands beside what leads.
    """
    at = f"As of <t:{int(NOW.timestamp())}:f>"
    text = markdown_of(outcome_view(an_answer()))[-1]
    assert text == f"-# The coverage says · {at}; newest source 14 October 2026."
    alone = an_answer(an_answer().excerpts[0])
    assert markdown_of(outcome_view(alone))[-1] == f"-# The coverage says · {at}."


def test_an_article_is_named_once_over_all_that_is_quoted_of_it():
    """Whoever reads three quotations of one article need not read its title three times."""
    claims = [a_claim(f"It was said {n} times.", number=1) for n in (1, 2)]
    claims.append(a_claim("It was said again.", COURIER, number=2))
    text = seen(outcome_view(a_model_s_answer(*claims)))
    assert text.count("Marrowen rules out governing with the Lantern Movement") == 1
    assert "[1] “It was said 1 times.”\n[2] “It was said 2 times.”" in text
    assert "[3] Dunmere Courier" in text


def test_a_foreign_article_says_its_language():
    """A reader of English should not open a Japanese page unawares, and the other way round."""
    assert "オルヴェッサ日報 · 5 October 2026 · Japanese\n" in seen(
        outcome_view(an_answer(an_excerpt("投票率は62.7%だった。", NIPPO)))
    )
    assert " · English" not in seen(outcome_view(an_answer()))


def test_the_edge_has_the_colour_of_the_kind_and_the_words_say_it_too():
    """Nobody needs to tell colours apart."""

    def edge(outcome):
        return outcome_view(outcome).children[0].accent_colour

    closest = an_answer(level=Level.CLOSEST)
    edges = [edge(each) for each in (an_answer(), closest, an_abstention())]
    assert len(set(edges)) == 3
    assert "Closest in the coverage" in seen(outcome_view(closest))


def test_a_japanese_question_is_answered_in_japanese():
    """The desk's own words follow the question, dates included."""
    text = seen(outcome_view(a_japanese_answer()))
    assert "\nオルヴェッサ日報 · 2026年10月5日\n" in text
    assert "\n報道にはこうあります · " in text


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("text", ["Who will win?", "誰が勝つ？"])
def test_an_abstention_says_why_in_its_first_line(reason, text):
    """Whoever gets no answer knows at once, and in their language."""
    abstention = an_abstention(reason, text=text)
    words = Wording.of(abstention.question.language)
    assert seen(outcome_view(abstention)).split("\n")[0] == words.reason(reason)


@pytest.mark.parametrize("reason", Reason)
def test_only_what_newer_coverage_may_answer_has_a_moment(reason):
    """Whom to vote for is nobody's to say, whenever it is asked."""
    text = "\n".join(markdown_of(outcome_view(an_abstention(reason, nearest=()))))
    passes = {Reason.NOT_COVERED, Reason.NOTHING_ARCHIVED, Reason.UNREAD}
    assert ("As of" in text) is (reason in passes)


def test_the_nearest_coverage_is_named_and_not_called_an_answer():
    """What came close is dated and linked, without pretending."""
    text = seen(outcome_view(an_abstention()))
    assert "Nearest coverage, which does not answer it\n" in text
    assert "Public Radio Orvessa · 25 October 2026 · live page · Election night" in text


def test_the_question_is_repeated_on_request():
    """After a slash command other people cannot see what was asked."""
    shown = seen(outcome_view(an_answer(text="Who **won**?"), ask=True))
    assert shown.startswith("Who **won**?\n")


def test_a_long_answer_is_shortened_and_says_so():
    """A cut quotation ends outside of itself, and the reader is told where the rest is."""
    answer = a_long_answer()
    view = outcome_view(answer)
    lines = seen(view).split("\n")
    notices = [line for line in lines if "… cut here for length" in line]
    assert len(notices) == 4
    for claim, notice in zip(answer.claims, notices, strict=True):
        assert claim.citations[0].quote.startswith(notice.partition("… cut")[0].strip(" “”‘’「」"))


def test_claims_that_do_not_fit_are_counted():
    """Nothing is left out silently."""
    many = [a_claim(f"Sentence {n}. " + "word " * 60, number=n) for n in range(30)]
    text = seen(outcome_view(a_model_s_answer(*many)))
    assert "Left out for length: " in text


def test_hostile_coverage_is_shown_as_letters():
    """A source's markdown, mentions and links are words in the answer, and nothing more."""
    view = outcome_view(a_hostile_answer(), ask=True)
    assert f"\n# {HOSTILE}\n" in seen(view)
    assert {each.partition("#")[0] for each in links(view)} == {
        "https://ledger.example/a%29b%28c%20%3Cd%3E?q=%5Bx%5D%28y%29"
    }


awkward = st.text(st.sampled_from("ab *_`[]<>@|~\\🗳港سن\u0301\u200d"), max_size=1200)


def an_awkward_claim(number, quote, title, outlet):
    """Claim *quote* out of an article whose every field is awkward."""
    header = a_header(title=title, outlet=outlet, url=f"https://x.example/{'a' * 480}")
    return a_claim(quote, header, number=number, copies=[header] * 9)


def an_awkward_excerpt(claim):
    """Cut the quotation of *claim* as an excerpt of which all is bold."""
    quote = claim.citations[0].quote
    return Excerpt(claim.citations[0], Span(0, len(quote)), claim.copies)


@settings(max_examples=60)
@given(st.lists(st.tuples(awkward.filter(str.strip), awkward, awkward), min_size=1, max_size=5))
def test_no_message_is_too_large_for_discord(parts):
    """Whatever the coverage holds, Discord takes the message."""
    claims = [an_awkward_claim(n, *part) for n, part in enumerate(parts)]
    header = claims[0].citations[0].header
    text = "why " * 120
    outcomes = (
        a_model_s_answer(*claims, text=text),
        an_answer(*map(an_awkward_excerpt, claims), text=text),
        an_abstention(nearest=[header] * 5, text=text),
    )
    for view in (outcome_view(each, ask=True) for each in outcomes):
        assert view.content_length() <= MOST_TEXT
        assert view.total_children_count <= MOST_COMPONENTS


def test_a_notice_is_one_text():
    """A hint or an error has nothing around it."""
    assert seen(notice_view("Ask with /ask.")) == "Ask with /ask."


def test_an_article_without_a_title_can_still_be_opened():
    """The link needs words of its own then."""
    view = outcome_view(an_abstention(nearest=[replace(LEDGER, title=" ")]))
    assert "[open](<https://ledger.example" in "".join(markdown_of(view))


@pytest.mark.parametrize("language", Language)
def test_how_an_answer_came_about_is_told(language):
    """Whoever reads quotations because a model failed learns why, in their language."""
    text = {
        "en": "Will she resign?",
        "ja": "辞任する？",
        "de": "Tritt sie nicht zurück?",
        "es": "¿Dimitirá?",
        "fr": "Va-t-elle démissionner ?",
        "pt": "Ela vai renunciar ao cargo?",
        "ko": "그녀가 사임하나요?",
        "zh": "她会辞职吗？",
        "zh-Hant": "她會辭職嗎？",
        "ar": "هل ستستقيل؟",
    }[language]
    for written in (
        *(Written(trouble=each) for each in Trouble),
        Written("a-model"),
        Written("a-model", stopped=True),
        Written("a-model", unsaid=("resign",)),
    ):
        answer = replace(an_answer(text=text), written=written)
        notes = Wording.of(language).notes(written)
        assert notes
        assert all(note in seen(outcome_view(answer)) for note in notes)


def test_where_to_vote_is_a_link_of_the_community():
    """The desk gives no procedure, but the page that does."""
    link = "https://electoral-authority.example/vote"
    declined = replace(an_abstention(Reason.HOW_TO_VOTE, nearest=()), link=link)
    assert links(outcome_view(declined)) == [link]


def test_an_answer_in_the_making_stays_within_the_limits():
    """A long answer that is still written leaves room for what the desk is doing."""
    long = a_long_answer()
    view = progress_view(long.question, "Writing…", long.claims, ask=True, stop=None)
    assert view.content_length() <= 4000
    assert "Writing…" in seen(view)
