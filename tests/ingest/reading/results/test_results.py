"""Result files: each figure in a line that stands alone and names its place in the file."""

import io
import json

import openpyxl
import pytest

from ingest.reading import Hints, read_bytes
from ingest.reading.limits import TABLES
from ingest.reading.results.reports import records_of
from tests.ingest.reading.results.files import FILES, RECORDS, ROWS, WIDE, report

LINES = {
    "one row a candidate": (
        "sarnholt-governor-2026.csv",
        (
            "sarnholt governor 2026 · Dunmere · office: Governor · candidate: Ben Quist · "
            "party: Common Field · votes: 11,004 · sarnholt-governor-2026.csv R6"
        ),
    ),
    "a count that has not come in": (
        "sarnholt-governor-2026.csv",
        (
            "sarnholt governor 2026 · Dunmere · office: Governor · candidate: Rhea Solt · "
            "votes: — · sarnholt-governor-2026.csv R7"
        ),
    ),
    "one column a candidate": (
        "mayor.csv",
        (
            "Sarnholt mayoral election 2026 · Preliminary result, 41 of 58 wards counted · "
            "Tarn 02 · "
            "Piet Moor · Votes: 1.407 · mayor.csv R6C5"
        ),
    ),
    "the place's own figures": (
        "mayor.csv",
        (
            "Sarnholt mayoral election 2026 · Preliminary result, 41 of 58 wards counted · "
            "Kestrel · "
            "Registered voters: 3.020 · Turnout: 70,1 % · Invalid: 9 · mayor.csv R7"
        ),
    ),
    "Japanese": (
        "北斗町長選.tsv",
        (
            "北斗町長選挙 開票結果 · 確定 · 北区 · 候補者: 青木春子 · 党派: 港同盟 · "
            "得票数: 1万2,345票 · 得票率: ５２．１％ · 当落: 当選 · 北斗町長選.tsv R4"
        ),
    ),
    "merged headers": (
        "marrowen-run-off.xlsx",
        (
            "Official result of the Marrowen run-off, certified · Lower Marrow · Omar Vey · "
            "Votes: 87,912 · %: 52.3% · marrowen-run-off.xlsx Provinces R6"
        ),
    ),
    "a second sheet": (
        "marrowen-run-off.xlsx",
        "marrowen run off · Lantern · Votes: 44810 · Seats: 4 · marrowen-run-off.xlsx Seats R3",
    ),
    "a report": (
        "treasurer.json",
        (
            "Sarnholt treasurer election · Quill Island · Contest: Treasurer · "
            "Candidate: Ravi Stern · "
            "Votes: 3,004 · Reported: 12 of 30 · Status: unofficial-partial · "
            "As of: 2026-11-08T23:40:00Z · treasurer.json R4"
        ),
    ),
    "records": (
        "skerry-mayor.json",
        (
            "skerry mayor · Skerry · office: Mayor · candidate: Nell Orr · votes: 4410 · "
            "winner: yes · skerry-mayor.json R1"
        ),
    ),
}


def one(data, name, mapping=None):
    """Read one file."""
    [found] = read_bytes(data, name, Hints(mapping=mapping or {}))
    return found


@pytest.mark.parametrize(("name", "line"), LINES.values(), ids=LINES)
def test_a_figure_stands_with_its_place_contest_and_status(name, line):
    """And with its file, row and column."""
    found = one(FILES[name], name)
    assert found.problem is None
    assert line in found.extract.text.split("\n\n")


def test_notes_stand_by_themselves_and_what_is_said_twice_once():
    """Neither is a candidate."""
    found = one(ROWS.encode(), "a.csv")
    lines = found.extract.text.split("\n\n")
    assert lines[-1] == "A blank is a count that has not come in."
    assert sum("votes: 18,402" in line for line in lines) == 1
    assert "a.csv line 12 says the same as 2 and was left out." in found.extract.notes


def test_a_place_twice_with_other_figures_is_noted():
    """Whoever adds it decides; nothing is dropped."""
    found = one(
        ROWS.replace('R,"18,402"', "").encode() + b"Holm,Governor,,,Rhea Solt,812\n", "a.csv"
    )
    assert any("has other figures than line 4" in note for note in found.extract.notes)
    assert "votes: 811" in found.extract.text
    assert "votes: 812" in found.extract.text


def test_the_guess_is_told_and_can_be_set():
    """A column under an unknown header is taken for what it is said to be."""
    guessed = one(FILES["mayor.csv"], "mayor.csv").extract.notes[0]
    assert "place = Ward" in guessed
    assert "one column a candidate (" in guessed
    assert "; Ada Lund, Piet Moor)" in guessed
    data = b"zone,who,tally\nHolm,Odile Farr,18402\nDunmere,Odile Farr,9120\n"
    mapping = {"place": "zone", "candidate": "who", "votes": "tally"}
    found = one(data, "a.csv", mapping).extract
    assert "a · Dunmere · who: Odile Farr · tally: 9120 · a.csv R3" in found.text
    assert "votes = tally" in found.notes[0]


def a_workbook(*rows):
    """Return a workbook of parties and seats."""
    book = openpyxl.Workbook()
    for row in (("Party", "Seats"), *rows):
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


BROKEN = {
    "a word for a figure": (
        ROWS.replace('"11,004"', "11O04").encode(),
        "a.csv",
        "a.csv line 6, column 6 (“votes”) has “11O04”",
    ),
    "a negative count": (ROWS.replace("811", "-811").encode(), "a.csv", "a.csv line 4, column 6"),
    "a cell too many": (
        ROWS.replace("7 004", "7 004,9").encode(),
        "a.csv",
        "a.csv line 8, column 7 has “9”, but its column has no name",
    ),
    "a row cut off": (
        b"county,office,candidate,votes\nHolm,Governor,Odile Farr,18402\nHolm,Governor\n",
        "a.csv",
        "a.csv line 3, column 3 is missing",
    ),
    "a quotation left open": (
        b'county,candidate,votes\nHolm,Odile Farr,18402\nHolm,"Ben Quist,17355\n',
        "a.csv",
        "at line 3, column 2",
    ),
    "two columns of one name": (
        WIDE.replace("Piet Moor", "Ada Lund").encode(),
        "a.csv",
        "a.csv line 4, column 5 has the same name as column 4: “Ada Lund”",
    ),
    "a share beyond all": (
        FILES["北斗町長選.tsv"].replace(b"47.9%", b"147.9%"),
        "a.tsv",
        "a.tsv line 5, column 5",
    ),
    "JSON cut off": (RECORDS[:-20], "a.json", "a.json is not JSON from line "),
    "an unknown place": (report(GpUnitId="gp9"), "a.json", "column 22 refers to “gp9”"),
    "a count that is none": (report(Count="many"), "a.json", "which is not a count"),
    "a word in a workbook": (
        a_workbook(("Harbour", 51), ("Lantern", "four")),
        "a.xlsx",
        "a.xlsx row 3, column 2 (“Seats”) has “four”",
    ),
    "a word in a record": (
        RECORDS.replace(b"3907", b'"many"'),
        "a.json",
        "a.json record 2, column 4 (“votes”) has “many”",
    ),
    "a share of a poll that is none": (
        b"pollster,candidate,pct\nTern,Odile Farr,44\nTern,Ben Quist,lots\n",
        "a.csv",
        "a.csv line 3, column 3 (“pct”) has “lots”",
    ),
    "a word in the first row": (
        b"county,candidate,votes\nHolm,Odile Farr,none yet\nHolm,Ben Quist,17355\n",
        "a.csv",
        "a.csv line 2, column 3 (“votes”) has “none yet”",
    ),
    "a letter in the only row": (
        b"Gemeinde;Kandidat;Stimmen\nHolm;Odile Farr;18.4O2\n",
        "a.csv",
        "a.csv line 2, column 3 (“Stimmen”) has “18.4O2”",
    ),
    "an error of a formula": (
        a_workbook(("Harbour", "#REF!"), ("Lantern", 4)),
        "a.xlsx",
        "a.xlsx row 2, column 2 (“Seats”) has “#REF!”",
    ),
    "a first row cut off": (
        b"county,candidate,votes\nHolm,Odile Farr\nHolm,Ben Quist,17355\n",
        "a.csv",
        "a.csv line 2, column 3 is missing",
    ),
    "a word in a first record": (
        b'[{"candidate": "Odile Farr", "votes": "many"}, {"candidate": "Ben Quist", "votes": 3}]',
        "a.json",
        "(“votes”) has “many”",
    ),
    "a workbook cut off": (FILES["marrowen-run-off.xlsx"][:3000], "a.xlsx", "a.xlsx is a broken"),
}


@pytest.mark.parametrize(("data", "name", "sentence"), BROKEN.values(), ids=BROKEN)
def test_a_malformed_file_is_refused_as_a_whole(data, name, sentence):
    """With a sentence that says where; a part of a result would be a false one."""
    found = one(data, name)
    assert found.extract is None
    assert sentence in str(found.problem)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (
            {
                "updated": "2026-11-03",
                "contests": [
                    {
                        "name": "Governor",
                        "precincts": [
                            {"name": "Tarn 01", "candidates": [{"name": "Farr", "votes": 77}]},
                            {"name": "Tarn 02", "candidates": [{"name": "Quist", "votes": 81}]},
                        ],
                    }
                ],
            },
            [("Governor", "Tarn 01", "Farr", "votes: 77"), ("Tarn 02", "Quist", "votes: 81")],
        ),
        (
            [
                {"county": "Holm", "results": [{"candidate": "Farr", "votes": 18402}]},
                {"county": "Ebb", "results": [{"candidate": "Farr", "votes": 9120}]},
            ],
            [("Holm", "Farr", "votes: 18402"), ("Ebb", "Farr", "votes: 9120")],
        ),
    ],
)
def test_candidates_inside_places_are_records(data, lines):
    """Civic projects nest contests, places and candidates; each candidate is a line."""
    text = one(json.dumps(data).encode(), "a.json").extract.text
    for parts in lines:
        assert any(all(part in line for part in parts) for line in text.split("\n"))


def test_a_record_with_too_many_fields_is_not_copied_into_each_inner_record():
    """A hostile file of some thousand fields and some thousand candidates would fill the memory."""
    record = {f"field {n}": n for n in range(TABLES.record_fields)}
    candidates = [{"candidate": "Farr", "votes": n} for n in range(3)]
    assert len(records_of([record | {"candidates": candidates}])) == 1
    del record["field 0"]
    assert len(records_of([record | {"candidates": candidates}])) == 3


@pytest.mark.parametrize(
    "votes", ["12,450", "12.450", "12 450", "12'450", "１２，４５０", "١٢٬٤٥٠", "१२,४५०"]
)
def test_a_count_is_read_in_the_digits_of_its_country(votes):
    """With the separators that belong to them; the cell stays as it is written."""
    data = f"county;candidate;votes\nHolm;Odile Farr;{votes}\nHolm;Ben Quist;980\n".encode()
    assert f"candidate: Odile Farr · votes: {votes}"[:40] in one(data, "a.csv").extract.text


def test_a_mapping_to_what_is_not_there_is_refused():
    """With the columns that are."""
    found = one(ROWS.encode(), "a.csv", {"votes": "tally"})
    assert "no column “tally”; it has: county, office" in str(found.problem)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (
            "Kreis;Beteiligung;Hafenbund;Felder;Ungültig\nHolm;61,5;3.204;2.871;9\nTarn;58,0;1.119;998;4\n",
            "Holm · Beteiligung: 61,5 · Ungültig: 9 · a.csv R2",
        ),
        (
            "commune;taux;Alliance du port;Champ commun;nuls\nHolm;61,5 %;3 204;2 871;9\n",
            "Holm · taux: 61,5 % · nuls: 9 · a.csv R2",
        ),
        (
            "distrito,censo,afluencia,Alianza,Campo\nHolm,9880,61.5,3204,2871\nTarn,4020,58.25,1119,998\n",
            "Tarn · censo: 4020 · afluencia: 58.25 · a.csv R3",
        ),
    ],
)
def test_a_column_of_shares_beside_counts_is_of_the_place(data, line):
    """A turnout is nobody's votes, whatever its header is called."""
    found = one(data.encode(), "a.csv").extract.text
    assert f"a · {line}" in found.split("\n\n")
    assert "Votes: 61" not in found


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (
            ";Ada Lund;;Piet Moor;\n\nWard;Votes;%;Votes;%\nTarn;1.310;39,6;2.001;60,4\n",
            "Tarn · Piet Moor · Votes: 2.001 · %: 60,4 · a.csv R4",
        ),
        (
            "町長選;;\n;青木春子;白石透\n;;\n開票区;得票数;得票数\n北区;12345;11350\n南区;8210;10450\n",
            "町長選 · 南区 · 白石透 · 得票数: 10450 · a.csv R6C3",
        ),
        (
            "Commune;Alliance du port;;Champ commun;\n\n;Voix;%;Voix;%\nHolm;3204;52,7;2871;47,3\n",
            "Holm · Champ commun · Voix: 2871 · %: 47,3 · a.csv R4",
        ),
    ],
)
def test_names_above_the_headers_name_their_columns_across_an_empty_line(data, line):
    """A clerk leaves one for the eye; the figures are nobody's without them."""
    assert line in one(data.encode(), "a.csv").extract.text


@pytest.mark.parametrize(
    "names",
    ["Ada Lund;Piet Moor", ";Ada Lund;", "Source;Holm county;2026", ";Votes;Votes", ";12;14"],
)
def test_a_line_above_an_empty_one_that_does_not_fit_names_nobody(names):
    """A name over the wrong column would give a figure to another candidate."""
    data = f"{names}\n\nWard;Votes;Votes\nTarn 01;1.310;2.001\nKestrel;1.204;811\n"
    assert "Write whose figures they are" in str(one(data.encode(), "a.csv").problem)


def test_a_figure_that_a_formula_has_not_got_yet_is_an_empty_cell():
    """A share of no votes, or a ward that has not reported, spoils no other row; it is said."""
    data = a_workbook(("Harbour", "#DIV/0!"), ("Lantern", 4), ("Common Field", "#N/A"))
    extract = one(data, "a.xlsx").extract
    assert "Harbour · Seats: — · a.xlsx R2" in extract.text
    assert "Lantern · Seats: 4 · a.xlsx R3" in extract.text
    assert "#" not in extract.text
    assert (
        "a.xlsx row 2, column 2 (“#DIV/0!”) and 1 more: no figure, read as empty." in extract.notes
    )


@pytest.mark.parametrize("error", ["#N/A", "#NV", "#N/D", "#DIV/0!"])
def test_such_a_cell_is_empty_in_a_text_file_as_well(error):
    """Excel saves it in the words of its country."""
    data = f"Gemeinde;Kandidat;Stimmen;Anteil\nHolm;Farr;0;{error}\nTarn;Farr;12;100\n"
    extract = one(data.encode(), "a.csv").extract
    assert "Holm · Kandidat: Farr · Stimmen: 0 · Anteil: — · a.csv R2" in extract.text
    assert f"a.csv line 2, column 4 (“{error}”): no figure, read as empty." in extract.notes
