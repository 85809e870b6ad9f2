"""Benches run seldom: what they import of the project must still be there when somebody wants a figure again."""

import ast
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

BENCHES = sorted((Path(__file__).parents[1] / "bench").rglob("*.py"))
OWN = ("models", "assets", "pipelines", "tests")


@pytest.mark.parametrize("path", BENCHES, ids=lambda path: "/".join(path.parts[-2:]))
def test_what_a_bench_imports_is_there(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or (node.module or "").split(".")[0] not in OWN:
            continue
        module = import_module(str(node.module))
        gone = [
            one.name for one in node.names
            if not hasattr(module, one.name) and find_spec(f"{node.module}.{one.name}") is None
        ]  # fmt: skip
        assert gone == [], f"{path.name}: {node.module} has no {gone}"
