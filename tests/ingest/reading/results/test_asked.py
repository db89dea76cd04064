"""Result files in answers: a cell that is asked for in words leads, with its place in the file."""

import pytest

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.desk import open_desk
from bot.settings import BotSettings
from ingest import adding
from ingest.reading import Hints, read_bytes
from tests.builders import NOW
from tests.ingest.reading.results.files import FILES

ASKED = [
    ("How many votes did Odile Farr get in Holm?", "votes: 18,402", "R2"),
    ("How many votes did Ben Quist get in Holm?", "votes: 17,355", "R3"),
    ("How many votes did Rhea Solt get in Holm?", "votes: 811", "R4"),
    ("How many votes did Odile Farr get in Dunmere?", "votes: 9,120", "R5"),
    ("How many votes did Ben Quist get in Dunmere?", "votes: 11,004", "R6"),
    ("How many votes did Ana Teller get in Dunmere?", "votes: 7 004", "R8"),
    ("How many votes did Jo Venn get in Dunmere?", "votes: 6 219", "R9"),
    ("How many votes did Odile Farr get in total?", "votes: 27,522", "R10"),
    ("How many votes did Ben Quist get in total?", "votes: 28,359", "R11"),
    ("How many votes did Ada Lund get in Tarn 01?", "Votes: 1.310", "R5C4"),
    ("How many votes did Ada Lund get in Tarn 02?", "Votes: 998", "R6C4"),
    ("How many votes did Piet Moor get in Tarn 02?", "Votes: 1.407", "R6C5"),
    ("How many votes did Ada Lund get in Kestrel?", "Votes: 1.204", "R7C4"),
    ("How many votes did Piet Moor get in Kestrel?", "Votes: 811", "R7C5"),
    ("What was the turnout in Kestrel?", "Turnout: 70,1 %", "R7"),
    ("How many registered voters are there in Tarn 01?", "Registered voters: 5.904", "R5"),
    ("How many invalid votes were there in Tarn 02?", "Invalid: 11", "R6"),
    ("How many votes did Ilse Brandt get in Upper Marrow?", "Votes: 120,455", "R5"),
    ("How many votes did Omar Vey get in Lower Marrow?", "Votes: 87,912", "R6"),
    ("What percentage did Ilse Brandt get in Lower Marrow?", "%: 47.7%", "R6"),
    ("What was the turnout in Upper Marrow?", "Turnout: 64.3%", "R5"),
    ("How many seats did Lantern win?", "Seats: 4", "Seats R3"),
    ("How many votes did Tove Hale get in Ostrel?", "Votes: 41,207", "R1"),
    ("How many votes did Tove Hale get on Quill Island?", "Votes: 2,210", "R2"),
    ("How many votes did Ravi Stern get on Quill Island?", "Votes: 3,004", "R4"),
    ("How many votes did Nell Orr get in Skerry?", "votes: 4410", "R1"),
    ("How many votes did Tam Voss get in Skerry?", "votes: 3907", "R2"),
    ("青木春子は北区で何票を得ましたか？", "得票数: 1万2,345票", "R4"),
    ("白石透の南区での得票率は？", "得票率: 56.0%", "R7"),
    ("青木春子は南区で何票を得ましたか？", "得票数: ８，２１０票", "R6"),
]
STATUS = {
    "mayor.csv": "Preliminary result, 41 of 58 wards counted",
    "marrowen-run-off.xlsx Provinces": "certified",
    "treasurer.json": "Reported: 12 of 30 · Status: unofficial-partial",
    "北斗町長選.tsv": "確定",
}


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Answer over all files."""
    folder = tmp_path_factory.mktemp("desk")
    settings = BotSettings.of({"DATA_DIR": str(folder), "EMBEDDING_MODEL": "fast"})
    with open_desk(settings, holder="a test", clock=lambda: NOW) as desk:
        hints = Hints(outlet="Sarnholt Electoral Office")
        found = [each for name, data in FILES.items() for each in read_bytes(data, name, hints)]
        adding.add(found, desk.archive, now=NOW)
        desk.coverage.catch_up()
        yield lambda text: answer_now(ask(text, now=NOW), desk.coverage)


@pytest.mark.parametrize(("question", "cell", "row"), ASKED)
def test_a_cell_that_is_asked_for_leads(answered, question, cell, row):
    """The line in bold has the figure, its status, and the file and row that it is from."""
    outcome = answered(question)
    lead = outcome.excerpts[0]
    bold = lead.parts[1]
    assert cell in bold.split(" · ")
    assert bold.endswith(row)
    for name, status in STATUS.items():
        assert name not in bold or status in bold
    assert bold in lead.citation.passage.text
