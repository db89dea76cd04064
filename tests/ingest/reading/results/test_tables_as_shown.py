"""Result files as their programs show them: hidden, merged and repeated, below each other."""

import io
import json
import re
import zipfile
from datetime import datetime

import openpyxl
import pytest
from openpyxl.styles import Font

from tests.ingest.reading.results.files import report
from tests.ingest.reading.test_kinds import one

HEAD = ("Ward", "Candidate", "Votes")
HOLM = ("Holm", "Oda Brenk", 9310)
TARN = ("Tarn", "Oda Brenk", 7130)


def workbook(rows, change=None):
    """Write one sheet of *rows*, after *change* is made to it."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def rewritten(data, pattern, replacement):
    """Replace a part of a workbook's first sheet."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            is_sheet = name.endswith("sheet1.xml")
            new.writestr(name, re.sub(pattern, replacement, part) if is_sheet else part)
    return written.getvalue()


def lines(data, name):
    """Return the lines of a file."""
    return one(data, name).extract.text.split("\n\n")


def test_hidden_rows_and_columns_are_left_out_and_counted():
    """Nobody who opens the sheet sees them; whoever adds it is told."""

    def hide(book):
        book.active.row_dimensions[3].hidden = True
        book.active["D2"] = "check again"
        book.active.column_dimensions["D"].hidden = True

    found = one(workbook([HEAD, HOLM, TARN], hide), "a.xlsx").extract
    assert found.text == "a · Holm · Candidate: Oda Brenk · Votes: 9310 · a.xlsx R2"
    assert found.notes[0].endswith("sheet “Sheet”: rows 1, columns 1.")


def test_struck_cells_are_empty():
    """As on pages."""

    def strike(book):
        book.active["C2"].font = Font(strike=True)

    assert "Votes: —" in lines(workbook([HEAD, HOLM, TARN], strike), "a.xlsx")[0]


def test_a_formula_without_its_result_is_refused_with_its_cell():
    """It would read as an empty cell; one whose result is no text is."""
    data = workbook([HEAD, HOLM, ("Total", "Oda Brenk", "=SUM(C2:C2)")])
    assert "without its result in cell C3. Open it" in str(one(data, "a.xlsx").problem)
    data = workbook([(*HEAD, "Note"), (*HOLM, '=IF(C2>1,"","few")')])
    data = rewritten(data, rb'<c r="D2"([^<>]*)><f>', rb'<c r="D2" t="str"><f>')
    assert lines(data, "a.xlsx") == ["a · Holm · Candidate: Oda Brenk · Votes: 9310 · a.xlsx R2"]


def test_days_times_and_shares_are_written_as_they_are_shown():
    """A day has no midnight; a per cent sign that is only written multiplies nothing."""
    moment = datetime.fromisoformat("2026-11-07 21:45")
    day = datetime.fromisoformat("2026-11-07")

    def form(book):
        book.active["E2"].number_format = '0.0"%"'
        book.active["D3"].number_format = "yyyy-mm-dd"

    rows = [(*HEAD, "Updated", "Share"), (*HOLM, moment, 61.25), (*TARN, day, 48)]
    first, second = lines(workbook(rows, form), "a.xlsx")
    assert "Share: 61.2% · Updated: 2026-11-07 21:45 · " in first
    assert "Updated: 2026-11-07 · " in second


def test_merged_cells_beyond_a_table_are_refused_before_they_are_built():
    """Each of them is an object in memory."""
    span = rb'</sheetData><mergeCells count="1"><mergeCell ref="A5:XFD1048576"/></mergeCells>'
    data = rewritten(workbook([HEAD, HOLM]), rb"</sheetData>", span)
    assert "has more than 20,000 rows or 120 columns" in str(one(data, "a.xlsx").problem)


def test_a_sheet_of_notes_is_text():
    """It says what the figures are."""

    def add_notes(book):
        book.create_sheet("Notes", 0).append(["Provisional until the council meets on 9 November."])

    found = lines(workbook([HEAD, HOLM], add_notes), "a.xlsx")
    assert found[0] == "Provisional until the council meets on 9 November."
    assert found[1].endswith("a.xlsx Sheet R2")


def test_tables_below_each_other_are_read_each_with_its_title():
    """A header that is repeated, as on the next page of a print, has the title of the first."""
    text = (
        "Mayor\nWard,Candidate,Votes\nHolm,Oda Brenk,9310\nSource: clerk,,\n\n"
        "Council\nWard,Candidate,Votes\nHolm,Ines Dahl,1801\n"
        "Ward,Candidate,Votes\nTarn,Ines Dahl,1700\n"
    )
    assert lines(text, "a.csv") == [
        "Mayor · Holm · Candidate: Oda Brenk · Votes: 9310 · a.csv R3",
        "Source: clerk",
        "Council · Holm · Candidate: Ines Dahl · Votes: 1801 · a.csv R8",
        "Council · Tarn · Candidate: Ines Dahl · Votes: 1700 · a.csv R10",
    ]


def test_a_group_directly_below_the_header_names_its_rows():
    """The same candidates in two groups do not contradict each other."""
    text = "Candidate,Party,Votes\nHolm,,\nOda Brenk,H,9310\nTarn,,\nOda Brenk,H,7130\n"
    found = one(text, "a.csv").extract
    assert "a · Tarn · Oda Brenk · Party: H · Votes: 7130 · a.csv R5" in found.text
    assert not any("other figures" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Ward,Candidate,Votes\nSarn Quay,,\nWard 1,Farr,10\nTarn Hill,,\nKestrel,Farr,3\n",
            [
                "Sarn Quay · Ward 1 · Candidate: Farr · Votes: 10 · a.csv R3",
                "Tarn Hill · Kestrel · Candidate: Farr · Votes: 3 · a.csv R5",
            ],
        ),
        (
            "Wahlbezirk;Brenk;Lund;Ungültig\nHolm;;;\nBezirk 1;10;20;1\nTarn;;;\nBezirk 2;3;4;0\n",
            [
                "Holm · Bezirk 1 · Brenk: 10 · Lund: 20 · Ungültig: 1 · a.csv R3",
                "Tarn · Bezirk 2 · Brenk: 3 · Lund: 4 · Ungültig: 0 · a.csv R5",
            ],
        ),
        (
            "Bureau,Voix\nQuai de Sarn,\nÉcole,10\nMairie,12\nColline,\nÉcole,3\n",
            [
                "Quai de Sarn · École · Voix: 10 · a.csv R3",
                "Quai de Sarn · Mairie · Voix: 12 · a.csv R4",
                "Colline · École · Voix: 3 · a.csv R6",
            ],
        ),
        (
            "Ward,Trees,Benches\nSarn Quay\nNorth,10,20\nTarn Hill\nSouth,1,2\n",
            [
                "Sarn Quay · North · Trees: 10 · Benches: 20 · a.csv R3",
                "Tarn Hill · South · Trees: 1 · Benches: 2 · a.csv R5",
            ],
        ),
    ],
)
def test_a_place_alone_in_its_row_names_the_rows_below_it(text, expected):
    """Up to the next such place, in tables of results and in others."""
    assert lines(text, "a.csv") == [f"a · {line}" for line in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Ward,Registered,Farr,Vole\nHolm,9,1,2\nTarn,,,\nEbb,9,3,4\n",
            "Ebb · Farr · Votes: 3 · a.csv R4C3",
        ),
        (
            "Ward,Candidate,Votes\nHolm,Farr,1\nTarn,,\nEbb,Farr,3\n",
            "Ebb · Candidate: Farr · Votes: 3 · a.csv R4",
        ),
        ("Party,Votes\nHarbour,\nLantern,10\nField,5\n", "Lantern · Votes: 10 · a.csv R3"),
        ("Party,Votes\nHarbour,10\nLantern,\nField,5\n", "Field · Votes: 5 · a.csv R4"),
        (
            "Ward,Trees,Benches\nTarn,,\nHolm,1,2\nEbb,3,4\n",
            "Holm · Trees: 1 · Benches: 2 · a.csv R3",
        ),
    ],
)
def test_a_place_that_is_not_counted_names_no_other(text, expected):
    """Nor does a party; the row below it is of another one."""
    assert f"a · {expected}" in lines(text, "a.csv")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            (
                "Commune;Inscrits;DAHL Inès;% exprimés;LUND Odd;% exprimés\n"
                "Holm;31 000;10 002;56,1;7 808;43,9\n"
            ),
            "a · Holm · LUND Odd · Votes: 7 808 · % exprimés: 43,9 · a.csv R2",
        ),
        (
            (
                "Gemeinde;Gültige Stimmen;Brenk;Anteil Brenk;Lund;Anteil Lund\n"
                "Holm;9.001;5.012;55,7;3.989;44,3\n"
            ),
            "a · Holm · Lund · Votes: 3.989 · Anteil: 44,3 · a.csv R2",
        ),
        (
            "Ward,Farr votes,Farr %,Vole votes,Vole %\nHolm,4210,61.2,2670,38.8\n",
            "a · Holm · Vole · votes: 2670 · %: 38.8 · a.csv R2",
        ),
        (
            "市町村,有権者数,青木得票数,白石得票数\n北町,9120,2001,3247\n",
            "a · 北町 · 白石 · 得票数: 3247 · a.csv R2C4",
        ),
    ],
)
def test_a_measure_belongs_to_the_candidate_in_or_before_its_header(text, line):
    """A share between two names is that of the first; valid votes are nobody's name."""
    assert line in lines(text, "a.csv")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("投票区,候補者,得票数\n第一,森川健,412\n第二,森川健,398\n", "euc_jp"),
        ("投票区,候補者,得票数\n第一,森川健,412\n第二,森川健,398\n", "cp932"),
        ("选区,候选人,票数\n第一,林建国,412\n第二,林建国,398\n", "gb18030"),
        ("地區,候選人,得票數\n第一,林建國,412\n第二,林建國,398\n", "big5"),
        ("선거구,후보자,득표수\n제일,김철수,412\n제이,김철수,398\n", "cp949"),
    ],
)
def test_an_east_asian_table_is_decoded_by_its_headers(text, encoding):
    """Names and figures are too few for statistics, and have no kana."""
    first = text.split("\n")[1].split(",")
    found = lines(text.encode(encoding), "a.csv")[0]
    assert all(cell in found for cell in first)


def test_the_line_that_tells_excel_the_delimiter_is_no_title():
    """Rows are counted from it all the same."""
    text = "sep=;\nWard;Candidate;Votes\nHolm;Oda Brenk;9.310\n"
    assert lines(text, "a.csv") == ["a · Holm · Candidate: Oda Brenk · Votes: 9.310 · a.csv R3"]


def test_what_an_object_says_of_all_its_results_stands_in_each():
    """The status of the count does; the status of a server's answer does not."""
    candidates = [{"candidate": "Oda Brenk", "votes": 9310}, {"candidate": "Lund", "votes": 8107}]
    data = {"status": "provisional", "updated": "21:45", "results": candidates}
    found = lines(json.dumps(data), "a.json")
    assert all("status: provisional" in line and "updated: 21:45" in line for line in found)
    assert "status" not in lines(json.dumps({**data, "status": "ok"}), "a.json")[0]


def test_a_report_knows_the_party_of_a_candidate_by_the_candidate():
    """Where the selection names none; a part of the votes is not called the votes."""
    value = json.loads(report())
    [election] = value["Election"]
    parties = {party["@id"] for party in value.get("Party", []) + election.get("Party", [])}
    for contest in election["Contest"]:
        for selection in contest["ContestSelection"]:
            selection.pop("EndorsementPartyIds", None)
            selection["VoteCounts"][0]["Type"] = "absentee"
    for candidate in election["Candidate"]:
        candidate["PartyId"] = min(parties)
    text = one(json.dumps(value), "a.json").extract.text
    assert " · Party: " in text
    assert "absentee: " in text


DATED = "Constituency of Tarn,4 October 2026\n\n"


@pytest.mark.parametrize(
    ("text", "title", "first_line"),
    [
        (
            f"{DATED}Ward,Harbour,Lantern\nNorth,204,310\n",
            "",
            "North · Harbour: 204 · Lantern: 310",
        ),
        (f"{DATED}Name,2021,2026\nOda Brenk,204,300\n", "", "Oda Brenk · 2021: 204 · 2026: 300"),
        ("Tarn,Draft\n\nPlace,Votes\nNorth,204\n", "Tarn Draft", "North · Votes: 204"),
        ("Ferries of Tarn\n\nQuay,Boats,Crew\nNorth,4,9\n", "Ferries of Tarn", "North · Boats: 4"),
    ],
)
def test_rows_above_an_empty_line_are_the_title_of_a_narrow_table(text, title, first_line):
    """A row of two cells was taken for the headers, and the headers for figures."""
    extract = one(text, "a.csv").extract
    assert extract.header.title == (title or "Constituency of Tarn 4 October 2026")
    assert extract.text.startswith(f"{extract.header.title} · {first_line}")


def test_headers_above_an_empty_line_stay_headers():
    """Where what follows is no wider, or has figures."""
    for body in ("North,204,310\n", "North,open,open\nSouth,204,310\n", "North,204\n"):
        extract = one(f"Ward,Harbour,Lantern\n\n{body}", "a.csv").extract
        assert extract.text.startswith("a · North · Harbour:")


@pytest.mark.parametrize(
    ("table", "figures", "notes"),
    [
        (
            (
                "City of Holm\nElection of 1 November, provisional\n\n"
                'Ward,Candidate,Votes\nHolm,Oda Brenk,"9,310"\nTarn,Oda Brenk,"7,130"\n\n'
                "* provisional\nSource: City of Holm, 2 November 2026\n"
            ),
            ("Votes: 9,310", "Votes: 7,130"),
            ["* provisional", "Source: City of Holm, 2 November 2026"],
        ),
        (
            (
                "Gemeindewahl Holm\n\nBezirk;Partei;Anteil in %\nNord;Feld;48,8\nSüd;Feld;51,2\n\n"
                "Quelle: Stadt Holm; Wahlbeteiligung 61,4 Prozent\n"
                "Vorläufig, Stand: 2.11.2026, 4:10 Uhr\n"
                "Ohne zwölf Briefe, die fehlen\n"
            ),
            ("Anteil in %: 48,8", "Anteil in %: 51,2"),
            [
                "Quelle: Stadt Holm; Wahlbeteiligung 61,4 Prozent",
                "Vorläufig, Stand: 2.11.2026, 4:10 Uhr",
                "Ohne zwölf Briefe, die fehlen",
            ],
        ),
        (
            (
                "ホルム市議選 開票結果\n2026年11月2日 午前4時現在\n\n"
                "選挙区,候補者,得票数\n北,小田ブレンク,9310\n南,小田ブレンク,7130\n\n※確定前\n出典:ホルム市\n"
            ),
            ("得票数: 9310", "得票数: 7130"),
            ["※確定前", "出典:ホルム市"],
        ),
        (
            (
                "Holm, turnout\n\nWard,Registered,Turnout\nHolm,8200,61.4\nTarn,7100,59.0\n\n"
                "Source: City of Holm, 2 November\n"
            ),
            ("Turnout: 61.4", "Turnout: 59.0"),
            ["Source: City of Holm, 2 November"],
        ),
    ],
)
def test_a_sheet_is_read_between_its_title_and_its_notes(table, figures, notes):
    """A sentence above or below has the delimiter among its words, and belongs to no column."""
    rows = lines(table.encode(), "holm.csv")
    assert all(figure in row for figure, row in zip(figures, rows, strict=False))
    assert rows[2:] == notes


def test_a_last_row_without_its_figure_is_no_note():
    """A figure is missing there, and somebody has to look."""
    table = b"Ward,Candidate,Votes\nHolm,Oda Brenk,9310\nTarn,Oda Brenk\n"
    assert "its row ends before" in str(one(table, "holm.csv").problem)
