"""Each room's limits stand in one module, where an operator finds them with unit and reason."""

from __future__ import annotations

import ast
from pathlib import Path

import bot

ROOT = Path(bot.__file__).parents[1]
ROOMS = [ROOT / "bot", ROOT / "ingest"]
MOST_ELSEWHERE = 47
"""Numbers at the top of other modules: exit codes, versions of a format, limits of small rooms."""


def is_number(node):
    """Return True if an expression is made of numbers alone: one, a product, a duration, a row."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float) and not isinstance(node.value, bool)
    if isinstance(node, ast.BinOp):
        return is_number(node.left) and is_number(node.right)
    if isinstance(node, ast.Tuple):
        return bool(node.elts) and all(map(is_number, node.elts))
    if isinstance(node, ast.UnaryOp):
        return is_number(node.operand)
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "timedelta"


def test_a_room_s_numbers_stand_among_its_limits():
    """Somebody who looks for a room's limits would not find a number in another module."""
    numbers = [
        f"{file.relative_to(ROOT)}: {ast.unparse(node)}"
        for room in ROOMS
        for file in sorted(room.rglob("*.py"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and is_number(node.value)
    ]
    assert len(numbers) <= MOST_ELSEWHERE, numbers


def test_limits_import_nothing_of_ours():
    """A module can read a limit without importing anything else."""
    modules = [file for room in ROOMS for file in room.rglob("limits.py")]
    assert len(modules) > 10
    for file in modules:
        imported = {
            node.module
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
        }
        assert imported <= {"__future__", "dataclasses", "datetime", "typing"}, file
