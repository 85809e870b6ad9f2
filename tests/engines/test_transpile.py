"""Every query file can leave DuckDB: it has its header, avoids what Spark lacks, and transpiles."""

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from models.engine.sql import ROOT
from models.engine.transpile import to_spark

FILES = sorted(ROOT.glob("*/**/*.sql"))
HEADER = {
    "grain": r"^-- grain:",
    "inputs": r"^-- inputs?:",
    "parameters": r"^-- parameters?:",
    "known limits": r"^-- (known )?limits?:",
}
# what has no exact twin in Spark, or hides the columns that a result is grouped by
FORBIDDEN = {
    "mad()": r"\bmad\s*\(",
    "quantile_cont": r"\bquantile_cont\b",
    "quantile_disc": r"\bquantile_disc\b",
    "ASOF join": r"\basof\b",
    "hash()": r"\bhash\s*\(",
    "group by all": r"\bgroup\s+by\s+all\b",
    "group by position": r"\bgroup\s+by\s+\d",
    "a parameter that is not $name": r"\?|\{\{|%s",
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _code(path: Path) -> str:
    """The statement without comments and text constants."""
    lines = [line.split("--", 1)[0] for line in path.read_text(encoding="utf-8").splitlines()]
    return re.sub(r"'(?:[^']|'')*'", "''", "\n".join(lines)).lower()


def test_there_are_queries() -> None:
    assert len(FILES) > 10


def test_rewrites() -> None:
    written = to_spark(
        "select cast(a as hugeint) // b as q, percentile_cont(0.9) within group (order by c) as p from t"
    )
    assert written == "SELECT CAST(a AS DECIMAL(38, 0)) DIV b AS q, PERCENTILE(c, 0.9) AS p FROM t"
    assert to_spark("with t as not materialized (select 1 as a) select a from t") == (
        "WITH t AS (SELECT 1 AS a) SELECT a FROM t"
    )


def _header(path: Path) -> str:
    """The comment at the top."""
    text = path.read_text(encoding="utf-8")
    return text[: len(text) - len(re.sub(r"\A(--.*\n)+", "", text))]


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_header(path: Path) -> None:
    header = _header(path)
    missing = [what for what, pattern in HEADER.items() if not re.search(pattern, header, re.MULTILINE | re.IGNORECASE)]
    assert not missing, f"sql/{_name(path)}: the comment at the top does not say: {', '.join(missing)}"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_header_names_what_the_query_binds_and_reads(path: Path) -> None:
    header, code = _header(path).lower(), _code(path)
    bound, named = set(re.findall(r"\$(\w+)", code)), set(re.findall(r"\$(\w+)", header))
    assert not named - bound, f"sql/{_name(path)}: the comment at the top names parameters that the query lacks"
    read = set(re.findall(r"(?:from|join)\s+((?:core|cur|finding|meta|score)\.\w+)", code))
    words = set(re.findall(r"\w+", header))
    unsaid = sorted(bound - words) + sorted(one for one in read if one.split(".")[1] not in words)
    assert not unsaid, f"sql/{_name(path)}: the comment at the top does not name: {', '.join(unsaid)}"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_avoids_what_spark_lacks(path: Path) -> None:
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, _code(path))]
    assert not found, f"sql/{_name(path)} uses {', '.join(found)}"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_transpiles_to_spark(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    statements = [one for one in sqlglot.parse(text, read="duckdb") if one is not None]
    assert len(statements) == 1, "one query a file"
    assert isinstance(statements[0], exp.Query), "a query, no DDL"
    written = to_spark(text)
    assert not re.search(r"int128|hugeint|approx", written, re.IGNORECASE), (
        "neither 128-bit integers nor approximations"
    )
    again = sqlglot.parse_one(written, read="spark")
    unknown = {str(call.name).upper() for call in again.find_all(exp.Anonymous)}
    assert not unknown, f"sql/{_name(path)}: functions Spark does not know: {sorted(unknown)}"
