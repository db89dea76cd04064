"""When evidence is worth reading: a fitted model, read from a file, at a chosen operating point."""

import json
import random

import pytest

from bot.answering.evidence.calibration import Calibration, Judge, Signs, percentiles, shipped
from bot.evaluating.calibrating import KnownQuestion, curve, fit, read_labelled
from ingest.errors import SettingsError, UnreadableError

STRONG = Signs(1.0, 0.9, 0.0, 0.7, 0.7, 0.9)
WEAK = Signs(0.2, 0.1, 0.0, 0.1, 0.2, 0.1)


def a_group(seed, count=300):
    """Build questions whose signs tell, with some noise, whether they are answerable."""
    chance = random.Random(seed)

    def signs(base):
        return Signs(*(base + chance.gauss(0, 0.15) for _ in range(2)), 0.0, base, base, base)

    return [KnownQuestion(signs(0.7 if i % 2 else 0.3), bool(i % 2)) for i in range(count)]


def test_strong_signs_are_worth_reading_and_weak_ones_are_not():
    """The shipped calibration knows the one from the other."""
    judge = Judge.of(shipped(), 0.1)
    assert judge.plausible(STRONG)
    assert not judge.plausible(WEAK)


def test_more_may_be_declined_by_a_setting():
    """The operating point is a share of answerable questions, and a larger one is stricter."""
    bars = [shipped().bar(share) for share in (0.0, 0.05, 0.1, 0.105, 0.3, 0.5, 1.0)]
    assert bars == sorted(bars)
    assert len(set(bars)) > 5


def test_a_fit_keeps_to_its_operating_point():
    """On questions of the same kind it declines about what it was told to."""
    calibration = fit([a_group(1), a_group(2)])
    for share, answerable, others in curve(calibration, a_group(3, 2000)):
        assert answerable == pytest.approx(share, abs=0.04)
        assert others > 0.5 or share < 0.05


def test_a_calibration_comes_back_from_its_file(tmp_path):
    """What is written is what is read."""
    fitted = fit([a_group(1)])
    fitted.write(tmp_path / "calibration.json")
    assert Calibration.read(tmp_path / "calibration.json") == fitted


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"bias": 0, "weights": {}, "answerable": []}']
)
def test_a_broken_calibration_is_named(tmp_path, content):
    """A file that was edited by hand gets a sentence."""
    file = tmp_path / "calibration.json"
    file.write_text(content)
    with pytest.raises(SettingsError, match=r"calibration\.json.*python -m bot calibrate"):
        Calibration.read(file)


@pytest.mark.parametrize(
    "line", ["x", "[1]", '{"question": "Who?"}', '{"question": 1, "answerable": true}']
)
def test_a_line_of_another_form_changes_nothing(tmp_path, line):
    """A fit on half a file would be a fit on the wrong half."""
    file = tmp_path / "q.jsonl"
    file.write_text(json.dumps({"question": "Who?", "answerable": True}) + f"\n{line}\n")
    with pytest.raises(UnreadableError, match="line 2"):
        read_labelled(file)


def test_one_kind_of_question_is_not_enough():
    """Without unanswerable questions nothing can be told apart."""
    with pytest.raises(UnreadableError, match="Nothing was changed"):
        fit([[each for each in a_group(1) if each.answerable]])


def test_percentiles_weigh():
    """A small file's questions count for more each."""
    assert percentiles([1.0, 2.0, 3.0], [1, 1, 1])[50] == 2.0
    assert percentiles([1.0, 2.0], [99, 1])[90] == 1.0
    assert percentiles([5.0], [1])[0] == percentiles([5.0], [1])[100] == 5.0
