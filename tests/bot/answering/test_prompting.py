"""The objects of a reply, in every form that models write them, cut anywhere."""

import json

import pytest

from bot.answering.prompting import ObjectScanner, ThoughtFilter, read_object

ONE = {
    "say": "Turnout was 62.7 per cent.",
    "quotes": [{"key": "ab12c", "quote": "Turnout was 62.7"}],
}
TWO = {"say": "It was {lower} than “before”.", "quotes": [{"key": "9f", "quote": 'He said "no".'}]}
A, B = json.dumps(ONE), json.dumps(TWO, ensure_ascii=False)
THOUGHT = '{"say": "The mayor was paid.", "quotes": []}'


def forms(one, two):
    """Write two objects in every form that models write them."""
    a, b = json.dumps(one), json.dumps(two, ensure_ascii=False)
    return {
        "a line each": f"{a}\n{b}\n",
        "two on a line": f"{a} {b}",
        "side by side": f"{a}{b}",
        "an array": f"[{a}, {b}]",
        "an array over lines": json.dumps([one, two], indent=2, ensure_ascii=False),
        "over several lines": f"{json.dumps(one, indent=2)}\n{json.dumps(two, indent=2)}",
        "fenced": f"```json\n{a}\n{b}\n```",
        "fenced without a name": f"```\n{a}\n{b}\n```\n",
        "bullets": f"- {a}\n- {b}",
        "numbered": f"1. {a}\n2. {b}",
        "a lead-in": f"Here are the sentences:\n\n{a}\n{b}\n\nI hope this helps.",
        "under one key": json.dumps({"sentences": [one, two]}, ensure_ascii=False),
        "under another key": json.dumps({"lines": [one, two]}, indent=1, ensure_ascii=False),
        "thoughts": f"<think>First {THOUGHT} perhaps?\n</think>\n{a}\n{b}",
        "thoughts of another mark": f"<thinking>{THOUGHT}</thinking>{a}\n{b}",
        "thoughts that no mark opens": f"Let me see. {THOUGHT} No.\n</think>\n\n{a}\n{b}",
        "channels": (
            f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant"
            f"<|channel|>final<|message|>{a}\n{b}<|return|>"
        ),
        "trailing commas": f"{a[:-1]},}}\n{b[:-2]},]}}",
        "one rest as an object": json.dumps({**one, "quotes": one["quotes"][0]}) + f"\n{b}",
    }


FORMS = forms(ONE, TWO)


def found(text, size):
    """Return what is read of *text*, fed in pieces."""
    objects = ObjectScanner()
    told = [each for at in range(0, len(text), size) for each in objects.feed(text[at : at + size])]
    return [read_object(each) for each in (*told, *objects.end())]


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_every_form_gives_the_same_objects(text, size):
    """And nothing of a thought, whatever it holds."""
    assert found(text, size) == [ONE, TWO]


def test_an_object_comes_as_soon_as_it_has_ended():
    """Readers see the first sentence while the second is written."""
    objects = ObjectScanner()
    assert objects.feed(A[:-1]) == []
    assert objects.feed(A[-1]) == [A]
    assert objects.feed(B[:9]) == []
    assert objects.unfinished


def test_a_string_that_is_never_closed_swallows_no_other_line():
    """It is mended as far as it goes."""
    broken = '{"say": "Turnout was high.'
    first, second = found(f"{broken}\n{B}", 1)
    assert first["say"].startswith("Turnout was high")
    assert second == TWO


@pytest.mark.parametrize("key", [7, "7"])
def test_a_key_may_be_a_number(key):
    """Small models count."""
    read = read_object(json.dumps({"say": "x", "quotes": [{"key": key, "quote": "q"}]}))
    assert read["quotes"] == [{"key": "7", "quote": "q"}]


@pytest.mark.parametrize("text", ["", "Sorry, I cannot.", "[]", "{}", "}{", "{{{{", '"say"'])
def test_what_is_no_object_is_none(text):
    """Nor does it break anything."""
    assert [each for each in found(text, 1) if each] == []


def test_what_is_said_is_told_from_what_is_thought():
    """However the marks are cut."""
    thoughts = ThoughtFilter()
    text = "a <b> <think>hidden</think> c [x] <"
    said = "".join(part for char in text for part in thoughts.feed(char) if part) + thoughts.end()
    assert said == "a <b>  c [x] <"
