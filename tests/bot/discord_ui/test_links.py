"""An address, and what somebody wants to know or to have removed of themselves."""

from __future__ import annotations

import pytest

from bot.answering.understanding.question import PRIVACY, ask
from bot.answering.values import UnaskableError
from bot.community.rules import ServerRules
from bot.discord_ui.members.contributing import addresses_in
from ingest.index.cutting import cut
from tests.bot.discord_ui.choosing import labels
from tests.bot.discord_ui.reading import said_last, seen
from tests.builders import NOW, an_extract, saved

URL = "https://ledger.example/2026/result"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (URL, [URL]),
        (f"<{URL}>", [URL]),
        (f"  {URL} ", [URL]),
        (f"what about {URL}", [URL]),
        (f"is this true? {URL}", [URL]),
        (f"これ本当？ {URL}", [URL]),
        (f"stimmt das? (<{URL}>)", [URL]),
        (f"Summarise {URL}.", [URL]),
        (f"turnout was 90%, says {URL}", [URL]),
        (f"{URL} {URL}", [URL]),
        (f"Who won the election? {URL}", []),
        (f"{URL} https://courier.example/", [URL, "https://courier.example/"]),
        (
            f"Please add {URL}, <https://courier.example/> and {URL}",
            [URL, "https://courier.example/"],
        ),
        (f"Who won the election, {URL} or https://courier.example/?", []),
        ("https://", []),
        ("ftp://ledger.example/a", []),
        ("http://[", []),
        ("Who won?", []),
    ],
)
def test_a_message_that_is_about_addresses(text, found):
    """Alone, or with words that ask nothing without them; a question of its own is answered."""
    assert addresses_in(text) == found


async def test_a_link_that_is_kept_shows_its_article(simcord_env, desk, channel, alice):
    """Its title, its day and how it begins; a tracker in it changes nothing."""
    saved(desk.archive, an_extract(url=URL))
    await alice.send(channel, f"<@{simcord_env.bot.user.id}> {URL}?utm_source=x")
    text = said_last(channel)
    assert "This article is kept" in text
    assert "Harbour wins 46 seats" in text
    assert "The Harbour Alliance won 46 seats in Orvessa" in text
    shown = await alice.slash(channel, "ask", question=URL)
    assert "This article is kept" in seen(shown.response.components)


async def test_a_link_of_an_outlet_that_a_server_does_not_cite_is_not_kept_there(
    simcord_env, desk, channel, alice
):
    """What its moderators left out does not come in by an address."""
    saved(desk.archive, an_extract(url=URL))
    rules = ServerRules(outlets=("Dunmere Courier",)).values()
    desk.ledger.rules.set(str(simcord_env.guild.id), rules)
    shown = await alice.slash(channel, "ask", question=URL)
    assert "No article with this address is kept here" in seen(shown.response.components)


async def test_a_link_that_is_not_kept_offers_to_suggest_it(simcord_env, desk, channel, alice):
    """Whatever else is kept; what only another server cites is not."""
    saved(desk.archive, an_extract())
    extract = an_extract(url=URL)
    desk.archive.articles.save(extract, cut(extract.text, "en"), now=NOW, place="7")
    shown = await alice.slash(channel, "ask", question=URL)
    assert "No article with this address is kept here" in seen(shown.response.components)
    assert labels(shown.response) == ["Suggest a source"]


async def test_a_link_to_a_message_says_what_to_do(channel, alice):
    """It is no article."""
    link = "https://discord.com/channels/1/2/3"
    shown = await alice.slash(channel, "ask", question=link)
    assert "That is a message" in seen(shown.response.components)


@pytest.mark.parametrize(
    "said",
    [
        "delete my data",
        "Forget me!",
        "what do you know of me?",
        "vergiss mich",
        "borra mis datos",
        "que sais-tu de moi ?",
        "apague meus dados",
        "私のデータを削除してください",
        "나를 잊어줘",
        "删除我的数据",
        "احذف بياناتي",
    ],
)
def test_who_asks_what_is_known_of_them_is_not_searched_for(said):
    """In each language."""
    with pytest.raises(UnaskableError) as caught:
        ask(said, now=NOW)
    assert caught.value.key == PRIVACY


async def test_forget_me_forgets_by_a_button(simcord_env, desk, channel, alice):
    """What was kept goes, and only theirs."""
    await alice.send(channel, f"<@{simcord_env.bot.user.id}> delete my data")
    assert "What is kept about you" in said_last(channel)
    await desk.community.begin("Who won?", "en", alice.id, channel.id)
    message = channel.last_message
    result = await alice.click(message, label="Forget me")
    assert "entries removed: 1" in seen(result.response.components)
    assert result.ephemeral
    again = await alice.click(message, label="Forget me")
    assert "Nothing was known about you" in seen(again.response.components)


SEVERAL = "I take one address at a time. Moderators add many at once with /add-source"


@pytest.mark.parametrize("count", [2, 30])
async def test_of_several_links_none_is_looked_up(simcord_env, desk, channel, alice, asked, count):
    """It is no question, too long or not; who may add many is named."""
    links = " ".join(f"https://ledger.example/2026/district-results/{n}" for n in range(count))
    await alice.send(channel, f"<@{simcord_env.bot.user.id}> please read {links}")
    assert said_last(channel).startswith(SEVERAL)
    assert asked == []


async def test_several_addresses_are_suggested_one_by_one(desk, channel, alice):
    """The form is one click away, as it is for what is no address."""
    form = await alice.slash(channel, "suggest")
    values = {"url": f"{URL} https://courier.example/2", "outlet": "", "note": ""}
    said = await alice.submit_modal(form, values)
    assert seen(said.response.components).startswith(SEVERAL)
    assert labels(said.response) == ["Suggest a source"]
    assert desk.ledger.suggestions.open() == []
