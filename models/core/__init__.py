"""Core tables: typed, netted, one grain a table."""

from models.core.build import CoreSummary, build, refresh

__all__ = ["CoreSummary", "build", "refresh"]
