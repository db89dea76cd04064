"""An election night over simulated Discord: forty people, and what each of them saw."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import discord

from bot.community.curating import Moderator
from bot.desk import Desk
from bot.discord_ui.members.correcting import report_newer_coverage, send_corrections
from bot.discord_ui.notifier import DelayedChannels, notify_followers, post_digests
from bot.wording import Wording
from ingest import adding
from ingest.index.cutting import cut, sentences
from ingest.language.languages import Language
from ingest.reading import Hints, read_bytes, read_path
from tests.bot.builders import open_in
from tests.bot.discord_ui import night_script as script
from tests.bot.discord_ui.reading import markdown_of, seen
from tests.bot.labelled_model import served, starts

SILENT = discord.MessageFlags(suppress_notifications=True).value
SURE = [Wording.of(language)("level_says") for language in Language]
"""How an answer says that the coverage says so."""
SEED = 32
TOLD_AGAIN = 20
"""Characters of the shortest line that counts as told twice."""


def _not_loaded(handler):
    """Answer that there is no such model."""
    body = json.dumps({"error": {"message": "The model is not loaded."}}).encode()
    handler.send_response(404)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


class NightModel:
    """A chat model that quotes what is true of a question, if it was given that; and no reader."""

    def __init__(self, clock):
        self.clock = clock
        self.gone = False
        self.breaking = None

    def leave(self):
        """Let every request fail from now on, in a way that is not tried again."""
        self.gone, self.breaking = True, _not_loaded

    def reply(self, system, data):
        """Return the lines of one reply."""
        told = json.loads(data)
        if starts("check", system):
            return [f"{claim['key']}: S" for claim in told["claims"]]
        if not starts("answer", system):
            return ['{"unsaid": "x"}']
        asked = [each for each in script.QUESTIONS if each.text == told["question"]]
        words = asked[0].at(self.clock()) if asked else ()
        for passage in told["coverage"]:
            for span in sentences(passage["text"], "en"):
                quote = passage["text"][span.start : span.end].strip()
                if any(word in quote for word in words):
                    line = {"say": quote, "quotes": [{"key": passage["key"], "quote": quote}]}
                    return [json.dumps(line)]
        return [json.dumps({"unsaid": told["question"]})]


@dataclass(frozen=True, slots=True)
class Line:
    """What was seen at a moment in a channel, and by whom alone if not by all there."""

    at: datetime
    channel: int
    kind: str
    text: str
    raw: str = ""
    silent: bool = True
    alone: str = ""
    asked: script.Asked | None = None


@dataclass(slots=True)
class Person:
    """A member of one of the two servers, and the channel in which they write."""

    name: str
    member: object
    channel: object
    server: str


@dataclass(slots=True)
class Night:
    """One night: its desk, its clock, its people, and the log of what was seen."""

    env: object
    desk: Desk
    clock: list[datetime]
    people: list[Person]
    lines: list[Line] = field(default_factory=list)
    asking: bool = False
    mended: bool = False
    _touched: dict[str, tuple[bool, dict]] = field(default_factory=dict)

    def listen(self):
        """Note each message of the bot's that appears or is edited from now on."""

        def on_event(event, payload):
            if event not in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
                return
            if int(payload["author"]["id"]) == self.env.bot.user.id:
                created, _ = self._touched.get(payload["id"], (False, {}))
                created = created or event == "MESSAGE_CREATE"
                self._touched[payload["id"]] = (created, dict(payload))

        self.env.backend.subscribers.append(on_event)

    def note(self, asked=None, answered=True):
        """Write down what became of the messages since the last call."""
        for created, payload in self._touched.values():
            raw = "\n".join(markdown_of(payload["components"]))
            if not raw:
                continue
            kind = ("answered" if answered else "posted") if created else "edited"
            channel = int(payload["channel_id"])
            silent = bool(payload.get("flags", 0) & SILENT)
            text = seen(payload["components"])
            self.lines.append(
                Line(
                    self.clock[0],
                    channel,
                    kind,
                    text,
                    raw,
                    silent,
                    asked=asked if created else None,
                )
            )
        self._touched.clear()

    async def ask(self, person, asked, chance):
        """Let a person ask: by a mention, by the command, alone, or in a direct message."""
        how = chance.random()
        self._touched.clear()
        self.env.bot.asking.limiter._times.clear()  # the night has nine hours, the test has none
        channel = person.channel.id
        if how < 0.6:
            await person.member.send(person.channel, f"{self.env.bot.user.mention} {asked.text}")
        elif how < 0.9:
            await person.member.slash(person.channel, "ask", question=asked.text)
        elif how < 0.95:
            result = await person.member.slash(
                person.channel, "ask", question=asked.text, private=True
            )
            self._touched.clear()
            raw = "\n".join(markdown_of(result.response.components))
            self._see(person, "asked", asked.text, channel)
            text = seen(result.response.components)
            self.lines.append(
                Line(self.clock[0], channel, "answered", text, raw, alone=person.name, asked=asked)
            )
            return
        else:
            await person.member.user.send_dm(asked.text)
            channel = person.member.user.dm_channel.id
        self._see(person, "asked", asked.text, channel)
        self.note(asked)

    def _see(self, person, kind, text, channel):
        self.lines.append(Line(self.clock[0], channel, kind, f"{person.name}: {text}"))

    async def look(self):
        """Let the bot do once what it does all the time."""
        self._touched.clear()
        desk, bot = self.desk, self.env.bot
        for task in (
            desk.coverage.catch_up,
            desk.news.contests.keep,
            desk.news.following.catch_up,
            desk.news.quiet.look,
        ):
            await asyncio.to_thread(task)
        await send_corrections(bot, desk.news.corrections, DelayedChannels())
        await report_newer_coverage(bot, bot.asking, DelayedChannels())
        rules = await desk.community.all_rules()
        await notify_followers(bot, desk, rules, DelayedChannels())
        await post_digests(bot, desk, rules, DelayedChannels())
        await self.env.settle()
        self.note(answered=False)

    def save(self, extract):
        """Save an article as a refresh does."""
        articles, now = self.desk.archive.articles, self.clock[0]
        articles.save(extract, cut(extract.text, extract.header.language), now=now)

    def save_live(self):
        """Save the live page as it stands."""
        self.save(script.live_page(f"{self.clock[0]:%H:%M}", mended=self.mended))

    def save_results(self):
        """Save the file of the results as it stands."""
        hints = Hints(outlet="Electoral Authority", url="https://authority.example/dunmere.csv")
        file = script.results_file(f"{self.clock[0]:%H:%M}")
        adding.add(read_bytes(file, "dunmere.csv", hints), self.desk.archive, now=self.clock[0])

    async def hide(self):
        """Let a moderator of the second server hide an article there."""
        [article] = [
            each
            for each in self.desk.archive.articles.listed()
            if each.header.title.startswith(script.QUAY_PULSE)
        ]
        place = str(self.people[-1].channel._channel.guild_id)
        await self.desk.curator.hide(article.id, Moderator("1", place))

    def mend_live(self):
        """Correct an entry of the live page."""
        self.mended = True
        self.save_live()

    def events(self) -> dict[str, list[Callable[[], object]]]:
        """Return what happens, by its time."""
        happens: dict[str, list[Callable[[], object]]] = {}
        for time in script.ENTRIES:
            happens.setdefault(time, []).append(self.save_live)
        for time in script.COUNTS:
            happens.setdefault(time, []).append(self.save_results)
        turnout = script.corrected(script.TURNOUT, script.TURNOUT_NOTE, "66 per", "64 per")
        boxes = script.corrected(script.BOXES, script.BOXES_NOTE, "Hannes", "Hanna")
        for time, extract in (
            ("21:15", script.TURNOUT),
            ("22:00", turnout),
            ("22:20", script.WON),
            ("22:30", script.BOXES),
            ("23:20", boxes),
            ("23:50", script.WITHDRAWN),
        ):
            happens.setdefault(time, []).append(lambda extract=extract: self.save(extract))
        happens.setdefault("23:00", []).append(self.hide)
        happens.setdefault("00:05", []).append(self.mend_live)
        return happens


async def play(
    night: Night,
    count: int,
    *,
    outage: tuple[str, Callable[[], None]],
    only: Collection[str] = (),
    until: str = script.ENDED,
    asked: Sequence[script.Asked] = (),
) -> None:
    """Play the night: *count* questions between its events, and the model's *outage* at a time.

    With *only*, other events than those at these times are left out; what is *asked* is asked in
    its order, and else everything in a drawn one.
    """
    chance = random.Random(SEED)
    begin, end = script.moment(script.BEGAN), script.moment(until)
    when = [begin + (end - begin) * n / count for n in range(count)]
    events = {time: acts for time, acts in night.events().items() if not only or time in only}
    happens = {script.moment(time): acts for time, acts in events.items()}
    happens.setdefault(script.moment(outage[0]), []).append(outage[1])
    drawn = [*script.QUESTIONS] * (count // len(script.QUESTIONS) + 1)
    chance.shuffle(drawn)
    questions = [*asked] * count or drawn
    night.listen()
    for at in sorted({*when, *happens}):
        night.clock[0] = at
        for act in happens.get(at, ()):
            done = act()
            if asyncio.iscoroutine(done):
                await done
        if at in happens:
            await night.look()
        if at in when:
            number = when.index(at)
            person = night.people[number % len(night.people)]
            await night.ask(person, questions[number], chance)
            if number < len(night.people):
                await follow(night, person, number)
    night.clock[0] = end + timedelta(hours=3)
    await night.look()


FOLLOWED = ("Dunmere East recount", "Dunmere East results", "Skerrow ballot boxes", script.RADIO)


async def follow(night: Night, person: Person, number: int) -> None:
    """Let some people follow a topic, a count or an outlet; the last of a server for a channel."""
    if number % 5 == 0:
        topic = FOLLOWED[number // 5 % len(FOLLOWED)]
        await person.member.slash(person.channel, "follow", topic=topic)
        night._touched.clear()


def faults(night: Night) -> list[str]:
    """Return the sentences that were false when they were shown."""
    found = []
    servers = {person.channel.id: person.server for person in night.people}
    for line in night.lines:
        if line.kind != "answered" or line.asked is None:
            continue
        unstruck = "\n".join(each for each in line.raw.split("\n") if "~~" not in each)
        sure = any(words in line.text for words in SURE) or "**[1]**" in line.raw
        words = line.asked.at(line.at)
        if sure and not any(word in line.text for word in words):
            found.append(f"{line.at:%H:%M} {line.asked.text} → {line.text}")
        for time, (phrase, server) in script.FORBIDDEN.items():
            here = server is None or servers.get(line.channel) == server
            if here and line.at >= script.moment(time) and phrase in unstruck:
                found.append(f"{line.at:%H:%M} forbidden “{phrase}”: {line.text}")
    return found


def told_twice(night: Night) -> list[str]:
    """Return what the bot posted unasked more than once in one channel, and notes set twice."""
    found = []
    told: Counter[tuple[int, str]] = Counter()
    for line in night.lines:
        quotes = [each for each in line.raw.split("\n") if each.startswith("> ")]
        if line.kind == "posted":
            told.update((line.channel, quote) for quote in dict.fromkeys(quotes))
        if line.kind == "edited":
            lines = Counter(each for each in line.raw.split("\n") if len(each) >= TOLD_AGAIN)
            found += [f"in one message: {text}" for text, times in lines.items() if times > 1]
    return found + [f"{channel}: {text}" for (channel, text), times in told.items() if times > 1]


@dataclass(frozen=True, slots=True)
class Measured:
    """The night in figures."""

    answers: int
    false: list[str]
    twice: list[str]
    sounds: list[int]
    others: int
    edited: int
    private: int

    @classmethod
    def of(cls, night: Night) -> Measured:
        """Measure a night: posts with a sound and other posts are those in channels of servers."""
        channels = {person.channel.id for person in night.people}
        posts = [line for line in night.lines if line.kind == "posted"]
        return cls(
            sum(line.kind == "answered" for line in night.lines),
            faults(night),
            told_twice(night),
            list(Counter(line.channel for line in posts if not line.silent).values()),
            sum(line.channel in channels for line in posts),
            sum(line.kind == "edited" for line in night.lines),
            sum(line.channel not in channels for line in posts),
        )


def saw(night: Night, person: Person) -> Iterator[str]:
    """Yield what a person saw, in order; of others' questions the answers' first line alone."""
    own = {person.channel.id, person.member.user.dm_channel.id}
    asked = ""
    yield f"== {person.name}, in {person.server}"
    for line in night.lines:
        if line.channel not in own or line.alone not in {"", person.name}:
            continue
        if line.kind == "asked":
            asked = line.text.split(":")[0]
        whole = line.kind in {"posted", "edited"} or asked == person.name
        text = line.text if whole else f"{line.text.splitlines()[0][:100]} …"
        sound = "" if line.silent or line.kind != "posted" else ", with a sound"
        place = "" if line.channel == person.channel.id else ", to me alone"
        indented = text.replace("\n", "\n    ")
        yield f"{line.at:%H:%M} {line.kind}{sound}{place}\n    {indented}"


def gather(env, count: int) -> list[Person]:
    """Let *count* people join two servers, the larger part in three channels of the first."""
    first, second = env.create_guild("Orvessa"), env.create_guild("Watch")
    channels = [(first, first.create_text_channel(name)) for name in ("desk", "night")]
    channels.append((second, second.create_text_channel("election")))
    people = []
    for number in range(count):
        guild, channel = channels[number % len(channels)]
        member = guild.add_member(env.create_user(f"person{number + 1}"))
        people.append(Person(f"person{number + 1}", member, channel, guild.name))
    return people


@contextmanager
def desk_of_the_night(folder: Path, clock: list[datetime], sample: Path, **environment: str):
    """Open a desk over the sample coverage up to the night, with a model; yield it and the end.

    The end is the model's: it is called where the model goes away.
    """
    with ExitStack() as stack:
        model = NightModel(lambda: clock[0])
        url = stack.enter_context(served(model))
        settings = {
            "CHAT_MODEL": "a-model",
            "OPENAI_BASE_URL": url,
            "OPENAI_API_KEY": "k",
            **environment,
        }
        desk = stack.enter_context(open_in(folder, now=lambda: clock[0], **settings))
        items = [
            item
            for item in read_path(sample, Hints())
            if item.extract and (item.extract.header.day or script.PUBLISHED) < script.PUBLISHED
        ]
        adding.add(items, desk.archive, now=clock[0] - timedelta(hours=2))
        desk.coverage.catch_up()
        desk.news.following.catch_up()
        yield desk, model.leave
