"""Dossiers (工作底稿): what inspectors take along to a provider, one folder each, from the lists and the snapshot."""

from models.dossier.build import Written, folder_of, write_dossiers

__all__ = ["Written", "folder_of", "write_dossiers"]
