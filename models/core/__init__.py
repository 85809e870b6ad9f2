"""Core tables: typed, netted, one grain a table."""

from models.core.build import build, refresh

__all__ = ["build", "refresh"]
