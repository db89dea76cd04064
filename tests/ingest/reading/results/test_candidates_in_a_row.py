"""Rows that hold several candidates: the ministry of France, and whoever sets tables as it does."""

import io

import openpyxl
import pytest

from bot.answering.tables import contests_in
from ingest.model import Header, Passage
from tests.ingest.reading.test_kinds import one

NAMED = (
    "Code de la commune;Libellé de la commune;Inscrits;Votants;N°Panneau;Sexe;Nom;Prénom;Voix;"
    "% Voix/Ins;% Voix/Exp;N°Panneau;Sexe;Nom;Prénom;Voix;% Voix/Ins;% Voix/Exp\n"
    "12;Holm;1 000;800;1;F;FARR;Odile;500;50,00;64,10;2;M;QUIST;Ben;280;28,00;35,90\n"
    "13;Tarn;500;400;1;F;FARR;Odile;150;30,00;38,46;2;M;QUIST;Ben;240;48,00;61,54\n"
)
SHORT = NAMED.replace(";N°Panneau;Sexe;Nom;Prénom;Voix;% Voix/Ins;% Voix/Exp\n", "\n")
STATIONS = (
    "Libellé du département;Libellé de la commune;Code du b.vote;Inscrits;Nom;Prénom;Voix\n"
    "Ain;Holm;0001;900;FARR;Odile;500;QUIST;Ben;280\n"
    "Ain;Holm;0002;700;FARR;Odile;400;QUIST;Ben;210\n"
    "Ain;Tarn;0001;800;FARR;Odile;300;QUIST;Ben;350\n"
)


def lines(data, name="a.csv"):
    """Return the lines of a file, without their title."""
    found = one(data, name)
    assert found.problem is None, found.problem
    return [line.removeprefix("a · ") for line in found.extract.text.split("\n\n")]


OF_FRANCE = [
    (
        "Holm · Nom Prénom: FARR Odile · Voix: 500 · % Voix/Exp: 64,10 · N°Panneau: 1 · Sexe: F · "
        "% Voix/Ins: 50,00 · a.csv R2C9"
    ),
    (
        "Holm · Nom Prénom: QUIST Ben · Voix: 280 · % Voix/Exp: 35,90 · N°Panneau: 2 · Sexe: M · "
        "% Voix/Ins: 28,00 · a.csv R2C16"
    ),
    "Holm · Code de la commune: 12 · Inscrits: 1 000 · Votants: 800 · a.csv R2",
]


@pytest.mark.parametrize(
    "text",
    [NAMED, SHORT, SHORT.replace("Exp\n", f"Exp{';' * 7}\n")],
    ids=["all", "short", "padded"],
)
def test_each_candidate_of_a_french_row_is_a_line(text):
    """Whether the headers name every candidate's columns, or the first one's alone."""
    assert lines(text)[:3] == OF_FRANCE
    assert lines(text.encode("cp1252"))[:3] == OF_FRANCE
    [note] = one(text, "a.csv").extract.notes
    assert "results, 2 candidates a row (" in note
    assert "votes = Voix; share = % Voix/Exp)" in note


def test_a_french_workbook_is_read_alike():
    """As the ministry publishes it: headers end behind the first candidate."""
    book = openpyxl.Workbook()
    for row in SHORT.splitlines():
        book.active.append(row.split(";"))
    data = io.BytesIO()
    book.save(data)
    assert lines(data.getvalue(), "a.xlsx")[1] == OF_FRANCE[1].replace("a.csv", "a.xlsx")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            (
                "Commune;Nuance candidat 1;Nom candidat 1;Prénom candidat 1;Voix 1;Elu 1;"
                "Nuance candidat 2;Nom candidat 2;Prénom candidat 2;Voix 2;Elu 2\n"
                "Holm;HAR;FARR;Odile;500;élu;LAN;QUIST;Ben;280;\nTarn;HAR;VENN;Jo;90;élu;;;;;\n"
            ),
            [
                (
                    "Holm · Nom candidat Prénom candidat: FARR Odile · Nuance candidat: HAR · "
                    "Voix: 500 · Elu: élu · a.csv R2C5"
                ),
                (
                    "Holm · Nom candidat Prénom candidat: QUIST Ben · Nuance candidat: LAN · "
                    "Voix: 280 · a.csv R2C10"
                ),
                (
                    "Tarn · Nom candidat Prénom candidat: VENN Jo · Nuance candidat: HAR · "
                    "Voix: 90 · Elu: élu · a.csv R3C5"
                ),
            ],
        ),
        (
            "Municipio,Candidato,Votos,Candidato,Votos\nHolm,Odile Farr,500,Ben Quist,280\n",
            [
                "Holm · Candidato: Odile Farr · Votos: 500 · a.csv R2C3",
                "Holm · Candidato: Ben Quist · Votos: 280 · a.csv R2C5",
            ],
        ),
        (
            (
                "Gemeinde;Liste;Stimmen;Sitze;Liste;Stimmen;Sitze;Ungültig\n"
                "Holm;Hafenbund;500;12;Felder;280;7;9\n"
            ),
            [
                "Holm · Liste: Hafenbund · Stimmen: 500 · Sitze: 12 · a.csv R2C3",
                "Holm · Liste: Felder · Stimmen: 280 · Sitze: 7 · a.csv R2C6",
                "Holm · Ungültig: 9 · a.csv R2",
            ],
        ),
        (
            "Ward,Candidate 1,Votes 1,Candidate 2,Votes 2\nHolm,Farr,10,Vole,20\n",
            [
                "Holm · Candidate: Farr · Votes: 10 · a.csv R2C3",
                "Holm · Candidate: Vole · Votes: 20 · a.csv R2C5",
            ],
        ),
        (
            "Candidate,Votes,,Candidate,Votes\nFarr,10,,Vole,20\n",
            ["Farr · Votes: 10 · a.csv R2C2", "Vole · Votes: 20 · a.csv R2C5"],
        ),
        (
            (
                "Commune;Nom;Prénom;Voix\nHolm;FARR;Odile;500;QUIST;Ben;280\n"
                "Tarn;VENN;Jo;150;LUND;Ada;240;MOOR;Piet;12\n"
            ),
            [
                "Holm · Nom Prénom: FARR Odile · Voix: 500 · a.csv R2C4",
                "Holm · Nom Prénom: QUIST Ben · Voix: 280 · a.csv R2C7",
                "Tarn · Nom Prénom: VENN Jo · Voix: 150 · a.csv R3C4",
                "Tarn · Nom Prénom: LUND Ada · Voix: 240 · a.csv R3C7",
                "Tarn · Nom Prénom: MOOR Piet · Voix: 12 · a.csv R3C10",
            ],
        ),
    ],
    ids=["numbered", "Spanish", "lists", "English", "side by side", "not equally many"],
)
def test_columns_that_come_again_are_the_next_candidates(text, expected):
    """In any language; whoever does not stand in a place has no line there."""
    assert lines(text) == expected


def test_a_name_in_two_columns_is_one_name():
    """Also where each row has one candidate, and with the given name first."""
    text = "Gemeinde;Nachname;Vorname;Stimmen\nHolm;Farr;Odile;500\nHolm;Quist;Ben;280\n"
    assert lines(text)[1] == "Holm · Nachname Vorname: Quist Ben · Stimmen: 280 · a.csv R3"
    text = "Ward,First Name,Last Name,Votes\nHolm,Odile,Farr,500\nHolm,Ben,Quist,280\n"
    assert lines(text)[0] == "Holm · First Name Last Name: Odile Farr · Votes: 500 · a.csv R2"


@pytest.mark.parametrize(
    "text",
    [
        ",Farr,Vole\nWard,Votes,Votes\nHolm,10,20\nTarn,1,2\n",
        "Ward,Farr,Vole\n,Votes,Votes\nHolm,10,20\nTarn,1,2\n",
        "Candidate,Farr,Vole\nWard,Votes,Votes\nHolm,10,20\nTarn,1,2\n",
    ],
)
def test_two_columns_of_votes_below_two_names_are_theirs(text):
    """The names stand in the row above; a cell is cited alone."""
    assert lines(text)[:2] == [
        "Holm · Farr · Votes: 10 · a.csv R3C2",
        "Holm · Vole · Votes: 20 · a.csv R3C3",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "Ward,Votes,Votes\nHolm,10,20\n",
            "a.csv line 1, column 3 has the same name as column 2: “Votes”. Write whose figures",
        ),
        (
            "Ward,Candidate,Votes,Votes\nHolm,Farr,10,20\n",
            "a.csv line 1, column 4 has the same name as column 3: “Votes”. Write whose figures",
        ),
        (
            "Commune;Nom;Prénom;Voix\nHolm;FARR;Odile;500;QUIST;Ben;28O\nTarn;FARR;Odile;1;QUIST;Ben;5\n",
            "a.csv line 2, column 7 (“Voix”) has “28O”, which is not a number.",
        ),
        (
            "Commune;Nom;Prénom;Voix\nHolm;FARR;Odile;500;;;280\nTarn;FARR;Odile;1;QUIST;Ben;5\n",
            (
                "a.csv line 2, column 5 (“Nom Prénom”) is empty, but there are figures beside it. "
                "Write the name there."
            ),
        ),
        (
            "Commune;Nom;Prénom;Voix\nHolm;FARR;Odile;500;QUIST;Ben\nTarn;FARR;Odile;1;QUIST;Ben;5\n",
            "a.csv line 2, column 7 is missing; its row ends before “Voix”.",
        ),
        (
            "Commune;Nom;Prénom;Voix\nHolm;FARR;Odile;500;QUIST\n",
            "column 5 has “QUIST”, but its column has no name. Name it in the row of headers",
        ),
    ],
)
def test_what_stays_ambiguous_is_refused_with_what_to_do(text, sentence):
    """Its line and column are those of the file."""
    assert sentence in str(one(text, "a.csv").problem)


def test_each_polling_station_is_a_contest_of_its_own():
    """A line names the department, the commune and the station; all of them tell it apart."""
    text = one(STATIONS, "a.csv").extract.text
    contests = contests_in([Passage("1:1:0:x", 1, 1, 0, 0, len(text), text, Header("a"))])
    assert [(contest.path[1:], len(contest.rows)) for contest in contests] == [
        (("Ain", "Holm", "0001"), 2),
        (("Ain", "Holm", "0002"), 2),
        (("Ain", "Tarn", "0001"), 2),
    ]
