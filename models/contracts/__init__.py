"""The contracts of what goes in and what comes out, read from `tables.yaml` and `lists.yaml` beside this file."""

from models.contracts.lists import ListColumn, ListSpec, lists, lists_of
from models.contracts.tables import Column, Table, tables

__all__ = ["Column", "ListColumn", "ListSpec", "Table", "lists", "lists_of", "tables"]
