"""What the reader is taught with: each answer stands where its group says, wrong ones do not."""

from __future__ import annotations

import gzip
import json
import random

import pytest

from training import news
from training.groups import Group, change_question, changed_groups, groups_of, mistype

PASSAGE = (
    "Turnout was 62.7 per cent. The count ended at noon. Harbour won 46 seats. Nobody complained. "
    "The judges went home by the late ferry. It rained on the sound."
)


@pytest.fixture
def folder(tmp_path):
    """Write one small question set of our own."""
    rows = [
        {
            "id": str(number),
            "language": "en",
            "title": "The count",
            "passage": PASSAGE,
            "question": question,
            "answers": [{"text": answer, "start": PASSAGE.index(answer)}] if answer else [],
            "answerable": bool(answer),
        }
        for number, (question, answer) in enumerate(
            [
                ("What was the turnout?", "62.7 per cent"),
                ("How many seats did Harbour win?", "46"),
                ("How many seats did Lantern win?", ""),
            ]
        )
    ]
    with gzip.open(tmp_path / "ours.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(map(json.dumps, rows)))
    return tmp_path


def test_the_answer_stands_where_a_group_says(folder):
    """And in no other window of it."""
    made = list(groups_of(folder, 7, {"ours": 10}))
    assert [group.answered for group in made].count(True) == 2
    for group in made:
        first, *wrong = group.windows
        if group.answered:
            answer = first.text[first.start : first.end]
            assert answer in {"62.7 per cent", "46"}
            assert all(answer not in window.text for window in wrong)
        else:
            assert all(window.start == -1 for window in group.windows)


def test_the_same_seed_makes_the_same_groups(folder):
    """So that a run can be repeated, and gone on with."""
    one, other = (list(groups_of(folder, 7, {"ours": 10})) for _ in range(2))
    assert one == other
    assert [Group.of_line(group.line()) for group in one] == one


def test_a_changed_question_is_left_open(folder):
    """One name or figure is exchanged, and nothing answers any more."""
    made = list(groups_of(folder, 7, {"ours": 10}))
    for group in changed_groups(made, random.Random(1), 1.0):
        assert not group.answered
        assert len(group.windows) == 1


def test_a_question_without_names_cannot_be_changed():
    """Nothing is made up."""
    rng = random.Random(1)
    assert change_question("what was it", ["Farr"], rng) is None
    assert change_question("What happened in 2022?", ["Farr"], rng) != "What happened in 2022?"


def test_questions_stay_readable_when_mistyped():
    """At most two letters change places."""
    rng = random.Random(1)
    for _ in range(50):
        new = mistype("What was the turnout in Tarn?", rng)
        assert sorted(new.lower().rstrip("?")) == sorted("what was the turnout in tarn")


def test_our_questions_name_places_not_text():
    """The articles are their publishers': the repository holds offsets alone."""
    for file in news.QUESTIONS.glob("*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            assert row["questions"]
            assert all(0 <= start < end for start, end in row["gold"])
            assert all(set(wrong) == {"article", "span", "why"} for wrong in row["wrong"])
            assert row["gold"] or row["wrong"]
