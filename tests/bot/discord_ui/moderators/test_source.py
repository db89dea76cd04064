"""Moderators look after the coverage in Discord, and nobody else does."""

from __future__ import annotations

import shutil

import pytest

from bot import wording
from bot.discord_ui.moderators.decisions import DECISION_BUTTONS, UndoButton
from ingest.language.languages import Language
from tests.bot.discord_ui.moderators.conftest import FEED, PAGE, send, shown
from tests.bot.discord_ui.speaking import speaking
from tests.builders import NOW, an_extract, saved
from tests.ingest.newsroom import story


async def test_a_page_is_previewed_kept_and_logged(channel, moderator, archive):
    """Nothing is kept before it was seen; then it is, and who did it is written down."""
    result = await moderator.slash(channel, "source add", url=PAGE, outlet="Ledger")
    assert "nothing is kept yet" in shown(result)
    assert "Ward 1 decides" in shown(result)
    assert archive.articles.count() == 1
    kept = await moderator.click(result.response, label="Keep")
    assert "1 new" in shown(kept)
    assert archive.articles.count() == 2
    log = shown(await moderator.slash(channel, "source log"))
    assert "added" in log
    assert "Ward 1 decides" in log


async def test_a_preview_says_what_is_known_and_who_has_it(channel, moderator, archive, web):
    """Copies already there, and that it is kept already, before anybody decides."""
    web.page("http://other.example/x", "The same", story(1))
    for url, outlet in ((PAGE, "Ledger"), ("http://other.example/x", "Courier")):
        result = await moderator.slash(channel, "source add", url=url, outlet=outlet)
        last = shown(result)
        await moderator.click(result.response, label="Keep")
    assert "The same story is kept of Ledger" in last
    again = await moderator.slash(channel, "source add", url=PAGE, outlet="Ledger")
    assert "Kept already as article 2" in shown(again)
    discarded = await moderator.click(again.response, label="Discard")
    assert "Nothing was kept" in shown(discarded)


async def test_a_feed_is_watched_after_its_outlet_is_named(channel, moderator, archive, web):
    """Without an outlet a form asks for it; then the button that watches is there."""
    web.feed(FEED, [(PAGE, "Ward 1 decides")])
    nameless = await moderator.slash(channel, "source add", url=FEED)
    assert "Name the outlet" in shown(nameless)
    form = await moderator.click(nameless.response, label="Name the outlet")
    result = await moderator.submit_modal(form, {"outlet": "Ledger"})
    assert "pages: 1" in shown(result)
    assert "is watched" in shown(await moderator.click(result.response, label="Watch"))
    assert archive.sources.watched()[0].address == FEED
    assert "Ledger" in shown(await moderator.slash(channel, "source watched"))


async def test_a_paste_is_previewed(channel, moderator, archive):
    """The form's text is read like any paste."""
    opened = await moderator.slash(channel, "source paste")
    values = {"headline": "Pasted", "outlet": "Courier", "text": f"{story(9)}"}
    result = await moderator.submit_modal(opened, values)
    assert "Pasted" in shown(result)
    await moderator.click(result.response, label="Keep")
    assert archive.articles.listed(outlet="Courier")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1/", "public internet"),
        ("http://ledger.example/absent", "gone"),
        ("not an address", "not an address"),
    ],
)
async def test_what_cannot_be_added_says_why(channel, moderator, archive, url, said):
    """One sentence, and nothing is kept."""
    assert said in shown(await moderator.slash(channel, "source add", url=url))
    assert archive.articles.count() == 1


async def test_an_article_is_removed_and_that_is_undone_once(channel, moderator, archive):
    """Each deed can be taken back, once, and the log shows both."""
    [offer] = await moderator.autocomplete(channel, "source remove", "article", "46 seats")
    result = await moderator.slash(channel, "source remove", article=offer["value"])
    assert "Removed: Harbour wins 46 seats" in shown(result)
    assert archive.articles.count() == 0
    [gone] = await moderator.autocomplete(channel, "source restore", "article", "harbour")
    assert gone["value"] == offer["value"]
    undone = await moderator.click(result.response, label="Undo")
    assert "Taken back" in shown(undone)
    assert archive.articles.count() == 1
    log = shown(await moderator.slash(channel, "source log"))
    assert log.count("Harbour wins 46 seats") == 2
    assert "taken back" in log
    view = UndoButton("1", "Undo")
    message = await send(channel, view)
    assert "left to take back" in shown(await moderator.click(message, custom_id="desk:undo:1"))


async def test_a_number_that_is_none_is_one_sentence(channel, moderator):
    """What was typed instead of chosen is named."""
    assert "none of those" in shown(await moderator.slash(channel, "source show", article="x" * 90))
    assert "no article 99" in shown(await moderator.slash(channel, "source show", article="99"))


async def test_what_was_set_aside_is_listed_and_restored(channel, moderator, archive):
    """Quarantine is reviewed where moderators are."""
    saved(archive, *(an_extract(story(7), title=f"Title {n}") for n in range(4)))
    listed = shown(await moderator.slash(channel, "source quarantine"))
    assert "Title 3" in listed
    about = shown(await moderator.slash(channel, "source show", article="2"))
    assert "set aside" in about
    assert "4 titles" in about
    await moderator.slash(channel, "source restore", article="2")
    assert archive.articles.get(2).removal is None


async def test_a_preview_of_before_the_restart_is_too_old(channel, moderator):
    """The button still answers, kindly."""
    message = await send(channel, DECISION_BUTTONS[0]("a" * 12, "Keep"))
    result = await moderator.click(message, custom_id=f"desk:keep:{'a' * 12}")
    assert "too old" in shown(result)


async def test_everybody_sees_what_the_answers_rest_on(channel, alice, archive):
    """Outlets, how many articles, the newest day; and a sentence when there is nothing."""
    result = await alice.slash(channel, "coverage")
    assert "Sarnholt Ledger: articles: 1, newest 26 October 2026" in shown(result)
    archive.articles.remove(1, now=NOW)
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
        if not line.startswith("reports_heading =")
    ]
    german.write_text("".join(kept), encoding="utf-8")
    monkeypatch.setattr(wording, "WORDS", folder)
    with speaking(Language.GERMAN):
        assert "No answer is reported." in shown(await moderator.slash(channel, "reports"))
        assert "Keine Frage" in shown(await moderator.slash(channel, "gaps"))
