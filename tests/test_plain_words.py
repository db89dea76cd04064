"""The words of the code: docstrings name their object, and variables are nouns."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot

ROOT = Path(bot.__file__).parents[1]
PACKAGES = ("bot", "ingest", "training", "tests/benchmarks", "tests/gallery", "tests/wire")
LEANING = re.compile(r"\b(?:what|whatever|whichever|whoever|wherever|whether)\b", re.IGNORECASE)
"""Words by which a docstring's first line avoids the name of its object."""
_NO_NOUNS = """
    each every one other others another own same such some any all none both either it here
    there who whose which what these those this that rest whole many much more most found known
    said told kept given seen read asked made wanted taken left shown written held heard typed
    done gone meant lost sent got had put cut named called added removed changed counted stated
    quoted cited measured sought looked worn brought come waiting going missing standing once
    already still again elsewhere later earlier alone apart together
"""
NO_NOUNS = frozenset(_NO_NOUNS.split())
"""Pronouns and participles: a variable of this name does not say what it holds."""
MOST_LEANING, MOST_NO_NOUNS = 0.02, 0.01
"""Shares that are allowed of all docstrings, and of all variables and arguments."""


@pytest.fixture(scope="module")
def trees() -> list[tuple[Path, ast.Module]]:
    """Return the path and the syntax tree of each module, parsed once for all tests."""
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return [(file.relative_to(ROOT), ast.parse(file.read_text(encoding="utf-8"))) for file in files]


def first_lines(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line number and the first line of each docstring of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield getattr(node, "lineno", 1), text.splitlines()[0]


def variables(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line number and the name of each variable and argument of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def share_of(faults: list[str], count: int) -> float:
    """Return the share of *faults*; a test that looks at nothing fails."""
    assert count > 1000
    return len(faults) / count


def test_docstrings_name_their_object(trees):
    """The first line says plainly which object the code returns or changes."""
    lines = [(path, line, text) for path, tree in trees for line, text in first_lines(tree)]
    faults = [f"{path}:{line}: {text}" for path, line, text in lines if LEANING.search(text)]
    assert share_of(faults, len(lines)) <= MOST_LEANING, "\n".join(faults)


def test_variables_are_nouns(trees):
    """A reader knows from its name what a variable holds."""
    names = [(path, line, name) for path, tree in trees for line, name in variables(tree)]
    faults = [f"{path}:{line}: {name}" for path, line, name in names if name.strip("_") in NO_NOUNS]
    assert share_of(faults, len(names)) <= MOST_NO_NOUNS, "\n".join(faults)


def test_every_error_that_a_docstring_names_exists(trees):
    """A caller who catches it is not misled."""
    every = {name for _, tree in trees for name in names_of(tree)}
    faults = []
    for path, tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for error in raised_by(ast.get_docstring(node) or ""):
                    if error not in every:
                        faults.append(f"{path}:{node.lineno}: {error}")
    assert faults == []


def names_of(tree: ast.Module) -> Iterator[str]:
    """Yield each name that a module uses, defines or imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).rpartition(".")[2]


def raised_by(docstring: str) -> list[str]:
    """Return the errors that the section "Raises" of a docstring names."""
    _, _, section = docstring.partition("Raises:")
    return re.findall(r"^ +(\w+(?:Error|Exception|Interrupt)):", section, re.MULTILINE)
