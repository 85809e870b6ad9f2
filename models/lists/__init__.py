"""How lists leave: Parquet, CSV, a workbook for people, and a manifest that says what they were made from."""

from models.lists.canonical import canonical
from models.lists.manifest import write_manifest
from models.lists.replace import replaced_folder, tidy
from models.lists.write import ListFiles, write_list

__all__ = [
    "ListFiles",
    "canonical",
    "replaced_folder",
    "tidy",
    "write_list",
    "write_manifest",
]
