"""The report site: static pages in Chinese and English from the lists as served and the published snapshot."""

from models.site.build import Built, build, folder_of

__all__ = ["Built", "build", "folder_of"]
