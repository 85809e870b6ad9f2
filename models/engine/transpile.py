"""Query files for Spark: sqlglot's translation, and what it does not know by itself."""

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
