"""The script of an election night: what is published, what is asked, and what is true when.

Each question has, from a time on, words of which an answer that claims to know shows one. They are
written by hand from the made-up coverage, not from what the bot says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from ingest.model import Extract, Kind
from tests.builders import an_extract

NIGHT = datetime(2026, 10, 25, tzinfo=UTC)
BEGAN, ENDED = "20:05", "05:00"
RADIO, LIVE_URL = "Public Radio Orvessa", "https://publicradio-orvessa.example/live/night"
QUAY_PULSE = "Quay Pulse survey"
"""The beginning of the title that a moderator of the second server hides."""


def moment(time: str) -> datetime:
    """Return the moment of a time of that evening or of the morning after it."""
    hours, minutes = map(int, time.split(":"))
    return NIGHT + timedelta(days=hours < 12, hours=hours, minutes=minutes)


ENTRIES = {
    "19:30": "Half an hour until the polls close. The Electoral Authority says that 412,000 people,"
    " more than ever before, voted in advance.",
    "20:00": "The exit poll is in. Wexcombe Opinion projects 49 seats for the Harbour Alliance, 46"
    " for Common Field, 15 for the Lantern Movement, eight for the Tidewater Greens and three for"
    " the Quayside League. This is a projection and not a count.",
    "20:10": "The exit poll may be wrong by three seats either way, Wexcombe Opinion says.",
    "20:20": '"It is too early to drink and too early to cry," says Harbour campaign manager Felix'
    " Dornay.",
    "20:40": "The last voters of the Tannery quarter in Dunmere have cast their ballots after"
    " waiting for an hour and a half.",
    "21:10": "The Electoral Authority estimates turnout at 64%, which would be the highest since"
    " 2006.",
    "21:25": "Snow falls in Tessary, and the counting hall there is heated with two stoves.",
    "21:40": "The advance ballots are being counted in all 80 constituencies.",
    "22:00": "Common Field supporters have filled the old fish market of Tessary.",
    "22:45": "First declared constituency: Sarnholt North, held by Prime Minister Ilse Marrowen"
    " with a reduced lead.",
    "22:55": "Second declared constituency: Tessary Hills, held by Common Field.",
    "23:10": "Pellowe says that the Greens have lost votes to Common Field in the towns.",
    "23:30": "With 40% counted, Harbour and Common Field are level in the list vote. The advance"
    " ballots, which are counted first, favoured Harbour.",
    "23:45": "Edvin Castrel leads in Dunmere East by 90 votes with half of its ballots counted.",
    "23:55": "The count in Ivrelle has been interrupted for ten minutes by a power cut.",
    "00:15": 'Jory Stanmark speaks to supporters in Dunmere: "We had five seats and a rowing boat.'
    ' Look at us now." He says that Lantern is open to talks with everyone.',
    "00:30": "In Upper Brennock, Harbour is ahead by 211 votes; the postal ballots are missing.",
    "00:40": "The counting hall of Sarnholt has run out of coffee.",
    "00:50": "Dunmere East is too close to call. Samira Qasteli of the Quayside League leads"
    " finance minister Edvin Castrel by fewer than 250 votes, so there will be a recount.",
    "01:00": "The recount of Dunmere East begins at two in the morning, officials say.",
    "01:10": "With 65% counted, Common Field is ahead of Harbour for the first time tonight.",
    "01:30": "With 96% counted, the provisional figures of the Electoral Authority show Common"
    " Field ahead: 49 seats, Harbour 47, Lantern 14, the Greens seven and the League four. Postal"
    " ballots are still to come.",
    "01:40": "Marrowen will speak to the press at nine, her office says.",
    "01:55": 'Tobin Arkwell: "The country has asked us to try. We will try."',
    "02:10": "Pellowe says that the Greens will listen first and count later.",
    "02:30": "The last boat of observers has left Skerrow.",
    "02:50": "The recount in Dunmere East has reached the third of six boxes.",
    "03:30": "Postal ballots may come until Wednesday, the Electoral Authority reminds.",
    "04:10": "The recount in Dunmere East is finished: Samira Qasteli has won the seat by 212"
    " votes.",
    "04:30": 'Edvin Castrel concedes in Dunmere East: "I have telephoned the captain."',
}
"""The thirty entries of the live page, by their times."""
MENDED_ENTRY = (
    "Edvin Castrel leads in Dunmere East by 19 votes with half of its ballots counted. An earlier"
    " version of this entry said 90."
)


def live_page(now: str, *, mended: bool) -> Extract:
    """Return the live page as it stands at a time, its newest entry first."""
    shown = [time for time in ENTRIES if moment(time) <= moment(now)]
    texts = ENTRIES | ({"23:45": MENDED_ENTRY} if mended else {})
    lines = [f"{moment(time):%Y-%m-%d %H:%M} {texts[time]}" for time in reversed(shown)]
    return an_extract(
        "\n\n".join(lines),
        title="Live: the election night",
        outlet=RADIO,
        url=LIVE_URL,
        kind=Kind.LIVE,
        published=moment(shown[-1]),
    )


def an_article(text: str, title: str, outlet: str, at: str) -> Extract:
    """Return an article of the night."""
    url = f"https://{outlet.split()[-1].lower()}.example/{at.replace(':', '')}"
    return an_extract(text, title=title, outlet=outlet, url=url, published=moment(at))


TURNOUT = an_article(
    "Turnout was about 66 per cent, higher than at any election since 2006, the Electoral Authority"
    " estimated on Sunday evening.\n\nQueues were longest in Dunmere, officials said.",
    "Turnout highest in twenty years",
    "The Sarnholt Ledger",
    "21:15",
)
TURNOUT_NOTE = "Correction: The Electoral Authority's estimate of turnout is 64 per cent, not 66."
WON = an_article(
    "The Harbour Alliance has won the parliamentary election, the Courier's own count of the"
    " advance ballots shows.\n\nIlse Marrowen stays prime minister, her campaign said in Sarnholt.",
    "Harbour Alliance wins the election",
    "Dunmere Courier",
    "22:20",
)
WITHDRAWN = replace(
    WON,
    header=replace(WON.header, title="Withdrawn: Harbour Alliance", kind=Kind.RETRACTION),
    text="The Courier has withdrawn a report on the outcome of the election. It should not have"
    " been published: the advance ballots are not a result.",
)
BOXES = an_article(
    "The ferry with the ballot boxes from Skerrow is held back by the storm, returning officer"
    " Hannes Brill said on Sunday.\n\nIts 14 boxes will come to Dunmere with the first boat on"
    " Monday.",
    "Storm holds back ballot boxes from Skerrow",
    "Tessary Post",
    "22:30",
)
BOXES_NOTE = "Correction: The returning officer of Dunmere is Hanna Brill, not Hannes."


def corrected(extract: Extract, note: str, before: str, after: str) -> Extract:
    """Return an article with words replaced, and its outlet's note."""
    assert before in extract.text
    text = extract.text.replace(before, after)
    return replace(extract, text=text, corrections=(*extract.corrections, note))


COUNTS = {"23:40": 50, "00:45": 80, "01:20": 90, "04:15": 100}
"""What of Dunmere East is counted, in per cent, by the time of the file."""


def results_file(time: str) -> bytes:
    """Return the authority's file of Dunmere East at a time."""
    counted = COUNTS[time]
    castrel = {50: 6019, 80: 9700, 90: 10_801}.get(counted, 11_902)
    qasteli = {50: 6000, 80: 9912, 90: 11_010}.get(counted, 12_114)
    status = "elected" if counted == 100 else "partial"
    return (
        "constituency,office,party,candidate,votes,status,% counted\n"
        f"Dunmere East,Assembly,Quayside League,Samira Qasteli,{qasteli},{status},{counted}%\n"
        f"Dunmere East,Assembly,Harbour Alliance,Edvin Castrel,{castrel},partial,{counted}%\n"
    ).encode()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and by the time from which it holds, words that a sure answer shows."""

    text: str
    true: dict[str, tuple[str, ...]]

    def at(self, now: datetime) -> tuple[str, ...]:
        """Return the words at a moment; none where nobody can know yet."""
        held = [words for time, words in self.true.items() if moment(time) <= now]
        return held[-1] if held else ()


_ALWAYS = "19:00"
_EXIT_POLL = ("projects 49 seats",)
_PROVISIONAL = ("provisional figures of the Electoral Authority show",)
_WON = {
    _ALWAYS: _EXIT_POLL,
    "22:20": (*_EXIT_POLL, "Courier's own count"),
    "23:50": (*_EXIT_POLL, "level in the list vote"),
    "01:10": (*_EXIT_POLL, "ahead of Harbour for the first time"),
    "01:30": _PROVISIONAL,
}
_TURNOUT = {"21:10": ("64%",), "21:15": ("64%", "66 per cent"), "22:00": ("64%", "64 per cent")}
_LANTERN = {_ALWAYS: ("15 for the Lantern",), "01:30": ("Lantern 14",)}
_AHEAD = {
    "23:30": ("level in the list vote",),
    "01:10": ("ahead of Harbour for the first time",),
    "01:30": ("ahead of Harbour for the first time", *_PROVISIONAL),
}
_DUNMERE = {
    "23:40": ("Edvin Castrel", "Samira Qasteli"),
    "00:50": ("Samira Qasteli",),
}
_RECOUNT = {
    _ALWAYS: ("automatic if fewer than 250",),
    "00:50": ("there will be a recount", "begins at two"),
    "02:50": ("there will be a recount", "begins at two", "third of six"),
    "04:10": ("recount in Dunmere East is finished",),
}
_DENIAL = {_ALWAYS: ("denied", "Not one coin", "No Volstrand", "2 million crowns")}
QUESTIONS = (
    Asked("who won the election?", _WON),
    Asked("who's ahead right now", _AHEAD),
    Asked("What does the exit poll say?", {_ALWAYS: ("projects 49 seats", "wrong by three seats")}),
    Asked("What is the turnout?", _TURNOUT),
    Asked("Wie hoch ist die Wahlbeteiligung?", _TURNOUT),
    Asked("投票率は？", _TURNOUT),
    Asked("How many people voted in advance?", {_ALWAYS: ("412,000",)}),
    Asked("Is there a recount in Dunmere East?", _RECOUNT),
    Asked("Gibt es eine Nachzählung in Dunmere East?", _RECOUNT),
    Asked("Who leads in Dunmere East?", _DUNMERE),
    Asked("How many seats does Lantern get?", _LANTERN),
    Asked("Did Marrowen hold her seat?", {"22:45": ("Sarnholt North, held by",)}),
    Asked(
        "Where are the ballot boxes from Skerrow?",
        {"22:30": ("held back by the storm", "first boat")},
    ),
    Asked("Who is the returning officer of Dunmere?", {"22:30": ("Brill",)}),
    Asked("When is the result certified?", {_ALWAYS: ("31 October",)}),
    Asked("Who counts the ballots?", {_ALWAYS: ("read aloud by one teller",)}),
    Asked("How many fake accounts were found?", {_ALWAYS: ("340",)}),
    Asked("How much did Harbour spend on the campaign?", {_ALWAYS: ("5.1 million",)}),
    Asked("Does Volstrand pay the Lantern Movement?", _DENIAL),
    Asked("Who is Samira Qasteli?", {_ALWAYS: ("steered tugs", "standing for the Quayside")}),
    Asked(
        "What does the latest poll say?",
        {_ALWAYS: ("34 per cent", "nine points ahead", "38%", "projects 49", "three seats either")},
    ),
    Asked(
        "What did Stanmark say to his supporters?",
        {_ALWAYS: ("two-digit", "referendum", "Not one coin"), "00:15": ("rowing boat", "Lantern")},
    ),
    Asked("How much has been counted?", {"23:30": ("40%",), "01:10": ("65%",), "01:30": ("96%",)}),
    Asked("Has Castrel conceded?", {"04:30": ("concedes",)}),
    Asked("What happened in Upper Brennock?", {"00:30": ("211 votes",)}),
    Asked("Was there fraud?", {_ALWAYS: ("no attempt that reached", "had not been touched")}),
    Asked("¿Quién ganó las elecciones?", _WON),
    Asked("Qui a gagné ?", _WON),
    Asked("من فاز؟", _WON),
    Asked("谁赢了？", _WON),
    Asked("Why?", {}),
    Asked("Warum?", {}),
    Asked("Who will be prime minister?", {}),
    Asked("Who should I vote for?", {}),
    Asked("What's new?", {}),
    Asked("is this true?", {}),
    Asked("hi", {}),
    Asked("thanks!", {}),
)

FORBIDDEN = {
    "22:00": ("66 per cent", None),
    "23:00": (QUAY_PULSE, "Watch"),
    "23:20": ("Hannes Brill said", None),
    "23:50": ("Harbour Alliance has won", None),
    "00:05": ("by 90 votes", None),
}
"""What no new answer shows from a time on, in a server or in all."""
PUBLISHED = date(2026, 10, 25)
"""The day after whose articles the sample coverage is cut off."""
