"""The limits of what is shown in Discord: its own, and ours of text, of items and of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class _DiscordLimits:
    """What Discord allows, and numbers of its protocol (https://discord.com/developers/docs)."""

    message_characters: int = 3900
    """Characters used of the 4,000 that a message may have."""
    row_buttons: int = 5
    """Buttons in one row."""
    choices: int = 25
    """Choices offered while a member types."""
    menu_options: int = 25
    attachment_bytes: int = 8 * 2**20
    """The largest attachment that is read."""
    alt_text_characters: int = 1000
    """Characters used of the 1,024 of an alt text."""
    thread_archive_minutes: Literal[1440] = 1440
    """Minutes without a message after which a thread is archived; one of the periods allowed."""
    thread_exists: int = 160004
    """The error code for a message that has a thread already."""
    reply_needs_history: int = 160002
    """Error code where the bot may not read what it replies to."""
    unknown_message: int = 10008
    """The code for a reply that was deleted, or never made: nobody waits there."""
    unreachable: frozenset[int] = frozenset({10003, 50001, 50007, 50278})
    """Codes for a channel that is gone or that the bot does not see, and for a person who left all
    its servers, blocked it or closed their direct messages."""
    reply_lifetime: timedelta = timedelta(minutes=14)
    """Time during which a reply to a command is edited, a minute less than Discord allows."""
    writing_seconds: float = 13 * 60.0
    """Time until the writing is stopped; the token of a reply expires after 15 minutes."""
    shard_bits: int = 22
    """Bits of a server's id that do not count for the shard that serves it."""
    choice_characters: int = 100
    user_install: int = 1
    """The number of an installation by a person for their own account."""
    components: int = 40
    """Texts, lines, rows and buttons of one message in all."""
    corrected_characters: int = 3950
    """Characters used of the 4,000 by an answer with a note of a correction."""


@dataclass(frozen=True, slots=True)
class _Pace:
    """Seconds that something may take, or that lie between two checks or edits."""

    storing_seconds: float = 1.0
    """What storing a question may delay its acknowledgement; Discord waits three."""
    defer_seconds: float = 1.0
    """After this Discord is told to wait; quotations alone take a twentieth of it."""
    answer_edit_seconds: float = 1.5
    """Between two edits of an answer; Discord's rate limit delays faster ones."""
    job_edit_seconds: float = 2.0
    """Between two edits of one message about a moderator's job."""
    notification_seconds: float = 3.0
    """Between two checks for due notifications."""
    sending_seconds: float = 10.0
    """What a notification may delay those for other channels; Discord may delay one for minutes."""
    correction_seconds: float = 10.0
    """Between two checks for changes of what answers cite."""
    housekeeping_seconds: float = 2.0
    """Between two rounds of housekeeping."""
    lease_seconds: float = 5.0
    """Between two renewals of this process's lease."""
    finish_seconds: float = 1.5
    """What running answers have to finish when the bot is stopped."""
    report_seconds: float = 1.5
    """What it takes at most to tell the other askers that their answer is not coming."""
    ending_check_seconds: float = 0.05
    """Between two checks of the answers that are still running then."""


@dataclass(frozen=True, slots=True)
class _TextLengths:
    """The characters of a text in a message or an entry, and those kept free for other texts."""

    question: int = 300
    """A question that is repeated."""
    note: int = 300
    """A line above or below a quotation; a problem, a note or an address of a source."""
    correction: int = 600
    """An outlet's own correction."""
    listed_correction: int = 120
    """An outlet's own correction in a list of many."""
    copied_quotation: int = 900
    """A quotation in the copyable text."""
    claim: int = 300
    """A claim that is repeated."""
    unread_claim: int = 80
    """A claim that was not looked up."""
    article_start: int = 240
    """An article's text in a preview."""
    outlets: int = 800
    """The names of the outlets that may be quoted."""
    copies: int = 200
    """The outlets that carry a story too."""
    cell: int = 60
    """A name or a cell of results."""
    returned_line: int = 1500
    """A line of what was written in a form that was not read; escaped it may be twice as long."""
    button: int = 40
    """A name on a button."""
    linked_address: int = 512
    """The longest address that is linked; a longer one would use up the message."""
    last_word: int = 24
    """How far a cut may move back to the end of a word; scripts without spaces need none."""
    comment: int = 500
    """The longest comment or note of a member."""
    moment: int = 40
    """The longest moment that is entered."""
    search: int = 40
    """A search, which stands in the custom ids of the buttons."""
    review_keys: int = 80
    """Keys in a custom id; feedback beyond that is shown again."""
    number: int = 12
    """Digits of the number of an article or a source that was offered."""
    below_answer: int = 200
    """Kept free for the progress line."""
    below_quotations: int = 200
    """Kept free for the other lines."""
    below_claims: int = 400
    """Kept free for the lines below."""
    entered_address: int = 500
    """The longest address that a member suggests."""
    entered_outlet: int = 100
    """The longest name of an outlet that a member enters."""


@dataclass(frozen=True, slots=True)
class _Fitting:
    """How a message is shortened that has no room; the lengths are tried in their order."""

    addresses: tuple[int, ...] = (300, 150, 0)
    """The longest addresses that stay."""
    lines: tuple[int, ...] = (400, 200, 100, 50)
    """The longest lines without addresses, if fewer addresses are not enough."""
    above_list: int = 500
    """Characters kept free for the change above a list."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """How many of something are shown, listed or kept; some pages by Discord's 40 components."""

    copies: int = 5
    """Outlets that carry an excerpt too."""
    nearest: int = 3
    """Passages near to a question without an answer."""
    stories: int = 8
    quotations: int = 8
    """Within Discord's 40 components."""
    follows: int = 8
    """On a page: with the buttons that turn it within Discord's 40 components."""
    panel_items: int = 4
    """Items with their own buttons, within Discord's 40 components."""
    review_groups: int = 4
    """Groups of feedback, within Discord's 40 components."""
    review_comments: int = 3
    """Comments of one group."""
    suggestions: int = 4
    notices: int = 10
    audit_entries: int = 7
    evidence: int = 8
    """Passages of evidence."""
    channels: int = 20
    rule_outlets: int = 20
    """Outlets of a server's rules."""
    quiet_sources: int = 8
    unread_claims: int = 5
    """Claims that are named without being looked up."""
    overview_outlets: int = 20
    gaps: int = 5
    """Periods without coverage."""
    previews: int = 100
    """Previews that can still be decided; a restart drops them."""
    exchanges: int = 1000
    """Exchanges and keys that are kept in memory; older exchanges are read from the archive."""
    changes: int = 5
    """Changes of sources in one list, above which each is listed in short."""
    changed_answers: int = 12
    """Answers listed for each change."""
    servers: int = 100
    """Servers that are examined as the next home server."""
    returned_lines: int = 30
    """Lines of what was written in a form that was not read, within Discord's 40 components."""
    digest_corrections: int = 5
    """Corrections in one digest."""


@dataclass(frozen=True, slots=True)
class _ChartLayout:
    """The layout of charts, in pixels before they are scaled."""

    scale: int = 2
    """Pixels drawn for each pixel of the layout, for sharp screens."""
    width: int = 720
    height: int = 200
    margin: int = 28
    foot: int = 34
    head: int = 26
    letters: int = 14
    """Height of the letters."""
    mark: int = 26
    """Height of a mark on a time axis."""
    bar: int = 34
    bar_step: int = 42
    """From one bar of a contest to the next."""
    figure_room: int = 170
    """Room at the right of the bars for their figures."""
    figure: int = 26
    """Height of the letters of a figure."""
    days: int = 2
    """The fewest days of which a chart is drawn."""
    dates: int = 6
    """The most dates below a chart."""


DISCORD = _DiscordLimits()
PACE = _Pace()
CHARACTERS = _TextLengths()
FITTING = _Fitting()
SHOWN = _Shown()
CHARTS = _ChartLayout()
