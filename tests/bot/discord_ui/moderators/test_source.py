"""Moderators look after the coverage in Discord, and nobody else does."""

from __future__ import annotations

import json
import shutil

import pytest

from bot import wording
from bot.discord_ui.moderators.decisions import DECISION_BUTTONS, UndoButton
from bot.discord_ui.moderators.listing import CoverageList
from ingest.language.languages import Language
from ingest.model import Permission, Removal
from tests.bot.discord_ui.choosing import labels, walked
from tests.bot.discord_ui.moderators.conftest import FEED, PAGE, panel, row, send
from tests.bot.discord_ui.reading import seen, shown
from tests.bot.discord_ui.speaking import speaking
from tests.builders import NOW, an_extract, saved
from tests.ingest.newsroom import story

PASTE = "Paste an article"


async def test_a_page_is_previewed_kept_and_logged(channel, moderator, archive):
    """Nothing is kept before it was seen; then it is, and who did it is written down."""
    result = await moderator.slash(channel, "add-source", url=PAGE, outlet="Ledger")
    assert "nothing has been changed yet" in shown(result)
    assert "Ward 1 decides" in shown(result)
    assert archive.articles.count() == 1
    kept = await moderator.click(result.response, label="Keep")
    assert "1 new" in shown(kept)
    assert archive.articles.count() == 2
    log = shown(await panel(moderator, channel, "log"))
    assert "added" in log
    assert "Ward 1 decides" in log


async def test_a_preview_says_what_is_known_and_who_has_it(channel, moderator, archive, web):
    """Copies already there, and that it is kept already, before anybody decides."""
    web.page("http://other.example/x", "The same", story(1))
    for url, outlet in ((PAGE, "Ledger"), ("http://other.example/x", "Courier")):
        result = await moderator.slash(channel, "add-source", url=url, outlet=outlet)
        last = shown(result)
        await moderator.click(result.response, label="Keep")
    assert "The same story is kept from Ledger" in last
    web.page(PAGE, "Ward 1 decides", f"{story(1)}\n\nThe mayor spoke at noon.")
    again = await moderator.slash(channel, "add-source", url=PAGE, outlet="Ledger")
    assert "Kept already as article 2" in shown(again)
    assert "this would be its next version" in shown(again)
    discarded = await moderator.click(again.response, label="Discard")
    assert "Nothing was kept" in shown(discarded)


async def test_what_is_kept_as_it_stands_is_not_offered(channel, moderator, archive, desk):
    """The preview names the article and the day it was added; nothing is there to press."""
    offered = await moderator.slash(channel, "add-source", url=PAGE, outlet="Ledger")
    early = await moderator.slash(channel, "add-source", url=PAGE, outlet="Ledger")
    await moderator.click(offered.response, label="Keep")
    logged = desk.ledger.audit.last()
    again = await moderator.slash(channel, "add-source", url=PAGE, outlet="Ledger")
    day = wording.Wording.default().date(archive.articles.get(2).added_at)
    assert f"Kept already with this text: article 2, added on {day}." in shown(again)
    assert "nothing has been changed yet" not in shown(again)
    assert labels(again.response) == []
    late = await moderator.click(early.response, label="Keep")
    assert "It is that way already" in seen(late.followups[-1].components)
    assert desk.ledger.audit.last() == logged


async def test_what_was_removed_by_hand_is_offered_as_it_stands(channel, moderator, archive):
    """Keeping it brings it back, so that is no change of nothing."""
    offered = await moderator.slash(channel, "add-source", url=PAGE, outlet="Ledger")
    await moderator.click(offered.response, label="Keep")
    archive.articles.remove(2, now=NOW)
    again = await moderator.slash(channel, "add-source", url=PAGE, outlet="Ledger")
    assert "0 new, 1 changed" in shown(await moderator.click(again.response, label="Keep"))
    assert archive.articles.get(2).removal is None


async def test_a_retracted_text_is_said_to_be_kept_and_not_cited(channel, moderator, archive):
    """The same text by hand does not bring it back, so Keep is not offered for it."""
    offered = await moderator.slash(channel, "add-source", url=PAGE, outlet="Ledger")
    await moderator.click(offered.response, label="Keep")
    archive.articles.remove(2, now=NOW, removal=Removal.RETRACTED)
    again = await moderator.slash(channel, "add-source", url=PAGE, outlet="Ledger")
    assert "article 2" in shown(again)
    assert "Not cited: retracted by its outlet" in shown(again)
    assert labels(again.response) == []


async def test_of_several_articles_only_new_ones_and_changed_ones_count(
    channel, moderator, archive
):
    """A file of which a part is kept shows and counts what is left of it."""
    first, second, third = ((f"Ward {n} decides", story(n)) for n in (1, 2, 3))
    await add_file(moderator, channel, [first, second])
    offered = await offer_file(moderator, channel, [first, second, third])
    assert "Ward 3 decides" in shown(offered)
    assert "Ward 1 decides" not in shown(offered)
    assert "Kept already as they stand: 2" in shown(offered)
    kept = await moderator.click(offered.response, label="Keep")
    assert "Kept: 1 new, 0 changed." in shown(kept)
    assert archive.articles.count() == 4
    again = await offer_file(moderator, channel, [first, second, third])
    assert labels(again.response) == []


async def offer_file(moderator, channel, articles):
    """Offer a file of articles."""
    rows = "".join(
        json.dumps({"title": title, "text": text, "outlet": "Ledger"}) + "\n"
        for title, text in articles
    )
    return await moderator.slash(channel, "add-source", file=("articles.jsonl", rows.encode()))


async def add_file(moderator, channel, articles):
    """Keep a file of articles."""
    offered = await offer_file(moderator, channel, articles)
    return await moderator.click(offered.response, label="Keep")


async def test_a_feed_is_watched_after_its_outlet_is_named(channel, moderator, archive, web):
    """Without an outlet a form asks for it; then the button that watches is there."""
    web.feed(FEED, [(PAGE, "Ward 1 decides")])
    nameless = await moderator.slash(channel, "add-source", url=FEED)
    assert "Name the outlet" in shown(nameless)
    form = await moderator.click(nameless.response, label="Name the outlet")
    result = await moderator.submit_modal(form, {"outlet": "Ledger"})
    assert "pages: 1" in shown(result)
    assert "is watched" in shown(await moderator.click(result.response, label="Watch"))
    assert archive.sources.watched()[0].address == FEED
    assert "Ledger" in shown(await panel(moderator, channel, "watched"))


async def test_a_paste_is_previewed(channel, moderator, archive):
    """The form's text is read like any paste."""
    opened = await moderator.click((await panel(moderator, channel)).response, label=PASTE)
    values = {"headline": "Pasted", "outlet": "Courier", "text": f"{story(9)}"}
    result = await moderator.submit_modal(opened, values)
    assert "Pasted" in shown(result)
    await moderator.click(result.response, label="Keep")
    assert archive.articles.listed(outlet="Courier")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1/", "public internet"),
        ("http://ledger.example/absent", "There is no page at http://ledger.example/absent"),
        ("not an address", "not an address"),
    ],
)
async def test_what_cannot_be_added_says_why(channel, moderator, archive, url, said):
    """One sentence, and nothing is kept."""
    assert said in shown(await moderator.slash(channel, "add-source", url=url))
    assert archive.articles.count() == 1


async def test_an_article_is_removed_and_that_is_undone_once(channel, moderator, archive):
    """Each deed can be taken back on the spot, once, and the log shows both."""
    opened = await panel(moderator, channel)
    assert opened.ephemeral
    result = await row(moderator, opened, "remove", 1)
    assert "Removed: Harbour wins 46 seats" in shown(result)
    assert "There is no coverage here yet" in shown(result)
    assert archive.articles.count() == 0
    undone = await moderator.click(result.response, label="Undo")
    assert "Undone: Harbour wins 46 seats" in shown(undone)
    assert labels(undone.response)[:3] == ["Show", "Hide", "Remove"]
    assert archive.articles.count() == 1
    log = shown(await panel(moderator, channel, "log"))
    assert log.count("Harbour wins 46 seats") == 2
    assert "undone" in log
    view = UndoButton("1", "Undo")
    message = await send(channel, view)
    assert "left to undo" in shown(await moderator.click(message, custom_id="desk:undo:1"))


async def test_what_is_typed_finds_an_article_or_a_source(channel, moderator, archive):
    """Offered by title, outlet and address, cited or not; other words search the titles."""
    archive.sources.watch(FEED, "Courier", Permission.UNSTATED, 60, now=NOW)
    [offer] = await moderator.autocomplete(channel, "source", "find", "46 seats")
    card = await moderator.slash(channel, "source", find=offer["value"])
    assert "Article 1, version 1" in shown(card)
    removed = await row(moderator, card, "remove", 1)
    assert "Removed: Harbour wins 46 seats" in shown(removed)
    [gone] = await moderator.autocomplete(channel, "source", "find", "harbour")
    card = await moderator.slash(channel, "source", find=gone["value"])
    assert "Not cited: removed" in shown(card)
    back = await row(moderator, card, "restore", 1)
    assert "Restored: Harbour wins 46 seats" in shown(back)
    [feed] = await moderator.autocomplete(channel, "source", "find", "courier")
    assert FEED in shown(await moderator.slash(channel, "source", find=feed["value"]))
    typed = await moderator.slash(channel, "source", find="seats")
    assert "Articles: seats" in shown(typed)
    for nothing in ("x" * 90, "article x", "source 99999999999999"):
        empty = await moderator.slash(channel, "source", find=nothing)
        assert "No article matches that." in shown(empty)
    assert "no article 99" in shown(await moderator.slash(channel, "source", find="article 99"))


async def test_a_card_leads_back_to_its_page(channel, moderator, archive):
    """Nobody begins again at the first page."""
    saved(archive, *(an_extract(f"Text number {n}.", title=f"Ward {n}") for n in range(6)))
    second = await moderator.click((await panel(moderator, channel)).response, label="Next")
    before = shown(second)
    assert "1 · " in before
    card = await row(moderator, second, "shown", 1)
    assert shown(await moderator.click(card.response, label="Back")) == before


async def test_every_list_fits_into_a_message(channel, moderator, archive):
    """Forty components at most, with a change above and all its buttons."""
    saved(archive, *(an_extract(f"Text number {n}.", title=f"Ward {n}") for n in range(12)))
    for n in range(9):
        archive.sources.watch(f"{FEED}?{n}", "Ledger", Permission.UNSTATED, 60, now=NOW)
    page = await moderator.click((await panel(moderator, channel)).response, label="Next")
    hidden = await row(moderator, page, "hide", 8)
    assert len(list(walked(hidden.response.components))) <= 40
    watched = await panel(moderator, channel, "watched")
    middle = await moderator.click(watched.response, label="Next")
    stopped = await row(moderator, middle, "unwatch", 5)
    assert len(list(walked(stopped.response.components))) <= 40
    for listing in CoverageList:
        opened = await panel(moderator, channel, listing)
        assert len(list(walked(opened.response.components))) <= 40


async def test_what_was_set_aside_is_listed_and_restored(channel, moderator, archive):
    """Quarantine is reviewed where moderators are."""
    saved(archive, *(an_extract(story(7), title=f"Title {n}") for n in range(4)))
    listed = await panel(moderator, channel, "quarantine")
    assert "Title 3" in shown(listed)
    assert "4 titles" in shown(listed)
    assert "set aside" in shown(await panel(moderator, channel, "removed"))
    await row(moderator, listed, "restore", 2)
    assert archive.articles.get(2).removal is None


async def test_nothing_to_see_is_a_sentence(channel, moderator, archive):
    """An empty list says so, and what to do where something can be done."""
    archive.articles.remove(1, now=NOW)
    for listing, said in (
        ("articles", "There is no coverage here yet."),
        ("watched", "/add-source with the address of a feed begins."),
        ("quarantine", "Nothing is set aside."),
        ("suggestions", "Nothing is proposed."),
        ("corrections", "No reader had to be told"),
        ("log", "Nobody has done anything"),
    ):
        assert said in shown(await panel(moderator, channel, listing))
    archive.articles.restore(1, now=NOW)
    assert "Nothing is hidden or removed." in shown(await panel(moderator, channel, "removed"))


async def test_the_panel_outlives_a_restart(simcord_env, channel, moderator, archive):
    """Its rows, its menu and its way back work on."""
    opened = await panel(moderator, channel)
    await simcord_env.restart_bot()
    hidden = await row(moderator, opened, "hide", 1)
    assert "Hidden: Harbour wins 46 seats" in shown(hidden)
    assert archive.articles.count() == 0
    removed = await moderator.select(
        hidden.response, ["removed"], custom_id="desk:source-listing:0"
    )
    assert "Harbour wins 46 seats" in shown(removed)


async def test_a_preview_of_before_the_restart_is_too_old(channel, moderator):
    """The button still answers, kindly."""
    message = await send(channel, DECISION_BUTTONS[0]("a" * 12, "Keep"))
    result = await moderator.click(message, custom_id=f"desk:keep:{'a' * 12}")
    assert "too old" in shown(result)


async def test_everybody_sees_what_the_answers_rest_on(channel, alice, archive):
    """Outlets, how many articles, the newest day; and a sentence when there is nothing."""
    result = await alice.slash(channel, "coverage")
    assert "1 article from 1 outlet is kept. The coverage last changed on" in shown(result)
    assert "Sarnholt Ledger has 1 article here, from 26 October 2026" in shown(result)
    saved(archive, an_extract("Ferries sail.", url="https://a.example/1", published=None))
    dated = shown(await alice.slash(channel, "coverage"))
    assert "Sarnholt Ledger has 2 articles here, the newest from 26 October 2026" in dated
    saved(
        archive,
        *(
            an_extract(text, url=f"https://b.example/{text}", outlet="Post", published=None)
            for text in ("Boats", "Trams")
        ),
    )
    undated = shown(await alice.slash(channel, "coverage"))
    assert "Post has 2 articles here, none with a date" in undated
    assert "4 articles from 2 outlets are kept." in undated
    for number in range(1, 5):
        archive.articles.remove(number, now=NOW)
    assert "no coverage here yet" in shown(await alice.slash(channel, "coverage"))


async def test_a_command_that_is_not_translated_is_english_as_a_whole(
    channel, moderator, tmp_path, monkeypatch
):
    """A reader of German gets one language in one message; other commands stay German."""
    folder = shutil.copytree(wording.WORDS, tmp_path / "prompts")
    german = folder / "words.de.toml"
    kept = [
        line
        for line in german.read_text(encoding="utf-8").splitlines(keepends=True)
        if not line.startswith(("reports_heading =", "source_hide ="))
    ]
    german.write_text("".join(kept), encoding="utf-8")
    monkeypatch.setattr(wording, "WORDS", folder)
    with speaking(Language.GERMAN):
        assert "No answer is reported." in shown(await moderator.slash(channel, "reports"))
        assert "Keine Frage" in shown(await moderator.slash(channel, "gaps"))
        opened = await panel(moderator, channel, "removed")
        assert "Nothing is hidden or removed." in shown(opened)


async def test_a_preview_never_says_that_nothing_is_kept_beside_what_is(channel, moderator, web):
    """A feed that is watched, a next version, and some articles that stand as they are."""
    web.feed(FEED, [(PAGE, "Ward 1 decides")])
    for address, button in ((PAGE, "Keep"), (FEED, "Watch")):
        offered = await moderator.slash(channel, "add-source", url=address, outlet="Ledger")
        await moderator.click(offered.response, label=button)
    web.page(PAGE, "Ward 1 decides", f"{story(1)}\n\nThe mayor spoke at noon.")
    for address, beside in ((PAGE, "Kept already as article"), (FEED, "Watched already")):
        again = await moderator.slash(channel, "add-source", url=address, outlet="Ledger")
        assert beside in shown(again)
        assert "nothing is kept" not in shown(again)
        assert "nothing has been changed yet" in shown(again)


@pytest.fixture
def wards(archive):
    """Return the numbers of six articles: four stand on the first page, two on the second."""
    for n in range(2, 7):
        saved(archive, an_extract(f"Ward {n} has decided.", title=f"Ward {n} decides"))
    return [[6, 5, 4, 3], [2, 1]]


async def test_a_page_whose_items_are_gone_shows_the_one_before(
    channel, moderator, archive, desk, wards
):
    """Somebody else removed what stood on the last page: nobody reads that there is nothing."""
    first = await panel(moderator, channel)
    for number in wards[1]:
        archive.articles.remove(number, now=desk.clock())
    last = await moderator.click(first.response, label="Next")
    assert [f"Ward {n} decides" in shown(last) for n in wards[0]] == [True] * 4
    assert "Back" not in labels(last.response)


async def test_the_last_item_of_a_page_may_go(channel, moderator, archive, desk, wards):
    """After it the page before is shown, below what was done."""
    archive.articles.remove(1, now=desk.clock())
    first = await panel(moderator, channel)
    last = await moderator.click(first.response, label="Next")
    result = await row(moderator, last, "remove", 2)
    assert shown(result).startswith("Removed: Ward 2 decides.")
    assert "Ward 6 decides" in shown(result)


async def test_removed_articles_and_sources_that_are_gone_leave_no_empty_page(
    channel, moderator, archive, desk, wards
):
    """The same in each list that has pages."""
    clock = desk.clock()
    for number in (*wards[0], *wards[1]):
        archive.articles.remove(number, now=clock)
    for n in range(1, 6):
        address = f"http://paper{n}.example/feed"
        archive.sources.watch(address, f"Paper {n}", Permission.UNSTATED, 60, now=clock)
    removed = await panel(moderator, channel, "removed")
    watched = await panel(moderator, channel, "watched")
    for number in wards[1]:
        archive.articles.restore(number, now=clock)
    archive.sources.unwatch(5)
    assert "Ward 6 decides" in shown(await moderator.click(removed.response, label="Next"))
    sources = shown(await moderator.click(watched.response, label="Next"))
    assert "Paper 1" in sources
    assert "Paper 4" in sources
