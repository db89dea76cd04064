"""No work grows faster than the text that it is done on: counted in steps, not in seconds."""

from __future__ import annotations

import pytest

from tests.growth import ENTRIES, SHAPES, STEEPEST, exponent, repeated, steps

FIRST, SIZES = 1_000, (2_000, 4_000)
"""Characters of a first text, which is not counted, and of those whose steps are compared."""
IN_DETAIL = {name: work for name, work in ENTRIES.items() if not name.startswith(("a ", "as_"))}
"""What is ours alone; the benchmark measures what parsers of others do for us as well."""
FEW = ("dates", "names", "lines", "cells", "nested paragraphs", "keys")


def grown(entry, shape):
    """Return the exponent of the steps that an entry takes over a shape."""
    work = ENTRIES[entry]
    work(repeated(shape, FIRST))  # what is loaded once is no growth
    return exponent(SIZES, [steps(work, repeated(shape, size)) for size in SIZES])


def steep(entry, shapes):
    """Return the shapes over which the steps grow faster than the text."""
    found = {shape: grown(entry, shape) for shape in shapes}
    return {shape: round(each, 2) for shape, each in found.items() if each > STEEPEST}


@pytest.mark.parametrize("entry", IN_DETAIL)
def test_no_reading_of_a_text_grows_faster_than_it(entry):
    """Twice the text is twice the work, whatever it repeats."""
    steep = {
        shape: round(found, 2) for shape in SHAPES if (found := grown(entry, shape)) > STEEPEST
    }
    assert steep == {}


@pytest.mark.parametrize("entry", sorted(ENTRIES.keys() - IN_DETAIL.keys()))
def test_no_way_in_grows_faster_than_what_comes_in(entry):
    """From bytes to an article, from a question or a reply to what is understood of it."""
    assert steep(entry, FEW) == {}


def test_rows_of_one_cell_are_not_looked_for_again_below_each():
    """Every row but the header has one cell: the group of each is decided by the last full row."""
    sizes, work = (8_000, 16_000), ENTRIES["a table of rows"]
    assert exponent(sizes, [steps(work, repeated("spaces", size)) for size in sizes]) < STEEPEST


def test_the_measure_finds_what_is_quadratic():
    """A loop in a loop has the exponent 2, one behind the other 1."""

    def pairs(text):
        for _ in text:
            for _ in text:
                pass

    def twice(text):
        for _ in text:
            pass
        for _ in text:
            pass

    for work, wanted in ((pairs, 2.0), (twice, 1.0)):
        costs = [steps(work, "x" * size) for size in (100, 200, 400)]
        assert exponent((100, 200, 400), costs) == pytest.approx(wanted, abs=0.05)
