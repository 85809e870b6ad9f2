"""Query files for Spark: sqlglot's translation, and what it does not know by itself."""

from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp


def to_spark(text: str) -> str:
    """A query of `sql/` in Spark's words.

    128-bit integers are read as DECIMAL(38, 0), percentiles stay exact. Raises sqlglot's UnsupportedError for what has
    no twin in Spark.
    """
    query = sqlglot.parse_one(text, read="duckdb").transform(_rewritten)
    return query.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)


def _rewritten(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.DataType) and node.this in (exp.DataType.Type.INT128, exp.DataType.Type.UINT128):
        return exp.DataType.build("decimal(38, 0)")
    if isinstance(node, exp.CTE) and node.args.get("materialized") is not None:
        return exp.CTE(**{**node.args, "materialized": None})  # Spark decides by itself
    if isinstance(node, exp.WithinGroup) and isinstance(node.this, exp.PercentileCont):
        ordered = node.expression.expressions[0]
        return exp.Anonymous(this="percentile", expressions=[ordered.this.copy(), node.this.this.copy()])
    return node


@lru_cache(maxsize=512)
def with_local_names(text: str) -> tuple[str, frozenset[str]]:
    """A query for Spark in which `schema.table` is `schema__table`, and the names of all these tables.

    Views of one session bear such names: whoever shares the cluster sees none of them.
    """
    named: set[str] = set()

    def renamed(node: exp.Expression) -> Any:
        if not isinstance(node, exp.Table) or not node.db:
            return node
        named.add(f"{node.db}.{node.name}")
        return exp.alias_(exp.to_table(local_name(f"{node.db}.{node.name}")), node.alias or node.name, table=True)

    query = sqlglot.parse_one(to_spark(text), read="spark").transform(renamed)
    return query.sql(dialect="spark"), frozenset(named)


def local_name(table: str) -> str:
    """What a session calls a table of a schema."""
    return table.replace(".", "__")
