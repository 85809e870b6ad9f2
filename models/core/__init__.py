"""Core tables: typed, netted, one grain a table."""

from models.core.build import CoreSummary, build

__all__ = ["CoreSummary", "build"]
