"""A folder as a moderator hands it in: thirty-two files of all kinds, good and bad."""

from __future__ import annotations

import json
import plistlib
from pathlib import Path

from tests.ingest.reading import files
from tests.ingest.reading.pages import JAPANESE, STORY, a_page, linked
from tests.ingest.reading.results.files import ROWS, WIDE, report, workbook
from tests.ingest.reading.sheets import Sheets

_LETTER = (
    "<p>Good morning. Oda Brenk held Holm with 7,130 votes, the Voting Office said on Friday, 214 "
    "more than Rhea Solt.</p><p>You receive this letter at reader@in.example. "
    '<a href="https://mail.example/out">Unsubscribe</a></p>'
)
_MINUTES = (
    files.paragraph("Minutes of the council of Dunmere", "Title")
    + files.paragraph("Present: eleven members; Ana Teller took the chair at seven o’clock.")
    + files.table(
        [("Motion", "For", "Against"), ("Free ferries", "7", "4"), ("New quay", "3", "8")]
    )
)
_VTT = (
    "WEBVTT\n\nNOTE made by a machine\n\n00:01.000 --> 00:04.000\n<v Ada Lund>We <i>won</i> in Holm"
    "\n\n00:04.000 --> 00:07.500\nand in the islands &amp; we thank you all.\n"
)
_SRT = (
    "1\n00:00:01,000 --> 00:00:04,200\nPRESENTER: The ferries stopped at nine,\n\n"
    "2\n00:00:04,200 --> 00:00:07,000\nso Holm counts last tonight.\n"
)
_ITEM = STORY.replace("Holm", "Kestrel")
_FEED = (
    '<rss version="2.0"><channel><title>Tessary Post</title><item><title>Kestrel counted</title>'
    f"<link>https://post.example/kestrel</link><description><![CDATA[{_ITEM}]]></description></item>"
    "<item><title>Dunmere counts</title><link>https://post.example/dunmere</link></item>"
    "</channel></rss>"
)
_POSTS = [
    {
        "id": 7,
        "link": "https://blog.example/7",
        "date_gmt": "2026-11-03T21:15:00",
        "title": {"rendered": "Tarn&#8217;s result is in"},
        "content": {
            "rendered": "<p>Ana Teller won Tarn by 31 votes, its clerk said on Tuesday.</p>"
        },
    }
]
_MARKDOWN = (
    "---\ntitle: Two polls, one lead\ndate: 2026-10-20\n---\n# Two polls, one lead\n\n"
    "Harbour leads by ~~nine~~ **six** points, [both polls](https://polls.example) say.\n\n"
    "| Party | Share |\n|---|---|\n| Harbour | 38 |\n| Common Field | 32 |\n"
)
_CORRECTED = (
    f"{STORY.replace('Holm', 'Dunmere')}<p>Correction: An earlier version of this article "
    "misstated the hour at which the count in Dunmere ended.</p>"
)
_HELD = (
    "<p>Oda Brenk <del>lost</del> <ins>held</ins> Holm with 7,130<sup>1</sup> votes, the Voting "
    "Office said on Friday.</p><p hidden>Oda Brenk lost Holm.</p><p>Rhea Solt said: <q>We will ask "
    "for a recount.</q></p><p>The Voting Office of Sarnholt will publish the figures of every ward "
    "on Monday morning at eight.</p>"
)


def _counted(place: str, title: str) -> str:
    """Write a page on the count in *place*."""
    return a_page(STORY.replace("Holm", place), title=title)


def written(folder: Path) -> Path:
    """Write the files into *folder*, some of them into a folder inside."""
    scan, sheets = Sheets(), Sheets()
    scan.picture()
    sheets.column(
        "Holm was counted by two o’clock in the morning, and Oda Brenk held it, the returning "
        "officer said in the old customs house on Monday.",
        60,
        80,
        300,
    )
    contents: dict[str, bytes | str] = {
        "page.html": a_page(
            head='<meta name="description" content="The last boxes came by ferry, '
            'and the lift had stopped working">',
            h1="<h1>Holm counted by two</h1><h2 class='dek'>The last boxes came by "
            "ferry, and the lift had stopped working</h2>",
        ),
        "corrected.htm": a_page(_CORRECTED, title="The count in Dunmere"),
        "held.html": a_page(_HELD, title="Brenk holds Holm"),
        "paid.html": a_page(
            head=linked(headline="x"),
            h1="<p>Sponsored content</p><h1>Try the new ferry</h1>",
            title="Try the new ferry",
        ),
        "cookies.html": a_page(
            "<p>We use cookies. Accept cookies to continue.</p>", title="Before you continue"
        ),
        "日本語.html": a_page(JAPANESE, title="北斗町の開票", lang="ja"),
        "saved.mhtml": files.saved(_counted("Tarn", "Tarn, saved")),
        "safari.webarchive": plistlib.dumps(
            {
                "WebMainResource": {
                    "WebResourceData": _counted("Norwick", "Norwick in Safari").encode(),
                    "WebResourceURL": "https://courier.example/safari",
                }
            },
            fmt=plistlib.FMT_BINARY,
        ),
        "letter.eml": files.mail(_LETTER),
        "debate.vtt": _VTT,
        "night.srt": _SRT,
        "minutes.docx": files.docx(_MINUTES),
        "speech.odt": files.odt(
            "<text:h>Brenk on the quay</text:h><text:p>Fares will not rise before "
            "the spring, Oda Brenk said on the quay.</text:p>"
        ),
        "week.epub": files.epub(
            [_counted("Ostrel", "Monday in Ostrel"), a_page(_HELD, title="Brenk held")]
        ),
        "note.rtf": files.rtf(
            rb"{\b The recount in Tarn}\par Ana Teller won Tarn by 31 votes, its "
            rb"clerk said \'96 in the evening.\par"
        ),
        "votes.csv": ROWS,
        "wards.csv": WIDE.encode("cp1252"),
        "turnout.tsv": "ward\tturnout\nHolm\t63.5\nTarn\t58.1\n",
        "book.xlsx": workbook(),
        "report.json": report(),
        "posts.json": json.dumps(_POSTS),
        "feed.xml": _FEED,
        "feeds.opml": '<opml version="2.0"><body><outline text="Post" xmlUrl="https://post.example/f"'
        "/></body></opml>",
        "more/articles.jsonl": json.dumps(
            {
                "title": "Norwick votes",
                "outlet": "Courier",
                "text": "In Norwick 41,015 ballots were cast, the clerk said.",
            }
        )
        + '\n{"title": "No text"}\n',
        "more/polls.md": _MARKDOWN,
        "more/paste.txt": "Ferries stop on polling day\n\nPort of Holm, Monday\n\nThe port company "
        "stops the ferries of the islands at nine, its captain said.\n",
        "more/old.txt": "Grünau wählt\n\nDie Wählerinnen von Grünau haben „endlich“ gewählt, sagte "
        "der Bürgermeister – und die Kosten betragen 12 € je Kopf.\n",
        "more/figures.pdf": sheets.bytes(),
        "more/scan.pdf": scan.bytes(),
        "more/picture.png": b"\x89PNG\r\n\x1a\n" + bytes(64),
        "more/empty.txt": "",
        "more/script.py": "print('no article of anybody')\n",
    }
    for name, content in contents.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode()
        file.write_bytes(data if name != "more/old.txt" else data.decode().encode("cp1252"))
    return folder
