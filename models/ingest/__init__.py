"""Ingestion: from files in landing to typed rows, no row lost, no identity inside."""

from models.ingest.check import check
from models.ingest.compact import settle
from models.ingest.discover import discover, folders
from models.ingest.load import delivered, load, refuse_unreadable, remarks
from models.ingest.manifest import input_rows
from models.ingest.names import is_month
from models.ingest.resolve import resolve
from models.ingest.summary import CheckReport, FileReport, LoadSummary, Refusal

__all__ = [
    "CheckReport",
    "FileReport",
    "LoadSummary",
    "Refusal",
    "check",
    "delivered",
    "discover",
    "folders",
    "input_rows",
    "is_month",
    "load",
    "refuse_unreadable",
    "remarks",
    "resolve",
    "settle",
]
