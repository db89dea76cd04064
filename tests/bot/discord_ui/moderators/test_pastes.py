"""A paste is somebody's word, shown as such; only a fetch makes it its outlet's."""

from __future__ import annotations

import pytest

from bot.answering.lookup import _verdict_of
from bot.answering.proving.verifiers import Finding
from bot.answering.values import Level, Verdict
from bot.community.news import Stories
from bot.discord_ui.rendering import Colour, outcome_view
from bot.outcomes import as_object
from bot.wording import Wording
from ingest.language.languages import Language
from tests.bot.discord_ui.builders import a_citation, a_header, an_answer, an_excerpt
from tests.bot.discord_ui.moderators.conftest import PAGE, panel
from tests.bot.discord_ui.reading import links, seen, shown
from tests.builders import an_extract, saved
from tests.ingest.newsroom import story

LIE = "Ilse Marrowen was arrested in Dunmere on Sunday, the harbour police told reporters at noon."
PASTED = a_header(pasted=True)


async def pasted(moderator, channel, text, **values):
    """Paste *text*, and return its preview."""
    opened = await panel(moderator, channel)
    form = await moderator.click(opened.response, label="Paste an article")
    rest = {"headline": "Ward 1 decides", "outlet": "The Sarnholt Ledger", "url": ""}
    return await moderator.submit_modal(form, {**rest, **values, "text": text})


def kept_last(archive):
    """Return the header of the article that was kept last."""
    return max(archive.articles.listed(), key=lambda each: each.id).header


@pytest.mark.parametrize("url", ["", PAGE, "http://ledger.example/none"])
async def test_what_no_fetch_has_read_is_called_a_paste(channel, moderator, archive, url):
    """Without an address, with one that is not there, and with one that says something else."""
    offered = await pasted(moderator, channel, LIE, url=url)
    text = shown(offered)
    assert "pasted by a moderator, as from The Sarnholt Ledger" in text
    assert "No fetch has read this" in text
    assert ("does not have this text" in text) is bool(url)
    await moderator.click(offered.response, label="Keep")
    header = kept_last(archive)
    assert header.pasted
    assert header.unverified


async def test_a_paste_that_its_address_has_is_kept_as_it_stands_there(channel, moderator, archive):
    """Then it is the outlet's: the page's own words, and its own name."""
    offered = await pasted(moderator, channel, story(1), url=PAGE)
    assert "The address has this text" in shown(offered)
    assert "pasted by" not in shown(offered)
    await moderator.click(offered.response, label="Keep")
    assert not kept_last(archive).pasted


async def test_a_file_that_is_handed_over_is_a_paste(channel, moderator, archive):
    """Anybody may write one."""
    offered = await moderator.slash(
        channel, "add-source", file=("ward.txt", LIE.encode()), outlet="The Sarnholt Ledger"
    )
    assert "pasted by a moderator, as from The Sarnholt Ledger" in shown(offered)


def test_an_answer_of_pastes_alone_is_not_what_the_coverage_says():
    """Its colour, its heading and its source say so, and no link lends it a page."""
    view = outcome_view(an_answer(an_excerpt(LIE, PASTED), number=3))
    text = seen(view)
    assert "Not verified: pasted text alone says this" in text
    assert "The coverage says" not in text
    assert "pasted by a moderator, as from The Sarnholt Ledger" in text
    assert links(view) == []
    assert view.children[0].accent_colour.value == Colour.CLOSEST


def test_a_fetched_source_beside_a_paste_is_what_the_coverage_says():
    """Where it leads."""
    view = outcome_view(an_answer(an_excerpt("Turnout was 61."), an_excerpt(LIE, PASTED), number=3))
    assert "The coverage says" in seen(view)


@pytest.mark.parametrize("language", Language)
def test_every_language_names_a_paste(language):
    """With the outlet that was typed, and never as it."""
    named = Wording.of(language).outlet(PASTED)
    assert "The Sarnholt Ledger" in named
    assert named != Wording.of(language).outlet(a_header())


def test_find_has_no_verdict_on_the_word_of_a_paste():
    """Even where it says the very same."""
    assert _verdict_of(LIE, a_citation(LIE, PASTED), Finding.SUPPORTED) is Verdict.NONE


def test_what_is_handed_on_says_so(archive):
    """In JSON, in figures of an outlet, and in stories."""
    answer = an_answer(an_excerpt(LIE, PASTED))
    assert as_object(answer)["excerpts"][0]["pasted"] is True
    saved(archive, an_extract(LIE, title="Arrest", outlet="Courier", pasted=True))
    named = {each.outlet: each.articles for each in archive.summary().outlets}
    assert named == {"Sarnholt Ledger": 1, "unverified paste": 1}
    [paste] = [e for e in Stories(archive).newest(9) if e.article.header.title == "Arrest"]
    assert paste.outlets == ()
    assert answer.level is Level.SAYS
