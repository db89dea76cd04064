"""Tables as ten newspapers and authorities write them: every cell with its row and its header."""

import pytest

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.desk import open_desk
from bot.settings import BotSettings
from ingest import adding
from ingest.reading import FoundArticle
from tests.builders import NOW
from tests.ingest.reading.pages import FIRST, JAPANESE, STORY, THIRD, a_page, lines, read

PLAIN = """<table><caption>Holm, final count</caption>
<tr><th>Candidate</th><th>Party</th><th>Votes</th><th>Share</th></tr>
<tr><td>Odile Farr</td><td>Harbour</td><td>1,402</td><td>47.2 %</td></tr>
<tr><td>Ben Quist</td><td>Common Field</td><td>1,355</td><td>45.7 %</td></tr>
<tr><td>Rhea Solt</td><td></td><td>211</td><td>7.1 %</td></tr></table>"""
NESTED = """<table><thead><tr><th rowspan="2">Party</th><th colspan="2">2022</th>
<th colspan="2">2026</th></tr><tr><th>Votes</th><th>Seats</th><th>Votes</th><th>Seats</th></tr>
</thead>
<tbody><tr><th scope="row">Harbour</th><td>810,200</td><td>51</td><td>798,411</td><td>46</td></tr>
<tr><th scope="row">Common Field</th><td>790,055</td><td>45</td><td>833,902</td><td>50</td></tr>
</tbody>
</table>"""
GROUPS = """<table><tr><th>Party</th><th>Seats</th></tr>
<tr><th colspan="2">Northern islands</th></tr><tr><td>Harbour</td><td>12</td></tr>
<tr><td>Lantern</td><td>1</td></tr><tr><th colspan="2">Southern islands</th></tr>
<tr><td>Harbour</td><td>9</td></tr></table>"""
EMPTY_BESIDE = """<table><tr><th>Ward</th><th>Trees</th><th>Benches</th></tr>
<tr><th>Sarn Quay</th><td></td><td></td></tr><tr><td>Ward 1</td><td>10</td><td>20</td></tr>
<tr><th>Tarn Hill</th><td></td><td></td></tr><tr><td>Ward 1</td><td>1</td><td>2</td></tr></table>"""
ALONE = EMPTY_BESIDE.replace("<td></td>", "")
UNCOUNTED = """<table><tr><th>Ward</th><th>Trees</th><th>Benches</th></tr>
<tr><td>Sarn Quay</td><td></td><td></td></tr><tr><td>Tarn Hill</td><td>10</td><td>20</td></tr>
</table>"""
NOTES = """<table><tr><th>Party</th><th>Donations<sup>1</sup></th></tr>
<tr><td>Harbour<sup>[a]</sup></td><td>1.2&nbsp;million crowns</td></tr>
<tr><td>Common Field</td><td>0.9&nbsp;million crowns</td></tr>
<tfoot><tr><td colspan="2">1 Reported up to 1 October.</td></tr></tfoot></table>"""
ROLES = """<div role="table" aria-label="Turnout by district"><div role="rowgroup"><div role="row">
<span role="columnheader">District</span><span role="columnheader">Turnout</span></div></div>
<div role="rowgroup"><div role="row"><span role="cell">Holm</span>
<span role="cell">71.4 per cent</span>
</div><div role="row"><span role="cell">Dunmere</span><span role="cell">58.0 per cent</span></div>
</div>
</div>"""
BOXES = """<div class="results-table"><div class="row"><div>Odile Farr</div><div>1,402 votes</div>
</div>
<div class="row"><div>Ben Quist</div><div>1,355 votes</div></div></div>"""
TABLE_JA = """<table><caption>北斗町議選の結果</caption><tr><th>政党</th><th>議席</th>
<th>得票率</th></tr>
<tr><td>港同盟</td><td>１２</td><td>４６.８％</td></tr><tr><td>灯火党</td><td>三</td>
<td>９.１％</td></tr>
</table>"""
MERGED = """<table><tr><th>District</th><th>Candidate</th><th>Votes</th></tr>
<tr><td rowspan="2">Holm</td><td>Odile Farr</td><td>1,402</td></tr><tr><td>Ben Quist</td>
<td>1,355</td>
</tr><tr><td rowspan="2">Dunmere</td><td>Ana Teller</td><td>9,120</td></tr><tr><td>Jo Venn</td>
<td>7,004</td></tr></table>"""
ACROSS = """<table><tr><th></th><th>Harbour</th><th>Common Field</th></tr>
<tr><th>Candidates</th><td>96</td><td>94</td></tr><tr><th>Women</th><td>41</td><td>52</td></tr>
</table>"""
UNHEADED = """<table><tr><td>Constituency</td><td>Count ends</td></tr>
<tr><td>Holm</td><td>02:00</td></tr><tr><td>Ivrelle</td><td>23:45</td></tr></table>"""
FIGURE = """<figure><table><tr><th>Poll</th><th>Harbour</th></tr><tr><td>Wexcombe</td>
<td>44 per cent</td>
</tr><tr><td>Aldine</td><td>46 per cent</td></tr></table><figcaption>The last two polls</figcaption>
</figure>"""
TERMS = """<dl><dt>Turnout</dt><dd>61.2 per cent</dd><dt>Spoilt papers</dt><dd>212</dd></dl>"""

READ = {
    "plain": (
        PLAIN,
        [
            "Holm, final count · Odile Farr · Party: Harbour · Votes: 1,402 · Share: 47.2 %",
            "Holm, final count · Ben Quist · Party: Common Field · Votes: 1,355 · Share: 45.7 %",
            "Holm, final count · Rhea Solt · Votes: 211 · Share: 7.1 %",
        ],
    ),
    "nested headers": (
        NESTED,
        [
            "Harbour · 2022 Votes: 810,200 · 2022 Seats: 51 · 2026 Votes: 798,411 · 2026 Seats: 46",
            (
                "Common Field · 2022 Votes: 790,055 · 2022 Seats: 45 · "
                "2026 Votes: 833,902 · 2026 Seats: 50"
            ),
        ],
    ),
    "row groups": (
        GROUPS,
        [
            "Northern islands · Harbour · Seats: 12",
            "Northern islands · Lantern · Seats: 1",
            "Southern islands · Harbour · Seats: 9",
        ],
    ),
    **{
        name: (
            markup,
            [
                "Sarn Quay · Ward 1 · Trees: 10 · Benches: 20",
                "Tarn Hill · Ward 1 · Trees: 1 · Benches: 2",
            ],
        )
        for name, markup in (("groups beside empty cells", EMPTY_BESIDE), ("groups alone", ALONE))
    },
    "a place without figures": (UNCOUNTED, ["Sarn Quay", "Tarn Hill · Trees: 10 · Benches: 20"]),
    "notes": (
        NOTES,
        [
            "Harbour · Donations: 1.2 million crowns",
            "Common Field · Donations: 0.9 million crowns",
            "1 Reported up to 1 October.",
        ],
    ),
    "roles": (
        ROLES,
        [
            "Turnout by district · Holm · Turnout: 71.4 per cent",
            "Turnout by district · Dunmere · Turnout: 58.0 per cent",
        ],
    ),
    "boxes": (BOXES, ["Odile Farr · 1,402 votes", "Ben Quist · 1,355 votes"]),
    "merged cells": (
        MERGED,
        [
            "Holm · Candidate: Odile Farr · Votes: 1,402",
            "Holm · Candidate: Ben Quist · Votes: 1,355",
            "Dunmere · Candidate: Ana Teller · Votes: 9,120",
            "Dunmere · Candidate: Jo Venn · Votes: 7,004",
        ],
    ),
    "headers on two sides": (
        ACROSS,
        ["Candidates · Harbour: 96 · Common Field: 94", "Women · Harbour: 41 · Common Field: 52"],
    ),
    "no header cells": (UNHEADED, ["Holm · Count ends: 02:00", "Ivrelle · Count ends: 23:45"]),
    "a figure's caption": (
        FIGURE,
        [
            "The last two polls · Wexcombe · Harbour: 44 per cent",
            "The last two polls · Aldine · Harbour: 46 per cent",
        ],
    ),
    "terms": (TERMS, ["Turnout · 61.2 per cent", "Spoilt papers · 212"]),
}


@pytest.mark.parametrize(("markup", "rows"), READ.values(), ids=READ)
def test_a_row_carries_its_caption_and_headers(markup, rows):
    """In its place among the paragraphs."""
    body = STORY.replace(f"<p>{THIRD}</p>", f"{markup}<p>{THIRD}</p>")
    found = lines(a_page(body))
    assert found[2:-1] == rows
    assert (found[0], found[-1]) == (FIRST, THIRD)


@pytest.mark.parametrize("span", ["0", "2", "9"])
def test_a_name_beside_several_rows_is_that_of_its_part_of_the_table(span):
    """A cell ends with its part, and one with a span of 0 goes on to that end."""
    markup = (
        f"<table><thead><tr><th rowspan='{span}'>Candidate</th><th>2022</th><th>2026</th></tr>"
        f"</thead><tbody><tr><td rowspan='{span}'>Odile Farr</td><td>1,200</td><td>1,300</td></tr>"
        "<tr><td>45%</td><td>48%</td></tr></tbody>"
        "<tbody><tr><td>Ben Quist</td><td>900</td><td>950</td></tr></tbody></table>"
    )
    assert lines(a_page(STORY + markup))[3:] == [
        "Odile Farr · 2022: 1,200 · 2026: 1,300",
        "Odile Farr · 2022: 45% · 2026: 48%",
        "Ben Quist · 2022: 900 · 2026: 950",
    ]


def test_a_name_beside_a_hundred_rows_is_that_of_each():
    """The figures of the last rows do not move into the columns before theirs."""
    rows = "".join(f"<tr>{'{}'}<td>Ward {n}</td><td>{n + 1000}</td></tr>" for n in range(1, 101))
    name, *others = ["<td rowspan='100'>Holm</td>", *[""] * 99]
    markup = (
        "<table><tr><th>District</th><th>Ward</th><th>Votes</th></tr>"
        f"{rows.format(name, *others)}</table>"
    )
    assert lines(a_page(STORY + markup))[-1] == "Holm · Ward: Ward 100 · Votes: 1100"


def test_the_head_of_a_table_is_above_its_body():
    """A browser draws it there, wherever it is written."""
    markup = (
        "<table><tfoot><tr><td>Total</td><td>3,757</td></tr></tfoot><tbody><tr><td>Odile Farr</td>"
        "<td>1,402</td></tr><tr><td>Ben Quist</td><td>2,355</td></tr></tbody>"
        "<thead><tr><th>Candidate</th><th>Votes</th></tr></thead></table>"
    )
    assert lines(a_page(STORY + markup))[3:] == [
        "Odile Farr · Votes: 1,402",
        "Ben Quist · Votes: 2,355",
        "Total · Votes: 3,757",
    ]


def test_a_cell_over_several_columns_has_the_header_that_they_share():
    """It says nothing of one year alone."""
    markup = (
        "<table><tr><th rowspan='2'>Candidate</th><th colspan='2'>Votes</th></tr>"
        "<tr><th>2022</th><th>2026</th></tr><tr><td>Odile Farr</td><td>1,200</td><td>1,300</td>"
        "</tr><tr><td>Ben Quist</td><td colspan='2'>withdrew</td></tr></table>"
    )
    assert lines(a_page(STORY + markup))[3:] == [
        "Odile Farr · Votes 2022: 1,200 · Votes 2026: 1,300",
        "Ben Quist · Votes: withdrew",
    ]


def test_a_japanese_table_is_read_alike():
    """Wide figures and kanji among them."""
    found = lines(a_page(JAPANESE + TABLE_JA, lang="ja", title="北斗町の開票"))
    assert "北斗町議選の結果 · 港同盟 · 議席: １２ · 得票率: ４６.８％" in found
    assert "北斗町議選の結果 · 灯火党 · 議席: 三 · 得票率: ９.１％" in found


def test_a_page_that_is_a_table_alone_is_read():
    """Authorities publish results so."""
    rows = "".join(f"<tr><td>Ward {n}</td><td>{1000 + n}</td></tr>" for n in range(30))
    page = a_page(f"<table><tr><th>Ward</th><th>Votes</th></tr>{rows}</table>", title="Results")
    assert "Ward 29 · Votes: 1029" in lines(page)


def test_a_table_that_only_lays_out_the_page_is_text():
    """Old pages are set in tables."""
    page = a_page(f"<table><tr><td>{STORY}</td><td>Menu</td></tr></table>")
    assert FIRST in read(page).text


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Answer over a page of every layout."""
    folder = tmp_path_factory.mktemp("desk")
    settings = BotSettings.of({"DATA_DIR": str(folder), "EMBEDDING_MODEL": "fast"})
    with open_desk(settings, holder="a test", clock=lambda: NOW) as desk:
        pages = {
            f"https://courier.example/{n}": a_page(
                f"<p>{FIRST}</p>{markup}<p>{THIRD}</p>", title=name
            )
            for n, (name, markup) in enumerate(ASKED_OF.items())
        }
        found = [FoundArticle(url, extract=read(page, url)) for url, page in pages.items()]
        adding.add(found, desk.archive, now=NOW)
        desk.coverage.catch_up()
        yield lambda text: answer_now(ask(text, now=NOW), desk.coverage)


ASKED_OF = {
    "Holm counts": PLAIN,
    "Votes and seats of the parties": NESTED,
    "Seats on the islands": GROUPS,
    "Donations to the parties": NOTES,
    "Turnout by district": ROLES,
    "Votes by district": MERGED,
    "Women among the candidates": ACROSS,
    "When the counts end": UNHEADED,
    "The last polls": FIGURE,
    "Spoilt papers": TERMS,
}


@pytest.mark.parametrize(
    ("question", "cell"),
    [
        ("How many votes did Odile Farr get in Holm?", "1,402"),
        ("What share did Ben Quist get in the final count?", "45.7 %"),
        ("How many votes did Rhea Solt get?", "211"),
        ("How many seats did Common Field win in 2026?", "2026 Seats: 50"),
        ("How many votes did Harbour get in 2022?", "810,200"),
        ("How many seats did Lantern win in the northern islands?", "Seats: 1"),
        ("How much did Harbour get in donations?", "1.2 million crowns"),
        ("What was the turnout in Dunmere?", "58.0 per cent"),
        ("How many votes did Jo Venn get in Dunmere?", "7,004"),
        ("When does the count end in Ivrelle?", "23:45"),
        ("What does the Wexcombe poll give Harbour?", "44 per cent"),
        ("How many spoilt papers were there?", "212"),
    ],
)
def test_every_cell_can_be_asked_for(answered, question, cell):
    """The row that answers stands in bold, with its header."""
    lead = answered(question).excerpts[0].parts[1]
    assert cell in lead
    assert "·" in lead
