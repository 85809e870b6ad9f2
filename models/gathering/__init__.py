"""Gathering to visit: groups of people who come together more often than chance and schedule explain."""

from models.gathering.stage import gathering

__all__ = ["gathering"]
