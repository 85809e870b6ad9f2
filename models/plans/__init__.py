"""Issued plans: what was planned and drawn for a year, kept as it was, and what the visits say about it."""

from models.plans.register import PlanRegister
from models.plans.visits import Visited, visited

__all__ = ["PlanRegister", "Visited", "visited"]
