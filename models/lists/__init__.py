"""How lists leave: Parquet, CSV, a workbook for people, and a manifest that says what they were made from."""

from models.lists.canonical import canonical
from models.lists.write import ListFiles, write_list

__all__ = ["ListFiles", "canonical", "write_list"]
