"""What a module offers, and that one word means one thing in the whole tree."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

import bot

ROOT = Path(bot.__file__).parents[1]
MOST_NAMES = 25
"""Public names of the largest class, its fields among them."""
EVERYWHERE = {"main", "app", "logger", "COMMANDS"}
"""What each package has of its own, by convention."""


@pytest.fixture(scope="module")
def trees():
    """Return the tree of each file, parsed once for all tests."""
    rooms = ("bot", "ingest", "tests", "training")
    files = [file for room in rooms for file in sorted((ROOT / room).rglob("*.py"))]
    return {file.relative_to(ROOT): ast.parse(file.read_text(encoding="utf-8")) for file in files}


@pytest.fixture(scope="module")
def modules(trees):
    """Return the tree of each module, but of migrations: Alembic wants their names."""
    return {
        path: tree
        for path, tree in trees.items()
        if path.parts[0] in {"bot", "ingest"} and "migrations" not in path.parts
    }


def defined(tree):
    """Name what stands at the top of a module."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (n.id for t in node.targets for n in ast.walk(t) if isinstance(n, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def public(names):
    """Leave out what a module keeps to itself."""
    return {name for name in names if not name.startswith("_")} - EVERYWHERE


def test_no_public_name_means_two_things(modules):
    """Whoever has met a word once knows it everywhere."""
    places = defaultdict(set)
    for path, tree in modules.items():
        for name in public(defined(tree)):
            places[name].add(str(path))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_what_no_other_module_uses_is_private(trees, modules):
    """A public name is a promise to somebody."""
    used = defaultdict(set)
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                used[node.module] |= {alias.name for alias in node.names}
            elif isinstance(node, ast.Attribute):
                used[None].add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                used[None] |= {node.value, node.value.rpartition(":")[2]}  # module:function
    idle = {}
    for path, tree in modules.items():
        module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        if left := public(defined(tree)) - used[module] - used[None]:
            idle[module] = sorted(left)
    assert idle == {}


def test_no_class_offers_more_than_somebody_keeps_in_mind(modules):
    """A class of forty verbs is two classes."""
    large = {}
    for path, tree in modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                members = ast.Module(node.body, [])
                if len(found := public(defined(members))) > MOST_NAMES:
                    large[f"{path}: {node.name}"] = len(found)
    assert large == {}
