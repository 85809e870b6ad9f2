"""The year's inspections under capacity: complaints, risk by yield, a public lot, the long unvisited; teams by lot."""

from models.planning.plan import Plan, make_plan
from models.planning.units import Frame

__all__ = ["Frame", "Plan", "make_plan"]
