"""Tables of two engines held against each other."""

import duckdb

CORE = ("settlement", "stay", "fee_line", "diagnosis", "operation", "provider", "unmatched_refund")


def assert_same(one: duckdb.DuckDBPyConnection, other: duckdb.DuckDBPyConnection, table: str) -> None:
    """The same columns, types and rows, whatever their order."""
    kinds = [con.execute(f"describe {table}").fetchall() for con in (one, other)]
    assert kinds[0] == kinds[1], table
    rows = [sorted(map(repr, con.execute(f"select * from {table}").fetchall())) for con in (one, other)]
    assert rows[0] or table == "core.unmatched_refund"
    assert rows[0] == rows[1], table
