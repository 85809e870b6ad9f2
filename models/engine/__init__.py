"""The engine seam: SQL files in, tables out. DuckDB is the default and embedded."""

from models.engine.duck import Engine, open_engine
from models.engine.sql import sql_text

__all__ = ["Engine", "open_engine", "sql_text"]
