"""Render every message that the bot can send to a picture: ``python -m tests.gallery FOLDER``.

Without a folder it renders the pictures of the README again.

Needs Debian's ``chromium fonts-noto-cjk fonts-noto-color-emoji``; no test depends on them.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory

import discord
import simcord
from PIL import Image, ImageChops
from playwright.async_api import async_playwright
from simcord.preview import _capture

from bot.answering.values import Excerpt, Level, Phase, Reason, Trouble, Written
from bot.discord_ui.client import ElectionDeskClient
from bot.discord_ui.question_message import StopButton
from bot.discord_ui.rendering import notice_view, outcome_view, progress_view
from bot.discord_ui.replying import error_view, files_of
from bot.wording import Wording
from ingest.archive import Archive
from ingest.language.languages import Language
from tests.bot.builders import a_desk, scripted
from tests.bot.discord_ui import builders as built
from tests.gallery import forms, members, moderators

WIDTH, HEIGHT = 760, 1900
MARGIN = 8
"""Pixels left above and below a message."""
COLOURS = 64
UNREAD = {
    "ko": "선거에서 누가 이겼나요?",
    "zh": "谁赢得了选举？",
    "zh-Hant": "誰贏得了選舉？",
    "ar": "من فاز في الانتخابات؟",
}
"""Questions in languages that are spoken and not read."""
PICTURES = Path(__file__).parents[2] / ".github" / "pictures"


def stop() -> StopButton:
    """Return the button that stops an answer."""
    return StopButton("0" * 12, Wording.default()("stop"))


async def states() -> Mapping[str, object]:
    """Return every message by the name of its picture."""
    english, japanese = Wording.of(Language.ENGLISH), Wording.of(Language.JAPANESE)
    abstained = {
        f"abstention-{reason}-{language}": outcome_view(
            built.an_abstention(
                reason, nearest=() if reason.value != "too_vague" else (built.LIVE,), text=text
            )
        )
        for reason in Reason
        for language, text in (("en", "Whom should I vote for?"), ("ja", "誰に投票すべき？"))
    }
    for language, text in UNREAD.items():
        unread = built.an_abstention(Reason.UNREAD, nearest=(built.LIVE,), text=text)
        abstained[f"abstention-unread-{language}"] = outcome_view(unread)
    indirect_claim = built.Claim("She ruled it out.", (built.a_citation("Not for a week."),))
    answer, declined = built.a_model_s_answer(), built.an_abstention()
    model = {
        "answer-model": replace(answer, written=Written("a-model")),
        "answer-stopped": replace(answer, written=Written("a-model", stopped=True)),
        "answer-trouble": replace(built.an_answer(), written=Written(trouble=Trouble.TRUNCATED)),
        "answer-outage": replace(built.an_answer(), written=Written(by_words=True, unkept=True)),
        "answer-outage-ja": replace(
            built.a_japanese_answer(), written=Written(by_words=True, unkept=True)
        ),
        "answer-unsaid": replace(answer, written=Written("a-model", unsaid=("with the Greens",))),
        "abstention-link": replace(
            built.an_abstention(Reason.HOW_TO_VOTE, nearest=(), text="Where do I vote?"),
            link="https://electoral-authority.example/vote",
        ),
        "abstention-unsaid": replace(declined, written=Written("a-model", unsaid=("Volstrand",))),
    }
    progress = {
        "progress-searching": progress_view(
            answer.question, english.phase(Phase.SEARCHING, 1991), (), ask=True, stop=stop()
        ),
        "progress-reading": progress_view(
            answer.question, english.phase(Phase.READING, 10), (), ask=True, stop=stop()
        ),
        "progress-writing": progress_view(
            answer.question,
            english.phase(Phase.WRITING, 10),
            answer.claims[:1],
            ask=True,
            stop=stop(),
        ),
        "progress-stopping-ja": progress_view(
            built.a_japanese_answer().question,
            japanese("stopping"),
            (),
            ask=True,
            stop=None,
        ),
    }
    return {
        **{name: outcome_view(outcome, ask=True) for name, outcome in model.items()},
        **progress,
        "answer": outcome_view(built.an_answer(), ask=True),
        "answer-closest": outcome_view(built.an_answer(level=Level.CLOSEST, differ=True), ask=True),
        "answer-differ": outcome_view(built.an_answer_of_two(differ=True), ask=True),
        "answer-several": outcome_view(
            built.an_answer_of_two(
                level=Level.CLOSEST,
                left=("How many seats has the Assembly?",),
                written=Written(unsaid=("Who is to pay for the police?",)),
            ),
            ask=True,
        ),
        "answer-absent": outcome_view(
            built.an_answer(level=Level.CLOSEST, absent=("Reuters",)), ask=True
        ),
        "answer-ja": outcome_view(built.a_japanese_answer(), ask=True),
        "answer-long": outcome_view(built.a_long_answer(), ask=True),
        "answer-hostile": outcome_view(built.a_hostile_answer(), ask=True),
        "answer-labels": outcome_view(built.an_answer(*labelled(), text="What about ferries?")),
        "abstention": outcome_view(built.an_abstention(), ask=True),
        "abstention-ja": outcome_view(built.an_abstention(text="資金の出所は？"), ask=True),
        **abstained,
        "answer-cited-apart": outcome_view(built.a_model_s_answer(indirect_claim)),
        "error": error_view("7F3A2C", english),
        "error-ja": error_view("7F3A2C", japanese),
        "hint": notice_view(english("hint")),
        "hint-ja": notice_view(japanese("hint")),
        "busy": notice_view(english("busy")),
        "too-long": notice_view(english("question_too_long")),
        "empty": notice_view(english("question_empty")),
        **members.states(),
        **(await moderators.states()),
    }


def labelled() -> list[Excerpt]:
    """Excerpts whose sources carry a label, a bound or no name."""
    return [
        built.an_excerpt("Ferries should be free on working days.", built.OPINION),
        built.an_excerpt("21:40 The first boxes from Skerrow have arrived.", built.LIVE, number=2),
        built.an_excerpt("Mr Arkwell, the leader, said fares would fall.", built.PASTE, number=3),
        built.an_excerpt(
            "The votes for سميرة القسطلي were counted twice.",
            built.a_header(title="سميرة القسطلي wins Dunmere East", outlet="صحيفة دنمير"),
            number=4,
        ),
    ]


def use_installed_browser() -> None:
    """Let simcord take the system's Chromium rather than download one."""

    async def ensure(self: object) -> object:
        if self._browser is None:
            self._playwright = await async_playwright().start()
            self._browser = await self._playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
        return self._browser

    _capture.ManagedCapture._ensure_browser = ensure


async def render(folder: Path, only: Callable[[str], bool], width: int) -> None:
    """Send each message in a simulated server, open each form, and take their pictures."""
    with TemporaryDirectory() as data, Archive.open(f"sqlite:///{data}/archive.sqlite3") as archive:
        desk = scripted(a_desk(archive, now=built.NOW), built.an_answer())
        client = ElectionDeskClient(desk)
        async with simcord.run(client) as env:
            await client.user.edit(username="Election Desk")
            channel = env.create_guild("Orvessa").create_text_channel("election-desk")
            rights = discord.Permissions(manage_messages=True)
            role = env.guild.create_role("moderators", permissions=rights)
            reader = env.guild.add_member(env.create_user("reader"), roles=[role])

            async def picture(name: str, target: object) -> None:
                async with env.preview(
                    channel, viewers=[reader], width=width, height=HEIGHT
                ) as page:
                    await page.show(target)
                    await page.screenshot(folder / f"{name}.png")
                shrink(folder / f"{name}.png")
                print(folder / f"{name}.png")

            for name, view in (await states()).items():
                if only(name):
                    place = client.get_channel(channel.id)
                    await picture(name, await place.send(view=view, files=files_of(view)))
            async for name, form in forms.open_forms(client, channel, reader, only):
                await picture(name, form)


def shrink(picture: Path) -> None:
    """Crop the empty space above and below a *picture*, and save it in few colours."""
    with Image.open(picture) as file:
        image = file.convert("RGB")
    ground = Image.new("RGB", image.size, image.getpixel((image.width - 1, image.height - 1)))
    box = ImageChops.difference(image, ground).getbbox() or (0, 0, 1, image.height)
    top, bottom = max(0, box[1] - MARGIN), min(image.height, box[3] + MARGIN)
    cropped = image.crop((0, top, image.width, bottom))
    cropped.quantize(COLOURS).save(picture, optimize=True)


def main() -> int:
    """Render all pictures into the folder of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "folder", type=Path, nargs="?", help="without one, the pictures of the README"
    )
    parser.add_argument("--only", default="*", help="names of pictures, with * for any letters")
    parser.add_argument("--width", type=int, default=WIDTH, help="pixels; a phone has 390")
    options = parser.parse_args()
    folder: Path = options.folder or PICTURES
    names = None if options.folder else {file.stem for file in PICTURES.glob("*.png")}
    if shutil.which("chromium") is None:
        print("Pictures need chromium: apt-get install chromium fonts-noto-cjk.", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    use_installed_browser()

    def only(name: str) -> bool:
        return fnmatch(name, options.only) and (names is None or name in names)

    asyncio.run(render(folder, only, options.width))
    return 0


if __name__ == "__main__":
    sys.exit(main())
