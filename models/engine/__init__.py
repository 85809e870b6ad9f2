"""The engine seam: SQL files in, tables out. DuckDB is the default and embedded; Spark makes core and findings."""

from models.engine.duck import Engine
from models.engine.opening import open_engine, open_published
from models.engine.sql import sql_text

__all__ = ["Engine", "open_engine", "open_published", "sql_text"]
