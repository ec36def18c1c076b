"""Small files and small functions: the disease of good code is its tail."""

from __future__ import annotations

import ast

from .conftest import ROOT, code, tracked

CODE_LINES, TEST_LINES, FUNCTION_LINES, TAIL_PERCENT = 300, 400, 40, 20
CHASSIS_LINES = 5450


def _lines(file):
    return file.read_text().count("\n")


def test_no_file_is_too_long():
    tests = [f for f in tracked("*.py") if "tests" in f.parts and not f.parent.name.endswith("migrations")]
    long = [(f, n) for f in code() if (n := _lines(f)) > CODE_LINES]
    long += [(f, n) for f in tests if (n := _lines(f)) > TEST_LINES]
    assert [f"{f.relative_to(ROOT)}: {n}" for f, n in long] == []


def test_no_function_is_too_long():
    long = []
    for file in code():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    long.append(f"{file.relative_to(ROOT)}:{node.lineno} {node.name}: {length}")
    assert long == []


def test_the_biggest_files_do_not_hold_the_code():
    sizes = sorted((_lines(f) for f in code()), reverse=True)
    biggest = sizes[: max(1, len(sizes) // 20)]
    assert 100 * sum(biggest) <= TAIL_PERCENT * sum(sizes)


def test_the_chassis_stays_small():
    assert sum(_lines(f) for f in code() if "commons_chassis" in f.parts) <= CHASSIS_LINES
