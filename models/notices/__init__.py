"""Notices: a workbook for each provider of an issued list, with a sheet for its reply, and a summary for the bureau."""

from models.notices.write import write_notices

__all__ = ["write_notices"]
