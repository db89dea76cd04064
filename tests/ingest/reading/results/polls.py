"""Polls of the fictional election of Sarnholt, as newspapers and projects set them."""

from __future__ import annotations

_PAGE = """<html><head><title>{title}</title></head><body><article><h1>{title}</h1>
<p>The campaigns of both candidates went on along the coast on Friday, in the rain, and neither
of them said a word about the figures that had been printed in the morning papers.</p>
<p>The harbour was full of boats, and the market hall of people who had come to hear them speak.</p>
<h2>{heading}</h2>{table}
<p>The ferry to the outer islands sails at nine, and the count begins when the last box is in.</p>
</article></body></html>"""
_HEAD = "<tr><th>Pollster</th><th>Dates</th><th>Sample</th><th>MoE</th><th>Method</th>"
_HEAD += "<th>Odile Farr</th><th>Ben Quist</th><th>Lead</th></tr>"
_TRACKER = (
    ("Wexcombe", "1–3 October", "1,002", "±3.1", "telephone", "44%", "41%", "3"),
    ("Aldine", "20–22 October", "1,510", "±2.5", "online", "43%", "45%", "2"),
    ("Tern", "28–30 October", "988", "±3.1", "face to face", "45%", "44%", "1"),
    ("Tern", "2–4 September", "1,004", "±3.1", "face to face", "40%", "44%", "4"),
)


def page(title: str, heading: str, table: str) -> bytes:
    """Return a page of a newspaper with one table under a heading."""
    return _PAGE.format(title=title, heading=heading, table=table).encode()


def _table(caption: str, *rows: str) -> str:
    """Return a table of rows."""
    head = f"<caption>{caption}</caption>" if caption else ""
    return f"<table>{head}{''.join(rows)}</table>"


def _row(cells: tuple[str, ...]) -> str:
    """Return one row of a table."""
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


_LONG = (
    "pollster,start_date,end_date,sample_size,methodology,candidate,party,pct\n"
    "Wexcombe,2026-10-01,2026-10-03,1002,telephone,Odile Farr,Harbour,44\n"
    "Wexcombe,2026-10-01,2026-10-03,1002,telephone,Ben Quist,Common Field,41\n"
    "Aldine,2026-10-20,2026-10-22,1510,online,Odile Farr,Harbour,42\n"
    "Aldine,2026-10-20,2026-10-22,1510,online,Ben Quist,Common Field,45\n"
)
_JAPANESE = _table(
    "世論調査(10月3日、電話、有効回答1,002人)",
    "<tr><th>候補者</th><th>得票率</th></tr>",
    _row(("青木春子", "44%")),
    _row(("白石透", "41%")),
)
_APPROVAL = _table("", "<tr><th>Minister</th><th>Approval</th></tr>", _row(("Orla Venn", "31%")))
FILES: dict[str, tuple[str, bytes]] = {
    "tracker.html": (
        "Dunmere Courier",
        page(
            "The race in Sarnholt",
            "Where the candidates stand",
            _table("Governor of Sarnholt", _HEAD, *map(_row, _TRACKER)),
        ),
    ),
    "sarnholt-governor-polls.csv": ("Open Counts", _LONG.encode()),
    "ja.html": ("北斗日報", page("北斗町長選の情勢", "情勢", _JAPANESE)),
    "approval.html": ("Tern Gazette", page("Ministers", "Approval and donations", _APPROVAL)),
}
"""Each file with its outlet."""
