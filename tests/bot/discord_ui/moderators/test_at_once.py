"""Two presses at the same moment: one thing happens, and each person is told what it was."""

from __future__ import annotations

import asyncio

import pytest

from bot.community.curating import Curator, Moderator, TooManyArticlesError
from bot.discord_ui.moderators import settings_panel, setup
from bot.discord_ui.moderators.decisions import DiscardButton, KeepButton
from bot.discord_ui.moderators.review import ApproveButton
from bot.ledger import Ledger
from bot.ledger.records import AuditAction
from tests.bot.discord_ui.choosing import buttons
from tests.bot.discord_ui.moderators.conftest import (
    FEED,
    PAGE,
    member_with,
    panel,
    row,
    send,
    set_value,
)
from tests.bot.discord_ui.reading import said_last, seen, shown

UNCHANGED = "It is that way already. Nothing was changed."
APPROVED = f"Approved: {PAGE}."
REJECTED = f"Rejected: {PAGE}. Nothing was kept."


@pytest.fixture(autouse=True)
def overlapping(simcord_env, monkeypatch):
    """Let several people act before the first is answered, as they do in Discord."""
    monkeypatch.setattr(simcord_env, "_begin_operation", lambda _label: None)
    monkeypatch.setattr(simcord_env, "_end_operation", lambda: None)


def aside(results):
    """Return what was said beside the messages, to those who pressed alone."""
    return [seen(each.components) for result in results for each in result.followups]


def deeds(archive):
    """Return the kinds of what moderators did to the coverage, the newest first."""
    kinds = [entry.kind for entry in Ledger.of(archive).audit.last()]
    return [kind for kind in kinds if kind is not AuditAction.SET]


async def offered(member, channel, web, kind):
    """Let *member* open the preview that has a button."""
    web.feed(FEED, [(PAGE, "Ward 1 decides")])
    url = {"Keep": PAGE, "Watch": FEED}[kind]
    return (await member.slash(channel, "add-source", url=url, outlet="Ledger")).response


@pytest.mark.parametrize("kind", ["Keep", "Watch"])
async def test_two_clicks_make_one_proposal(channel, moderator, manager, archive, web, kind):
    """The second moderator has one thing to look at, and not two alike."""
    await set_value(manager, channel, "desk", "approval:0", "yes")
    preview = await offered(moderator, channel, web, kind)
    clicks = [moderator.click(preview, label=kind) for _ in range(2)]
    results = await asyncio.gather(*clicks)
    assert len(Ledger.of(archive).suggestions.open()) == 1
    assert "Proposed as number 1" in shown(results[0])
    assert aside(results) == [UNCHANGED]


@pytest.mark.parametrize("kind", ["Keep", "Watch"])
async def test_two_clicks_do_it_once(channel, moderator, archive, web, kind):
    """It stands in the log once, so that it is undone once."""
    preview = await offered(moderator, channel, web, kind)
    clicks = [moderator.click(preview, label=kind) for _ in range(2)]
    results = await asyncio.gather(*clicks)
    assert len(deeds(archive)) == 1
    assert aside(results) == [UNCHANGED]


@pytest.mark.parametrize("late", [KeepButton, DiscardButton])
async def test_a_click_that_comes_late_leaves_the_message(channel, moderator, web, late):
    """Discord may deliver it after the first was done: nobody reads that nothing was kept."""
    preview = await offered(moderator, channel, web, "Keep")
    key = buttons(preview)[0]["custom_id"].rpartition(":")[2]
    copied = await send(channel, late(key, "x"))
    await moderator.click(preview, label="Keep")
    result = await moderator.click(copied, custom_id=late.id_of(key))
    assert aside([result]) == [UNCHANGED]
    assert "Discarded" not in shown(result)


async def test_what_failed_can_be_tried_again(channel, moderator, archive, web, desk, monkeypatch):
    """A preview is not used up by an error."""
    preview = await offered(moderator, channel, web, "Keep")
    with monkeypatch.context() as patch:
        patch.setattr(Curator, "keep", refuse)
        failed = await moderator.click(preview, label="Keep")
    assert "5,000" in aside([failed])[0]
    assert "Kept: 1 new" in shown(await moderator.click(preview, label="Keep"))


async def refuse(*_arguments):
    """Refuse articles, as for a server that has no room."""
    raise TooManyArticlesError


@pytest.mark.parametrize(
    ("labels", "sentences"),
    [
        (("Approve", "Approve"), {APPROVED}),
        (("Reject", "Reject"), {REJECTED}),
        (("Approve", "Reject"), {APPROVED, REJECTED}),
    ],
)
async def test_a_suggestion_is_decided_once_and_its_message_says_how(
    channel, alice, moderator, second, manager, archive, labels, sentences
):
    """Whoever comes second, and everybody in the channel, reads what the first decided, and who."""
    await set_value(manager, channel, "review", "reviewin:0", channel)
    form = await alice.slash(channel, "suggest")
    await alice.submit_modal(form, {"url": PAGE, "outlet": "Ledger", "note": ""})
    posted = channel.last_message
    await asyncio.gather(
        moderator.click(posted, label=labels[0]), second.click(posted, label=labels[1])
    )
    who, decided, *others = said_last(channel).split("\n")[::-1]
    [first] = Ledger.of(archive).audit.last(limit=1)
    assert who == f"<@{first.who}>"
    assert first.who in {str(moderator.id), str(second.id)}
    assert decided in sentences
    assert others in ([], ["That was decided already."])
    kinds = {APPROVED: [AuditAction.ADDED, AuditAction.APPROVED], REJECTED: [AuditAction.REJECTED]}
    assert deeds(archive) == kinds[decided]


async def test_a_decision_of_before_is_told_with_what_it_was(channel, alice, moderator, second):
    """A message with its buttons may lie about for days; another server's is not spoken of."""
    form = await alice.slash(channel, "suggest")
    await alice.submit_modal(form, {"url": PAGE, "outlet": "Ledger", "note": ""})
    old = await send(channel, ApproveButton("1", "Approve"))
    listed = await panel(moderator, channel, "suggestions")
    await moderator.click(listed.response, label="Reject")
    late = await second.click(old, custom_id="desk:approve:1")
    assert shown(late) == f"That was decided already.\n{REJECTED}\n<@{moderator.id}>"


async def test_who_decided_is_told_however_much_was_done_since(
    simcord_env, channel, alice, moderator, second, desk
):
    """An election night fills the log; and also where the source was kept already."""
    server = str(simcord_env.guild.id)
    for number, decide in enumerate(("reject", "approve"), start=1):
        if decide == "approve":
            offered = await moderator.slash(channel, "add-source", url=PAGE)
            await moderator.click(offered.response, label="Keep")
        form = await alice.slash(channel, "suggest")
        await alice.submit_modal(form, {"url": PAGE, "outlet": "Ledger", "note": ""})
        listed = await panel(moderator, channel, "suggestions")
        await moderator.click(listed.response, label=decide.title())
        for _ in range(210):
            await desk.curator.settled("f1", Moderator(str(second.id), server))
        old = await send(channel, ApproveButton(str(number), "Approve"))
        late = await second.click(old, custom_id=f"desk:approve:{number}")
        assert shown(late).endswith(f"<@{moderator.id}>")


@pytest.mark.parametrize(("kind", "deed"), [("hide", "hidden"), ("remove", "removed")])
async def test_an_article_is_taken_out_once(channel, moderator, second, archive, kind, deed):
    """Both panels are right afterwards, and one way back stands in the log."""
    panels = [await panel(member, channel) for member in (moderator, second)]
    results = await asyncio.gather(
        row(moderator, panels[0], kind, 1), row(second, panels[1], kind, 1)
    )
    assert [str(each) for each in deeds(archive)] == [deed]
    assert aside(results) == [UNCHANGED]


async def test_an_action_is_undone_once(channel, moderator, second, archive):
    """The other reads that nothing is left to undo."""
    await row(moderator, await panel(moderator, channel), "hide", 1)
    logs = [await panel(member, channel, "log") for member in (moderator, second)]
    results = await asyncio.gather(
        moderator.click(logs[0].response, label="Undo"),
        second.click(logs[1].response, label="Undo"),
    )
    assert sorted(shown(each)[:6] for each in results) == ["There ", "Undone"]
    assert deeds(archive) == [AuditAction.RESTORED, AuditAction.HIDDEN]


async def test_two_open_forms_each_do_their_own(simcord_env, channel, manager, archive):
    """What one manager sends neither empties the rule of the other's form nor closes that form."""
    other = member_with(simcord_env, "deputy", manage_messages=True, manage_guild=True)
    role = simcord_env.guild.create_role("press")
    rules = Ledger.of(archive).rules
    rules.set("", {**rules.get(""), "voting_link": "https://old.example"})
    kinds = (setup._RoleButton, settings_panel.LinkButton)
    forms = [
        await member.click(await send(channel, kind("0", "x")), custom_id=kind.id_of("0"))
        for member, kind in zip((manager, other), kinds, strict=True)
    ]
    await manager.submit_modal(forms[0], {"role": [role]})
    assert rules.get("")["voting_link"] == "https://old.example"
    assert rules.get(str(simcord_env.guild.id))["moderator_role"] == role.id
    await other.submit_modal(forms[1], {"url": "https://vote.example"})
    assert rules.get("")["voting_link"] == "https://vote.example"


async def test_who_decided_in_another_server_is_not_named(
    simcord_env, channel, alice, moderator, desk, archive
):
    """A direct message is suggested to home; whoever decides there is of no concern elsewhere."""
    number = await desk.community.suggest(PAGE, "Ledger", None, alice.id, simcord_env.guild.id)
    suggestion = await desk.reviewer.suggestion(number)
    await desk.curator.reject(suggestion, Moderator("7", "8"))
    late = await moderator.click(
        await send(channel, ApproveButton(str(number), "Approve")), label="Approve"
    )
    assert shown(late) == f"That was decided already.\n{REJECTED}"
