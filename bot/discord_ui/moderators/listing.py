"""The panel `/source`: paged lists with their buttons, a menu of them, and “look now”."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

import discord
from discord import ui

from bot.community.curating import Moderator, can_be_undone
from bot.community.jobs import Jobs, LookProgress
from bot.discord_ui.buttons import Form, KeyButton, KeySelect, text_input
from bot.discord_ui.escaping import escape, link, literal, phrase, title
from bot.discord_ui.limits import CHARACTERS, DISCORD, PACE, SHOWN
from bot.discord_ui.moderators.decisions import AddButton, PasteButton, UndoButton, undo_sentence
from bot.discord_ui.moderators.moderation import (
    Action,
    Moderated,
    Moderation,
    ViewButton,
    moderation_of,
    moderator,
    server_in,
)
from bot.discord_ui.moderators.review import suggestions_view
from bot.discord_ui.moderators.settings_panel import UnsetButton
from bot.discord_ui.moderators.views import (
    ENTRY_LENGTHS,
    article_view,
    audit_line,
    corrections_view,
    evidence_view,
    outage_line,
    source_block,
)
from bot.discord_ui.rendering import entry, item_list, layout, notice_view, with_buttons
from bot.discord_ui.replying import Interaction, edit_reply, show_result, words_of
from bot.ledger.records import AuditAction, AuditEntry, Job
from bot.wording import Wording, translated_failure
from ingest.model import Article, Source

logger = logging.getLogger(__name__)

_EVIDENCE = "evidence"
"""The option of the menu that opens a form."""
_PAGE_KEY = r"[a-z]{3,12}\.[0-9]{1,12}(?:\..{1,40})?"
_ROW_KEY = rf"[0-9]{{1,12}}\.{_PAGE_KEY}"


class CoverageList(StrEnum):
    """A list of the panel."""

    ARTICLES = "articles"
    WATCHED = "watched"
    QUARANTINE = "quarantine"
    REMOVED = "removed"
    SUGGESTIONS = "suggestions"
    CORRECTIONS = "corrections"
    LOG = "log"


_LABELS = {
    CoverageList.ARTICLES: "articles_heading",
    CoverageList.WATCHED: "sources_heading",
    CoverageList.QUARANTINE: "quarantine_heading",
    CoverageList.REMOVED: "source_removed",
    CoverageList.SUGGESTIONS: "suggestions_heading",
    CoverageList.CORRECTIONS: "corrections_heading",
    CoverageList.LOG: "deeds_heading",
}


@dataclass(frozen=True, slots=True)
class PanelPage:
    """A page of a list: the number of its first item, and the text that its items contain.

    A page of the log begins below the entry with that number, if it is not 0.
    """

    listing: CoverageList = CoverageList.ARTICLES
    offset: int = 0
    search: str = ""

    @property
    def key(self) -> str:
        """Return the page as a part of a custom id."""
        search = f".{self.search}" if self.search else ""
        return f"{self.listing}.{self.offset}{search}"

    @classmethod
    def of(cls, key: str) -> Self:
        """Return the page of a key."""
        listing, offset, *search = key.split(".", 2)
        return cls(CoverageList(listing), int(offset), "".join(search))


@dataclass(frozen=True, slots=True)
class _Change:
    """The sentence about a change, and the audit entry by which it can be undone."""

    sentence: str
    entry: AuditEntry | None = None


async def source_panel(
    interaction: Interaction,
    moderation: Moderation,
    page: PanelPage,
    change: _Change | None = None,
) -> ui.LayoutView:
    """Show one page of a list below the *change* that was just made.

    Without one, a chat model that has written nothing for a while is reported above the list.
    """
    words = words_of(interaction)
    view, turns, page = await _list_page(interaction, moderation, page)
    outage = moderation.model_state.outage(moderation.community.clock())
    notice = layout([outage_line(outage, words)]) if outage and change is None else None
    return panel_view(view, page, words, turns, change, notice)


def panel_view(
    view: ui.LayoutView,
    page: PanelPage,
    words: Wording,
    turns: Sequence[ui.Item[Any]] = (),
    change: _Change | None = None,
    notice: ui.LayoutView | None = None,
) -> ui.LayoutView:
    """Add the change or a notice above a list, and below it the panel's buttons and menu."""
    panel = ui.LayoutView(timeout=None)
    if change is not None:
        undo = (
            [_PutBackButton(f"{change.entry.id}.{page.key}", words("undo"))] if change.entry else []
        )
        notice = with_buttons(layout([phrase(change.sentence)]), undo)
    for item in [*(notice.children if notice else ()), *view.children]:
        panel.add_item(item)
    adding: list[ui.Item[Any]] = []
    if page.listing in {CoverageList.ARTICLES, CoverageList.WATCHED}:
        adding = [AddButton("0", words("add_source")), PasteButton("0", words("paste_title"))]
    options = [
        discord.SelectOption(label=title(words(label), 100), value=listing)
        for listing, label in _LABELS.items()
        if listing is not page.listing
    ]
    options.append(discord.SelectOption(label=words("source_evidence"), value=_EVIDENCE))
    menu = _ListingMenu("0", words("source_choose"), options)
    return with_buttons(with_buttons(with_buttons(panel, turns), adding), [menu])


async def _list_page(
    interaction: Interaction, moderation: Moderation, page: PanelPage
) -> tuple[ui.LayoutView, list[ui.Item[Any]], PanelPage]:
    """Return one page of a list, the buttons that turn it, and which page it is.

    It is an earlier page if all items from there on are gone meanwhile.
    """
    words, by = words_of(interaction), moderator(interaction)
    items = await _items_from(page, interaction, moderation)
    if page.offset and not items and page.listing is not CoverageList.LOG:
        earlier = replace(page, offset=max(0, page.offset - _step(page)))
        return await _list_page(interaction, moderation, earlier)
    visible, has_more = items[: _step(page)], len(items) > _step(page)
    turns = _turns(page, words, has_more)
    match page.listing:
        case CoverageList.ARTICLES:
            return articles_view(visible, by, words, page), turns, page
        case CoverageList.QUARANTINE | CoverageList.REMOVED:
            return removed_view(visible, by, words, page), turns, page
        case CoverageList.WATCHED:
            return sources_view(visible, by, words, page), turns, page
        case CoverageList.SUGGESTIONS:
            return suggestions_view(items, words), [], page
        case CoverageList.CORRECTIONS:
            return corrections_view(visible, words), turns, page
        case CoverageList.LOG:
            view = audit_view(items, by.place, words)
            if len(items) < SHOWN.audit_entries:
                return view, [], page
            older = replace(page, offset=items[-1][0].id)
            return view, [_PageButton(older.key, words("older"))], page


async def _items_from(
    page: PanelPage, interaction: Interaction, moderation: Moderation
) -> Sequence[Any]:
    """Return the items of a page, and the first one of the next page if its list tells by that."""
    catalogue, offset, limit = moderation.catalogue, page.offset, _step(page) + 1
    server, places = server_in(interaction), moderation.places(interaction)
    match page.listing:
        case CoverageList.ARTICLES:
            return await catalogue.titled(page.search, server, offset=offset, limit=limit)
        case CoverageList.QUARANTINE:
            return await catalogue.quarantined(server, offset, limit)
        case CoverageList.REMOVED:
            return await catalogue.titled("", server, removed=True, offset=offset, limit=limit)
        case CoverageList.WATCHED:
            sources = _matching(await catalogue.sources(server), page.search)
            return sources[offset : offset + limit]
        case CoverageList.SUGGESTIONS:
            return await moderation.reviewer.suggestions(places)
        case CoverageList.CORRECTIONS:
            return await catalogue.notices(offset, limit, places)
        case CoverageList.LOG:
            home = str(moderation.home or "")
            older_than = offset or None
            return await catalogue.audit(server, home, before=older_than, limit=SHOWN.audit_entries)


def _step(page: PanelPage) -> int:
    """Return the number of items on one page of a list."""
    return SHOWN.notices if page.listing is CoverageList.CORRECTIONS else SHOWN.panel_items


def articles_view(
    articles: Sequence[Article], by: Moderator, words: Wording, page: PanelPage
) -> ui.LayoutView:
    """List articles that may be cited, each with the buttons of its row."""
    if not articles:
        return notice_view(words("no_articles" if page.search else "coverage_none"))
    heading = escape(words("articles_heading"))
    if page.search:
        heading = phrase(f"{words('articles_heading')}: {page.search}")
    return item_list(
        f"**{heading}**",
        [
            (
                f"{article.id} · {entry(article.header, words, ENTRY_LENGTHS)}",
                [
                    _ShowButton(f"{article.id}.{page.key}", words("source_show")),
                    *_cited_buttons(article, by, words, page),
                ],
            )
            for article in articles
        ],
    )


def _cited_buttons(
    article: Article, by: Moderator, words: Wording, page: PanelPage
) -> list[ui.Item[Any]]:
    """Return the buttons that take a citable article out of answers."""
    key = f"{article.id}.{page.key}"
    hide = _HideButton(key, words("source_hide"))
    remove = [_RemoveButton(key, words("source_remove"))] if by.may_change(article.place) else []
    return [hide, *remove]


def removed_view(
    articles: Sequence[Article], by: Moderator, words: Wording, page: PanelPage
) -> ui.LayoutView:
    """List articles that are not cited, each with the reason and a button that restores it."""
    if not articles:
        is_quarantine = page.listing is CoverageList.QUARANTINE
        return notice_view(words("no_quarantine" if is_quarantine else "source_removed_none"))
    items: list[tuple[str, list[ui.Item[Any]]]] = []
    for article in articles:
        lines = [f"{article.id} · {entry(article.header, words, ENTRY_LENGTHS)}"]
        if page.listing is CoverageList.REMOVED:
            reason = f"removal_{article.removal}" if article.removal else "removal_here"
            lines.append(f"-# {escape(words('article_removed', why=words(reason)))}")
        problem = translated_failure(article.note or article.held or "", words)
        if problem:
            lines.append(f"-# {phrase(title(problem, 200))}")
        is_hidden_here = article.removal is None and article.held is None
        restorable = is_hidden_here or by.may_change(article.place)
        restore = _RestoreButton(f"{article.id}.{page.key}", words("restore"))
        items.append(("\n".join(lines), [restore] if restorable else []))
    return item_list(f"**{escape(words(_LABELS[page.listing]))}**", items)


def sources_view(
    sources: Sequence[Source], by: Moderator, words: Wording, page: PanelPage
) -> ui.LayoutView:
    """List watched sources, failing ones first, each with the buttons of its row."""
    if not sources:
        return notice_view(words("no_articles" if page.search else "no_sources"))
    items: list[tuple[str, list[ui.Item[Any]]]] = []
    for source in sources:
        key = f"{source.id}.{page.key}"
        look = _LookNowButton(key, words("look_again"))
        stop = _StopWatchingButton(key, words("stop_watching"))
        buttons: list[ui.Item[Any]] = [look, stop] if by.may_change(source.place) else []
        items.append((source_block(source, words), buttons))
    return item_list(f"**{escape(words('sources_heading'))}**", items)


def _matching(sources: Sequence[Source], search: str) -> list[Source]:
    """Return the sources with *search* in their outlet or address, failing ones first."""
    folded = search.casefold()
    matches = (s for s in sources if folded in f"{s.outlet}: {s.address}".casefold())
    return sorted(matches, key=lambda source: (source.failure is None, source.id))


def _turns(page: PanelPage, words: Wording, has_more: bool) -> list[ui.Item[Any]]:
    """Return the buttons for the previous and the next page, as far as there are any."""
    buttons: list[ui.Item[Any]] = []
    if page.offset:
        before = replace(page, offset=max(0, page.offset - _step(page)))
        buttons.append(_PageButton(before.key, words("page_before")))
    if has_more:
        after = replace(page, offset=page.offset + _step(page))
        buttons.append(_PageButton(after.key, words("page_next")))
    return buttons


async def article_card(
    interaction: Interaction, moderation: Moderation, number: int, page: PanelPage
) -> ui.LayoutView:
    """Show one article with its buttons and the way back to its page."""
    words, by, catalogue = words_of(interaction), moderator(interaction), moderation.catalogue
    article = await catalogue.article(number, by.place)
    hidden = await catalogue.is_hidden(number, by.place)
    is_cited = article.removal is None and article.held is None and not hidden
    buttons: list[ui.Item[Any]] = []
    if is_cited:
        buttons = _cited_buttons(article, by, words, page)
    elif hidden or by.may_change(article.place):
        buttons = [_RestoreButton(f"{number}.{page.key}", words("restore"))]
    back = _PageButton(page.key, words("page_before"))
    view = with_buttons(article_view(article, words, hidden=hidden), [*buttons, back])
    return panel_view(view, page, words)


class _ListingMenu(Moderated, KeySelect, template=r"desk:source-listing:(?P<key>0)"):
    """A menu of the lists of the panel."""

    kind = "source-listing"

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Show the list, or the form for a question."""
        if self.values == [_EVIDENCE]:
            await interaction.response.send_modal(_EvidenceForm(interaction))
            return
        await interaction.response.defer()
        page = PanelPage(CoverageList(self.values[0]))
        await interaction.edit_original_response(
            view=await source_panel(interaction, moderation, page)
        )


class _EvidenceForm(Form):
    """A form for a question, whose evidence is shown with its scores."""

    def __init__(self, interaction: Interaction) -> None:
        super().__init__(interaction, "source_evidence")
        self.question = self.field("follow_label", text_input("question", 500))

    async def on_submit(self, interaction: Interaction) -> None:
        """Search, if the user is still a moderator."""
        moderation, question = moderation_of(interaction), self.question.value
        if not await moderation.admits(interaction):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)

        async def work() -> ui.LayoutView:
            evidence = await moderation.catalogue.found(question, server_in(interaction))
            return evidence_view(evidence, question, words_of(interaction))

        await show_result(interaction, work)


class _PageButton(Action, KeyButton, template=rf"desk:source-page:(?P<key>{_PAGE_KEY})"):
    """A button for another page of a list."""

    kind = "source-page"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show the page."""
        return await source_panel(interaction, moderation, PanelPage.of(self.key))


class _RowButton(Action, KeyButton, template=r"desk:row"):
    """A button that changes the item of its row, and shows the page again."""

    @property
    def number(self) -> int:
        """Return the id of the item."""
        return int(self.key.partition(".")[0])

    @property
    def page(self) -> PanelPage:
        """Return the page on which the button stands."""
        return PanelPage.of(self.key.partition(".")[2])

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Change the item, and show the page with the change above it."""
        change = await self.change(interaction, moderation)
        return await source_panel(interaction, moderation, self.page, change)

    async def change(self, interaction: Interaction, moderation: Moderation) -> _Change:
        """Change the item."""
        raise NotImplementedError

    async def title(self, interaction: Interaction, moderation: Moderation) -> str:
        """Return the title of the article in this row."""
        catalogue, server = moderation.catalogue, server_in(interaction)
        return title((await catalogue.article(self.number, server)).header.title, 200)


class _ShowButton(_RowButton, template=rf"desk:source-shown:(?P<key>{_ROW_KEY})"):
    """A button that shows what is archived of an article."""

    kind = "source-shown"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show the article in place of the page."""
        return await article_card(interaction, moderation, self.number, self.page)


class _HideButton(_RowButton, template=rf"desk:source-hide:(?P<key>{_ROW_KEY})"):
    """A button that hides an article from new answers."""

    kind = "source-hide"

    async def change(self, interaction: Interaction, moderation: Moderation) -> _Change:
        """Hide the article, a shared one in this server alone unless it is home."""
        name, by = await self.title(interaction, moderation), moderator(interaction)
        audit_entry = await moderation.curator.hide(self.number, by)
        is_local = audit_entry.kind is AuditAction.HIDDEN and bool(audit_entry.before)
        key = "hidden_here" if is_local else "hidden_article"
        return _Change(words_of(interaction)(key, title=name), audit_entry)


class _RemoveButton(_RowButton, template=rf"desk:source-remove:(?P<key>{_ROW_KEY})"):
    """A button that removes an article from all answers."""

    kind = "source-remove"
    style = discord.ButtonStyle.danger

    async def change(self, interaction: Interaction, moderation: Moderation) -> _Change:
        """Remove the article."""
        name, by = await self.title(interaction, moderation), moderator(interaction)
        audit_entry = await moderation.curator.remove(self.number, by)
        return _Change(words_of(interaction)("removed_article", title=name), audit_entry)


class _RestoreButton(_RowButton, template=rf"desk:source-restore:(?P<key>{_ROW_KEY})"):
    """A button that lets an article be cited again."""

    kind = "source-restore"

    async def change(self, interaction: Interaction, moderation: Moderation) -> _Change:
        """Restore the article."""
        name, by = await self.title(interaction, moderation), moderator(interaction)
        audit_entry = await moderation.curator.restore(self.number, by)
        return _Change(words_of(interaction)("restored_article", title=name), audit_entry)


class _StopWatchingButton(_RowButton, template=rf"desk:source-unwatch:(?P<key>{_ROW_KEY})"):
    """A button that stops watching a source."""

    kind = "source-unwatch"
    style = discord.ButtonStyle.danger

    async def change(self, interaction: Interaction, moderation: Moderation) -> _Change:
        """Stop watching the source."""
        audit_entry = await moderation.curator.unwatch(self.number, moderator(interaction))
        address = title(audit_entry.detail or "", 200)
        return _Change(words_of(interaction)("unwatched", address=address), audit_entry)


class _PutBackButton(_RowButton, template=rf"desk:source-putback:(?P<key>{_ROW_KEY})"):
    """A button that undoes the change above a page; its number is that of the audit entry."""

    kind = "source-putback"

    async def change(self, interaction: Interaction, moderation: Moderation) -> _Change:
        """Undo the change once."""
        return _Change(await undo_sentence(self.number, interaction, moderation))


class _LookNowButton(ViewButton, template=rf"desk:source-lookagain:(?P<key>{_ROW_KEY})"):
    """A button that fetches a source at once, and shows the progress beside the panel."""

    kind = "source-lookagain"

    async def load_view(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Start fetching the source."""
        return await _refresh_now(interaction, moderation, int(self.key.partition(".")[0]))


def audit_view(
    entries: Sequence[tuple[AuditEntry, str]], server: str, words: Wording
) -> ui.LayoutView:
    """List audit entries, newest first; people who acted in another server are not named."""
    if not entries:
        return notice_view(words("no_deeds"))
    items = [
        (audit_line(entry, name, server, words), _undo_buttons(entry, server, words))
        for entry, name in entries
    ]
    return item_list(f"**{escape(words('deeds_heading'))}**", items)


def _undo_buttons(entry: AuditEntry, server: str, words: Wording) -> list[ui.Item[Any]]:
    """Return the undo button of an audit entry; none if it is undone, foreign or final."""
    if entry.place != server or not can_be_undone(entry):
        return []
    button = UnsetButton if entry.kind is AuditAction.SET else UndoButton
    return [button(str(entry.id), words("undo"))]


async def _refresh_now(
    interaction: Interaction, moderation: Moderation, source_id: int
) -> ui.LayoutView:
    """Start fetching a source, and show its progress in the reply."""
    words = words_of(interaction)
    source = await moderation.curator.look_again(source_id, moderator(interaction))
    job = await moderation.jobs.begin(source_id, interaction.token, words.language)
    interaction.client.run_beside(follow_job(interaction.client, moderation.jobs, job))
    return notice_view(words("looking_again", address=title(source.address, 200)))


async def follow_job(client: discord.Client, jobs: Jobs, job: Job) -> None:
    """Show the progress of a job until it ends or its reply can no longer be edited."""
    shown_progress = None
    while True:
        await asyncio.sleep(PACE.job_edit_seconds)
        progress = await jobs.progress(job)
        is_late = jobs.clock() - job.at > DISCORD.reply_lifetime
        if (
            progress != shown_progress
            and not is_late
            and not await _show_progress(client, progress)
        ):
            is_late = True
        shown_progress = progress
        if progress.finished or is_late:
            await jobs.dismiss(job)
            return


async def _show_progress(client: discord.Client, progress: LookProgress) -> bool:
    """Edit the reply with the progress; return False if Discord refused."""
    words = Wording.of(progress.job.language)
    try:
        await edit_reply(client, progress.job.token, refresh_progress_view(progress, words))
    except discord.HTTPException as error:
        logger.warning("Discord refused to show the progress of a refresh: %s", error)
        return False
    return True


def refresh_progress_view(progress: LookProgress, words: Wording) -> ui.LayoutView:
    """Return a view of the progress or the result of fetching a source."""
    source = progress.source
    if source is None:
        return notice_view(words("looked_gone"))
    linked = link(title(source.address, CHARACTERS.note), source.address, instead=words("link"))
    if not progress.finished:
        key = "looking" if progress.listed else "looking_again_short"
        text = escape(words(key, done=progress.done, listed=progress.listed or 0))
    elif source.failure:
        text = f"⚠ {literal(title(translated_failure(source.failure, words), CHARACTERS.note))}"
    else:
        text = escape(words("looked", done=progress.done, listed=progress.listed or 0))
    return layout([linked, text])


LISTING_CONTROLS = (
    _ListingMenu,
    _PageButton,
    _ShowButton,
    _HideButton,
    _RemoveButton,
    _RestoreButton,
    _StopWatchingButton,
    _PutBackButton,
    _LookNowButton,
)
