"""Lists stay within what Discord takes, whatever members and outlets have written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.community.curating import Moderator
from bot.community.digests import Digest
from bot.community.news import Story
from bot.community.reviewing import FeedbackGroup
from bot.community.rules import ServerRules
from bot.discord_ui.escaping import fit_message, link, literal, phrase
from bot.discord_ui.moderators.listing import (
    CoverageList,
    PanelPage,
    _Change,
    panel_view,
    removed_view,
    sources_view,
)
from bot.discord_ui.moderators.review import ABOUT_REPORTS, groups_view, suggestions_view
from bot.discord_ui.moderators.rule_settings import RulesState, Section
from bot.discord_ui.moderators.settings_panel import settings_view
from bot.discord_ui.news_views import digest_view
from bot.ledger.records import Feedback, FeedbackVerdict, Suggestion
from bot.settings import BotSettings
from bot.wording import Wording
from ingest.language.languages import Language
from ingest.model import Article, Permission, Removal, Source
from tests.bot.discord_ui.builders import LEDGER, NOW
from tests.bot.discord_ui.reading import seen

MOST_TEXT, MOST_COMPONENTS, MOST_OPTIONS = 4000, 40, 25
LETTERS = {"plain": "Northern Outlet ", "arabic": "صحيفة الشمال ", "marks": "_*~", "emoji": "🗳️ "}
ADDRESS = "https://outlet.example/"
WORDS = [Wording.of(language) for language in (Language.ENGLISH, Language.ARABIC)]
BY = Moderator("7", "5", home=True)
WATCHED = PanelPage(CoverageList.WATCHED, offset=4)


def views(letters, words):
    """Yield the lists with every text as long as it may be."""

    def text(length):
        return (LETTERS[letters] * length)[:length]

    address = f"{ADDRESS}{'a' * 480}"
    header = replace(LEDGER, outlet=text(100), title=text(300), url=address)
    articles = [
        Article(n, header, 1, 1, NOW, removed_at=NOW, removal=Removal.QUARANTINED, note=text(400))
        for n in range(1, 9)
    ]
    sources = [
        Source(n, address, text(100), Permission.OWN, 60, NOW, failure=text(500), failed_at=NOW)
        for n in range(30)
    ]
    change = _Change(words("removed_article", title=text(200)), None)
    yield panel_view(sources_view(sources[:4], BY, words, WATCHED), WATCHED, words, (), change)
    removed = PanelPage(CoverageList.REMOVED)
    yield panel_view(removed_view(articles[:4], BY, words, removed), removed, words, (), change)
    suggested = [
        Suggestion(NOW, "5", "m", "n", address=address, outlet=text(100), note=text(500), id=n)
        for n in range(9)
    ]
    yield panel_view(suggestions_view(suggested, words), removed, words)
    outdated = FeedbackVerdict.OUTDATED
    report = Feedback(NOW, 1, outdated, "m", text(300), text(500), "5", id=1)
    yield groups_view([FeedbackGroup((report,) * 5)] * 9, words, ABOUT_REPORTS, 0)
    corrected = tuple((article, text(600)) for article in articles)
    stories = tuple(Story(article) for article in articles)
    yield digest_view(Digest("5", 1, NOW, NOW, stories, corrected, 3), words)
    outlets = tuple(f"{n} {text(97)}" for n in range(30))
    state = RulesState(ServerRules(outlets=outlets), BotSettings.of({}), outlets=outlets)
    for section in (Section.OVERVIEW, Section.OUTLETS):
        yield settings_view(state, section, words)


@pytest.mark.parametrize("words", WORDS, ids=["en", "ar"])
@pytest.mark.parametrize("letters", LETTERS)
async def test_no_list_is_too_large_for_discord(letters, words):
    """A member's comment could keep all moderators from the reports otherwise."""
    for view in views(letters, words):
        assert view.content_length() <= MOST_TEXT
        assert view.total_children_count <= MOST_COMPONENTS
        for item in view.walk_children():
            options = item.to_component_dict().get("options", [])
            assert len(options) <= MOST_OPTIONS
            assert all(len(option["label"]) <= 100 for option in options)


def test_what_fits_stays_as_it_is():
    """Also a long address."""
    block = link("Final count", f"{ADDRESS}{'a' * 400}", instead="open")
    assert fit_message([block], 500) == [block]


def test_the_longest_addresses_go_first():
    """The words that were linked stay, and so do the other links."""
    short = link("Turnout", f"{ADDRESS}turnout", instead="open")
    long = link("Final count", f"{ADDRESS}{'a' * 400}", instead="open")
    beside = link("[Live] Count", f"{ADDRESS}{'b' * 400}", instead="open")
    assert fit_message([short, f"- {long}", beside], 300) == [
        short,
        "- Final count",
        literal("[Live] Count"),
    ]


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("> " + "word " * 200, "> " + "word " * 79 + "wor…"),
        ("**" + "a" * 900 + "**", "**" + "a" * 398 + "…**"),
        ("> ~~" + "a" * 900 + "~~", "> ~~" + "a" * 396 + "…~~"),
        ("-# " + r"\_" * 900, "-# " + r"\_" * 198 + "…"),
        ("\u2068" + "س" * 900 + "\u2069", "\u2068" + "س" * 399 + "…\u2069"),
    ],
)
def test_a_line_that_is_cut_is_closed(line, cut):
    """Marks, isolated text and escapes end where the line does."""
    [shown] = fit_message([line], 450)
    assert shown == cut
    assert seen(shown).endswith("…")


def test_lines_without_marks_are_not_cut_in_a_name():
    """Short lines stay whole beside a long one."""
    names = [phrase(f"Outlet {n}") for n in range(20)]
    [*shown, last] = fit_message([*names, "b" * 900], 700)
    assert shown == names
    assert last == "b" * 400 + "…"
