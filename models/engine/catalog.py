"""What the home's database holds under a name."""

import duckdb


def drop(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Drop the table or view of this name (schema.name), if there is one."""
    schema, table = name.split(".")
    found = con.execute(
        "select table_type from information_schema.tables where table_catalog = current_database() "
        "and table_schema = $s and table_name = $t",
        {"s": schema, "t": table},
    ).fetchall()
    for (kind,) in found:
        con.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {name}")
